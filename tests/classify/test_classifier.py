"""What a user of `classify` notices: order, counts, long texts, batches, threads, hostile input."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import triage
from triage.labels import LABELS
from triage.training.tiny import make_tiny

MIXED = ["Dank voor uw snelle reactie!", "k", "", "Wat een prutser ben jij.", "Dag " * 900, "🔫🔫", "Ik weet waar je woont."]


def close(one: triage.Classification, other: triage.Classification) -> bool:
    scores = all(abs(one.scores[label] - other.scores[label]) < 1e-4 for label in LABELS)
    return scores and one.labels == other.labels and abs(one.intensity - other.intensity) < 1e-3


def test_a_text_gives_one_and_a_list_gives_a_list(model):
    assert isinstance(model.classify("hallo"), triage.Classification)
    assert len(model.classify(["hallo"])) == 1
    assert model.classify([]) == []


def test_the_score_of_a_text_does_not_depend_on_its_company_or_place(model):
    together = model.classify(MIXED)
    alone = [model.classify(text) for text in MIXED]
    backwards = model.classify(MIXED[::-1])[::-1]
    for one, other, third in zip(together, alone, backwards, strict=True):
        assert close(one, other)
        assert close(one, third)


def test_threads_may_share_a_model(model):
    expected = model.classify(MIXED)
    with ThreadPoolExecutor(8) as pool:
        for found in pool.map(model.classify, [MIXED] * 16):
            assert all(close(one, other) for one, other in zip(found, expected, strict=True))


def test_the_gravest_window_of_a_long_text_counts(model):
    threat = (
        "Als ik jou tegenkom steek ik je neer. Ik weet waar je woont en ik maak je helemaal kapot, jij gaat eraan. "
        "Pas maar op als je vanavond naar huis loopt, ik sta je op te wachten met een mes. "
    )
    harmless = "Geachte mevrouw, ik wil graag weten wanneer mijn aanvraag wordt behandeld. " * 120
    found = model.classify(harmless + threat * 2)
    assert found.windows > 1
    assert "threat" in found.labels
    assert "threat" not in model.classify(harmless).labels


def test_a_text_beyond_all_windows_says_so(model):
    found = model.classify("bladiebla " * 60_000)
    assert found.needs_review
    assert "too_long" in found.review_reasons


def test_probabilities_labels_and_version_belong_together(model):
    for found in model.classify(MIXED):
        assert set(found.scores) == set(LABELS)
        assert all(0.0 <= score <= 1.0 for score in found.scores.values())
        assert 0.0 <= found.intensity <= 3.0
        assert found.model == model.version
        assert found.primary == ((found.labels and triage.labels.primary(found.labels)) or None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(), max_size=200), max_size=5))
def test_any_text_is_classified(model, texts):
    assert len(model.classify(texts)) == len(texts)


@pytest.mark.parametrize("wrong", [3, None, ["a", 3], [None]])
def test_something_else_than_text_is_refused(model, wrong):
    with pytest.raises((triage.InputError, TypeError)):
        model.classify(wrong)


def test_columns_of_classifications_hold_what_single_calls_give(tiny):
    model = triage.load(tiny)
    found = model._classifier.classify_all([*MIXED, *MIXED[::-1]])
    assert len(found) == 2 * len(MIXED)
    assert list(found[: len(MIXED)]) == list(found)[: len(MIXED)] == list(found)[: len(MIXED) - 1 : -1]
    for text, one in zip(MIXED, found, strict=False):
        assert close(one, model.classify(text))
        assert one.review_reasons == model.classify(text).review_reasons


def test_the_identity_of_a_model_is_the_same_each_time_and_changes_with_what_decides(tiny, tmp_path):
    identity = triage.load(tiny)._classifier.identity
    assert [triage.load(tiny)._classifier.identity for _ in range(3)] == [identity] * 3
    others = [triage.load(tiny, label_map={"insult": "threat"})]
    for name in ("config.json", "tokenizer.json", "model.onnx"):
        folder = shutil.copytree(tiny, tmp_path / name)
        content = (folder / name).read_bytes()
        if name == "model.onnx":
            make_tiny(tmp_path / "other", ["hallo allemaal"], seed=1)
            content = (tmp_path / "other" / name).read_bytes()
        (folder / name).write_bytes(content.replace(b"0.45", b"0.44").replace(b'"dag"', b'"dah"'))
        others.append(triage.load(folder))
    assert len({identity["digest"], *(other._classifier.identity["digest"] for other in others)}) == 5
