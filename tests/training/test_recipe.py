"""The whole recipe on tiny data: pretraining that resumes, fine-tuning, calibration, export, and the same scores everywhere."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer

import triage
from triage.labels import LABELS, Classification
from triage.training import finetune
from triage.training.augment import surrounded
from triage.training.calibrate import apply_platt, choose_threshold, fit_platt
from triage.training.corpus import Labelled
from triage.training.distil import distil
from triage.training.embeddings import align, cooccurrence, ppmi_vectors
from triage.training.evaluate import compare, evaluate
from triage.training.export import plain_tokenizer
from triage.training.finetune import Recipe, fine_tune
from triage.training.hard import hard_negatives
from triage.training.metrics import precision_recall_f1
from triage.training.ngrams import NGramModel
from triage.training.precision import autocast
from triage.training.pretrain import Plan, pretrain
from triage.training.rawtext import is_for_training, ordinary_lines
from triage.training.tokenizer import train_tokenizer
from triage.training.train import train
from triage.training.wide import fit_wide, read_taught, subwords, with_ordinary

LINES = ["Dag mevrouw, hoe gaat het met u?", "Ik sla je op je bek.", "Wat een prutser ben jij.", "Stuur eens een foto zonder kleren."] * 60
PLAN = Plan(vocab_size=200, layers=2, hidden=32, heads=2, row_length=16, rows_per_step=8, warmup_steps=2)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw, out = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("run")
    (raw / "tekst.txt").write_text("\n".join(LINES), encoding="utf-8")
    return pretrain(raw, out, 0.05, PLAN)


def messages() -> list[Labelled]:
    kinds = [("insult",), ("threat",), ("sexual_harassment",), ()]
    texts = ["Wat een prutser ben jij", "Ik sla je op je bek", "Stuur een foto zonder kleren", "Dag mevrouw, hoe gaat het"]
    return [Labelled(text=f"{texts[n % 4]} {n}", labels=kinds[n % 4], intensity=0 if n % 4 == 3 else 1 + n % 3) for n in range(240)]


def test_pretraining_goes_on_where_it_stopped(encoder: Path):
    run = encoder.parent
    steps = re.findall(r'"step": (\d+)', (run / "log.jsonl").read_text()) if (run / "log.jsonl").exists() else []
    before = (run / "checkpoint.pt").stat().st_mtime_ns
    raw = run / "raw"
    pretrain(raw, run, 0.08, PLAN)  # the packed corpus is at hand, so the raw one is not asked for again
    assert (run / "checkpoint.pt").stat().st_mtime_ns > before
    after = re.findall(r'"step": (\d+)', (run / "log.jsonl").read_text()) if (run / "log.jsonl").exists() else []
    assert [int(step) for step in after] == sorted(int(step) for step in after)
    assert len(after) >= len(steps)


def test_a_trained_folder_loads_and_both_backends_agree(encoder: Path, tmp_path: Path):
    folder = tmp_path / "model"
    train(encoder, messages(), folder, "3.1", Recipe(epochs=25, learning_rate=5e-3, augment_share=0.0), seeds=2, max_length=64)
    onnx, torch = triage.load(folder, backend="onnx"), triage.load(folder, backend="torch")
    texts = [message.text for message in messages()[:40]]
    for one, other in zip(onnx.classify(texts), torch.classify(texts), strict=True):
        assert all(abs(one.scores[label] - other.scores[label]) < 0.05 for label in triage.LABELS)
        assert one.model == "model@3.1"
    figures = evaluate(onnx, messages(), rounds=20)
    assert figures.macro_f1 > 0.8
    assert json.loads((folder / "config.json").read_text())["id2label"]["0"] == "insult"


def test_the_wide_part_counts_and_can_be_made_anew_without_touching_the_encoder(encoder: Path, tmp_path: Path):
    first, again = tmp_path / "first", tmp_path / "again"
    train(encoder, messages(), first, "1", Recipe(epochs=2), seeds=1, max_length=64)
    train(first, messages(), again, "2", Recipe(epochs=0), seeds=1, max_length=64)
    assert (again / "model.safetensors").read_bytes() == (first / "model.safetensors").read_bytes()
    texts = [message.text for message in messages()[:4]]
    whole = triage.load(again)
    assert [one.labels for one in whole.classify(texts)] == [message.labels for message in messages()[:4]]
    (again / "wide.safetensors").unlink()
    assert [one.scores for one in triage.load(again).classify(texts)] != [one.scores for one in whole.classify(texts)]


def test_calibration_and_thresholds_follow_the_development_data():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 4_000)
    truth = rng.random(4_000) < 1 / (1 + np.exp(-(1.5 * logits - 1)))
    platt = fit_platt(logits, truth)
    assert platt.scale == pytest.approx(1.5, abs=0.15)
    assert platt.shift == pytest.approx(-1, abs=0.15)
    probability = apply_platt(logits, platt)
    found = {share: (probability >= choose_threshold(probability, truth, share))[truth].mean() for share in (0.6, 0.9)}
    assert found[0.6] == pytest.approx(0.6, abs=0.02)
    assert found[0.9] == pytest.approx(0.9, abs=0.02)
    best = max(precision_recall_f1(truth, probability >= threshold)[2] for threshold in np.arange(0.05, 0.9, 0.01))
    chosen = choose_threshold(probability, truth)
    assert precision_recall_f1(truth, probability >= chosen)[2] > best - 0.01
    assert precision_recall_f1(truth, probability >= chosen + 0.05)[2] < precision_recall_f1(truth, probability >= chosen)[2]


def test_a_goal_that_cannot_be_reached_gives_the_lowest_threshold():
    probability, truth = np.array([0.01, 0.02, 0.9]), np.array([True, True, False])
    assert choose_threshold(probability, truth, 0.8) == 0.05


def test_new_embeddings_put_words_of_like_use_together():
    lines = [f"de {dier} loopt in de {plek}" for dier in ("hond", "kat", "koe") for plek in ("tuin", "wei", "straat")] * 40
    tokenizer = train_tokenizer(lines, 300)
    rows = np.asarray([encoding.ids[:8] for encoding in tokenizer.encode_batch(lines)], dtype=np.uint16)
    vectors = ppmi_vectors(cooccurrence(rows, tokenizer.get_vocab_size()), 8)
    hond, kat, wei = (vectors[tokenizer.token_to_id(word)] for word in ("hond", "kat", "wei"))
    assert hond @ kat > hond @ wei
    mirrored = vectors[:, ::-1].copy() * 3
    turned = align(vectors, mirrored, [(index, index) for index in range(len(vectors))])
    seen = np.linalg.norm(mirrored, axis=1) > 1.0
    near = np.sum(turned * mirrored, axis=1) / np.maximum(np.linalg.norm(turned, axis=1) * np.linalg.norm(mirrored, axis=1), 1e-9)
    assert np.median(near[seen]) > 0.95  # the rotation is found


def test_a_perfect_and_a_useless_model_are_told_apart():
    def found(labels: tuple[str, ...], intensity: float) -> triage.Classification:
        return triage.Classification(scores={label: float(label in labels) for label in triage.LABELS}, labels=labels, intensity=intensity)

    rows = messages()
    perfect = compare([found(row.labels, row.intensity) for row in rows], rows, rounds=10)
    useless = compare([found((), 0.0) for _ in rows], rows, rounds=10)
    assert perfect.macro_f1 == perfect.intensity_kappa == 1.0
    assert (perfect.false_alarms, perfect.missed) == (0.0, 0.0)
    assert (useless.macro_f1, useless.missed) == (0.0, 1.0)


def test_the_linear_model_finds_what_it_was_shown():
    model = NGramModel(messages())
    found = model.probabilities([message.text for message in messages()])
    assert found.shape == (240, 6)
    for column, label in enumerate(triage.LABELS):
        carrying = np.array([label in message.labels for message in messages()])
        assert found[carrying, column].min() > found[~carrying, column].max()


def test_what_teachers_think_reaches_encoder_and_wide_part(encoder: Path, tmp_path: Path):
    base, raw, out = tmp_path / "base", tmp_path / "raw", tmp_path / "out"
    train(encoder, messages(), base, "1", Recipe(epochs=1), seeds=1, max_length=64)
    raw.mkdir()
    (raw / "a.txt").write_text("\n".join(f"de bus van {hour} uur komt niet" for hour in range(400)), encoding="utf-8")
    measured = next(line for line in (f"de bus van {hour} uur komt niet" for hour in range(400)) if is_for_training(line))
    taught = distil(base, messages(), raw, out, texts=300, without={measured})
    answers = read_taught(out / "taught.parquet")
    assert answers.probabilities.shape == (len(answers.texts), 6)
    assert 250 < len(answers.texts) <= 300
    assert measured not in answers.texts
    assert not any("komt niet" in text and not is_for_training(text) for text in answers.texts if text.startswith("de bus van"))
    sure = [text for text, row in zip(answers.texts, answers.probabilities, strict=True) if row[1] > 0.9]  # a threat
    assert sure
    assert not [text for text in sure if "bus" in text]
    with_answers, without = tmp_path / "with", tmp_path / "without"
    train(taught, messages(), with_answers, "9", Recipe(epochs=1), seeds=1, taught=answers)
    train(taught, messages(), without, "9", Recipe(epochs=1), seeds=1)
    assert triage.load(with_answers).classify("hallo").model == "with@9"
    assert (with_answers / "wide.safetensors").read_bytes() != (without / "wide.safetensors").read_bytes()


def test_a_letter_keeps_the_labels_of_the_message_in_it_and_half_carry_none():
    lines = [f"Gewone regel {number}." for number in range(20)]
    made = surrounded(messages(), lines, 40, random.Random(1))
    assert sum(bool(one.labels) for one in made) == 20
    for letter in made:
        inside = [one for one in messages() if one.text in letter.text]  # "text 1" stands in "text 12" too
        assert (letter.labels, letter.intensity) in [(one.labels, one.intensity) for one in inside]
        assert 2 <= letter.text.count("Gewone regel") <= 6


def test_ordinary_lines_are_always_the_same_and_are_no_labelled_messages(tmp_path: Path):
    files = [tmp_path / "een.txt", tmp_path / "twee.txt"]
    for file in files:
        file.write_text("\n".join(f"{file.stem} is een gewone regel {number}" for number in range(30)) + "\nkort\n", encoding="utf-8")
    everything = ordinary_lines(files, 100)
    unwanted = everything[0]
    drawn = ordinary_lines(files, 10, {unwanted})
    assert drawn == ordinary_lines(files, 10, {unwanted})
    assert [sum(line.startswith(file.stem) for line in drawn) for file in files] == [5, 5]
    assert unwanted not in ordinary_lines(files, 100, {unwanted})
    assert "kort" not in everything
    assert 15 <= len(everything) <= 45  # the other half is kept to measure on
    assert all(is_for_training(line) for line in everything)


def test_hard_negatives_are_lines_near_or_past_a_threshold_but_no_plain_abuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    model = triage.load()
    scores = {"gewone regel over treinen": 0.1, "gewone regel die er dicht bij komt": 0.6, "geen gewone regel meer maar scheldwoorden": 4.0}
    insult, threat, _ = (model.settings.thresholds[label] for label in LABELS)

    def classify(texts: list[str]) -> list[Classification]:
        return [
            Classification(scores={**dict.fromkeys(LABELS, 0.0), "threat": scores[text] * threat}, labels=(), intensity=0.0)
            for text in texts
        ]

    monkeypatch.setattr(model, "classify", classify)
    assert insult > threat  # so that each label is held against its own
    assert hard_negatives(model, list(scores)) == ["gewone regel die er dicht bij komt"]
    assert hard_negatives(model, []) == []


def test_the_wide_part_learns_from_ordinary_lines_what_is_no_abuse(encoder: Path):
    tokenizer = plain_tokenizer(AutoTokenizer.from_pretrained(encoder))
    line = next(message.text for message in messages() if "insult" in message.labels)
    rows = subwords(tokenizer, [line])
    alone, beside = (fit_wide(tokenizer, messages(), with_ordinary(None, lines)).logits(rows)[0, 0] for lines in ([], [line] * 20))
    assert beside < alone
    assert with_ordinary(None, []) is None


def test_training_comes_to_its_end_however_the_minimal_pairs_fall(encoder: Path):
    sizes = [1, 4] * 6  # messages of one pair, all equally long: how many batches they make depends on how they are dealt
    paired = [
        Labelled(text=f"Wat een prutser {number:02}", labels=("insult",), intensity=1, pair=f"p{number}")
        for number, size in enumerate(sizes)
        for _ in range(size)
    ]
    for seed in range(6):
        model, _ = fine_tune(encoder, paired, Recipe(epochs=4, batch=3, seed=seed))
        assert model.config.num_labels == 6


def test_fine_tuning_that_was_broken_off_goes_on_to_the_same_weights(encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    recipe, progress = Recipe(epochs=2, batch=60), tmp_path / "run" / "training.pt"
    whole, _ = fine_tune(encoder, messages(), recipe)
    monkeypatch.setattr(finetune, "SECONDS_BETWEEN_SAVES", 0.0)
    calls = []

    def breaking_off(model, *rest):
        calls.append(len(calls))
        if len(calls) == 4:
            raise KeyboardInterrupt
        return unbroken(model, *rest)

    unbroken = finetune._loss
    monkeypatch.setattr(finetune, "_loss", breaking_off)
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, messages(), recipe, progress=progress)
    assert progress.exists()
    resumed, _ = fine_tune(encoder, messages(), recipe, progress=progress)
    assert len(calls) == 9  # three steps and the broken one, then the other five
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name
    other, _ = fine_tune(encoder, messages()[:120], recipe, progress=progress)  # what the file keeps belongs to another run
    assert len(calls) == 9 + 4
    assert not torch.equal(other.classifier.weight, whole.classifier.weight)


def test_a_finished_training_leaves_no_progress_files(encoder: Path, tmp_path: Path):
    train(encoder, messages(), tmp_path / "model", "1", Recipe(epochs=1), seeds=2, max_length=64)
    assert not list((tmp_path / "model").glob("training-*"))


@pytest.mark.parametrize(("processor", "kind"), [({}, torch.float32), ({"avx512_bf16": True}, torch.bfloat16)])
def test_training_computes_in_bfloat16_only_where_the_processor_does(monkeypatch: pytest.MonkeyPatch, processor, kind):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: processor, raising=False)
    with autocast("cpu"):
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == kind
