"""What a model finds in many texts, as columns of numbers: bulk work makes no object a text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import compress
from typing import Any, TypeVar, get_args, overload

import numpy as np
from numpy.typing import NDArray

from triage.labels import FLAGS, LABELS, Classification, ReviewReason

Name = TypeVar("Name", bound=str)

# In the order in which a classification gives them: first what the text itself shows.
REVIEW_REASONS: tuple[ReviewReason, ...] = tuple(sorted(get_args(ReviewReason), key=lambda reason: reason == "uncertain"))

# One text. labels, flags and reasons are sets: the bit 1 << n stands for the n-th of LABELS, FLAGS and REVIEW_REASONS.
ROW = np.dtype(
    [
        ("scores", np.float64, (len(LABELS),)),
        ("intensity", np.float64),
        ("labels", np.uint8),
        ("flags", np.uint16),
        ("needs_review", np.bool_),
        ("reasons", np.uint8),
        ("windows", np.int32),
    ]
)
Rows = NDArray[Any]


class Classifications(Sequence[Classification]):
    """Many classifications by one model; any of them can be had as a `Classification`.

    Args:
        rows: An array of `ROW`, a text each.
        model: Name and version of the model.

    Example:
        >>> one = Classification(scores=dict.fromkeys(LABELS, 0.25), labels=("threat",), intensity=1.0, model="m@1")
        >>> many = Classifications.of([one, one])
        >>> len(many), many[1] == one, many.rows["labels"].tolist()
        (2, True, [2, 2])
    """

    def __init__(self, rows: Rows, model: str) -> None:
        self.rows = rows
        self.model = model

    @classmethod
    def of(cls, found: Sequence[Classification]) -> Classifications:
        """The same as columns.

        Raises:
            ValueError: if they are of different models.
        """
        if isinstance(found, Classifications):
            return found
        models = {one.model for one in found}
        if len(models) > 1:
            raise ValueError("these classifications are of different models")
        rows = np.zeros(len(found), ROW)
        for row, one in zip(rows, found, strict=True):
            row["scores"] = [one.scores[label] for label in LABELS]
            row["intensity"] = one.intensity
            row["labels"] = bits(one.labels, LABELS)
            row["flags"] = bits(one.flags, FLAGS)
            row["needs_review"] = one.needs_review
            row["reasons"] = bits(one.review_reasons, REVIEW_REASONS)
            row["windows"] = one.windows
        return cls(rows, "".join(models))

    def take(self, places: NDArray[np.integer[Any]]) -> Classifications:
        """Those at these places, in that order."""
        return Classifications(self.rows[places], self.model)

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Classification: ...
    @overload
    def __getitem__(self, place: slice) -> Classifications: ...
    def __getitem__(self, place: int | slice) -> Classification | Classifications:
        if isinstance(place, slice):
            return Classifications(self.rows[place], self.model)
        scores, intensity, labels, flags, needs_review, reasons, windows = self.rows[place].tolist()
        return Classification(
            scores=dict(zip(LABELS, scores.tolist(), strict=True)),
            labels=named(labels, LABELS),
            intensity=intensity,
            flags=named(flags, FLAGS),
            needs_review=needs_review,
            review_reasons=named(reasons, REVIEW_REASONS),
            model=self.model,
            windows=windows,
        )

    def __iter__(self) -> Iterator[Classification]:
        return map(self.__getitem__, range(len(self)))


def bits(names: Iterable[str], order: Sequence[str]) -> int:
    """A set of names as a number.

    Example:
        >>> bits(["insult", "sexual_harassment"], LABELS)
        5
    """
    return sum(1 << order.index(name) for name in set(names))


def named(number: int, order: Collection[Name]) -> tuple[Name, ...]:
    """The names that a number of `bits` stands for, in their order.

    Example:
        >>> named(5, LABELS)
        ('insult', 'sexual_harassment')
    """
    return tuple(compress(order, map(int, reversed(f"{number:0{len(order)}b}")))) if number else ()
