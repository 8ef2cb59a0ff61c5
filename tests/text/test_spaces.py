"""Sentences that are written without spaces, and long words that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.text import normalise
from triage.text.spaces import with_spaces


@pytest.mark.parametrize(
    ("joined", "apart"),
    [
        ("jijbentechteenprutser", "jij bent echt een prutser"),
        ("IKWEETWAARJEWOONT", "IK WEET WAAR JE WOONT"),
        ("nou ikkommorgenbijjelangs!!", "nou ik kom morgen bij je langs!!"),
        ("j1jbentechteenprutser", "jij bent echt een prutser"),
    ],
)
def test_a_sentence_without_spaces_gets_them_back(joined, apart):
    assert normalise(joined) == apart


@pytest.mark.parametrize(
    "word",
    [
        "arbeidsongeschiktheidsverzekering",
        "gemeenteraadsverkiezingen",
        "Arbeidsvoorwaardenovereenkomst",
        "meervoudigepersoonlijkheidsstoornis",
        "hottentottententententoonstelling",
        "hahahahahahahahahahahaha",
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    ],
)
def test_a_long_word_stays_whole(word):
    assert with_spaces(word) == word


@given(st.text(st.sampled_from("abdeghijklnorstuwz ßİ"), max_size=400))
def test_nothing_but_spaces_is_added(text):
    spaced = with_spaces(text)
    assert spaced.replace(" ", "") == text.replace(" ", "")
    assert normalise(normalise(text)) == normalise(text)


@given(st.lists(st.sampled_from(["jij", "bent", "niet", "het", "weet", "wie", "jullie", "naar", "huis"]), min_size=1, max_size=60))
def test_cutting_twice_is_cutting_once(words):
    once = with_spaces("".join(words))
    assert with_spaces(once) == once


def test_endless_letters_are_no_sentence():
    assert with_spaces("jijbent" * 100_000) == "jijbent" * 100_000
