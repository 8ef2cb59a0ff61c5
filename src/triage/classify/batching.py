"""From texts to logits with little waste: windows for long texts, near-equal lengths side by side, order restored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triage.classify.backends import Backend, Logits

TOKEN_BUDGET = 1024  # subwords in one forward pass, padding included
OVERLAP = 32  # subwords that neighbouring windows of a long text share, so that no phrase is cut in two
MAX_WINDOWS = 128  # windows read of one text, about 28,000 subwords; beyond that the text goes to review as too long


class Window(NamedTuple):
    """A run of subwords of one text, special ones included."""

    text: int
    ids: Sequence[int]
    start: int = 0  # which subword of the text is the first in it


class Windowed(NamedTuple):
    """The windows of many texts, and for each text how many it has and whether a part of it was left unread."""

    windows: list[Window]
    counts: NDArray[np.int64]
    cut: NDArray[np.bool_]


def windows_of(tokenizer: Tokenizer, texts: Sequence[str], max_length: int) -> Windowed:
    """Tokenise texts and split those that are too long into overlapping windows of `max_length` subwords."""
    prefix, suffix = frame(tokenizer)
    room = max_length - len(prefix) - len(suffix)
    step = max(1, room - OVERLAP)
    windows: list[Window] = []
    counts = np.ones(len(texts), dtype=np.int64)
    cut = np.zeros(len(texts), dtype=np.bool_)
    for index, encoding in enumerate(tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)):
        ids = encoding.ids
        starts = range(0, max(1, len(ids) - OVERLAP), step) if len(ids) > room else range(1)
        counts[index] = min(len(starts), MAX_WINDOWS)
        cut[index] = len(starts) > MAX_WINDOWS
        for start in starts[:MAX_WINDOWS]:
            windows.append(Window(index, [*prefix, *ids[start : start + room], *suffix], start))
    return Windowed(windows, counts, cut)


def forward(backend: Backend, windows: Sequence[Window], pad_id: int, outputs: int, budget: int = TOKEN_BUDGET) -> Logits:
    """Logits of shape (windows, outputs), in the order of `windows`."""
    result = np.zeros((len(windows), outputs), dtype=np.float32)
    for batch in _batches([len(window.ids) for window in windows], budget):
        length = max(len(windows[index].ids) for index in batch)
        ids = np.full((len(batch), length), pad_id, dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, index in enumerate(batch):
            own = windows[index].ids
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        result[batch] = backend.logits(ids, mask)
    return result


def _batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Indices in batches of neighbouring lengths, at most `budget` subwords each once padded."""
    batch: list[int] = []
    for index in np.argsort(lengths, kind="stable"):
        if batch and (len(batch) + 1) * lengths[index] > budget:
            yield batch
            batch = []
        batch.append(int(index))
    if batch:
        yield batch


def frame(tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """The special subwords before and after a text, read off the tokenizer itself."""
    bare = tokenizer.encode("a", add_special_tokens=False).ids
    framed = tokenizer.encode("a").ids
    for start in range(len(framed) - len(bare) + 1):
        if framed[start : start + len(bare)] == bare:
            return framed[:start], framed[start + len(bare) :]
    return [], []
