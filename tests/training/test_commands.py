"""`triage train` and the further figures of `triage evaluate`, as their users meet them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import triage
from triage.cli import main

TEXTS = ["Wat een prutser ben jij", "Ik sla je op je bek", "Stuur een foto zonder kleren", "Dag mevrouw, hoe gaat het"]
KINDS = [["insult"], ["threat"], ["sexual_harassment"], []]


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    out = capfd.readouterr()
    return int(stop.value.code or 0), out.out, out.err


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        {"text": f"{TEXTS[n % 4]} {n}", "labels": KINDS[n % 4], "intensity": 0 if n % 4 == 3 else 1 + n % 3, "register": "street"}
        for n in range(160)
    ]
    file = tmp_path_factory.mktemp("data") / "labelled.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def base(make_checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("base"), "bert")


def test_a_base_and_labelled_files_make_a_model(capfd, base: Path, labelled: Path, tmp_path: Path):
    second = tmp_path / "more.jsonl"
    second.write_text(labelled.read_text(encoding="utf-8").replace("Dag", "Dank u"), encoding="utf-8")
    out = tmp_path / "model"
    options = ("--epochs", 1, "--seeds", 1, "--learning-rate", "1e-3", "--version", "7.1", "--lang", "en")
    code, printed, told = run(capfd, "train", "--base", base, "--data", labelled, second, "--out", out, *options)
    assert code == 0, told
    assert str(out) in printed
    assert not [line for line in told.splitlines() if "LOAD REPORT" in line or "Loading weights" in line or "Warning" in line]
    model = triage.load(out)
    assert model.version == "model@7.1"
    assert set(model.classify("Ik sla je op je bek " * 60).scores) == set(triage.LABELS)  # longer than the base reads at once
    code, printed, _ = run(capfd, "evaluate", labelled, "--model", out, "--json")
    assert code == 0
    assert json.loads(printed)["model"] == "model@7.1"


@pytest.mark.parametrize("missing", ["torch", "sklearn", "onnx"])
def test_without_the_extra_one_sentence_says_what_to_install(capfd, monkeypatch, labelled: Path, tmp_path: Path, missing: str):
    for name in [name for name in sys.modules if name.split(".")[0] == missing or name.startswith("triage.training")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    code, _, told = run(capfd, "train", "--base", "x", "--data", labelled, "--out", tmp_path / "out", "--lang", "en")
    assert code == 1
    assert told.count("\n") == 1
    assert "pip install 'triage[train]'" in told
    assert missing in told


def test_what_cannot_be_trained_is_refused_in_one_sentence(capfd, base: Path, labelled: Path, tmp_path: Path):
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(labelled.read_text(encoding="utf-8").splitlines()[:8]), encoding="utf-8")
    out = tmp_path / "out"
    code, _, told = run(capfd, "train", "--base", base, "--data", few, "--out", out, "--lang", "en")
    assert code == 1
    assert "more data" in told
    code, _, told = run(capfd, "train", "--base", tmp_path / "none", "--data", labelled, "--out", out)
    assert code == 1
    assert told.count("\n") == 1
    assert run(capfd, "train", "--base", base, "--data", labelled, "--out", out, "--texts", tmp_path)[0] == 2
    assert run(capfd, "train", "--base", base, "--out", out)[0] == 2
    assert not out.exists()


def test_evaluate_by_part_and_under_hidden_words(capfd, labelled: Path, tmp_path: Path):
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(labelled.read_text(encoding="utf-8").splitlines()[:16]), encoding="utf-8")
    options = ("--by", "register", "--by", "length", "--robustness")
    code, printed, _ = run(capfd, "evaluate", few, *options, "--json")
    found = json.loads(printed)
    assert code == 0
    assert found["by"]["register"]["street"]["messages"] == 16
    assert sum(part["messages"] for part in found["by"]["length"].values()) == 16
    assert {"leet", "spaced", "any"} <= {one["obfuscation"] for one in found["robustness"]}
    assert [kept["coverage"] for kept in found["kept"]] == [1.0, 0.95, 0.9, 0.8, 0.7, 0.5]
    code, printed, _ = run(capfd, "evaluate", few, *options)
    assert code == 0
    for said in ("register", "street", "1-6", "homoglyphs", "vals alarm", "minst zekere 20%"):
        assert said in printed
    assert run(capfd, "evaluate", few, "--by", "mood")[0] == 2
