"""Texts whose scores are known: those of this run within bounds, so that none is scored twice in one breath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.classify.classifications import ROW, Classifications, Rows
from triage.labels import Classification
from triage.tables.cells import cells

Classify = Callable[[list[str]], Sequence[Classification]]

MOST = 1 << 18  # texts in a generation; two of them take about 100 MB when they are full


def distinct_texts(column: pa.Array) -> tuple[list[str], Rows]:
    """The different texts of a column in the order in which they first occur, and for each row the place of its text among them.

    Example:
        >>> texts, places = distinct_texts(pa.array(["dag", "hoi", "dag", None]))
        >>> texts, places.tolist()
        (['dag', 'hoi', ''], [0, 1, 0, 2])
    """
    if not pa.types.is_string(column.type):
        column = pa.array([text or "" for text in cells(column)], pa.string())
    encoded = pc.fill_null(column, "").dictionary_encode()
    return cells(encoded.dictionary), encoded.indices.to_numpy()


def digests(texts: Sequence[str]) -> list[bytes]:
    """16 bytes that stand for each text; that two texts share them need not be feared."""
    return [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]


class Memory:
    """The scores of the texts that came last, in two generations: when the young one is full, it becomes the old one, and the
    old one is forgotten. What is looked up in the old one becomes young again.

    Args:
        most: Texts in a generation.

    Example:
        >>> asked = []
        >>> def classify(texts):
        ...     asked.extend(texts)
        ...     return Classifications(np.zeros(len(texts), ROW), "m")
        >>> memory = Memory()
        >>> _ = memory.classify(["a", "b"], classify), memory.classify(["b", "c"], classify)
        >>> asked
        ['a', 'b', 'c']
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._model = ""
        self._young, self._old = _Generation(most), _Generation(most)

    def classify(self, texts: Sequence[str], classify: Classify, keys: Sequence[bytes] | None = None) -> Classifications:
        """Classify texts, those that are remembered without work.

        Args:
            texts: Different texts.
            classify: Texts -> classifications, in their order.
            keys: The `digests` of the texts, where they are known.
        """
        keys = digests(texts) if keys is None else keys
        rows, absent = self._young.find(keys)
        if len(absent):
            rows[absent], older = self._old.find([keys[place] for place in absent])
            unknown = absent[older]
            if len(unknown):
                rows[unknown] = self._ask([texts[place] for place in unknown], classify)
            self._keep([keys[place] for place in absent], rows[absent])
        return Classifications(rows, self._model)

    def _ask(self, texts: list[str], classify: Classify) -> Rows:
        found = Classifications.of(classify(texts))
        if len(found) != len(texts):
            raise ValueError(f"classify gave {len(found)} results for {len(texts)} texts")
        self._model = found.model
        return found.rows

    def _keep(self, keys: list[bytes], rows: Rows) -> None:
        if len(self._young) + len(keys) > self._most:
            self._young, self._old = _Generation(self._most), self._young
        self._young.add(keys[: self._most], rows[: self._most])


class _Generation:
    def __init__(self, most: int) -> None:
        self._places: dict[bytes, int] = {}
        self._rows = np.zeros(most, ROW)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, keys: Sequence[bytes]) -> tuple[Rows, Rows]:
        """The row of each key, and the places of the keys that are not here."""
        at = np.fromiter((self._places.get(key, -1) for key in keys), dtype=np.int64, count=len(keys))
        return self._rows[at], np.flatnonzero(at < 0)

    def add(self, keys: Sequence[bytes], rows: Rows) -> None:
        start = len(self._places)
        self._places.update(zip(keys, range(start, start + len(keys)), strict=True))
        self._rows[start : start + len(keys)] = rows
