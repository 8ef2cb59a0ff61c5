"""The embedded model stays at least as good as its card says, on messages that no training saw."""

from __future__ import annotations

from pathlib import Path

from triage.training.corpus import read_labelled
from triage.training.evaluate import evaluate

HELD_OUT = Path(__file__).parents[2] / "models" / "triage-nl" / "corpus" / "heldout"


def test_the_embedded_model_keeps_its_level(model):
    figures = evaluate(model, read_labelled([HELD_OUT]), rounds=20)
    assert figures.macro_f1 >= 0.78
    assert next(label.recall for label in figures.labels if label.label == "threat") >= 0.84
    assert figures.false_alarms <= 0.15
    assert figures.intensity_kappa >= 0.70
    assert all(label.ece <= 0.06 for label in figures.labels)


def test_no_held_out_message_is_in_the_training_corpus():
    trained = {message.text.strip().lower() for message in read_labelled([HELD_OUT.parent / "authored"])}
    same = [message.id for message in read_labelled([HELD_OUT]) if message.text.strip().lower() in trained and len(message.text) > 25]
    assert same == []
