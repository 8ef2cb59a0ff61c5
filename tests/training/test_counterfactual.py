"""Copies of training messages about other groups: only the group changes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.training.corpus import Labelled
from triage.training.counterfactual import about_another, about_others


def message(text: str, *labels: str) -> Labelled:
    return Labelled(id="m", text=text, labels=labels, intensity=2 if labels else 0, pair="p")


@given(st.integers(), st.sampled_from(["Moslims zijn lui.", "Wat doen die asielzoekers hier?", "Ik ken een Turk die kookt."]))
def test_the_words_around_the_group_stay_and_the_group_is_another(seed: int, text: str):
    changed = about_another(text, random.Random(seed))
    group = next(word for word in ("Moslims", "asielzoekers", "Turk") if word in text)
    before, after = text.split(group)
    assert changed.startswith(before)
    assert changed.endswith(after)
    assert len(changed) > len(before + after)


@pytest.mark.parametrize(
    "text", ["Goedemorgen, mevrouw", "Mijn vrouw is ziek.", "Hij woont in Polen.", "de turkse bakker", "een homogene groep", ""]
)
def test_a_text_about_no_group_stays_as_it_is(text: str):
    assert about_another(text, random.Random(3)) == text


def test_copies_keep_the_labels_are_all_different_and_belong_to_no_pair():
    copies = about_others([message("Joden zijn hier niet welkom.", "insult"), message("Dag!")], 5, random.Random(1))
    assert len({copy.text for copy in copies}) == len(copies) > 1
    assert {(copy.labels, copy.intensity, copy.pair) for copy in copies} == {(("insult",), 2, "")}


def test_sexual_harassment_is_not_copied_to_other_groups():
    assert about_others([message("Lekker, een lesbienne.", "sexual_harassment")], 5, random.Random(1)) == []
