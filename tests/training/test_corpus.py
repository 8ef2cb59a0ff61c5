"""Reading labelled messages, joining labels with texts kept elsewhere, and hiding words as people do."""

from __future__ import annotations

import json
import lzma
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.text import normalise
from triage.training.augment import AUGMENTATIONS, augment
from triage.training.corpus import read_labelled, split
from triage.training.standoff import StandOff, digest, join, read_standoff

GOOD = {"text": "Wat een prutsers", "labels": ["insult"], "intensity": 1}


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_labelled_messages_are_read_from_files_and_folders(tmp_path: Path):
    file = write(tmp_path / "a.jsonl", GOOD, "", GOOD)
    assert len(read_labelled([file])) == len(read_labelled([tmp_path])) == 2


@pytest.mark.parametrize(
    "line", ["{", {"text": "x"}, {**GOOD, "intensity": 4}, {**GOOD, "labels": ["rude"]}, {**GOOD, "labels": "insult"}, "3"]
)
def test_a_wrong_line_is_named(tmp_path: Path, line: object):
    with pytest.raises(InputError, match="line 2"):
        read_labelled([write(tmp_path / "a.jsonl", GOOD, line)])


def test_nothing_to_read_is_said(tmp_path: Path):
    with pytest.raises(InputError, match="no labelled messages"):
        read_labelled([write(tmp_path / "a.jsonl", "")])
    with pytest.raises(InputError, match="no file"):
        read_labelled([tmp_path / "b.jsonl"])


def test_labels_find_their_texts_in_plain_packed_and_json_files(tmp_path: Path):
    texts = {"een": "eerste bericht", "twee": "tweede bericht", "drie": "derde bericht"}
    (tmp_path / "een.txt").write_text(texts["een"] + "\n", encoding="utf-8")
    with lzma.open(tmp_path / "twee.txt.xz", "wt", encoding="utf-8") as handle:
        handle.write(texts["twee"] + "\n")
    write(tmp_path / "drie.jsonl", {"text": texts["drie"]})
    made = [StandOff(sha=digest(text), labels=("insult",), intensity=1, source=source) for source, text in texts.items()]
    lost = StandOff(sha=digest("elders"), labels=(), intensity=0, source="een")
    assert {message.text for message in join([*made, lost], tmp_path)} == set(texts.values())


def test_a_wrong_annotation_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="line 1"):
        read_standoff(write(tmp_path / "labels.jsonl", {"sha": "x"}))


def test_both_sides_of_a_pair_fall_on_the_same_side_of_the_split(tmp_path: Path):
    lines = [{**GOOD, "text": f"{side} {number}", "pair": f"p{number}"} for number in range(300) for side in "ab"]
    training, development = split(read_labelled([write(tmp_path / "a.jsonl", *lines)]))
    assert len(training) + len(development) == 600
    assert 20 < len(development) < 160
    assert not {message.pair for message in training} & {message.pair for message in development}


@given(st.text(max_size=200), st.integers())
def test_hiding_words_never_fails(text: str, seed: int):
    for change in AUGMENTATIONS.values():
        assert isinstance(normalise(change(text, random.Random(seed))), str)


def plain(text: str) -> str:
    """As the tokenizer reads it: lower case, without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter))


def test_most_hidden_words_are_found_back():
    text = "ambtenaren zijn gewoon prutsers"
    for name in ("leet", "homoglyphs", "spaced"):
        found = [plain(normalise(AUGMENTATIONS[name](text, random.Random(seed)))) for seed in range(40)]
        assert sum(one == text for one in found) >= 20, name


def test_the_share_that_is_changed_is_the_share_asked_for():
    rng = random.Random(0)
    changed = sum(augment("Dit is een gewoon bericht, meneer", rng, 0.3) != "Dit is een gewoon bericht, meneer" for _ in range(2_000))
    assert 450 < changed < 650
