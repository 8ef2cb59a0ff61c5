"""The figures that say how good a classifier is. Numpy only, so that `triage evaluate` works in the base install."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def precision_recall_f1(truth: Bools, called: Bools) -> tuple[float, float, float]:
    """Precision, recall and F1 (0.0-1.0) of one label; 0.0 where there is nothing to divide by.

    Example:
        >>> precision_recall_f1(np.array([True, True, False]), np.array([True, False, False]))
        (1.0, 0.5, 0.6666666666666666)
    """
    hits = float(np.sum(truth & called))
    precision = hits / max(1.0, float(np.sum(called)))
    recall = hits / max(1.0, float(np.sum(truth)))
    f1 = 2 * hits / max(1.0, float(np.sum(truth) + np.sum(called)))
    return precision, recall, f1


def macro_f1(truth: Bools, called: Bools) -> float:
    """Mean F1 over the labels that occur in `truth`, both of shape (messages, labels); nan where none does.

    Example:
        >>> macro_f1(np.array([[True, False], [False, False]]), np.array([[True, True], [False, False]]))
        1.0
    """
    support = truth.sum(axis=0)
    present = support > 0
    f1 = 2.0 * (truth & called).sum(axis=0)[present] / (support + called.sum(axis=0))[present]
    return float(f1.mean()) if present.any() else float("nan")


def average_precision(truth: Bools, score: Floats) -> float:
    """Area under the precision-recall curve as a sum over recall steps, 0.0-1.0; nan without a positive.

    Example:
        >>> average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]))
        0.8333333333333333
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits, score = truth[order], score[order]
    last = np.append(score[1:] != score[:-1], True)  # equal scores are one step
    found = np.cumsum(hits)[last]
    precision = found / (np.flatnonzero(last) + 1)
    recall = found / truth.sum()
    return float(np.sum(np.diff(np.append(0.0, recall)) * precision))


def calibration_error(truth: Bools, probability: Floats, bins: int = 10) -> float:
    """Expected calibration error with equal-width bins, 0.0-1.0 (Naeini, Cooper & Hauskrecht 2015).

    Example:
        >>> round(calibration_error(np.array([True, False]), np.array([0.8, 0.2])), 3)
        0.2
    """
    place = np.minimum((probability * bins).astype(int), bins - 1)
    total = 0.0
    for index in np.unique(place):
        inside = place == index
        total += float(inside.mean()) * abs(float(truth[inside].mean()) - float(probability[inside].mean()))
    return total


def risk_curve(wrong: Bools, certainty: Floats) -> Floats:
    """Error among the k most certain messages, for k from 1 to all (Geifman & El-Yaniv 2017); its mean is the area under the curve.

    Messages of equal certainty share their errors evenly, so that their order does not matter.

    Example:
        >>> risk_curve(np.array([True, False, False, True]), np.array([0.5, 0.9, 0.8, 0.5])).round(2).tolist()
        [0.0, 0.0, 0.33, 0.5]
    """
    _, level, size = np.unique(-certainty, return_inverse=True, return_counts=True)
    error = np.bincount(level, weights=wrong) / size
    curve: Floats = np.cumsum(np.repeat(error, size)) / np.arange(1, len(wrong) + 1)
    return curve


def cohen_kappa(one: NDArray[np.int64], other: NDArray[np.int64], levels: int = 2) -> float:
    """Kappa of two ratings 0..levels-1 (Cohen 1960); 1.0 is full agreement, 0.0 is chance.

    Example:
        >>> cohen_kappa(np.array([0, 1, 1, 0]), np.array([0, 1, 0, 1]))
        0.0
    """
    return _kappa(one, other, 1.0 - np.eye(levels))


def weighted_kappa(one: NDArray[np.int64], other: NDArray[np.int64], levels: int = 4) -> float:
    """Quadratically weighted kappa of two ratings 0..levels-1 (Cohen 1968); 1.0 is full agreement, 0.0 is chance.

    Example:
        >>> weighted_kappa(np.array([0, 1, 2, 3]), np.array([0, 1, 2, 3]))
        1.0
    """
    return _kappa(one, other, np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2.0)


def _kappa(one: NDArray[np.int64], other: NDArray[np.int64], cost: Floats) -> float:
    """One minus the cost of the disagreements over the cost that chance would make; nan where chance makes none."""
    seen = np.zeros_like(cost)
    np.add.at(seen, (one, other), 1.0)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / max(1.0, seen.sum())
    chance = float((cost * expected).sum())
    return 1.0 - float((cost * seen).sum()) / chance if chance else float("nan")


def bootstrap(figure: Callable[[NDArray[np.int64]], float], size: int, rounds: int = 500, seed: int = 0) -> tuple[float, float]:
    """95% percentile interval of a figure that is computed from row numbers drawn with replacement; nan where it cannot be computed."""
    rng = np.random.default_rng(seed)
    drawn = [value for _ in range(rounds) if not np.isnan(value := figure(rng.integers(0, size, size)))]
    if not drawn:
        return float("nan"), float("nan")
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927); from 0 to 1 where there is nothing to count.

    Example:
        >>> [round(bound, 3) for bound in wilson(9, 10)]
        [0.596, 0.982]
    """
    if total == 0:
        return 0.0, 1.0
    z = 1.959964
    share, spread = hits / total, z * np.sqrt(hits * (total - hits) / total + z * z / 4) / (total + z * z)
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    return max(0.0, float(middle - spread)), min(1.0, float(middle + spread))
