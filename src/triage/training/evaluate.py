"""Holds a model against labelled messages: the figures per label, over all, and by a column of the corpus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from triage.labels import LABELS, Classification
from triage.training.corpus import Labelled
from triage.training.metrics import average_precision, bootstrap, calibration_error, precision_recall_f1, weighted_kappa


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

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and strings; a figure that cannot be computed is None."""
        plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))  # JSON has no nan: msgspec writes null
        return plain


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
    truth = np.array([[label in message.labels for label in LABELS] for message in messages])
    score = np.array([[item.scores[label] for label in LABELS] for item in found])
    called = np.array([[label in item.labels for label in LABELS] for item in found])
    intensity = np.clip(np.rint([item.intensity if item.labels else 0.0 for item in found]), 0, 3).astype(np.int64)
    rated = np.array([message.intensity for message in messages], dtype=np.int64)
    review = np.array([item.needs_review for item in found])
    wrong: NDArray[np.bool_] = np.any(truth != called, axis=1)
    present: NDArray[np.bool_] = np.any(truth, axis=0)

    def macro(rows: NDArray[np.int64]) -> float:
        each = [precision_recall_f1(truth[rows, k], called[rows, k])[2] for k in range(len(LABELS)) if present[k]]
        return float(np.mean(each)) if each else float("nan")

    everything = np.arange(len(messages))
    low, high = bootstrap(macro, len(messages), rounds)
    harmless: NDArray[np.bool_] = ~np.any(truth, axis=1)
    alarm: NDArray[np.bool_] = np.any(called, axis=1)
    return Evaluation(
        model=found[0].model if found else "",
        messages=len(messages),
        labels=tuple(_figures(k, truth, score, called, rounds) for k in range(len(LABELS))),
        macro_f1=macro(everything),
        macro_f1_low=low,
        macro_f1_high=high,
        false_alarms=_share(alarm, harmless),
        missed=_share(~alarm, ~harmless),
        intensity_kappa=weighted_kappa(rated, intensity),
        review=float(review.mean()),
        error_kept=_share(wrong, ~review),
        error_all=float(wrong.mean()),
    )


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
