"""The labels, the flags, and what is found in one text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from triage.errors import ModelError

if TYPE_CHECKING:
    from triage.explanation import Explanation

Label = Literal["insult", "threat", "sexual_harassment"]
LABELS: tuple[Label, ...] = get_args(Label)

# The primary label is the first of these that holds (ANNOTATION: "threat, sexual_harassment, insult").
PRIMARY_ORDER: tuple[Label, ...] = ("threat", "sexual_harassment", "insult")

Flag = Literal[
    "personal_data",
    "intimate_image",
    "weapon",
    "time_or_place",
    "children",
    "discrimination",
    "extortion",
    "self_harm",
]
FLAGS: tuple[Flag, ...] = get_args(Flag)

ReviewReason = Literal["uncertain", "not_dutch", "no_text", "too_short", "too_long"]


def primary(labels: Iterable[str]) -> Label | None:
    """The label that counts where only one is asked for, or None.

    Example:
        >>> primary(["insult", "threat"])
        'threat'
    """
    held = set(labels)
    return next((label for label in PRIMARY_ORDER if label in held), None)


class Classification(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What a model finds in one text.

    Beside its fields it remembers the model and the text it came from, for `explain` only: that is no part of its value, and
    copies, pickles and `to_dict` are without it.

    Attributes:
        scores: Calibrated probability of each label, 0.0-1.0.
        labels: The labels whose probability is above their threshold, in the order of `LABELS`.
        intensity: Expected intensity of the message by itself, 0.0-3.0.
        flags: Findings outside the labels that change a step.
        needs_review: True where the model should not be trusted alone. False is no proof that it is right: on messages like those it was
            calibrated on, about one in ten that carry a label may pass unseen, and on other messages more (`Settings.doubt`).
        review_reasons: Why it should not.
        model: Name and version of the model.
        windows: How many windows a long text was read in; the gravest window counts.
    """

    scores: dict[Label, float]
    labels: tuple[Label, ...]
    intensity: float
    flags: tuple[Flag, ...] = ()
    needs_review: bool = False
    review_reasons: tuple[ReviewReason, ...] = ()
    model: str = ""
    windows: int = 1

    @property
    def primary(self) -> Label | None:
        """The label that counts where only one is asked for, or None."""
        return primary(self.labels)

    def to_dict(self) -> dict[str, object]:
        """Plain dicts, lists, numbers and strings; `primary` is included."""
        return {**msgspec.to_builtins(self), "primary": self.primary}

    def explain(self) -> Explanation:
        """How much each word of the text speaks for or against each label.

        Raises:
            ModelError: if this was not made by `Model.classify` in this process.

        Example:
            >>> import triage
            >>> found = triage.load().classify("Wat een ongelooflijke prutser ben jij.")
            >>> [word.text for word in found.explain().drivers("insult")][0]
            'prutser'
        """
        explain = self.__dict__.get("_explain")
        if explain is None:
            raise ModelError(
                "This classification has no model at hand: use model.explain(text).",
                nl="Bij deze classificatie is geen model bij de hand: gebruik model.explain(text).",
            )
        made: Explanation = explain()
        return made
