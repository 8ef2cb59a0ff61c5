"""Word contributions: where they stand, what they mean, and that they are faithful."""

from __future__ import annotations

import copy
import json
import math
import pickle
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import triage
from triage.explanation import Explanation, Word
from triage.labels import LABELS
from triage.training.corpus import read_labelled

HELDOUT = Path(__file__).parents[2] / "models" / "triage-nl" / "corpus" / "heldout"


def log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def deleted(explained: Explanation, words: list[Word]) -> str:
    kept = [word for word in explained.words if word not in words]
    return " ".join(word.text for word in kept)


def test_a_contribution_is_what_the_word_takes_away_and_what_it_brings(model):
    text = "Wat een ongelooflijke prutser ben jij"
    explained, whole, nothing = model.explain(text), model.classify(text), model.classify("")
    for place, word in enumerate(explained.words):
        without, alone = model.classify([deleted(explained, [word]), word.text])
        for label in LABELS:
            lost = log_odds(whole.scores[label]) - log_odds(without.scores[label])
            gained = log_odds(alone.scores[label]) - log_odds(nothing.scores[label])
            assert explained.contributions[label][place] == pytest.approx((lost + gained) / 2, abs=1e-3)
    assert explained.scores == pytest.approx(whole.scores, abs=1e-5)
    assert (explained.labels, explained.model) == (whole.labels, whole.model)


def test_a_classification_explains_itself_and_stays_the_value_it_was(model):
    text = "Wat een ongelooflijke prutser ben jij"
    found = model.classify(text)
    assert found.explain() == model.explain(text)
    for other in (copy.copy(found), pickle.loads(pickle.dumps(found)), msgspec.convert(msgspec.to_builtins(found), triage.Classification)):
        assert other == found
        assert other.to_dict() == found.to_dict()
        with pytest.raises(triage.ModelError, match="use model"):
            other.explain()
    assert text not in repr(found)
    assert text not in json.dumps(found.to_dict())


def test_a_classification_outlives_the_name_of_its_model():
    assert triage.load().classify(["Wat een prutser ben jij"])[0].explain().words


def test_many_texts_are_explained_as_each_alone(model):
    texts = ["Dag mevrouw", "", "Wat een prutser ben jij!", "Ik maak je kapot", "Dag mevrouw"]
    for one, text in zip(model.explain(texts), texts, strict=True):
        alone = model.explain(text)
        assert one.words == alone.words
        for label in LABELS:
            assert one.contributions[label] == pytest.approx(alone.contributions[label], abs=1e-3)
    assert model.explain([]) == []


def test_words_stand_where_they_were_written(model):
    text = "jij  vuile h.o.e.r,\n k4nker  op!!!!!! 😡"
    explained = model.explain(text)
    assert [word.text for word in explained.words] == ["jij", "vuile", "h.o.e.r,", "k4nker", "op!!!!!!", "😡"]
    assert all(text[word.start : word.end] == word.text for word in explained.words)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters() | st.sampled_from("   .!\u200b"), max_size=60))
def test_any_text_is_explained(model, text):
    explained = model.explain(text)
    assert all(text[word.start : word.end] == word.text for word in explained.words)
    assert [word.start for word in explained.words] == sorted(word.start for word in explained.words)
    for label in LABELS:
        assert len(explained.contributions[label]) == len(explained.words)
        assert all(math.isfinite(weight) for weight in explained.contributions[label])


def test_of_a_long_text_the_gravest_part_is_explained(model):
    threat = "Ik steek je neer vuile hond, ik weet waar je woont en ik maak je helemaal kapot met een mes. "
    text = "Geachte mevrouw, ik wil graag weten wanneer mijn aanvraag wordt behandeld. " * 40 + threat * 3 + "Met vriendelijke groet. " * 40
    explained = model.explain(text)
    assert len(explained.words) < 130
    assert {"steek", "kapot", "mes."} <= {word.text for word in explained.words}
    assert explained.scores["threat"] == pytest.approx(model.classify(text).scores["threat"], abs=1e-4)


def test_checkpoints_of_every_shape_are_explained(checkpoint: Path):
    text = "Wat een prutsers zijn jullie toch, mooie foto 😍"
    explained = triage.load(checkpoint, label_map={"TOXIC": "insult", "MENACE": "threat"}).explain(text)
    assert [word.text for word in explained.words] == text.split()
    assert any(abs(weight) > 1e-3 for weight in explained.contributions["insult"])
    assert set(explained.contributions["sexual_harassment"]) == {0.0}


def test_words_that_each_suffice_all_count(model):
    explained = model.explain("Jij bent een prutser, een prutser en een prutser")
    assert [word.text.strip(",") for word in explained.drivers("insult")] == ["prutser"] * 3


def test_many_words_are_left_out_by_neighbours_and_stay_words(model):
    text = " ".join(["vriendelijk"] * 30 + ["prutser"] + ["dank"] * 30)
    explained = model.explain(text)
    assert len(explained.words) == 61
    assert explained.drivers("insult")[0].text == "prutser"


def test_the_words_said_to_drive_a_label_do(model):
    texts = [message.text for message in read_labelled([HELDOUT]) if message.labels and 4 < len(message.text.split()) < 25][:40]
    chosen = [one for one in model.explain(texts) if one.labels]
    drivers = [deleted(one, list(one.drivers())) for one in chosen]
    others = [deleted(one, [word for word in one.words if word not in one.drivers()][: len(one.drivers())]) for one in chosen]
    falls = [
        sum(one.scores[one.label] - left.scores[one.label] for one, left in zip(chosen, model.classify(rest), strict=True)) / len(chosen)
        for rest in (drivers, others)
    ]
    assert falls[0] > 0.2
    assert falls[0] > 3 * falls[1]


def test_drivers_are_few_and_speak_for_the_label():
    words = tuple(Word(text=text, start=place, end=place + 1) for place, text in enumerate("abcde"))
    scores = {"insult": 0.7, "threat": 0.2, "sexual_harassment": 0.1}
    weights = {"insult": (2.0, -3.0, 1.0, 0.05, 0.3), "threat": (0.0,) * 5, "sexual_harassment": (0.09,) * 5}
    explained = Explanation(text="abcde", words=words, contributions=weights, scores=scores)
    assert explained.label == "insult"
    assert [word.text for word in explained.drivers()] == ["a", "c"]  # four fifths of 3.35
    assert [word.text for word in explained.drivers(most=1)] == ["a"]
    assert explained.drivers("threat") == explained.drivers("sexual_harassment") == ()


def test_a_notebook_shows_the_text_with_its_words_marked(model):
    html = model.explain("Wat een <b>ongelooflijke</b> prutser ben jij")._repr_html_()
    assert "&lt;b&gt;ongelooflijke&lt;/b&gt;" in html
    assert "prutser</mark>" in html
    assert "volgens het model" in html


@pytest.mark.parametrize("wrong", [3, None, [3]])
def test_something_else_than_text_is_refused(model, wrong):
    with pytest.raises((triage.InputError, TypeError)):
        model.explain(wrong)
