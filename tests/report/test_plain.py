"""Text from outside is made harmless for a terminal and keeps its layout."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.report.plain import cells, one_line, shorten, wrap

anything = st.text(st.characters() | st.sampled_from("\x1b\x9b\u202e\u2066\u200d\u0300🔫漢\n\t "), max_size=80)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("rood \x1b[31m", "rood <U+001B>[31m"),
        ("om\u202ekeer", "om<U+202E>keer"),
        ("een\r\ntwee\u2028drie\tvier", "een twee drie vier"),
        ("\x9b2J", "<U+009B>2J"),
        ("gezin 👨‍👩‍👧 café", "gezin 👨‍👩‍👧 café"),
        ("half \ud800", "half <U+D800>"),
    ],
)
def test_what_could_alter_a_terminal_is_shown(text, shown):
    assert one_line(text) == shown


def test_piled_up_marks_do_not_spill_over_other_lines():
    assert one_line("z" + "\u0300" * 50) == "z" + "\u0300" * 3


@given(anything)
def test_one_line_is_one_harmless_line_and_stays_so(text):
    line = one_line(text)
    assert {unicodedata.category(char) for char in line} & {"Cc", "Cs", "Zl", "Zp"} == set()
    assert [char for char in line if unicodedata.category(char) == "Cf" and char != "\u200d"] == []
    assert one_line(line) == line


@given(anything, st.integers(2, 40))
def test_shortened_text_fits_and_says_that_it_was_shortened(text, width):
    line = shorten(text, width)
    assert cells(line) <= width
    assert line == one_line(text) or line.endswith("…")


@given(anything, st.integers(12, 60))
def test_wrapped_lines_fit_and_lose_nothing(text, width):
    lines = wrap(text, width, "  - ")
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(line[4:] for line in lines).split()) == "".join(one_line(text).split())
