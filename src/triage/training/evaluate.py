"""Holds a model against labelled messages: the figures per label and over all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from triage.labels import LABELS, Classification
from triage.training.corpus import Labelled
from triage.training.metrics import (
    average_precision,
    bootstrap,
    calibration_error,
    macro_f1,
    precision_recall_f1,
    risk_curve,
    weighted_kappa,
)

COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5)


class Model(Protocol):
    """Anything that classifies a list of texts."""

    def classify(self, texts: list[str]) -> list[Classification]:
        """A classification for each text, in order."""
        ...


class LabelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How one label is found; all between 0.0 and 1.0, `ap` and the interval nan where nothing carries the label."""

    label: str
    support: int
    precision: float
    recall: float
    f1: float
    f1_low: float
    f1_high: float
    ap: float
    ece: float


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong when the least certain messages are set aside.

    Attributes:
        coverage: Share of messages kept, the most certain ones.
        error: Share of those whose labels are not exactly right.
    """

    coverage: float
    error: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of one evaluation.

    Attributes:
        model: Name and version of the model.
        messages: How many labelled messages.
        labels: The figures of each label.
        macro_f1: Mean F1 over the labels that occur, with its 95% bootstrap interval.
        false_alarms: Share of harmless messages that get a label.
        missed: Share of harmful messages that get none.
        intensity_kappa: Quadratically weighted kappa of the rounded intensity.
        review: Share that is sent to review.
        error_kept: Share of messages kept from review whose labels are not exactly right; `error_all` of all messages.
        kept: The same error when another share is kept, by the model's own certainty (see `certainty`).
        risk_area: Area under that curve over all shares (0.0-1.0, lower is better).
    """

    model: str
    messages: int
    labels: tuple[LabelFigures, ...]
    macro_f1: float
    macro_f1_low: float
    macro_f1_high: float
    false_alarms: float
    missed: float
    intensity_kappa: float
    review: float
    error_kept: float
    error_all: float
    kept: tuple[Kept, ...] = ()
    risk_area: float = float("nan")

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and strings; a figure that cannot be computed is None."""
        made: dict[str, Any] = plain(self)
        return made


def plain(figures: Any) -> Any:
    """Figures as plain dicts, lists, numbers and strings; one that cannot be computed is None, since JSON has no nan."""
    return msgspec.json.decode(msgspec.json.encode(figures))


def evaluate(model: Model, messages: Sequence[Labelled], rounds: int = 500) -> Evaluation:
    """Classify the messages and compare with their labels.

    Args:
        model: What `triage.load` gives, or anything with the same `classify`.
        messages: Labelled messages, at least one.
        rounds: Bootstrap rounds for the intervals.
    """
    return compare(model.classify([message.text for message in messages]), messages, rounds)


def compare(found: Sequence[Classification], messages: Sequence[Labelled], rounds: int = 500) -> Evaluation:
    """Compare classifications with labels, in the same order."""
    truth, called = holding(messages), holding(found)
    score = np.array([[item.scores[label] for label in LABELS] for item in found])
    intensity = np.clip(np.rint([item.intensity if item.labels else 0.0 for item in found]), 0, 3).astype(np.int64)
    rated = np.array([message.intensity for message in messages], dtype=np.int64)
    review = np.array([item.needs_review for item in found])
    wrong: NDArray[np.bool_] = np.any(truth != called, axis=1)
    low, high = bootstrap(lambda rows: macro_f1(truth[rows], called[rows]), len(messages), rounds)
    risk = risk_curve(wrong, np.array([certainty(item) for item in found]))
    harmless: NDArray[np.bool_] = ~np.any(truth, axis=1)
    alarm: NDArray[np.bool_] = np.any(called, axis=1)
    return Evaluation(
        model=found[0].model if found else "",
        messages=len(messages),
        labels=tuple(_figures(k, truth, score, called, rounds) for k in range(len(LABELS))),
        macro_f1=macro_f1(truth, called),
        macro_f1_low=low,
        macro_f1_high=high,
        false_alarms=_share(alarm, harmless),
        missed=_share(~alarm, ~harmless),
        intensity_kappa=weighted_kappa(rated, intensity),
        review=float(review.mean()),
        error_kept=_share(wrong, ~review),
        error_all=float(wrong.mean()),
        kept=tuple(Kept(coverage=share, error=float(risk[math.ceil(share * len(risk)) - 1])) for share in COVERAGES),
        risk_area=float(risk.mean()),
    )


def difference(
    one: Sequence[Classification], other: Sequence[Classification], messages: Sequence[Labelled], rounds: int = 500
) -> tuple[float, float, float]:
    """Macro-F1 of one set of classifications minus that of another on the same messages, with its 95% paired bootstrap interval."""
    truth, mine, theirs = holding(messages), holding(one), holding(other)

    def apart(rows: NDArray[np.int64]) -> float:
        return macro_f1(truth[rows], mine[rows]) - macro_f1(truth[rows], theirs[rows])

    return (apart(np.arange(len(messages))), *bootstrap(apart, len(messages), rounds))


def holding(items: Sequence[Labelled] | Sequence[Classification]) -> NDArray[np.bool_]:
    """Which labels hold, of shape (items, labels)."""
    return np.array([[label in item.labels for label in LABELS] for item in items], dtype=np.bool_)


def certainty(found: Classification) -> float:
    """The model's own probability (0.0-1.0) that all it says of a text is right, its labels taken as independent of each other.

    Example:
        >>> scores = {"insult": 0.9, "threat": 0.2, "sexual_harassment": 0.0}
        >>> round(certainty(Classification(scores=scores, labels=("insult",), intensity=1.0)), 2)
        0.72
    """
    return math.prod(found.scores[label] if label in found.labels else 1.0 - found.scores[label] for label in LABELS)


def _figures(k: int, truth: NDArray[np.bool_], score: NDArray[np.float64], called: NDArray[np.bool_], rounds: int) -> LabelFigures:
    precision, recall, f1 = precision_recall_f1(truth[:, k], called[:, k])
    low, high = bootstrap(lambda rows: precision_recall_f1(truth[rows, k], called[rows, k])[2], len(truth), rounds)
    return LabelFigures(
        label=LABELS[k],
        support=int(truth[:, k].sum()),
        precision=precision,
        recall=recall,
        f1=f1,
        f1_low=low,
        f1_high=high,
        ap=average_precision(truth[:, k], score[:, k]),
        ece=calibration_error(truth[:, k], score[:, k]),
    )


def _share(what: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    return float(what[among].mean()) if among.any() else float("nan")
