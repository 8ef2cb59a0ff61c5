"""From texts to logits with little waste: windows for long texts, near-equal lengths side by side, order restored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triage.classify.backends import Backend, Ids, Logits
from triage.classify.words import Words

# Texts that are prepared while the forward passes of those before them run: few at first, since nothing runs beside those.
FIRST_PIECE, PIECE = 128, 2048
OVERLAP = 32  # subwords that neighbouring windows of a long text share, so that no phrase is cut in two
MAX_WINDOWS = 128  # windows read of one text, about 28,000 subwords; beyond that the text goes to review as too long


Item = TypeVar("Item")


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


def windows_of(tokenizer: Tokenizer, texts: Sequence[str], max_length: int, words: Words | None = None) -> Windowed:
    """Tokenise texts and split those that are too long into overlapping windows of `max_length` subwords.

    Args:
        tokenizer: What cuts them.
        texts: Texts of any length.
        max_length: Subwords in a window, special ones included.
        words: What remembers how the same tokenizer cut words before.
    """
    words = words or Words(tokenizer)
    prefix, suffix = frame(tokenizer)
    room = max_length - len(prefix) - len(suffix)
    step = max(1, room - OVERLAP)
    windows: list[Window] = []
    counts = np.ones(len(texts), dtype=np.int64)
    cut = np.zeros(len(texts), dtype=np.bool_)
    for index, text in enumerate(texts):
        ids = words.subwords(text)
        starts = range(0, max(1, len(ids) - OVERLAP), step) if len(ids) > room else range(1)
        counts[index] = min(len(starts), MAX_WINDOWS)
        cut[index] = len(starts) > MAX_WINDOWS
        for start in starts[:MAX_WINDOWS]:
            windows.append(Window(index, [*prefix, *ids[start : start + room], *suffix], start))
    return Windowed(windows, counts, cut)


@contextmanager
def threads_for(backend: Backend) -> Iterator[Executor | None]:
    """Threads for the forward passes of one call; None where they are to run in the caller's own.

    They are gone when the call ends: an idle model has no threads, so that a process may fork.
    """
    if backend.parallel == 1:
        yield None
        return
    pool = ThreadPoolExecutor(backend.parallel, "triage")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def begin(backend: Backend, windows: Sequence[Window], pad_id: int, outputs: int, pool: Executor | None) -> Callable[[], Logits]:
    """Start the forward passes.

    Args:
        backend: What runs them.
        windows: Subwords, in any order.
        pad_id: The subword that fills a row.
        outputs: Logits of one window.
        pool: Threads that run them meanwhile; without it, or for a single pass, they run when their logits are asked for.

    Returns:
        What waits for the logits, of shape (windows, outputs) in the order of `windows`.
    """
    batches = list(_batches([len(window.ids) for window in windows], backend.budget))
    submit = pool.submit if pool and len(batches) > 1 else None
    passes: list[Callable[[], Logits]] = []
    for batch in batches:
        ids, mask = _padded([windows[index].ids for index in batch], pad_id)
        passes.append(submit(backend.logits, ids, mask).result if submit else partial(backend.logits, ids, mask))

    def finish() -> Logits:
        result = np.zeros((len(windows), outputs), dtype=np.float32)
        for batch, wait in zip(batches, passes, strict=True):
            result[batch] = wait()
        return result

    return finish


def forward(backend: Backend, windows: Sequence[Window], pad_id: int, outputs: int) -> Logits:
    """Logits of shape (windows, outputs), in the order of `windows`."""
    with threads_for(backend) as pool:
        return begin(backend, windows, pad_id, outputs, pool)()


def pieces(count: int) -> Iterator[slice]:
    """The pieces in which `count` texts are prepared.

    Example:
        >>> [(piece.start, piece.stop) for piece in pieces(1000)]
        [(0, 128), (128, 384), (384, 896), (896, 1920)]
    """
    start, size = 0, FIRST_PIECE
    while start < count:
        yield slice(start, start + size)
        start, size = start + size, min(2 * size, PIECE)


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items, each after the next one was made: what that begins goes on while this one is used.

    Example:
        >>> for item in one_ahead(print("makes", n) or n for n in range(2)):
        ...     print("uses", item)
        makes 0
        makes 1
        uses 0
        uses 1
    """
    waiting: list[Item] = []
    for item in items:
        yield from waiting
        waiting = [item]
    yield from waiting


def _padded(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Ids, Ids]:
    """Subwords and attention mask of shape (rows, longest)."""
    ids = np.full((len(rows), max(map(len, rows))), pad_id, dtype=np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask


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
