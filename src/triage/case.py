"""A case: the messages that belong together, what a person knows of them, and what was found in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec.structs import force_setattr

from triage.checking import build, check_fields
from triage.errors import InputError
from triage.labels import LABELS, Classification, Flag, Label, primary
from triage.message import Count, Message, unique

RemovalStatus = Literal["not_requested", "pending", "no_response", "refused", "partly_removed", "removed"]
Impact = Literal["none", "low", "medium", "high"]
DecidedBy = Literal["model", "person"]


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What only a person knows. Every fact may be unknown (`None`).

    Attributes:
        perpetrator_known: Is it known who the sender is?
        removal_status: How far a request to the platform to remove the messages is.
        impact: What it does to the employee.
        target_is_official: Is the employee an *ambtenaar* (art. 267 Sr)?
        target_has_public_task: Does the employee do public-task work (nurses, teachers and conductors too)?
        acute_danger: Is someone in danger now?
        urgent: Must it stop at once (*spoedeisend*)?
        known_since: The day on which the victim learned of it.
        reach: How many people it reached, where a person knows better than the data.
        frequency: Harmful messages in the last 30 days, where a person knows better than the data.

    Raises:
        InputError: if a value is of the wrong kind or out of range.

    Example:
        >>> Facts(perpetrator_known=True, known_since="2026-03-01").known_since
        datetime.date(2026, 3, 1)
    """

    perpetrator_known: bool | None = None
    removal_status: RemovalStatus | None = None
    impact: Impact | None = None
    target_is_official: bool | None = None
    target_has_public_task: bool | None = None
    acute_danger: bool | None = None
    urgent: bool | None = None
    known_since: date | None = None
    reach: Count | None = None
    frequency: Count | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        if self.known_since is not None and not 1900 <= self.known_since.year <= 2200:
            raise InputError("Field known_since must lie between 1900 and 2200.", nl="Veld known_since moet tussen 1900 en 2200 liggen.")

    @classmethod
    def from_dict(cls, data: object) -> Facts:
        """Read an object with facts; those that are absent are unknown.

        Raises:
            InputError: naming the fact that is unknown or wrong.
        """
        return build(cls, data, "facts")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of one author toward one target, or of many authors toward one target in a burst.

    Attributes:
        messages: The messages; doubles of an overlapping export are dropped.
        facts: What a person knows.
        id: The name of the case, where it has one.

    Raises:
        InputError: if messages or facts are of the wrong kind.

    Example:
        >>> len(Case(messages=[Message(text="hoi", id="1"), Message(text="hoi", id="1")]).messages)
        1
    """

    messages: tuple[Message, ...]
    facts: Facts = Facts()
    id: str | None = None

    def __post_init__(self) -> None:
        check_fields(self)
        force_setattr(self, "messages", unique(self.messages))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Case:
        """Read `{"messages": [{...}], "facts": {...}, "id": ...}`; facts and id may be absent.

        Raises:
            InputError: naming the place in the structure that is wrong.
        """
        messages = data.get("messages")
        if not isinstance(messages, Sequence) or isinstance(messages, str):
            raise InputError("A case needs a list under 'messages'.", nl="Een casus heeft een lijst onder 'messages' nodig.")
        built = {
            **data,
            "messages": tuple(build(Message, item, f"messages[{place}]") for place, item in enumerate(messages)),
            "facts": Facts.from_dict({} if data.get("facts") is None else data["facts"]),
        }
        return build(cls, built, "case")

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and strings; `from_dict` reads them back."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a case with what was found in it, by the model or by a person.

    A person's labels, intensity and flags win over the model's; what a person decided is certain.

    Attributes:
        message: The message.
        scores: Probability of each label; 1.0 or 0.0 where a person decided.
        labels: The labels that hold.
        intensity: 0.0-3.0; 0.0 where no label holds.
        flags: Findings outside the labels.
        decided_by: Who decided the labels.
        unsure: True where the model asks for review and no person decided.
        model: Name and version of the model, or "" where it was not asked.
    """

    message: Message
    scores: dict[Label, float]
    labels: tuple[Label, ...]
    intensity: float
    flags: tuple[Flag, ...] = ()
    decided_by: DecidedBy = "model"
    unsure: bool = False
    model: str = ""

    @property
    def harmful(self) -> bool:
        """True where at least one label holds."""
        return bool(self.labels)

    @property
    def primary(self) -> Label | None:
        """The label that counts where only one is asked for, or None."""
        return primary(self.labels)


# What a label weighs where a person gave it without an intensity and no model was asked: "serious", the middle of the guideline's scale.
DEFAULT_INTENSITY = 2.0


_GRAVE_FLAGS: tuple[Flag, ...] = ("personal_data", "intimate_image", "extortion")


def find(message: Message, classification: Classification | None) -> Finding:
    """Join a message with the model's classification; a person's judgement in the message wins.

    Args:
        message: The message.
        classification: The model's view; may be None where the message carries a person's labels.

    Raises:
        InputError: if there is neither a classification nor a person's labels.
    """
    if message.labels is None:
        if classification is None:
            raise InputError(
                "A message without labels of its own needs a classification.",
                nl="Een bericht zonder eigen labels heeft een classificatie nodig.",
            )
        labels, scores = classification.labels, dict(classification.scores)
    else:
        labels = message.labels
        scores = {label: 1.0 if label in labels else 0.0 for label in LABELS}
    if not labels:
        intensity = 0.0
    elif message.intensity is not None:
        intensity = float(message.intensity)
    elif classification is not None and classification.labels:
        intensity = classification.intensity
    else:
        intensity = DEFAULT_INTENSITY
    found = classification.flags if classification else ()
    if message.labels == ():  # a person called it harmless; only danger to the writer still counts
        found = tuple(flag for flag in found if flag == "self_harm")
    # A flag without a label is a contradiction that a person should look at.
    puzzling = not labels and any(flag in _GRAVE_FLAGS for flag in found)
    return Finding(
        message=message,
        scores=scores,
        labels=labels,
        intensity=intensity,
        flags=message.flags if message.flags is not None else found,
        decided_by="model" if message.labels is None else "person",
        unsure=message.labels is None and (puzzling or bool(classification and classification.needs_review)),
        model=classification.model if classification else "",
    )
