"""Figures by part, under hidden words, and beside another model."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from triage import LABELS, Classification
from triage.training.corpus import Labelled
from triage.training.evaluate import compare, difference
from triage.training.robustness import WAYS, robustness
from triage.training.slices import COLUMNS, LENGTHS, length_of, slices
from triage.training.wordlist import WordListModel

MESSAGES = [
    Labelled(
        text=f"Wat een prutser zijn jullie toch {n}" if n % 2 else f"Dank u wel voor de snelle hulp {n}",
        labels=("insult",) if n % 2 else (),
        intensity=n % 2,
        register="street" if n < 30 else "formal",
        phenomenon="rare" if n == 0 else "common",
    )
    for n in range(60)
]


def said(labels: Sequence[str], score: float = 0.9) -> Classification:
    scores = {label: score if label in labels else 1 - score for label in LABELS}
    return Classification(scores=scores, labels=tuple(labels), intensity=float(bool(labels)))


RIGHT = [said(message.labels) for message in MESSAGES]
NOTHING = [said(()) for _ in MESSAGES]


@pytest.mark.parametrize(("words", "name"), [(1, "1-6"), (6, "1-6"), (7, "7-15"), (16, "16-30"), (30, "16-30"), (60, "31-60"), (61, "61+")])
def test_lengths_are_counted_in_words(words: int, name: str):
    assert length_of("nee " * words) == name
    assert name in LENGTHS


@pytest.mark.parametrize("column", COLUMNS)
def test_every_message_is_in_one_part(column: str):
    parts = slices(RIGHT, MESSAGES, column, rounds=5)
    assert sum(part.messages for part in parts.values()) == len(MESSAGES)


def test_parts_are_measured_by_themselves_and_rare_ones_together():
    mixed = [*RIGHT[:30], *NOTHING[30:]]
    parts = slices(mixed, MESSAGES, "register", rounds=5)
    assert (parts["street"].macro_f1, parts["formal"].macro_f1, parts["formal"].missed) == (1.0, 0.0, 1.0)
    assert slices(RIGHT, MESSAGES, "phenomenon", rounds=5)["other"].messages == 1
    assert list(slices(RIGHT, MESSAGES, "channel", rounds=5)) == ["-"]


def test_a_part_without_harm_has_no_f1_but_has_false_alarms():
    friendly = [message for message in MESSAGES if not message.labels]
    figures = slices([said(("threat",)) for _ in friendly], friendly, "length", rounds=5)["7-15"]
    assert figures.false_alarms == 1.0
    assert figures.to_dict()["macro_f1"] is None


def test_the_lead_of_one_model_over_another_has_an_interval():
    lead, low, high = difference(RIGHT, NOTHING, MESSAGES, rounds=20)
    assert lead == low == high == 1.0
    assert difference(RIGHT, RIGHT, MESSAGES, rounds=20) == (0.0, 0.0, 0.0)


def test_setting_the_least_certain_aside_helps_a_model_that_knows_its_limits():
    found = [said((), 0.6) if n % 10 == 1 else item for n, item in enumerate(RIGHT)]
    figures = compare(found, MESSAGES, rounds=5)
    errors = [kept.error for kept in figures.kept]
    assert errors[0] == figures.error_all == pytest.approx(0.1)
    assert errors[-1] == 0.0
    assert 0.0 < figures.risk_area < 0.1


def test_hidden_words_cost_a_model_that_cannot_read_them():
    class Naive:
        def classify(self, texts: list[str]) -> list[Classification]:
            return [said(("insult",) if "prutser" in text else ()) for text in texts]

    costs = {one.obfuscation: one for one in robustness(Naive(), MESSAGES, rounds=20)}
    assert set(costs) == set(WAYS)
    assert costs["spaced"].drop > 0.1
    assert costs["spaced"].drop_low <= costs["spaced"].drop <= costs["spaced"].drop_high
    assert costs["shouted"].macro_f1 == 0.0
    assert costs["unpunctuated"].drop == 0.0
    undone = {one.obfuscation: one for one in robustness(WordListModel(["prutser"]), MESSAGES, rounds=5)}
    assert undone["homoglyphs"].drop < costs["homoglyphs"].drop
    assert robustness(Naive(), MESSAGES, rounds=5) == robustness(Naive(), MESSAGES, rounds=5)


def test_a_word_list_finds_whole_words_however_written_and_nothing_but_insults():
    found = WordListModel(["sukkel", " ", "dikke nek"]).classify(
        ["S.U.K.K.E.L!", "sukkelt", "wat een dikke nek heb jij", "ik maak je af", ""]
    )
    assert [one.labels for one in found] == [("insult",), (), ("insult",), (), ()]
    assert all(one.scores["threat"] == 0.0 for one in found)
