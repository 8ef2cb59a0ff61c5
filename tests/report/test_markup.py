"""Markup out of elements: text stays text, links lead to web addresses only."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.report.markup import join, raw, said, tag


class Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))

    def handle_data(self, data):
        self.text += data


@given(st.text(st.characters() | st.sampled_from("<>&\"'`\x00\u202e\n"), max_size=60))
def test_any_text_stays_text_inside_and_in_attributes(text):
    seen = Seen(tag("p", text, said(text), title=text, href=text))
    assert [name for name, _ in seen.tags] == ["p", "bdi"]
    assert {name for name, _ in seen.tags[0][1]} <= {"title", "href"}
    assert not set("\x00\u202e") & set(seen.text)


def test_elements_stand_in_elements_and_nothing_is_nothing():
    assert tag("ul", [tag("li", one) for one in ("a", "<b>")], None, "") == "<ul><li>a</li><li>&lt;b&gt;</li></ul>"
    assert join([None, "", []]) == ""
    assert tag("input", type="search", disabled=True, hidden=False) == '<input type="search" disabled>'
    assert tag("rect", fill_opacity=0.25, data_a="b", class_="c") == '<rect fill-opacity="0.25" data-a="b" class="c"></rect>'


@pytest.mark.parametrize(
    ("href", "kept"), [("https://example.org/a?b=1&c=2", True), ("#s1", True), ("data:text/html,x", False), ("//x", False)]
)
def test_links_lead_to_web_addresses_and_places_on_the_page(href, kept):
    assert [value for name, value in Seen(tag("a", "x", href=href)).tags[0][1]] == ([href] if kept else [])


def test_scripts_come_in_by_one_door_only():
    with pytest.raises(ValueError, match="onclick"):
        tag("p", "x", onclick="alert(1)")
    with pytest.raises(ValueError, match="script"):
        tag("script", "alert(1)")
    with pytest.raises(ValueError, match="script"):
        raw("script", "</script>")
    assert raw("style", "a { b: c }") == "<style>a { b: c }</style>"


def test_a_notebook_shows_an_element():
    assert tag("b", "x")._repr_html_() == "<b>x</b>"
