"""Which steps come out of the rules for one situation, and which ones depend on what is unknown."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from triage.assessment import STRENGTHS, Step, Strength
from triage.policy.conditions import Reading
from triage.policy.deadline import Deadline, complaint_deadline
from triage.policy.rules import Prohibition, Rules
from triage.policy.situation import Situation


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of one situation.

    Attributes:
        strengths: The suggested steps with their strength.
        undetermined: Steps that are not suggested, and that an answer to what is unknown could open.
        deadline: The term for a complaint, where there is one.
    """

    strengths: dict[Step, Strength]
    undetermined: frozenset[Step]
    deadline: Deadline | None


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
    deadline = complaint_deadline(rules.complaint_term, situation, reading)
    return Outcome(strengths=strengths, undetermined=frozenset(open_steps - set(strengths)), deadline=deadline)


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
