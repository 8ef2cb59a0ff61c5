"""The wide part: what counts as an n-gram, that a text's logits are its own, and what happens to damaged files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models

from triage.classify.wide import CHARACTERS, FILE, LONGEST_RUN, Features, Wide, strengths
from triage.errors import ModelError

BITS = 16
WORDPIECE = ["[PAD]", "[CLS]", "[SEP]", "ik", "slaap", "##je", "##r", "goed", "!", "a", "##b"]
rows_of_ids = st.lists(st.lists(st.integers(0, len(WORDPIECE) - 1), max_size=12), min_size=1, max_size=8)


def tokenizer(tokens=WORDPIECE, special=("[PAD]", "[CLS]", "[SEP]")):
    made = Tokenizer(models.WordLevel(dict(zip(tokens, range(len(tokens)), strict=True)), unk_token=tokens[0]))
    made.add_special_tokens(list(special))
    return made


def wide(seed=0, outputs=2):
    rng = np.random.default_rng(seed)
    table = rng.integers(-127, 128, size=(1 << BITS, outputs), dtype=np.int8)
    step, bias = rng.uniform(0.01, 0.1, size=outputs).astype(np.float32), rng.normal(size=outputs).astype(np.float32)
    return Wide(Features(tokenizer(), BITS), table, step, bias)


def plain_ngrams(row):
    """How many n-grams a row has, by a plain program."""
    runs = sum(max(0, len(row) - length + 1) for length in range(1, LONGEST_RUN + 1))
    tokens = [WORDPIECE[id] for id in row]
    spelled = "".join(" " if token.startswith("[") else token[2:] if token.startswith("##") else f" {token}" for token in tokens)
    inside = [spelled[place : place + CHARACTERS] for place in range(len(spelled) - CHARACTERS + 1)]
    return runs + sum(" " not in one[1:-1] for one in inside)


@given(rows_of_ids)
def test_all_ngrams_are_found_and_no_others(rows):
    found = Features(tokenizer(), BITS).of(rows)
    assert ((found.numbers >= 0) & (found.numbers < 1 << BITS)).all()
    assert len(set(zip(found.owners.tolist(), found.numbers.tolist(), strict=True))) == len(found.numbers)
    assert np.bincount(found.owners, found.times, minlength=len(rows)).tolist() == [plain_ngrams(row) for row in rows]


@given(rows_of_ids)
def test_the_logits_of_a_text_do_not_depend_on_its_company(rows):
    part = wide()
    together = part.logits(rows)
    assert np.array_equal(together, np.concatenate([part.logits([row]) for row in rows]))
    assert np.array_equal(together[::-1], part.logits(rows[::-1]))


def test_the_same_word_counts_the_same_wherever_it_stands():
    features = Features(tokenizer(), BITS)
    ids = {token: id for id, token in enumerate(WORDPIECE)}
    alone = features.of([[ids["slaap"]]])
    inside = features.of([[ids["ik"], ids["slaap"], ids["goed"]]])
    assert set(alone.numbers) <= set(inside.numbers)


def test_a_word_is_read_whole_whether_its_tokenizer_marks_beginnings_or_insides():
    marks_beginnings = Features(tokenizer(["<s>", "Ġslaap", "je"], special=("<s>",)), BITS)
    marks_insides = Features(tokenizer(["<s>", "slaap", "##je"], special=("<s>",)), BITS)
    one = marks_beginnings.of([[0, 1, 2, 0]])
    other = marks_insides.of([[0, 1, 2, 0]])
    assert len(set(one.numbers) & set(other.numbers)) >= 2 + len("slaapje") - CHARACTERS + 1


def test_what_stands_there_twice_says_little_more_than_what_stands_there_once():
    features = Features(tokenizer(["[PAD]", "blaffen"], special=("[PAD]",)), BITS)
    once, often = (strengths(features.of([[1] * times]), 1) for times in (1, 2))
    assert once.max() < often.max() < 2 * once.max()


def test_nothing_to_read_gives_the_bias():
    part = wide()
    assert part.logits([]).shape == (0, 2)
    assert np.array_equal(part.logits([[]])[0], wide()._bias)


def test_what_is_saved_is_loaded(tmp_path):
    part = wide()
    part.save(tmp_path)
    loaded = Wide.load(tmp_path, tokenizer(), 2)
    assert loaded is not None
    assert loaded.digest() == part.digest() != wide(seed=1).digest()
    assert np.array_equal(loaded.logits([[3, 4, 5]]), part.logits([[3, 4, 5]]))
    assert Wide.load(tmp_path / "elsewhere", tokenizer(), 2) is None


def test_a_file_of_another_model_and_a_damaged_one_are_refused(tmp_path):
    wide().save(tmp_path)
    with pytest.raises(ModelError, match="another model"):
        Wide.load(tmp_path, tokenizer(), 3)
    (tmp_path / FILE).write_bytes(b"niets")
    with pytest.raises(ModelError, match="copy the checkpoint again"):
        Wide.load(tmp_path, tokenizer(), 2)
    save_file({"other": np.zeros(3, np.float32)}, tmp_path / FILE)
    with pytest.raises(ModelError, match="KeyError"):
        Wide.load(tmp_path, tokenizer(), 2)
