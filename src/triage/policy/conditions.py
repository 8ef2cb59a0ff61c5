"""The named values that an expression in the rules may use; each is read from a situation.

Facts keep their own names. A number is a span, so that what is uncertain stays unknown instead of being decided: the values
that begin with `sure_` count only messages that are certain at their low end, and all messages at their high end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import floor, inf
from typing import Any, TypeVar, get_args

import msgspec

from triage.case import Finding, Impact, RemovalStatus
from triage.labels import FLAGS, Flag, Label
from triage.message import HOME_ZONE
from triage.policy.expression import Datum, Expression, Kind, Span
from triage.policy.situation import Situation

# Where nothing stands online that could be removed.
OFFLINE_PLATFORMS = frozenset(
    {"letter", "brief", "post", "email", "e-mail", "mail", "phone", "telefoon", "sms", "voicemail", "fax"}
    | {"face_to_face", "face-to-face", "desk", "balie"}
)

# Harm by themselves where a person found them; the other flags only make a harmful message graver.
_HARM: frozenset[Flag] = frozenset({"personal_data", "intimate_image", "extortion"})

# The facts that weigh in the severity of a case; the others change steps only.
SEVERITY_FACTS = ("acute_danger", "impact", "target_is_official", "target_has_public_task", "frequency", "reach")

_IMPACTS: tuple[Impact, ...] = get_args(Impact)
_REMOVALS: tuple[RemovalStatus, ...] = get_args(RemovalStatus)

WORDS: dict[str, tuple[Kind, Span | str]] = {
    **{name: ("impact", Span(rank, rank)) for rank, name in enumerate(_IMPACTS)},
    **{name: ("removal_status", name) for name in _REMOVALS},
}


T = TypeVar("T")


class Value(msgspec.Struct, frozen=True):
    """What a condition says of one situation.

    Attributes:
        datum: True, False, a span, a word, or None where it is unknown.
        findings: The findings it was read from; None stands for all harmful ones.
        facts: The facts it was read from ("fact:NAME").
    """

    datum: Datum
    findings: Sequence[Finding] | None = ()
    facts: tuple[str, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """A named value.

    Attributes:
        kind: What it can be compared with.
        read: Reads it from a situation.
        meaning: What it says, in one sentence.
        facts: The facts on which it depends, besides the findings.
    """

    kind: Kind
    read: Callable[[Situation], Value]
    meaning: str
    facts: tuple[str, ...] = ()


CONDITIONS: dict[str, Condition] = {}


class Reading:
    """What the conditions and terms say of one situation; each is read once, and only if a rule asks for it.

    Args:
        situation: The situation to read from.
        terms: Expressions that have a name of their own.

    Attributes:
        before: The reading of the same findings before one fact was answered, or None.
        fact: That fact.
        profile: What the rules see of it all, once they looked.
    """

    def __init__(self, situation: Situation, terms: Mapping[str, Expression]) -> None:
        self.before: Reading | None = None
        self.fact = ""
        self.profile: tuple[object, ...] | None = None
        self._situation, self._terms = situation, terms
        self._values: dict[str, Value] = {}
        self._truths: dict[str, bool | None] = {}
        self._grounds: dict[str, tuple[str, ...]] = {}
        self._found: dict[Callable[..., Any], Any] = {}

    def answered(self, fact: str, situation: Situation) -> Reading:
        """The reading of a situation in which only this fact, and what depends on it, is another; the rest is not read again."""
        after = Reading(situation, self._terms)
        after.before, after.fact, after._found = self, fact, self._found
        return after

    def datum(self, name: str) -> Datum:
        """True, False, a span, a word, or None where it is unknown."""
        return self._truth(name) if name in self._terms else self.value(name).datum

    def grounds(self, name: str) -> tuple[str, ...]:
        """The facts ("fact:NAME") and messages ("message:KEY") it was read from."""
        if name not in self._grounds:
            term = self._terms.get(name)
            self._grounds[name] = term.grounds(self) if term else self._read_from(self.value(name))
        return self._grounds[name]

    def value(self, name: str) -> Value:
        """What a condition says, and what it was read from."""
        value = self._values.get(name)
        if value is None:
            condition = CONDITIONS[name]
            if self.before is not None and self.fact not in condition.facts:
                value = self.before.value(name)
            else:
                value = condition.read(self._situation)
            self._values[name] = value
        return value

    def of_findings(self, read: Callable[[Sequence[Finding]], T]) -> T:
        """What `read` makes of the findings, once."""
        if read not in self._found:
            self._found[read] = read(self._situation.findings)
        found: T = self._found[read]
        return found

    def _read_from(self, value: Value) -> tuple[str, ...]:
        findings = self._situation.harmful if value.findings is None else value.findings
        return value.facts + tuple(f"message:{finding.message.key}" for finding in findings)

    def _truth(self, term: str) -> bool | None:
        if term not in self._truths:
            self._truths[term] = self._terms[term].truth(self)
        return self._truths[term]


def grade(finding: Finding) -> int:
    """The intensity of a message as a grade of the guideline: rounded, and at least 1 where a label holds.

    A model gives an expected intensity such as 2.6, and the rules speak of the grades 1, 2 and 3.
    """
    return max(1, floor(finding.intensity + 0.5)) if finding.harmful else 0


def _condition(kind: Kind, *facts: str) -> Callable[[Callable[[Situation], Value]], Callable[[Situation], Value]]:
    def register(read: Callable[[Situation], Value]) -> Callable[[Situation], Value]:
        CONDITIONS[read.__name__.lstrip("_")] = Condition(kind, read, read.__doc__ or "", facts)
        return read

    return register


def _count(number: float, findings: Sequence[Finding] | None = (), facts: tuple[str, ...] = ()) -> Value:
    return Value(Span(number, number), findings, facts)


def _labelled(situation: Situation, label: Label) -> list[Finding]:
    return [finding for finding in situation.harmful if label in finding.labels]


def _gravest(findings: list[Finding]) -> Value:
    top = max(map(grade, findings), default=0)
    return _count(top, [finding for finding in findings if grade(finding) == top])


def _sure(findings: list[Finding], measure: Callable[[list[Finding]], float]) -> Value:
    """A measure of the certain messages at least, and of all messages at most."""
    certain = [finding for finding in findings if not finding.unsure]
    return Value(Span(measure(certain), measure(findings)), findings)


def _register_fact(name: str) -> None:
    def read(situation: Situation) -> Value:
        return Value(getattr(situation.facts, name), facts=(f"fact:{name}",))

    CONDITIONS[name] = Condition("truth", read, f"The fact {name}.", (name,))


def _flagged(situation: Situation, flag: Flag) -> list[Finding]:
    """The messages whose flag counts: harmful ones, and those that a person flagged.

    A flag that the library raised by itself in a message without a label may be an ordinary message ("my new address is ..."). It sends the
    message to a person and opens no step. What puts the writer in danger counts in any message.
    """
    return [one for one in situation.flagged if flag in one.flags and (one.labels or _counts_alone(one, flag))]


def _counts_alone(finding: Finding, flag: Flag) -> bool:
    return flag == "self_harm" or (flag in _HARM and finding.message.flags is not None)


def _register_flag(flag: Flag) -> None:
    def read(situation: Situation) -> Value:
        found = _flagged(situation, flag)
        return Value(bool(found), found)

    CONDITIONS[flag] = Condition("truth", read, f"A harmful message, or one that a person flagged, carries the flag {flag}.")


for _name in ("perpetrator_known", "target_is_official", "target_has_public_task", "acute_danger", "urgent"):
    _register_fact(_name)
for _flag in FLAGS:
    _register_flag(_flag)


@_condition("removal_status", "removal_status")
def _removal_status(situation: Situation) -> Value:
    """How far a request for removal is."""
    return Value(situation.facts.removal_status, facts=("fact:removal_status",))


@_condition("impact", "impact")
def _impact(situation: Situation) -> Value:
    """What it does to the employee: none, low, medium or high."""
    known = situation.facts.impact
    rank = (0, len(_IMPACTS) - 1) if known is None else (_IMPACTS.index(known),) * 2
    return Value(Span(*rank), facts=("fact:impact",))


@_condition("number")
def _insult(situation: Situation) -> Value:
    """The highest grade (0-3) of a message labelled as insult."""
    return _gravest(_labelled(situation, "insult"))


@_condition("number")
def _threat(situation: Situation) -> Value:
    """The highest grade (0-3) of a message labelled as threat."""
    return _gravest(_labelled(situation, "threat"))


@_condition("number")
def _sexual(situation: Situation) -> Value:
    """The highest grade (0-3) of a message labelled as sexual harassment."""
    return _gravest(_labelled(situation, "sexual_harassment"))


@_condition("number")
def _sure_sexual(situation: Situation) -> Value:
    """As `sexual`, where only certain messages count for sure."""
    return _sure(_labelled(situation, "sexual_harassment"), lambda found: max(map(grade, found), default=0))


@_condition("number")
def _sure_sexual_messages(situation: Situation) -> Value:
    """How many messages are labelled as sexual harassment; only certain messages count for sure."""
    return _sure(_labelled(situation, "sexual_harassment"), len)


@_condition("truth")
def _sure_intimate_image(situation: Situation) -> Value:
    """A message carries the flag intimate_image; unknown where all such messages are uncertain."""
    found = _flagged(situation, "intimate_image")
    certain = any(not finding.unsure for finding in found)
    return Value(True if certain else None if found else False, found)


@_condition("number")
def _sure_threats(situation: Situation) -> Value:
    """How many messages are labelled as threat; only certain messages count for sure."""
    return _sure(_labelled(situation, "threat"), len)


@_condition("number")
def _sure_threat_days(situation: Situation) -> Value:
    """On how many days (Europe/Amsterdam) a threat came; a threat without a time may be on any day."""
    found = _labelled(situation, "threat")
    certain = [finding for finding in found if not finding.unsure]
    undated = sum(finding.message.sent_at is None for finding in found)
    at_least = max(_days(certain), min(1, len(certain)))
    return Value(Span(at_least, _days(found) + undated), found)


def _days(findings: list[Finding]) -> int:
    times = (finding.message.sent_at for finding in findings)
    return len({time.astimezone(HOME_ZONE).date() for time in times if time is not None})


@_condition("number")
def _harmful(situation: Situation) -> Value:
    """How many messages carry a label."""
    found = situation.harmful
    return _count(len(found), found)


@_condition("number", "frequency")
def _frequency(situation: Situation) -> Value:
    """How many harmful messages: those of the case, or more where a person says so (messages in the last 30 days)."""
    reported = situation.facts.frequency or 0
    harmful = situation.frequency.harmful
    return _count(reported, facts=("fact:frequency",)) if reported > harmful else _count(harmful, None)


@_condition("number", "frequency")
def _reported_frequency(situation: Situation) -> Value:
    """How many harmful messages in the last 30 days a person reports; 0 where nobody does."""
    return _count(situation.facts.frequency or 0, facts=("fact:frequency",))


@_condition("number", "reach")
def _reach(situation: Situation) -> Value:
    """How many people it reached; unknown where there is no estimate."""
    people = situation.reach.people
    span = Span(0, inf) if people is None else Span(people, people)
    if situation.facts.reach is not None:
        return Value(span, facts=("fact:reach",))
    return Value(span, None)


@_condition("number", *SEVERITY_FACTS)
def _severity(situation: Situation) -> Value:
    """The severity of the case, 0-100."""
    return _count(situation.severity, None)


@_condition("truth")
def _pile_on(situation: Situation) -> Value:
    """Many authors turn on one target."""
    return Value(situation.kind == "pile_on", None)


@_condition("truth")
def _unsure(situation: Situation) -> Value:
    """The model asks for review of a harmful message."""
    found = [finding for finding in situation.harmful if finding.unsure]
    return Value(bool(found), found)


def _harm(situation: Situation) -> Sequence[Finding]:
    """The harmful messages, and those that a person's flag makes harmful."""
    if not situation.flagged:
        return situation.harmful
    return [one for one in situation.findings if one.labels or any(_counts_alone(one, flag) for flag in one.flags)]


@_condition("truth")
def _certain(situation: Situation) -> Value:
    """A message is harmful for certain; unknown where the model asks for review of all harmful ones."""
    found = _harm(situation)
    return Value(True if any(not one.unsure for one in found) else None if found else False, found)


@_condition("truth")
def _in_public(situation: Situation) -> Value:
    """A harmful message may be read by others than the one it was sent to; false where all were sent directly."""
    found = [one for one in situation.harmful if one.message.visibility != "direct"]
    return Value(bool(found), found)


@_condition("truth", "removal_status")
def _online(situation: Situation) -> Value:
    """Something stands, or stood, where others can read it; unknown where nothing tells the medium."""
    status = situation.facts.removal_status
    if status not in (None, "not_requested"):
        return Value(True, facts=("fact:removal_status",))
    found = _harm(situation)
    for answer in (True, None):
        if decisive := [finding for finding in found if _is_online(finding) is answer]:
            return Value(answer, decisive)
    return Value(False, found)


def _is_online(finding: Finding) -> bool | None:
    message = finding.message
    if message.url is not None:
        return True
    if message.visibility == "direct" or (message.platform or "").strip().casefold() in OFFLINE_PLATFORMS:
        return False
    return True if message.visibility in ("group", "public") else None
