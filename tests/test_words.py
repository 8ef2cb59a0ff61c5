"""The small frozen types: what they take, what they refuse, when two messages are one."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage import Case, Classification, Facts, InputError, Message
from triage.case import find
from triage.errors import ModelError
from triage.labels import primary


def test_a_time_without_a_zone_is_dutch_and_another_zone_is_kept():
    assert Message(text="x", sent_at="2026-07-01T12:00").sent_at.utcoffset().total_seconds() == 7200
    assert Message(text="x", sent_at=datetime(2026, 1, 1, 12)).sent_at.utcoffset().total_seconds() == 3600
    assert Message(text="x", sent_at=datetime(2026, 1, 1, 12, tzinfo=UTC)).sent_at == datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong",
    [
        {"views": -1},
        {"views": 1.5},
        {"views": True},
        {"labels": "threat"},
        {"labels": ["rude"]},
        {"intensity": 3.1},
        {"visibility": "open"},
        {"sent_at": "x"},
    ],
)
def test_a_wrong_value_is_named(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))) as caught:
        Message(text="x", **wrong)
    assert next(iter(wrong)) in caught.value.nl


@pytest.mark.parametrize(
    "wrong", [{"impact": "erg"}, {"reach": -1}, {"perpetrator_known": "ja"}, {"known_since": "x"}, {"removal_status": "no"}]
)
def test_a_wrong_fact_is_named(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Facts(**wrong)


def test_half_characters_do_no_harm():
    assert Message(text="a\ud800b").text.encode() == "a\ufffdb".encode()


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ({"id": "1"}, {"id": "1"}, 1),
        ({"id": "1"}, {"id": "2"}, 2),
        ({"id": "1", "author": "a", "sent_at": "2026-06-01T10:00"}, {"author": "a", "sent_at": "2026-06-01T10:00"}, 1),
        ({"author": "a", "sent_at": "2026-06-01T10:00"}, {"author": "b", "sent_at": "2026-06-01T10:00"}, 2),
        ({"author": "a", "sent_at": "2026-06-01T10:00"}, {"author": "a", "sent_at": "2026-06-01T10:01"}, 2),
        ({"author": "a", "sent_at": "2026-06-01T10:00"}, {"author": "a", "sent_at": "2026-06-01T08:00+00:00"}, 1),
    ],
)
def test_doubles_of_a_message_count_once(one, other, kept):
    assert len(Case(messages=[Message(text="zelfde tekst", **one), Message(text="zelfde tekst ", **other)]).messages) == kept


def test_a_person_overrules_the_model():
    model = Classification(
        scores={"insult": 0.9, "threat": 0.1, "sexual_harassment": 0.0}, labels=("insult",), intensity=2.2, needs_review=True
    )
    assert find(Message(text="x"), model).unsure
    judged = find(Message(text="x", labels=["threat"], intensity=3), model)
    assert (judged.labels, judged.intensity, judged.unsure, judged.decided_by) == (("threat",), 3.0, False, "person")
    cleared = find(Message(text="x", labels=[]), model)
    assert (cleared.labels, cleared.intensity) == ((), 0.0)
    graver = find(Message(text="x", intensity=3), model)
    assert (graver.labels, graver.intensity) == (("insult",), 3.0)
    with pytest.raises(InputError):
        find(Message(text="x"), None)


@given(st.lists(st.sampled_from(["insult", "threat", "sexual_harassment"])))
def test_the_primary_label_follows_the_guideline(labels):
    order = ["threat", "sexual_harassment", "insult"]
    assert primary(labels) == next((label for label in order if label in labels), None)


def test_errors_keep_both_languages_across_processes():
    error = pickle.loads(pickle.dumps(ModelError("no", nl="nee")))
    assert (type(error), str(error), error.nl) == (ModelError, "no", "nee")
