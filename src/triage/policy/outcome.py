"""Which steps come out of the rules for one situation, and which ones depend on what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice

import msgspec

from triage.assessment import STEPS, STRENGTHS, Step, Strength
from triage.policy.conditions import Reading
from triage.policy.deadline import Deadline, complaint_deadline
from triage.policy.distinctions import Distinctions, Profile
from triage.policy.rules import Prohibition, Rules
from triage.policy.situation import Situation

# These come first whatever their strength: they do not wait for anything else, and evidence is kept before removal is asked.
_FIRST: tuple[Step, ...] = ("emergency_call", "register_incident", "preserve_evidence", "hold_reply")
# How many profiles are remembered; they take about 40 MB.
_MOST_KNOWN = 100_000


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of all situations that they cannot tell apart.

    Attributes:
        strengths: The suggested steps with their strength, the most pressing first.
        undetermined: Steps that are not suggested, and that an answer to what is unknown could open.
        complaint: False where certainly no complaint is needed.
    """

    strengths: Mapping[Step, Strength]
    undetermined: frozenset[Step]
    complaint: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one situation.

    Attributes:
        steps: The steps, and those that could be opened.
        deadline: The term for a complaint, where there is one.
    """

    steps: Steps
    deadline: Deadline | None

    @property
    def strengths(self) -> Mapping[Step, Strength]:
        """The suggested steps with their strength, the most pressing first."""
        return self.steps.strengths

    @property
    def undetermined(self) -> frozenset[Step]:
        """Steps that are not suggested, and that an answer to what is unknown could open."""
        return self.steps.undetermined


def weigh(rules: Rules, situation: Situation, reading: Reading) -> Outcome:
    """Hold the rules against the values of one situation.

    A rule fires only where its expression is true; a step takes the highest strength of its fired rules. What a prohibition
    forbids is then dropped, and what may never be dropped is added.

    Args:
        rules: The rules.
        situation: The situation.
        reading: What its conditions say.

    Returns:
        The steps, without their words.
    """
    steps = _worked_out(rules).steps(rules, reading)
    term = rules.complaint_term
    return Outcome(steps=steps, deadline=complaint_deadline(term, situation, reading) if term and steps.complaint else None)


class _WorkedOut:
    """The steps of the situations that were met so far, as far as the rules can tell them apart."""

    def __init__(self, rules: Rules) -> None:
        needed = {id for one in rules.prohibitions for id in one.unless_rules}
        whens = [rule.when for rule in rules.rules if rule.strength is not None or rule.id in needed]
        whens += [expression for one in rules.prohibitions for expression in (one.unless, one.when) if expression]
        whens += [rules.complaint_term.when] if rules.complaint_term else []
        self._distinctions = Distinctions(whens, rules.terms)
        self._known: dict[Profile, Steps] = {}
        self._distinct: dict[tuple[object, ...], Steps] = {}

    def steps(self, rules: Rules, reading: Reading) -> Steps:
        profile = self._distinctions.profile(reading)
        steps = self._known.get(profile)
        if steps is None:
            if len(self._known) >= _MOST_KNOWN:  # forget the older half
                for old in list(islice(self._known, _MOST_KNOWN // 2)):
                    self._known.pop(old, None)
            steps = _steps(rules, reading)
            # Many profiles have the same steps: one object for all of them.
            steps = self._distinct.setdefault((*steps.strengths.items(), steps.undetermined, steps.complaint), steps)
            self._known[profile] = steps
        return steps


_worked_out = lru_cache(maxsize=16)(_WorkedOut)


def _steps(rules: Rules, reading: Reading) -> Steps:
    strengths: dict[Step, Strength] = {}
    open_steps: set[Step] = set()
    for rule in rules.rules:
        if rule.strength is None:
            continue
        fired = rule.when.truth(reading)
        for step in rule.steps:
            if fired:
                strengths[step] = strongest((strengths.get(step, rule.strength), rule.strength))
            elif fired is None:
                open_steps.add(step)
    for prohibition in rules.prohibitions:
        _enforce(rules, prohibition, reading, strengths, open_steps)
    term = rules.complaint_term
    return Steps(
        strengths=dict(sorted(strengths.items(), key=lambda item: _pressing(*item))),
        undetermined=frozenset(open_steps - set(strengths)),
        complaint=term is not None and term.when.truth(reading) is not False,
    )


def _pressing(step: Step, strength: Strength) -> tuple[int, int, int]:
    if step in _FIRST:
        return (0, 0, _FIRST.index(step))
    if step == "aftercare" and strength != "urgent":
        return (2, 0, 0)
    return (1, -STRENGTHS.index(strength), STEPS.index(step))


def strongest(strengths: Iterable[Strength]) -> Strength:
    """The highest of one or more strengths.

    Example:
        >>> strongest(["consider", "urgent", "advised"])
        'urgent'
    """
    return max(strengths, key=STRENGTHS.index)


def _enforce(rules: Rules, prohibition: Prohibition, reading: Reading, strengths: dict[Step, Strength], open_steps: set[Step]) -> None:
    for step in prohibition.never:
        allowed = _allows(rules, prohibition, step, reading, strengths)
        if allowed is False:
            open_steps.discard(step)
        elif allowed is None and step in strengths:
            open_steps.add(step)
        if allowed is not True:
            strengths.pop(step, None)
    if prohibition.when is not None and prohibition.when.truth(reading):
        for step in prohibition.never_drop:
            strengths.setdefault(step, "advised")


def _allows(rules: Rules, prohibition: Prohibition, step: Step, reading: Reading, strengths: dict[Step, Strength]) -> bool | None:
    if prohibition.unless_step is not None and prohibition.unless_step not in strengths:
        return False
    if prohibition.unless_rules:
        speaking = {rule.id for rule in rules.rules if step in rule.steps and rule.when.truth(reading)}
        if not speaking.issuperset(prohibition.unless_rules):
            return False
    if prohibition.unless is not None:
        return prohibition.unless.truth(reading)
    return prohibition.unless_step is not None or bool(prohibition.unless_rules)
