"""E-mail: single messages and boxes; plain and HTML; replies and forwards."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.tables.formats.htmltext import html_to_text
from triage.tables.formats.quotes import without_quote
from triage.tables.rejects import BAD_TIME


def mail(body="Jullie zijn prutsers.\n", html=None, subject="Uw besluit", to="loket@veenoord.example", **headers):
    made = EmailMessage()
    made["From"] = headers.pop("sender", '"Wit, Zoë de" <Zoe@voorbeeld.example>')
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = headers.pop("date", "Thu, 12 Mar 2026 14:05:00 +0100")
    made["Message-ID"] = "<1@voorbeeld.example>"
    if subject.lower().startswith("re:"):
        made["In-Reply-To"] = "<0@voorbeeld.example>"
    for name, value in headers.items():
        made[name] = value
    if body is not None:
        made.set_content(body)
    if html is not None:
        made.add_alternative(html, subtype="html") if body is not None else made.set_content(html, subtype="html")
    return made


def box(*mails):
    return b"".join(
        b"From zoe@voorbeeld.example Thu Mar 12 14:05:00 2026\n" + bytes(one).replace(b"\nFrom ", b"\n>From ") + b"\n" for one in mails
    )


def test_one_mail(read):
    found = read(bytes(mail()))
    [row] = found.rows
    assert row["text"] == "Uw besluit\n\nJullie zijn prutsers."
    assert (row["author"], row["target"], row["platform"], row["visibility"]) == (
        "zoe@voorbeeld.example",
        "loket@veenoord.example",
        "email",
        "direct",
    )
    assert row["id"] == "1@voorbeeld.example"
    assert "Zoë de" in row["from"]
    assert found.times() == ["2026-03-12T13:05:00Z"]


def test_a_box_of_mails(read):
    found = read(box(mail("een\nFrom here on it goes wrong\n"), mail("twee"), mail("drie", to="a@x.example, b@x.example")))
    assert found.texts == ["Uw besluit\n\neen\nFrom here on it goes wrong", "Uw besluit\n\ntwee", "Uw besluit\n\ndrie"]
    assert found.column("visibility") == ["direct", "direct", "group"]
    assert found.column("source_row") == [1, 2, 3]


REPLIES = [
    "Op do 12 mrt. 2026 om 13:00 schreef Loket Zuid <loket@veenoord.example>:\n\n> Wij wijzen het af.\n> Met groet",
    "Op do 12 mrt. 2026 om 13:00 schreef Loket Zuid\n<loket@veenoord.example>:\n> Wij wijzen het af.",
    "Op 12-03-2026 om 13:00 heeft Loket Zuid het volgende geschreven:\n> Wij wijzen het af.",
    "Loket Zuid <loket@veenoord.example> schreef op 12 maart 2026 om 13:00:\n> Wij wijzen het af.",
    "On Thu, 12 Mar 2026 at 13:00, Loket Zuid <loket@veenoord.example> wrote:\n> Wij wijzen het af.",
    "________________________________\nVan: Loket Zuid <loket@veenoord.example>\nVerzonden: donderdag\nAan: Zoë\n\nWij wijzen het af.",
    "Van: Loket Zuid <loket@veenoord.example>\nVerzonden: donderdag 12 maart\nAan: Zoë\nOnderwerp: x\n\nWij wijzen het af.",
    "-----Oorspronkelijk bericht-----\nVan: Loket Zuid\nVerzonden: donderdag\n\nWij wijzen het af.",
    "-----Original Message-----\nFrom: Loket Zuid\nSent: Thursday\n\nWij wijzen het af.",
    "> Wij wijzen het af.",
]


@pytest.mark.parametrize("quoted", REPLIES)
def test_what_a_reply_quotes_is_taken_off(read, quoted):
    [row] = read(bytes(mail(f"Sukkels!\n\n{quoted}\n", subject="Re: Uw besluit"))).rows
    assert row["text"] == "Sukkels!"
    assert "Wij wijzen het af." in row["quoted"]


def test_an_answer_below_the_quote(read):
    [row] = read(bytes(mail("On Thu, 12 Mar 2026, Loket wrote:\n> Mag dat?\n\nNee, sukkel.\n", subject="RE: vraag"))).rows
    assert row["text"] == "Nee, sukkel."


def test_what_a_forward_quotes_stays(read):
    [row] = read(bytes(mail(f"Zie onder.\n\n{REPLIES[6]}\n", subject="FW: Uw besluit"))).rows
    assert "Wij wijzen het af." in row["text"]
    assert row["quoted"] is None


def test_a_mail_that_answers_nothing_is_kept_whole(read):
    raw = b"From: a@x.example\nTo: b@x.example\nSubject: %s\nDate: Thu, 12 Mar 2026 13:05:00 +0000\n\nhoi\n> ik weet je te vinden\n"
    assert read(raw % b"vraag").texts == ["vraag\n\nhoi\n> ik weet je te vinden"]
    assert read(raw % b"Re: prutser").texts == ["Re: prutser\n\nhoi"]


def test_a_mail_that_is_only_a_quote_stays(read):
    [row] = read(bytes(mail("> Ik weet je te vinden\n", subject="Re: x"))).rows
    assert row["text"] == "> Ik weet je te vinden"


def test_sentences_that_look_like_the_start_of_a_quote_stay(read):
    text = "Op de brief schreef u: nee.\nVan: hier tot ginder loopt u te liegen.\nIk schreef het al:\npas maar op."
    assert read(bytes(mail(text, subject="Re: x"))).texts == [text]


def test_html_only(read):
    html = (
        "<html><head><style>p {color: red}</style><title>x</title></head>"
        "<body><p>Jullie zijn <b>pruts</b>ers&nbsp;&amp; meer<br>Echt waar</p>"
        "<div class='gmail_quote'><div>Op do 12 mrt. 2026 om 13:00 schreef Loket &lt;l@x.example&gt;:<br></div>"
        "<blockquote>Wij wijzen het af.</blockquote></div><script>alert(1)</script></body></html>"
    )
    [row] = read(bytes(mail(None, html, subject="Re: x"))).rows
    assert row["text"] == "Jullie zijn prutsers & meer\nEcht waar"
    assert "Wij wijzen het af." in row["quoted"]


def test_plain_wins_over_html_and_empty_plain_does_not(read):
    assert read(bytes(mail("plat", "<p>opgemaakt</p>"))).texts == ["Uw besluit\n\nplat"]
    assert read(bytes(mail("\n", "<p>opgemaakt</p>"))).texts == ["Uw besluit\n\nopgemaakt"]


def test_attachments(read):
    with_file = mail("zie bijlage")
    with_file.add_attachment(b"x" * 100, maintype="application", subtype="pdf", filename="brief één.pdf")
    only_file = mail(None, subject="Re: x")
    only_file.add_attachment(b"x", maintype="image", subtype="png", filename="foto.png")
    found = read(box(with_file, only_file))
    assert found.column("attachments") == ['["brief één.pdf"]']
    assert found.told == 1


def test_a_text_that_came_as_a_file_is_read_where_there_is_no_other(read):
    made = mail(None, subject="Re: x")
    made.add_attachment("pas maar op", filename="bericht.txt")
    assert read(bytes(made)).texts == ["pas maar op"]


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"Subject: =?utf-8?q?Caf=C3=A9?=\n", "Café"),
        (b"Subject: =?utf-8?b?Q2Fmw6k=?=\n", "Café"),
        ("Subject: Café\n".encode(), "Café"),
        (b"Subject: =?onzin?q?Caf?=\n", "=?onzin?q?Caf?="),
    ],
)
def test_headers_in_any_code(read, raw, subject):
    found = read(b"From: a@x.example\nTo: b@x.example\n" + raw + b"Date: Thu, 12 Mar 2026 13:05:00 -0000\n\nhoi\n")
    assert found.column("subject") == [subject]
    assert found.times() == ["2026-03-12T13:05:00Z"]


def test_text_in_other_encodings(read):
    raw = b"From: a@x.example\nTo: b@x.example\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: 8bit\n\n%s\n"
    for charset, text in (
        (b"iso-8859-15", "één €".encode("iso-8859-15")),
        (b"onzin", "één €".encode()),
        (b"utf-8", "één €".encode("cp1252")),
    ):
        assert read(raw % (charset, text)).texts == ["één €"]


def test_a_date_that_is_none_is_told(read):
    found = read(bytes(mail()).replace(b"Thu, 12 Mar 2026 14:05:00 +0100", b"ooit"))
    assert found.column("sent_at") == [None]
    assert found.rejects.reasons == {BAD_TIME: 1}


@pytest.mark.parametrize("junk", [";a" * 500_000, "\n ;a=b" * 200_000, '"(' * 500_000])
@pytest.mark.parametrize(
    "name", ["Content-Type: multipart/mixed; boundary=x", "Content-Disposition: inline", "From: a@x.example", "To: b@x.example"]
)
def test_headers_of_any_length_come_to_an_end(read, junk, name):
    raw = f"From: a@x.example\nTo: b@x.example\nMessage-ID: <1@x.example>\n{name}{junk}\n\nhoi\n"
    [text] = read(raw).texts
    assert text.endswith("hoi")


@given(st.text(st.sampled_from("<>!-/? abp\"'=&#;\n"), max_size=60))
def test_any_html_gives_text(html):
    assert isinstance(html_to_text(html), str)


@given(
    st.lists(
        st.sampled_from(["hoi", "> oud", "", "Op 1 mei schreef Jan:", "Van: Jan", "Verzonden: nu", "Aan: Piet", "_" * 30]), max_size=12
    )
)
def test_no_line_of_a_mail_is_lost(lines):
    text = "\n".join(lines)
    own, quoted = without_quote(text)
    assert sorted(filter(None, (own + "\n" + quoted).split("\n"))) == sorted(filter(None, text.split("\n")))
