"""The web page and the PDF: both say everything, and nothing from outside gets out of its place."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.case import Facts
from triage.report.dossier.glyphs import drawable
from triage.report.dossier.words import DossierWords, load_wording
from triage.tables.corrections import Corrections, File

KNOWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "section", "article", "footer", "div", "span", "p", "bdi"),
    *("h1", "h2", "h3", "ol", "ul", "li", "a", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "blockquote"),
    *("figure", "img", "figcaption"),
}
KNOWN_ATTRIBUTES = {
    "lang",
    "dir",
    "charset",
    "http-equiv",
    "content",
    "name",
    "class",
    "id",
    "href",
    "style",
    "scope",
    "src",
    "alt",
    "loading",
}
HOSTILE = (
    "<script>alert(1)</script>",
    "</bdi></p></blockquote></article></main><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)' autofocus onfocus='alert(1)",
    "<style>*{display:none}</style><!-- ]]> --><base href=//x>",
    "javascript:alert(1) data:text/html,<b>",
    "&lt;b&gt; &#106; &amp;",
    "\x1b[2J\x1b]0;x\x07 \x9b31m",
    "links\u202esthcer\u202c \u2066x\u2069 \u200f",
    "(a) Tj ET Q >> endobj << /S /JavaScript /JS (app.alert(1)) >> \\) \\",
    "{nb} {total} {n} %d %s \ue000\ue000\ue000\ue000\ue000\ue000",
    "**vet** __streep__ [naam](http://example.org)",
    "z" + "\u0301" * 40 + "algo",
)
VOID = {"meta", "img"}


class Outline(HTMLParser):
    """The tags, the attributes and the text of a page; refuses tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture
def hostile(write, message):
    rows = [
        message(
            number,
            f"! {text}",
            author=f"a{HOSTILE[0]}\u202e",
            target=f"t{HOSTILE[1]}",
            url=f"javascript:{text}",
            platform=text,
            id=f"{number}{text}",
        )
        for number, text in enumerate(HOSTILE)
    ]
    return write(*rows, source_file=[HOSTILE[1]] * len(rows), source_row=list(range(len(rows))))


def test_hostile_text_stays_text_on_the_page(make, hostile):
    files = tuple(File(name=text.replace("/", "\\"), sha256="0" * 64) for text in HOSTILE)
    html = make(hostile, corrections=Corrections(files=files)).html
    assert "in " + "&lt;script&gt;alert(1)&lt;\\script&gt;" in html
    outline = Outline(html)
    assert outline.tags <= KNOWN_TAGS
    assert {name for name, _ in outline.attributes} <= KNOWN_ATTRIBUTES
    assert all(re.fullmatch(r"#s\d+", value) for name, value in outline.attributes if name == "href")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    for text in HOSTILE[:3]:
        assert text in outline.text


def test_the_shape_of_the_page_does_not_depend_on_what_is_written(make, hostile, scored):
    bad, good = Outline(make(hostile, "bad").html), Outline(make(scored, "good").html)
    assert bad.tags == good.tags
    assert {name for name, _ in bad.attributes} == {name for name, _ in good.attributes}


def test_the_page_fetches_nothing_and_runs_nothing(make, scored, tmp_path):
    (tmp_path / "a.svg").write_text("<svg onload='alert(1)'/>")
    html = make(scored, attachments=(tmp_path / "a.svg",)).html
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import|<script|<link|<iframe|src=\"(?!attachments/)", html)


def test_hostile_text_acts_in_no_way_in_the_pdf(make, hostile):
    made = make(hostile)
    reader = pypdf.PdfReader(io.BytesIO(made.files["data/dossier.pdf"]))
    assert not {"/AA", "/AcroForm", "/Names", "/URI"} & set(reader.trailer["/Root"])
    assert isinstance(reader.trailer["/Root"]["/OpenAction"], list)  # a place to begin reading; an action would be a dictionary
    assert all("/Annots" not in page for page in reader.pages)
    assert not re.search(rb"/JavaScript|/Launch|/SubmitForm|/EmbeddedFile", made.files["data/dossier.pdf"])
    for text in (
        HOSTILE[0],
        HOSTILE[1],
        HOSTILE[8],
        "{nb}{total}{n}%d%s<U+E000>",
        "**vet**__streep__[naam](http://example.org)",
        "<U+202E>",
    ):
        assert squeezed(text) in made.text


def test_both_faces_hold_every_message_with_its_data(make, write, message):
    made = make(write(message(1, "! ik weet je te vinden"), message(2, "dank u wel"), source_file=["x.csv", "x.csv"], source_row=[4, 9]))
    page = squeezed(Outline(made.html).text)
    for said in (
        *("! ik weet je te vinden", "dank u wel", "Karel Stoffelink aan Mirjam Oosterveld", "facebook, openbaar", "https://example.org/1"),
        *("1 juni 2026, 10:01 Nederlandse tijd (UTC 2026-06-01T08:01:00Z)", "x.csv, rij 9", "100 weergaven", "bericht-1", "test@1"),
    ):
        assert squeezed(said) in page
        assert squeezed(said) in made.text


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("nl", ("Wat er is en wat nog ontbreekt", "Suggestie, geen oordeel", "Tijdlijn")),
        ("en", ("Chronology", "A suggestion, no verdict", "Attachments")),
    ],
)
def test_the_faces_are_in_the_language_that_was_asked_for(make, scored, lang, said):
    made = make(scored, lang=lang)
    for words in said:
        assert words in Outline(made.html).text
        assert squeezed(words) in made.text
    assert f'<html lang="{lang}"' in made.html


def test_legal_statements_carry_their_source_its_date_and_how_it_was_checked(make, scored):
    made = make(scored, facts=Facts(perpetrator_known=True))
    for said in ("art. 285 Sr", "stand van 22 november 2026", "secundaire bron", "nog te controleren", "geen juridisch advies"):
        assert said.casefold() in Outline(made.html).text.casefold()
        assert squeezed(said).casefold() in made.text.casefold()


def test_nothing_in_it_is_a_verdict(make, scored):
    said = Outline(make(scored).html).text
    assert "geen oordeel: mensen beslissen" in said
    assert not re.search(r"\bis (strafbaar|schuldig)\b|\bmoet je aangifte\b", said)


def test_what_the_typeface_lacks_is_named_and_other_scripts_are_drawn(make, write, message):
    made = make(write(message(1, "! pas op 🔪 漢 Привет Ελλάδα ğışİ مرحبا שלום")))
    for said in ("<U+1F52Ames>", "Привет", "Ελλάδα", "ğışİ", "مرحبا", "שלום", "<U+6F22>"):
        assert said in made.text


def test_a_message_that_is_too_long_for_a_page_is_cut_and_whole_in_the_records(make, write, message):
    long = "! " + "woord " * 5000 + "slotwoord"
    made = make(write(message(1, long), message(2, "! x\n" * 2000 + "slotwoord")))
    assert [row["text"] for row in made.messages] == [long, "! x\n" * 2000 + "slotwoord"]
    for face in (squeezed(Outline(made.html).text), made.text):
        assert squeezed("(hier ingekort; de hele tekst staat in messages.jsonl)") in face
        assert "slotwoord" not in face


def test_a_long_word_is_folded_and_not_lost(make, write, message):
    assert "w" * 700 in make(write(message(1, "! " + "w" * 700))).text


def test_many_messages_go_on_over_the_pages(make, write, message):
    rows = [
        message(0, f"! bericht nummer{n}x", id=str(n), sent_at=f"2026-{1 + n // 28:02}-{1 + n % 28:02}T10:00:00+01:00") for n in range(120)
    ]
    made = make(write(*rows))
    text = made.text
    assert [n for n in range(120) if f"nummer{n}x" not in text] == []
    assert "Schadelijkeberichtenpermaand" in text
    reader = pypdf.PdfReader(io.BytesIO(made.files["data/dossier.pdf"]))
    assert f"van{len(reader.pages)}" in squeezed(reader.pages[-1].extract_text())


def test_the_pdf_says_what_it_is_and_is_dated_by_the_data(make, scored):
    reader = pypdf.PdfReader(io.BytesIO(make(scored).files["data/dossier.pdf"]))
    assert reader.metadata is not None
    assert reader.metadata.title.startswith("Dossier casus ")
    assert reader.metadata["/CreationDate"].startswith("D:20260601")
    assert [one["/Title"] for one in reader.outline][:2] == ["In het kort", "Tijdlijn"]


@given(st.text(max_size=60))
def test_only_signs_of_the_typeface_are_drawn(text):
    glyphs = frozenset(range(32, 127))
    assert {ord(sign) for sign in drawable(text, glyphs, DossierWords("nl"))} <= glyphs


def test_all_words_are_there_in_both_languages_with_the_same_places():
    for section, entries in load_wording().items():
        for name, text in entries.items():
            nl, en = (set(re.findall(r"\{(\w*)\}", said)) for said in (text.nl, text.en))
            assert nl == en, (section, name)
            assert text.nl.strip()
            assert text.en.strip()
