"""From logits to probabilities that can be trusted, thresholds for stated goals, and a range of doubt with a guarantee."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from triage.classify.checkpoint import Doubt, Platt
from triage.training.metrics import precision_recall_f1

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEAR = 0.005  # of F1: less than what another thousand development messages would change


def fit_platt(logits: Floats, truth: Bools, wide: Floats | None = None) -> Platt:
    """Platt scaling of one output: a logistic regression on its logit (Platt 1999), and on that of the wide part where there is one.

    Args:
        logits: Of the encoder, shape (messages,).
        truth: Shape (messages,); needs both values.
        wide: Of the wide part, shape (messages,).
    """
    columns = [logits] if wide is None else [logits, wide]
    fitted = LogisticRegression(C=100.0).fit(np.stack(columns, axis=1), truth)
    scale, *rest = fitted.coef_[0].tolist()
    if min(rest, default=0.0) < 0:  # a part that speaks against its own label only fits noise
        return fit_platt(logits, truth)
    return Platt(scale=max(scale, 1e-3), shift=float(fitted.intercept_[0]), wide=sum(rest))


def apply_platt(logits: Floats, platt: Platt, wide: Floats | None = None) -> Floats:
    """Probabilities of shape (messages,); arguments as for `fit_platt`."""
    total = logits * platt.scale + platt.shift
    calibrated: Floats = 1.0 / (1.0 + np.exp(-(total if wide is None else total + wide * platt.wide)))
    return calibrated


def choose_threshold(probability: Floats, truth: Bools, recall: float | None = None) -> float:
    """The threshold that reaches a stated goal on development data.

    Args:
        probability: Shape (messages,).
        truth: Shape (messages,).
        recall: Share of the messages with the label that is to be found: then it is the highest threshold that finds them. Without it the
            goal is the best F1; of the thresholds that come near it, it is the highest, which raises the fewest false alarms.
    """
    grid = np.linspace(0.05, 0.9, 171)
    found = np.array([precision_recall_f1(truth, probability >= threshold) for threshold in grid])
    reached = found[:, 2] >= found[:, 2].max() - NEAR if recall is None else found[:, 1] >= recall
    return round(float(grid[reached].max(initial=grid[0])), 3)


def doubt_range(probability: Floats, truth: Bools, threshold: float, error: float = 0.1) -> Doubt:
    """The probabilities of one label at which the model should not decide alone.

    Class-conditional split conformal prediction (Vovk 2012; Sadinle, Lei & Wasserman 2019): "holds" stays possible down to the `error`
    quantile of the development messages that carry the label, "does not hold" up to the 1 - `error` quantile of those that do not.
    Between the two both answers stay possible, or neither does, and the message goes to review. The threshold is always inside, so that
    the two sides of the range are the two answers.

    What is guaranteed, for each label by itself: of the messages that carry the label, on average at most a share `error` leaves the model
    without review and without the label; of those that do not carry it, at most a share `error` leaves without review and with it. This
    holds for a good model and for a bad one: a bad one sends more to review. Where the development data hold too few messages to
    promise that (fewer than nine on a side, for 0.1), everything on that side goes to review.

    What is not guaranteed:
        - Anything about messages that do not come from where the development data come from (statisticians say: that are not
          exchangeable with it). Other senders, new slang, another channel, longer messages: with such drift the share may be larger,
          and only a new development set tells.
        - That the share holds exactly for one development set: it is an average over such sets, and a small one may be unlucky.
        - How many of the messages that leave without review are wrong: that depends on how many carry the label at all.
        - All labels at once: three labels together may miss up to three times `error`.

    Platt scaling fitted on the same development data does no harm, because it keeps the order of the probabilities.

    Args:
        probability: Shape (messages,), of development messages that no training saw.
        truth: Shape (messages,).
        threshold: From which probability the label holds.
        error: The share that is accepted, 0.0-1.0.
    """
    positives, negatives = np.sort(probability[truth]), np.sort(probability[~truth])
    rank = int(np.floor(error * (len(positives) + 1)))
    present = float(positives[rank - 1]) if rank >= 1 else 0.0
    rank = int(np.ceil((1 - error) * (len(negatives) + 1)))
    absent = float(negatives[rank - 1]) if rank <= len(negatives) else 1.0
    return Doubt(low=min(present, absent, threshold), high=max(present, absent, threshold))
