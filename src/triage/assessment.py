"""What comes out of assessing a case: severity with its contributions, suggested steps, open questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, get_args

import msgspec

from triage.case import Facts, Finding
from triage.errors import InputError
from triage.language import Text

Step = Literal[
    "emergency_call",
    "register_incident",
    "preserve_evidence",
    "hold_reply",
    "police_report",
    "police_notification",
    "summary_proceedings_perpetrator",
    "summary_proceedings_platform",
    "ask_platform_to_remove",
    "ask_perpetrator_to_remove",
    "self_help_removal",
    "trace_perpetrator",
    "talk_to_perpetrator",
    "aftercare",
]
STEPS: tuple[Step, ...] = get_args(Step)

Strength = Literal["consider", "advised", "urgent"]
STRENGTHS: tuple[Strength, ...] = get_args(Strength)

# How a legal statement was checked (LEGAL: sourced from the primary text or an official page; from a secondary
# source; background knowledge of high, medium or low certainty, still to be verified).
Confidence = Literal["sourced", "secondary", "likely", "unverified"]

Band = Literal["low", "medium", "high", "critical"]
Kind = Literal["single", "pile_on"]
Component = Literal["content", "reach", "repetition", "persistence", "impact", "context"]


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How many people the harmful messages plausibly reached.

    Attributes:
        people: The estimate, 0 or more; None where nothing is known.
        low, high: What it may be at least and at most.
        basis: What the estimate rests on, in words.
        guess: True where it is a guess and not a count.
    """

    people: int | None
    low: int
    high: int
    basis: Text
    guess: bool


class Frequency(msgspec.Struct, frozen=True, kw_only=True):
    """How many harmful messages, over how many days, how fast.

    Attributes:
        messages: All different messages of the case.
        harmful: Those with at least one label.
        active_days: Different days (Europe/Amsterdam) with a harmful message.
        span_days: Days from the first harmful message to the last, 0.0 or more; None where no time is known.
        per_week: Harmful messages a week over the span, at least one day long; None where no time is known.
        last_30_days: Harmful messages in the 30 days up to the last one, or as a person says.
        first, last: Times of the first and the last harmful message.
        reported: True where a person gave `last_30_days`.
    """

    messages: int
    harmful: int
    active_days: int
    span_days: float | None
    per_week: float | None
    last_30_days: int
    first: datetime | None = None
    last: datetime | None = None
    reported: bool = False


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the severity.

    Attributes:
        component: What kind of part.
        points: Severity points; all contributions add up to the severity.
        low, high: The same part with what is uncertain or unknown at its mildest and at its gravest.
        reason: Why it weighs this much.
    """

    component: Component
    points: float
    low: float
    high: float
    reason: Text


class Severity(msgspec.Struct, frozen=True, kw_only=True):
    """How grave a case is, 0-100, as a sum of contributions.

    Attributes:
        value: 0.0-100.0.
        low, high: What the model's uncertainty and unknown facts could make of it; low <= value <= high.
        band: "low", "medium", "high" or "critical".
        contributions: The parts; their points add up to `value`.
    """

    value: float
    low: float
    high: float
    band: Band
    contributions: tuple[Contribution, ...]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a rule comes from.

    Attributes:
        id: Short name ("R26", "art. 285 Sr").
        title: What it is.
        quote: The sentence it rests on, verbatim, where there is one.
        confidence: How it was checked.
        as_of: The day on which the statement was drawn up.
        complaint: True for an offence that is prosecuted only on a complaint within three months (art. 66 and 269 Sr).
    """

    id: str
    title: Text
    confidence: Confidence
    quote: str = ""
    as_of: date | None = None
    complaint: bool = False


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a step is suggested.

    Attributes:
        text: The reason in words.
        rule: The rule that fired ("R26").
        rests_on: What it rests on: "fact:NAME" or "message:KEY".
    """

    text: Text
    rule: str
    rests_on: tuple[str, ...] = ()


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """A step that fits, for a person to decide on.

    Attributes:
        step: Which step.
        strength: "consider", "advised" or "urgent".
        title: The step in words.
        reasons: Why, with the messages and facts each reason rests on.
        sources: The sentences and provisions behind it, each with its confidence.
        actions: Plain next actions.
        cautions: Conditions, and advice to the contrary.
        deadline: The last day, where there is one.
        deadline_note: What the deadline is and how it was reckoned.
    """

    step: Step
    strength: Strength
    title: Text
    reasons: tuple[Reason, ...]
    sources: tuple[Source, ...]
    actions: tuple[Text, ...] = ()
    cautions: tuple[Text, ...] = ()
    deadline: date | None = None
    deadline_note: Text | None = None


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer to an open question would change.

    Attributes:
        answer: The answer ("true", "refused", "insult", ...).
        adds, drops: Steps that would come or go.
        strengthens, weakens: Steps whose strength would rise or fall.
        keeps_open: Steps that this answer would bring nearer, and that then depend on other open questions.
        moves_deadline: Steps whose deadline would come, go or shift.
    """

    answer: str
    adds: tuple[Step, ...] = ()
    drops: tuple[Step, ...] = ()
    strengthens: tuple[Step, ...] = ()
    weakens: tuple[Step, ...] = ()
    keeps_open: tuple[Step, ...] = ()
    moves_deadline: tuple[Step, ...] = ()


class OpenQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """An unknown fact or an uncertain message whose answer would change a suggestion.

    Attributes:
        about: "fact:NAME" or "message:KEY".
        question: The question in words.
        effects: What each answer would change.
    """

    about: str
    question: Text
    effects: tuple[Effect, ...]


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The whole outcome for one case. It suggests; people decide.

    Attributes:
        kind: "single", or "pile_on" where many authors turn on one target in a burst.
        jurisdiction: "nl" or "be".
        score: The severity with its range and band.
        reach, frequency: As estimated from the messages, or as a person says.
        suggestions: The steps that fit, the most pressing first.
        open_questions: Unknown facts and uncertain messages that would change a suggestion.
        findings: The messages with what was found in each.
        facts: The facts that were given.
        rules: Name and version of the rules and the weights.
        case_id: The name of the case, where it has one.
    """

    kind: Kind
    jurisdiction: str
    score: Severity
    reach: Reach
    frequency: Frequency
    suggestions: tuple[Suggestion, ...]
    open_questions: tuple[OpenQuestion, ...]
    findings: tuple[Finding, ...]
    facts: Facts
    rules: str
    case_id: str | None = None

    @property
    def severity(self) -> float:
        """0.0-100.0; the points of `contributions` add up to it."""
        return self.score.value

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """The parts of the severity."""
        return self.score.contributions

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and strings; `from_dict` reads them back."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return {"severity": self.severity, **plain}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assessment:
        """Read what `to_dict` wrote.

        Raises:
            InputError: if it is something else.
        """
        plain = {name: value for name, value in data.items() if name != "severity"}
        try:
            return msgspec.convert(plain, cls)
        except msgspec.ValidationError as error:
            raise InputError(f"This is not an assessment: {error}", nl=f"Dit is geen beoordeling: {error}") from None

    def to_text(self, lang: str = "nl") -> str:
        """The assessment as plain text in Dutch ("nl") or English ("en")."""
        from triage.report.text import assessment_text

        return assessment_text(self, lang)

    def _repr_html_(self) -> str:
        """The assessment as an escaped HTML fragment, for notebooks."""
        from triage.report.html import assessment_html

        return assessment_html(self)
