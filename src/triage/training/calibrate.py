"""From logits to probabilities that can be trusted, thresholds for stated goals, and a range of doubt with a guarantee."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.classify.checkpoint import Doubt, Platt
from triage.training.metrics import precision_recall_f1

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def fit_platt(logits: Floats, truth: Bools) -> Platt:
    """Platt scaling of one output: a logistic regression on its logit (Platt 1999).

    Args:
        logits: Shape (messages,).
        truth: Shape (messages,); needs both values.
    """
    fitted = LogisticRegression(C=100.0).fit(logits.reshape(-1, 1), truth)
    return Platt(scale=max(float(fitted.coef_[0, 0]), 1e-3), shift=float(fitted.intercept_[0]))


def apply_platt(logits: Floats, platt: Platt) -> Floats:
    """Probabilities of shape (messages,)."""
    calibrated: Floats = 1.0 / (1.0 + np.exp(-(logits * platt.scale + platt.shift)))
    return calibrated


def choose_threshold(probability: Floats, truth: Bools, beta: float = 1.0) -> float:
    """The threshold with the best F-beta on development data; beta above 1 favours recall.

    The midpoint of the best stretch is taken, so that the choice does not hang on one message.
    """
    grid = np.linspace(0.1, 0.9, 161)
    scores = []
    for threshold in grid:
        precision, recall, _ = precision_recall_f1(truth, probability >= threshold)
        scores.append((1 + beta**2) * precision * recall / max(1e-9, beta**2 * precision + recall))
    best = np.flatnonzero(np.asarray(scores) >= max(scores) - 0.003)
    return round(float(grid[int(np.median(best))]), 3)


def doubt_range(probability: Floats, truth: Bools, error: float = 0.1) -> Doubt:
    """The probabilities at which the model should not decide alone.

    Class-conditional split conformal prediction (Vovk 2012; Sadinle, Lei & Wasserman 2019): "holds" stays possible down to
    the `error` quantile of the true positives, "does not hold" up to the 1 - `error` quantile of the true negatives. Between
    the two both stay possible, or neither does, and the message goes to review. For messages exchangeable with the
    development data, at most a share `error` of those that carry the label is then passed as surely harmless, and at most a
    share `error` of those without it as surely labelled.
    """
    positives, negatives = np.sort(probability[truth]), np.sort(probability[~truth])
    present = positives[max(0, int(np.floor(error * (len(positives) + 1))) - 1)]
    absent = negatives[min(len(negatives) - 1, int(np.ceil((1 - error) * (len(negatives) + 1))) - 1)]
    low, high = sorted((float(present), float(absent)))
    return Doubt(low=low, high=high)
