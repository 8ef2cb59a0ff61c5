"""WhatsApp chats: Android and iPhone, Dutch and English, groups and chats of two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError

LRM = "\u200e"
ANDROID = f"""\
12-03-26 14:05 - Berichten en oproepen zijn end-to-end versleuteld. Alleen mensen in deze chat kunnen ze lezen. Meer informatie
12-03-26 14:05 - Loket Zuid: Goedemiddag, waarmee kan ik helpen?
12-03-26 14:07 - +31 6 12345678: Jullie zijn prutsers
en dit zeg ik: jullie krijgen me niet weg

tot morgen
12-03-26 14:08 - +31 6 12345678: <Media weggelaten>
12-03-26 14:08 - +31 6 12345678: IMG-20260312-WA0003.jpg (bestand bijgevoegd)
Kijk wie hier staat
12-03-26 14:09 - Loket Zuid: brief.pdf (bestand bijgevoegd)
brief
12-03-26 14:10 - +31 6 12345678: Dit bericht is verwijderd
12-03-26 14:11 - +31 6 12345678: Ik kom langs{LRM}<Dit bericht is bewerkt>
"""
IPHONE = f"""\
[12-03-2026 23:05:33] Team West: {LRM}Berichten en oproepen zijn end-to-end versleuteld. Alleen mensen in deze chat kunnen ze lezen.\r
{LRM}[12-03-2026 23:05:33] {LRM}Sanne heeft de groep “Team: West” gemaakt\r
[12-03-2026 23:05:40] Sanne: {LRM}Sanne heeft de groepsafbeelding gewijzigd\r
[12-03-2026 23:06:01] Sanne: Hoi allemaal\r
[12-03-2026 23:06:40] ~\u202fKees: Wat een sukkels: allemaal\r
{LRM}[12-03-2026 23:07:02] Bo: {LRM}afbeelding weggelaten\r
{LRM}[12-03-2026 23:07:30] Bo: Zie bijlage {LRM}<bijgevoegd: 00000012-PHOTO-2026-03-12-23-07-30.jpg>\r
{LRM}[12-03-2026 23:08:00] Bo: verslag.pdf • 2 pagina’s {LRM}document weggelaten\r
[12-03-2026 23:09:00] Bo: Tot morgen\r
"""


def test_android_in_dutch(read):
    chat = read(ANDROID)
    assert chat.texts == [
        "Goedemiddag, waarmee kan ik helpen?",
        "Jullie zijn prutsers\nen dit zeg ik: jullie krijgen me niet weg\n\ntot morgen",
        "Kijk wie hier staat",
        "Ik kom langs",
    ]
    assert chat.column("author") == ["Loket Zuid", "+31 6 12345678", "+31 6 12345678", "+31 6 12345678"]
    assert chat.column("target") == ["+31 6 12345678", "Loket Zuid", "Loket Zuid", "Loket Zuid"]
    assert set(chat.column("platform")) == {"whatsapp"}
    assert set(chat.column("visibility")) == {"direct"}
    assert chat.column("source_row") == [2, 3, 8, 13]
    assert chat.times()[0] == "2026-03-12T13:05:00Z"  # the clock of the phone, in Amsterdam
    assert chat.column("timestamp")[0] == "12-03-26 14:05"
    assert chat.column("attachment") == [None, None, "IMG-20260312-WA0003.jpg", None]
    assert chat.column("edited") == [None, None, None, "true"]
    assert chat.left_out == {"notices of the app": 1, "photos, videos and other attachments without text": 2, "deleted messages": 1}
    assert "meldingen van de app (1)" in chat.rejects.notices[-1].nl


def test_iphone_group(read):
    chat = read(IPHONE)
    assert chat.texts == ["Hoi allemaal", "Wat een sukkels: allemaal", "Zie bijlage ", "Tot morgen"]
    assert chat.column("author") == ["Sanne", "Kees", "Bo", "Bo"]
    assert set(chat.column("visibility")) == {"group"}
    assert set(chat.column("target")) == {None}
    assert chat.times()[0] == "2026-03-12T22:06:01Z"
    assert chat.column("attachment")[2].endswith("PHOTO-2026-03-12-23-07-30.jpg")
    assert chat.left_out == {"notices of the app": 3, "photos, videos and other attachments without text": 2}


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("12/03/2026, 14:05 - Jan: hoi", "2026-03-12T13:05:00Z"),
        ("12/03/26, 14:05 – Jan: hoi", "2026-03-12T13:05:00Z"),
        ("12.03.26, 14:05 - Jan: hoi", "2026-03-12T13:05:00Z"),
        ("2026-03-12 14:05 - Jan: hoi", "2026-03-12T13:05:00Z"),
        ("[12-03-26 14:05:06] Jan: hoi", "2026-03-12T13:05:06Z"),
        ("[12/03/2026, 14:05:06] Jan: hoi", "2026-03-12T13:05:06Z"),
        ("[12.3.2026, 14.05.06] Jan: hoi", "2026-03-12T13:05:06Z"),
        ("12/31/25, 2:05 PM - Jan: hoi", "2025-12-31T13:05:00Z"),
        ("[12/31/25, 2:05:06\u202fPM] Jan: hoi", "2025-12-31T13:05:06Z"),
        ("[1/2/26, 2:05:06 p.m.] Jan: hoi", "2026-01-02T13:05:06Z"),  # with a half day, the month comes first
    ],
)
def test_dates_as_phones_write_them(read, line, time):
    chat = read(f"{line}\n")
    assert (chat.texts, chat.column("author"), chat.times()) == (["hoi"], ["Jan"], [time])


def test_english_media_and_notices(read):
    chat = read(
        "12/03/2026, 14:05 - Messages and calls are end-to-end encrypted. Only people in this chat can read them.\n"
        '12/03/2026, 14:06 - Jan created group "Team: west"\n'
        "12/03/2026, 14:06 - Jan added you\n"
        "12/03/2026, 14:07 - Jan: <Media omitted>\n"
        "12/03/2026, 14:08 - Jan: This message was deleted\n"
        "12/03/2026, 14:09 - Jan: hello <This message was edited>\n"
    )
    assert chat.texts == ["hello"]
    assert chat.column("visibility") == ["group"]
    assert chat.told == 5


@pytest.mark.parametrize(
    "text",
    [
        "Dit bericht is verwijderd, en jij straks ook",
        "pas maar op <Media weggelaten>",
        "Piet heeft de groep verlaten, die lafaard",
        "afbeelding weggelaten",
        "Ik weet je te vinden (bestand bijgevoegd)",
        "<bijgevoegd: ik weet je te vinden>",
        f"{LRM}Jan heeft de groep verlaten, die lafaard",
        f"{LRM}Gemiste spraakoproep, pas maar op",
        f"pas maar op {LRM}afbeelding weggelaten",
        f"{LRM}pas maar op.pdf • 1 pagina {LRM}document weggelaten",
    ],
)
@pytest.mark.parametrize("start", ["12-03-26 14:05 -", "[12-03-2026 14:05:00]"])
def test_a_person_cannot_make_a_notice_of_what_they_write(read, text, start):
    chat = read(f"{start} Jan: begin\n" * 6 + f"{start} Jan: {text}\n")
    assert len(chat.rows) == 7
    words = {"verwijderd", "pas", "Piet", "afbeelding", "weet", "groep", "spraakoproep"}
    assert words & set(chat.texts[-1].replace(",", " ").replace(":", " ").split())


def test_a_line_without_a_name_that_the_app_did_not_write_is_kept(read):
    chat = read('12-03-26 14:05 - Jan: hoi\n12-03-26 14:05 - ik weet je te vinden\n12-03-26 14:06 - ~ Jan heeft de groep "x: pas maar op\n')
    assert chat.texts == ["hoi", "ik weet je te vinden", "pas maar op"]
    assert chat.column("author")[1] is None


def test_a_line_of_another_layout_goes_on_with_the_message_before_it(read):
    chat = read("12-03-26 14:05 - Jan: kijk\n[12-03-26 14:07:00] Piet: Ik weet je te vinden\n")
    assert chat.texts == ["kijk\n[12-03-26 14:07:00] Piet: Ik weet je te vinden"]


def test_half_a_line_at_the_end_and_blank_lines(read):
    chat = read("\n12-03-26 14:05 - Jan: hoi\n\n12-03-26 14:06 - Piet: da")
    assert chat.texts == ["hoi", "da"]


def test_a_chat_without_a_message(read):
    with pytest.raises(InputError, match="no rows with messages"):
        read("12-03-26 14:05 - Jan heeft de groep verlaten\n")


def test_a_very_long_message_is_kept_in_parts(read):
    chat = read("12-03-26 14:05 - Jan: begin\n" + "woord " * 30 + "\n" + ("x" * 100 + "\n") * 25_000 + "12-03-26 14:06 - Jan: eind\n")
    assert chat.texts[-1] == "eind"
    assert sum(text.count("x") for text in chat.texts) == 2_500_000
    assert set(chat.column("author")) == {"Jan"}


NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=10)
WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u200e<"), min_size=1, max_size=30).map(str.strip)


@given(st.lists(st.tuples(NAMES, WORDS.filter(lambda text: bool(text) and text != "null")), min_size=1, max_size=8), st.booleans())
def test_every_message_comes_back(read_bytes, messages, iphone):
    start = "[12-03-26 14:05:00]" if iphone else "12-03-26 14:05 -"
    chat = read_bytes("".join(f"{start} {name}: {text}\n" for name, text in messages))
    assert len(chat.rows) + chat.rejects.rejected + chat.told == len(messages)
