"""The report as HTML: self-contained, readable without scripts, and nothing from outside gets out of its place."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest

from triage.errors import InputError
from triage.report.html import assessment_html

KNOWN_TAGS = {"div", "p", "b", "q", "a", "bdi", "ul", "li", "table", "tr", "td", "details", "summary"}
KNOWN_ATTRIBUTES = {"style", "lang", "dir", "role", "aria-label", "href", "rel", "open"}


class Outline(HTMLParser):
    """The tags, the attributes, and the text of a fragment; refuses tags that do not close in order."""

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
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_hostile_data_stays_text(poisoned, lang):
    outline = Outline(assessment_html(poisoned, lang))
    assert outline.tags <= KNOWN_TAGS
    assert {name for name, _ in outline.attributes} <= KNOWN_ATTRIBUTES
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", assessment_html(poisoned, lang))


def test_the_shape_does_not_depend_on_the_data(poisoned, assessment):
    assert Outline(assessment_html(poisoned)).tags - {"a"} == Outline(assessment_html(assessment)).tags - {"a"}


def test_nothing_is_fetched_and_all_style_is_inline(assessment):
    outline = Outline(assessment_html(assessment))
    styles = [value or "" for name, value in outline.attributes if name == "style"]
    assert styles
    assert not any("url(" in style for style in styles)
    assert not outline.tags & {"script", "style", "link", "img", "iframe"}


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://example.org/a?b=1&c=2", True),
        ("http://example.org", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("//example.org", False),
        ("http://[", False),
        ("https://example.org/\x1b[31m", False),
        ("https://example.org/\u202egro", False),
    ],
)
def test_only_web_addresses_become_links(assessment, url, linked):
    found = assessment.findings[0]
    one = msgspec.structs.replace(found, message=msgspec.structs.replace(found.message, url=url))
    outline = Outline(assessment_html(msgspec.structs.replace(assessment, findings=(one,), open_questions=())))
    assert [value for name, value in outline.attributes if name == "href"] == ([url] if linked else [])


def test_it_says_the_same_as_the_text(assessment):
    text = Outline(assessment_html(assessment, "en")).text
    for said in (
        "Severity 62 out of 100: high",
        "As not all is certain, this may also be 48 to 71.",
        "about 1,200 people (from 400 to 5,000)",
        "62.4",
        "ik weet waar je woont",
        "urgent · complaint by Tuesday 2 June 2026",
        "Art. 284 Criminal Code (to be verified)",
        "R25: Je kunt dan melden en aangifte doen bij de politie.",
        "If 'pending' or 'removed', dropped: ask the platform to remove",
        "people decide",
    ):
        assert said in text


def test_urgent_steps_are_open_and_the_others_folded(assessment):
    html = assessment_html(assessment)
    folded = dict(zip(re.findall(r"<summary[^>]*><b><bdi>(.*?)</bdi>", html), re.findall(r"<details( open)?", html), strict=True))
    assert folded == {"Leg bewijs vast": "", "Aangifte bij de politie": " open"}


def test_the_bar_names_its_value_and_range(assessment):
    labels = [value for name, value in Outline(assessment_html(assessment)).attributes if name == "aria-label"]
    assert labels == ["62 van 100, hoog, Omdat niet alles zeker is, kan dit ook 48 tot 71 zijn."]


def test_a_notebook_shows_it(assessment):
    assert assessment._repr_html_() == assessment_html(assessment)


def test_another_language_is_refused(assessment):
    with pytest.raises(InputError):
        assessment_html(assessment, "fr")
