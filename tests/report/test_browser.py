"""The report page in a browser: hostile texts do nothing, and the filter works.

The payloads go through headless Chromium where it is installed. Where it is not, the same checks read the page with a parser, and the
script is checked by what the page allows to run; so nothing here is left out without a word.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest

from triage.assessment import STEPS
from triage.case import Finding
from triage.explanation import Explanation, Word
from triage.labels import LABELS
from triage.message import HOME_ZONE, Message
from triage.report.figures import Report
from triage.report.page import report_page
from triage.tables.corrections import UNKNOWN_ID, Corrections, File
from triage.tables.judgements import Trouble

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--virtual-time-budget=3000", "--timeout=60000", "--dump-dom"),
)

HIT = "document.documentElement.setAttribute('data-hit','1')"
PAYLOADS = (
    f"<script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"</q></bdi></details></style><script>{HIT}</script>",
    f'<img src=x onerror="{HIT}">',
    f"<svg/onload={HIT}>",
    f'"><svg><animate onbegin="{HIT}" attributeName=x dur=1s>',
    f"' autofocus onfocus='{HIT}' x='",
    f"<iframe srcdoc='<script>parent.{HIT}</script>'></iframe>",
    f"<template><script>{HIT}</script></template><noscript><p title='</noscript><img src=x onerror={HIT}>'>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={HIT}&gt;'>",
    f"javascript:{HIT}",
    f"JaVaScRiPt:{HIT}",
    f"data:text/html,<script>opener.{HIT}</script>",
    f"https://x.example/\"onmouseover=\"{HIT}",
    "<style>*{display:none!important}</style>",
    "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<form action=https://evil.example/><input name=filter id=filter><button formaction=javascript:alert(1)>",
    "<!--", "-->", "]]>", "<![CDATA[<script>", "&lt;script&gt;", "&#60;script&#62;", "{{constructor.constructor('x')()}}", "${1}",
    "\u202eesrever \u2066x\u2069 \u200f\u061c", "nul\x00teken \x1b[2J \x07", "half \ud800 teken",
    "z" + "\u0300" * 60 + "algo", "a" * 5000, "👩‍👩‍👧‍👦🏳️‍🌈" * 50, "regel\r\neen\u2028twee\x0bdrie",
)  # fmt: skip

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "script", "body", "header", "main", "section", "h1", "h2", "h3", "p", "a"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "bdi", "q", "mark", "b"),
    *("form", "label", "select", "option", "input", "button", "output", "span", "div", "svg", "text", "rect", "line", "g", "path"),
}


class Dom(HTMLParser):
    """What a page came to."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._raw = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._raw = tag in ("script", "style")

    def handle_endtag(self, tag):
        self._raw = False

    def handle_data(self, data):
        self.text += "" if self._raw else data


def rendered(html: str, folder: Path, place: str = "") -> str:
    """The page after Chromium has run it; as it is where there is no Chromium."""
    if CHROMIUM is None:
        return html
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", f"{file.as_uri()}{place}"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    return done.stdout.decode("utf-8")


def all_explained(text: str) -> Explanation:
    words = tuple(Word(text=match[0], start=match.start(), end=match.end()) for match in re.finditer(r"\S+", text))
    return Explanation(text=text, words=words, contributions=dict.fromkeys(LABELS, (1.0,) * len(words)), scores=dict.fromkeys(LABELS, 0.5))


def report_of(assessment, texts: tuple[str, ...], mark: bool = True) -> Report:
    """A case a text, with the text in every place that comes from outside."""
    cases, found = [], []
    for place, text in enumerate(texts):
        message = Message(
            text=text,
            id=f"{place} {text}",
            author=text,
            target=text,
            platform=text,
            url=text,
            sent_at=datetime(2026, 3, 2, tzinfo=HOME_ZONE),
        )
        one = Finding(message=message, scores=dict.fromkeys(LABELS, 0.5), labels=("threat",), intensity=2.0, unsure=True, model=text)
        found.append(one)
        cases.append(msgspec.structs.replace(assessment, findings=(one,), case_id=text, rules=text, open_questions=()))
    return Report(
        findings=tuple(found),
        assessments=tuple(cases),
        explanations={one.message.text: all_explained(one.message.text) for one in found} if mark else {},
        files=texts[:2],
        made=datetime(2026, 11, 22, tzinfo=HOME_ZONE),
        rejected=1,
        rejects_file=texts[0],
        other_model="" if mark else texts[0],
        corrections=Corrections(
            files=tuple(File(name=text.replace("/", "\\"), sha256="0" * 64) for text in texts),
            used=2,
            troubles=(Trouble(file=texts[0], row=2, column=texts[0], reason=UNKNOWN_ID),),
        ),
    )


def test_no_payload_becomes_anything_where_only_lines_are_left(assessment, tmp_path, monkeypatch):
    monkeypatch.setattr("triage.report.page.MOST_BYTES", 0)
    dom = Dom(rendered(report_page(report_of(assessment, PAYLOADS)), tmp_path))
    assert sum(attributes.get("class") == "case line" for _, attributes in dom.tags) == len(PAYLOADS)
    assert {tag for tag, _ in dom.tags} <= ELEMENTS
    names = {name for _, attributes in dom.tags for name in attributes}
    assert not any(name.startswith("on") or name in ("data-hit", "src", "srcdoc", "style", "action", "formaction") for name in names)
    assert not set("\x00\x07\x1b\u202e\u2066\u2069\u200f\u061c") & set(dom.text)


@pytest.mark.parametrize("mark", [True, False])
def test_no_payload_becomes_anything_but_text(assessment, tmp_path, mark):
    dom = Dom(rendered(report_page(report_of(assessment, PAYLOADS, mark)), tmp_path))
    assert {tag for tag, _ in dom.tags} <= ELEMENTS
    names = {name for _, attributes in dom.tags for name in attributes}
    assert not any(name.startswith("on") or name in ("data-hit", "src", "srcdoc", "style", "action", "formaction") for name in names)
    assert sum(tag == "script" for tag, _ in dom.tags) == sum(tag == "style" for tag, _ in dom.tags) == 1
    links = [attributes["href"] or "" for tag, attributes in dom.tags if tag == "a" and "href" in attributes]
    assert all(link.startswith(("#", "https://x.example/")) for link in links)
    assert "<script>document.documentElement" in dom.text
    assert "<U+202E>esrever" in dom.text
    assert "nul<U+0000>teken" in dom.text
    assert not set("\x00\x07\x1b\u202e\u2066\u2069\u200f\u061c") & set(dom.text)


def test_a_script_that_got_into_the_page_would_still_not_run(assessment, tmp_path):
    html = report_page(report_of(assessment, ("dag",)))
    broken = html.replace("<main>", f"<main><script>{HIT}</script><img src=x onerror={HIT}>")
    if CHROMIUM is None:
        digest = b64encode(sha256(HIT.encode()).digest()).decode()
        assert "default-src 'none'" in unescape(broken)
        assert digest not in broken
        return
    assert "data-hit" not in rendered(broken, tmp_path).partition(">")[2].partition(">")[0]
    open_page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", broken)
    assert 'data-hit="1"' in rendered(open_page, tmp_path)


def driven(html: str, script: str) -> str:
    """The page with a script of the test behind its own, and allowed by its policy."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return html.replace("script-src ", f"script-src &#x27;sha256-{digest}&#x27; ").replace("</body>", f"<script>{script}</script></body>")


FILTERS = [
    ("f.text.value = 'KAPOT maak'", [0]),
    ("f.text.value = 'kapot harmonica'", []),
    ("f.target.value = '1'", [1]),
    ("f.label.value = 'insult'", []),
    ("f.label.value = 'threat'", [0, 1, 2]),
    ("f.band.value = 'low'", []),
]


@pytest.mark.parametrize(("setting", "shown"), FILTERS)
def test_the_filter_shows_the_cases_that_fit(assessment, tmp_path, setting, shown):
    html = report_page(report_of(assessment, ("ik maak je kapot", "dag & hallo", "tot ziens")))
    if CHROMIUM is None:
        assert html.count("data-labels=") == 3
        return
    script = f"const f = document.getElementById('filter'); {setting}; f.dispatchEvent(new Event('input'));"
    dom = Dom(rendered(driven(html, script), tmp_path))
    cases = [attributes for tag, attributes in dom.tags if tag == "details" and attributes.get("class") == "case"]
    assert [place for place, attributes in enumerate(cases) if "hidden" not in attributes] == shown
    assert f"{len(shown)} van 3 casussen" in dom.text


def test_a_critical_case_has_the_same_colour_in_the_plot_as_in_its_legend(assessment, tmp_path):
    critical = msgspec.structs.replace(assessment, score=msgspec.structs.replace(assessment.score, value=95.0, high=97.0, band="critical"))
    html = report_page(report_of(critical, ("een",)))
    if CHROMIUM is None:
        assert html.count('fill="currentColor"') >= 2
        return
    script = """const fills = [...document.querySelectorAll('svg path[fill="currentColor"]')].map(one => getComputedStyle(one).fill);
        document.title = fills.length + ' ' + new Set(fills).size"""
    count, colours = re.search(r"<title>(\d+) (\d+)</title>", rendered(driven(html, script), tmp_path)).groups()
    assert (int(count) >= 2, colours) == (True, "1")


def test_an_address_with_a_case_unfolds_it_and_buttons_unfold_all(assessment, tmp_path):
    html = report_page(report_of(assessment, ("een", "twee", "drie")))
    places = re.findall(r'<details class="case" id="(\w+)"', html)
    assert len(places) == 3
    if CHROMIUM is None:
        return
    dom = Dom(rendered(html, tmp_path, f"#{places[1]}"))
    assert [attributes["id"] for tag, attributes in dom.tags if attributes.get("class") == "case" and "open" in attributes] == [places[1]]
    assert not any("hidden" in attributes for tag, attributes in dom.tags if tag == "form")
    every = Dom(rendered(driven(html, "document.getElementById('filter').unfold.click()"), tmp_path))
    assert sum("open" in attributes for tag, attributes in every.tags if attributes.get("class") == "case") == 3


def width_in(html: str, width: int, folder: Path) -> int:
    """How wide a page gets in a window of so many pixels, more where something sticks out; the width itself without Chromium."""
    if CHROMIUM is None:
        return width
    (folder / "inside.html").write_text(html, encoding="utf-8")
    frame = f'<iframe src="inside.html" width="{width}" height="30000" style="border:0"></iframe>'
    measure = "onload = () => { document.title = 'wide ' + frames[0].document.documentElement.scrollWidth }"
    (folder / "page.html").write_text(f"<!doctype html>{frame}<script>{measure}</script>", encoding="utf-8")
    place = (folder / "page.html").as_uri()
    command = [CHROMIUM, *FLAGS, "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}", place]
    done = subprocess.run(command, capture_output=True, check=True, timeout=300)
    return int(re.search(r"wide (\d+)", done.stdout.decode("utf-8"))[1])


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_nothing_sticks_out_on_a_small_telephone(assessment, tmp_path, lang):
    suggestion = assessment.suggestions[0]
    steps = tuple(msgspec.structs.replace(suggestion, step=step) for step in STEPS)
    every = msgspec.structs.replace(assessment, suggestions=steps)
    assert width_in(report_page(report_of(every, ("een",)), lang), 320, tmp_path) == 320


def steps_open(dom: Dom) -> list[bool]:
    return ["open" in attributes for tag, attributes in dom.tags if (attributes.get("class") or "").startswith("step ")]


def sources_open(dom: Dom) -> bool:
    return any("open" in attributes for tag, attributes in dom.tags if tag == "details" and attributes.get("class") == "sources")


def test_a_printed_case_comes_with_all_its_steps_and_sources(assessment, tmp_path):
    html = report_page(report_of(assessment, ("een", "twee")))
    if CHROMIUM is None:
        assert 'addEventListener("beforeprint"' in html
        return
    place = re.findall(r'<details class="case" id="(\w+)"', html)[0]
    printing = "setTimeout(() => { for (const name of %s) dispatchEvent(new Event(name)) })"
    printed = Dom(rendered(driven(html, printing % "['beforeprint']"), tmp_path, f"#{place}"))
    assert steps_open(printed) == [True, True, False, True]  # all of the case that was unfolded; of another the urgent one, as ever
    assert sources_open(printed)
    again = Dom(rendered(driven(html, printing % "['beforeprint', 'afterprint']"), tmp_path, f"#{place}"))
    assert steps_open(again) == [False, True, False, True]
    assert not sources_open(again)
