"""Any sequence-classification checkpoint loads; ONNX and torch agree; plain transformers loads the embedded one."""

from __future__ import annotations

import importlib.util
import json
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

import triage
from triage.classify.checkpoint import embedded_folder
from triage.labels import LABELS

TEXTS = ["Dag mevrouw", "Wat een prutsers zijn jullie toch, stelletje idioten!", "Ik weet je te vinden.", "Mooie foto 😍", "x " * 300]


def test_checkpoints_of_every_shape_load_with_a_label_map(checkpoint: Path):
    model = triage.load(checkpoint, label_map={"TOXIC": "insult", "MENACE": "threat"})
    found = model.classify(TEXTS)
    assert len({round(item.scores["insult"], 6) for item in found}) > 1
    assert all(item.scores["sexual_harassment"] == 0.0 for item in found)
    assert found[-1].windows > 1


def test_scores_equal_those_of_plain_transformers(checkpoint: Path):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    text = "Wat een prutsers zijn jullie toch"
    plain = AutoModelForSequenceClassification.from_pretrained(checkpoint).eval()
    encoded = AutoTokenizer.from_pretrained(checkpoint)(text, return_tensors="pt")
    with torch.inference_mode():
        expected = torch.sigmoid(plain(encoded["input_ids"], encoded["attention_mask"]).logits)[0].numpy()
    found = triage.load(checkpoint, label_map={"TOXIC": "insult", "MENACE": "threat"}).classify(text)
    assert np.allclose([found.scores["insult"], found.scores["threat"]], expected, atol=1e-4)


def test_a_checkpoint_without_label_map_is_refused_with_its_labels(checkpoint: Path):
    with pytest.raises(triage.ModelError, match="TOXIC, MENACE") as caught:
        triage.load(checkpoint)
    assert "label_map={" in str(caught.value)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # as it comes back from another process
    with pytest.raises(triage.ModelError, match="has no label RUDE, but TOXIC, MENACE"):
        triage.load(checkpoint, label_map={"RUDE": "insult"})
    with pytest.raises(triage.ModelError, match="triage has no label belediging, but insult, threat"):
        triage.load(checkpoint, label_map={"TOXIC": "belediging"})


def test_labels_that_exclude_each_other_share_one_probability(tmp_path: Path, make_checkpoint):
    folder = make_checkpoint(tmp_path / "m", "bert", ("fine", "rude", "scary"), "single_label_classification")
    model = triage.load(folder, label_map={"rude": "insult", "scary": "threat"})
    for found in model.classify(TEXTS):
        assert found.scores["insult"] + found.scores["threat"] <= 1.0 + 1e-6


def test_the_label_map_in_the_configuration_is_used(tmp_path: Path, make_checkpoint):
    folder = make_checkpoint(tmp_path / "m", "bert")
    config = json.loads((folder / "config.json").read_text())
    config["triage"] |= {"label_map": {"MENACE": "threat"}, "version": "7", "thresholds": {"threat": 0.0}}
    (folder / "config.json").write_text(json.dumps(config))
    found = triage.load(folder).classify("dag")
    assert found.labels == ("threat",)
    assert found.model == "m@7"


@pytest.mark.parametrize("damage", ["missing", "not json", "bad settings", "no weights"])
def test_a_damaged_checkpoint_is_one_sentence(tmp_path: Path, make_checkpoint, damage: str):
    folder = make_checkpoint(tmp_path / "m", "bert")
    if damage == "missing":
        shutil.rmtree(folder)
    elif damage == "not json":
        (folder / "config.json").write_text("{")
    elif damage == "bad settings":
        (folder / "config.json").write_text(json.dumps({"triage": {"thresholds": {"insult": 3}}}))
    else:
        (folder / "model.safetensors").unlink()
    with pytest.raises(triage.ModelError) as caught:
        triage.load(folder, label_map={"TOXIC": "insult"})
    assert "\n" not in str(caught.value)
    assert "\n" not in caught.value.nl


@pytest.fixture
def without_torch(monkeypatch):
    """As where only the embedded model can run."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None)


@pytest.mark.usefixtures("without_torch")
@pytest.mark.parametrize("name", ["mijnmodel", "modellen/mijnmodel", "modellen/mijnmodel/", "./mijnmodel", "/mijnmodel", "C:\\model"])
def test_a_folder_that_does_not_exist_is_named_before_anything_is_installed(name: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(triage.ModelError) as caught:
        triage.load(name)
    said = caught.value.nl
    assert "geen map" in said
    assert "controleer de naam" in said
    assert ("hub" in said) == (name in ("mijnmodel", "modellen/mijnmodel"))  # what may be a name on a hub
    with pytest.raises(triage.ModelError, match="not a folder that exists: check the name"):
        triage.load(Path(name))


@pytest.mark.usefixtures("without_torch")
def test_what_a_folder_lacks_to_be_a_checkpoint_is_said(tmp_path: Path, make_checkpoint):
    (tmp_path / "empty").mkdir()
    with pytest.raises(triage.ModelError, match="give the folder in which its config"):
        triage.load(tmp_path / "empty")
    folder = make_checkpoint(tmp_path / "m", "bert")
    (folder / "tokenizer.json").unlink()
    (folder / "model.safetensors").unlink()
    with pytest.raises(triage.ModelError, match="holds no weights"):
        triage.load(folder, label_map={"TOXIC": "insult"})
    with pytest.raises(triage.ModelError, match="is not a folder that exists"):
        triage.load(str(folder / "config.json"))


def test_onnx_and_torch_give_the_same_scores():
    onnx, torch = triage.load(backend="onnx"), triage.load(backend="torch")
    for one, other in zip(onnx.classify(TEXTS), torch.classify(TEXTS), strict=True):
        assert all(abs(one.scores[label] - other.scores[label]) < 0.1 for label in LABELS)
        assert abs(one.intensity - other.intensity) < 0.15


def test_plain_transformers_loads_the_embedded_model():
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = embedded_folder()
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    assert [model.config.id2label[index] for index in range(3)] == list(LABELS)
    assert model(**AutoTokenizer.from_pretrained(folder)("Dag mevrouw", return_tensors="pt")).logits.shape == (1, 6)
