"""Remembering words changes no subword: texts are cut as their tokenizer cuts them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from triage.classify import words
from triage.classify.checkpoint import embedded_folder
from triage.classify.words import Words

PIECES = [
    "Goedemorgen",
    "ík",
    "HOER!!",
    "😂😂",
    "http://a.nl/b?c",
    "@user",
    "[SEP]",
    "k4nker",
    "e\u0301",
    "\u0301",
    "¨",
    "ﬁjn",
    "\x85",
    "\xa0",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=12).flatmap(
    lambda parts: st.sampled_from([" ", "", "  ", "\n"]).map(lambda between: between.join(parts))
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(embedded_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@pytest.fixture(scope="module")
def remembering(tokenizer: Tokenizer) -> Words:
    return Words(tokenizer)


def cut(tokenizer: Tokenizer, text: str) -> list[int]:
    return tokenizer.encode(text, add_special_tokens=False).ids


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_a_text_is_cut_as_its_tokenizer_cuts_it(tokenizer: Tokenizer, remembering: Words, text: str):
    assert remembering.subwords(text) == cut(tokenizer, text)
    assert remembering.subwords(text) == cut(tokenizer, text)  # and as it is remembered


def test_words_are_looked_up_and_not_cut_again(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    known = Words(tokenizer)
    monkeypatch.setattr(known, "_cut", lambda text: asked.append(text) or cut(tokenizer, text))
    for text in ("ik weet waar je woont", "waar weet je dat", "je woont waar"):
        known.subwords(text)
    assert asked == ["ik", "weet", "waar", "je", "woont", "dat"]


def test_memory_is_bounded(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(words, "MOST", 5)
    known = Words(tokenizer)
    for text in (" ".join(f"woord{n}" for n in range(50)), "x" * 1000):
        assert known.subwords(text) == cut(tokenizer, text)
        assert len(known._known) <= 5
    assert max(map(len, known._known)) <= words.LONGEST


def test_where_a_blank_matters_texts_are_cut_whole():
    other = Tokenizer(models.BPE())  # as RoBERTa does: a blank belongs to the word behind it
    other.pre_tokenizer, other.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    other.train_from_iterator(["dag mevrouw dag"] * 20, trainers.BpeTrainer(vocab_size=300, show_progress=False))
    text = "dag mevrouw dag"
    assert Words(other).subwords(text) == cut(other, text) != [id for word in text.split() for id in cut(other, word)]


def test_a_known_phrase_stays_whole(tokenizer: Tokenizer):
    other = Tokenizer.from_str(tokenizer.to_str())
    other.add_tokens(["ga dood"])
    assert Words(other).subwords("ga dood jij") == cut(other, "ga dood jij")
