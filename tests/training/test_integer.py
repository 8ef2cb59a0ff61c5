"""Integer arithmetic: close to the floats it replaces, for any size of model, and refused where it costs too much."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification

import triage
from triage.training import export
from triage.training.corpus import Labelled
from triage.training.integer import fits, integer_graph, observe

TEXTS = ["Dag mevrouw, wanneer gaat het loket open?", "Ik weet je te vinden.", "Wat een prutsers!", "Mooie foto 😍", "k", "Hallo " * 90]
MESSAGES = [
    Labelled(text=f"{text} {number}", labels=(label,), intensity=1)
    for number in range(12)
    for text, label in zip(TEXTS, triage.LABELS * 2, strict=True)
]


def kind(folder: Path) -> str:
    settings = json.loads((folder / "config.json").read_text())["triage"]
    assert settings["arithmetic"]["messages"] in (0, len(MESSAGES))
    return str(settings["arithmetic"]["kind"])


def operators(folder: Path) -> set[str]:
    return {node.op_type for node in onnx.load(folder / export.ONNX_FILE).graph.node}


@pytest.fixture
def random_bert(tmp_path: Path, make_checkpoint) -> Path:
    return make_checkpoint(tmp_path / "m", "bert", triage.LABELS)


@pytest.mark.parametrize(("hidden", "heads", "layers"), [(32, 2, 1), (48, 3, 2), (100, 5, 3)])
def test_integers_are_close_to_floats_for_any_size(hidden: int, heads: int, layers: int, tmp_path: Path):
    torch.manual_seed(hidden)
    config = BertConfig(
        vocab_size=90, hidden_size=hidden, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=3 * hidden,
        num_labels=4, max_position_embeddings=40, initializer_range=0.2,
    )  # fmt: skip
    model = BertForSequenceClassification(config).eval()
    windows = [torch.randint(0, 90, (length,)).tolist() for length in range(2, 40)]
    path = tmp_path / "m.onnx"
    onnx.save(integer_graph(model, observe(model, windows)), path)
    from triage.classify.backends.onnx import OnnxBackend

    backend = OnnxBackend(path, 1)
    ids = np.array([windows[20] + [0] * 5, windows[25]])
    mask = np.array([[1] * 22 + [0] * 5, [1] * 27])
    with torch.inference_mode():
        expected = model(torch.from_numpy(ids), torch.from_numpy(mask)).logits.numpy()
        spread = np.std([model(torch.tensor([window])).logits.numpy() for window in windows])
    assert np.abs(backend.logits(ids, mask) - expected).max() < 0.25 * spread


def test_an_exported_model_computes_in_integers_where_that_costs_little(random_bert: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "MAX_AP_LOSS", 1.0)
    monkeypatch.setattr(export, "MAX_DIFFERENCE", 1.0)
    settings = export.write_onnx(random_bert, MESSAGES)
    assert kind(random_bert) == settings.arithmetic.kind == "integer"
    assert "MatMulIntegerToFloat" in operators(random_bert)


@pytest.mark.parametrize(("limit", "value"), [("MAX_DIFFERENCE", 0.0), ("MAX_AP_LOSS", -1.0)])
def test_where_integers_cost_too_much_the_model_computes_in_floats(
    random_bert: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: float
):
    monkeypatch.setattr(export, limit, value)
    export.write_onnx(random_bert, MESSAGES)
    assert kind(random_bert) == "float"
    assert "MatMulIntegerToFloat" not in operators(random_bert)
    floats, torch_ = triage.load(random_bert, backend="onnx"), triage.load(random_bert, backend="torch")
    for one, other in zip(floats.classify(TEXTS), torch_.classify(TEXTS), strict=True):
        assert all(abs(one.scores[label] - other.scores[label]) < 0.05 for label in triage.LABELS)


def test_a_model_of_another_shape_computes_in_floats(tmp_path: Path, make_checkpoint):
    folder = make_checkpoint(tmp_path / "m", "roberta", triage.LABELS)
    export.write_onnx(folder, MESSAGES)
    assert kind(folder) == "float"
    assert triage.load(folder, backend="onnx").classify(TEXTS)[0].scores != {}


def test_only_bert_with_exact_gelu_fits():
    small = {"hidden_size": 8, "num_attention_heads": 1, "num_hidden_layers": 1, "intermediate_size": 8, "vocab_size": 9}
    assert fits(BertForSequenceClassification(BertConfig(**small)))
    assert not fits(BertForSequenceClassification(BertConfig(**small, hidden_act="relu")))


def test_the_command_writes_the_onnx_file_of_a_checkpoint_anew(random_bert: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    labelled = tmp_path / "labelled.jsonl"
    rows = [{"text": message.text, "labels": message.labels, "intensity": 1} for message in MESSAGES]
    labelled.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["export", "--from", str(random_bert), "--calibrate", str(labelled)])
    export.main()
    before = (random_bert / export.ONNX_FILE).read_bytes()
    export.main()
    assert (random_bert / export.ONNX_FILE).read_bytes() == before
    assert kind(random_bert) in ("integer", "float")
