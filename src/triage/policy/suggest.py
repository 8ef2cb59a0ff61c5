"""From a situation to suggestions with their reasons, sources, actions and cautions."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from triage.assessment import Reason, Source, Step, Strength, Suggestion
from triage.language import Text
from triage.policy.conditions import Reading
from triage.policy.deadline import Deadline
from triage.policy.outcome import weigh
from triage.policy.rules import Rule, Rules
from triage.policy.situation import Situation


def suggest(rules: Rules, situation: Situation) -> tuple[Suggestion, ...]:
    """The steps that fit a situation, the most pressing first.

    The order: an emergency call; registering, evidence and holding the reply; then urgent before advised before considered, in
    the order of `STEPS`; aftercare last unless it is urgent.

    Args:
        rules: The rules (`load_rules`).
        situation: The situation.

    Returns:
        The suggestions; none where nothing harmful was found and nobody is in danger.
    """
    reading = Reading(situation, rules.terms)
    outcome = weigh(rules, situation, reading)
    spoken: dict[Step, list[tuple[Rule, tuple[str, ...]]]] = {step: [] for step in outcome.strengths}
    for rule in rules.rules:
        if any(step in spoken for step in rule.steps):
            for step in rule.steps if rule.when.truth(reading) else ():
                if step in spoken:
                    spoken[step].append((rule, rule.when.grounds(reading)))
    return tuple(_suggestion(rules, step, strength, spoken[step], outcome.deadline) for step, strength in outcome.strengths.items())


def _suggestion(
    rules: Rules, step: Step, strength: Strength, spoken: list[tuple[Rule, tuple[str, ...]]], deadline: Deadline | None
) -> Suggestion:
    spoken = sorted(spoken, key=lambda one: one[0].strength is None)  # what suggests the step speaks before what adds to it
    reasons = [Reason(text=rule.reason, rule=rule.id, rests_on=rests_on) for rule, rests_on in spoken if rule.reason]
    if not reasons:
        reasons = [Reason(text=one.reason, rule=one.id) for one in rules.prohibitions if step in one.never_drop]
    dated = deadline if deadline and step in deadline.steps else None
    term = rules.complaint_term
    ids = term.sources if dated and term else ()
    sources = [source for rule, _ in spoken for source in _sources(rules, rule)] + [rules.sources[id] for id in ids]
    return Suggestion(
        step=step,
        strength=strength,
        title=rules.steps[step],
        reasons=tuple(reasons),
        sources=tuple({source.id: source for source in sources}.values()),
        actions=_once(text for rule, _ in spoken for text in rule.actions),
        cautions=_once(text for rule, _ in spoken for text in rule.cautions),
        deadline=dated.last_day if dated else None,
        deadline_note=dated.note if dated else None,
    )


def _sources(rules: Rules, rule: Rule) -> list[Source]:
    """The sources of a rule; a quoted sentence is a source under the id of the rule."""
    sources = [rules.sources[id] for id in rule.sources]
    if rule.quote:
        sources[0] = msgspec.structs.replace(sources[0], id=rule.id, quote=rule.quote)
    return sources


def _once(texts: Iterable[Text]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(texts))
