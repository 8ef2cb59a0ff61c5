"""From the findings of one case to its assessment: the same function for one case and for a million."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from triage.assessment import Assessment, Band, Frequency, Kind, Reach, Step, Strength
from triage.case import Facts, Finding
from triage.policy import SEVERITY_FACTS, Rules, Situation, load_rules, open_questions, outline_steps, suggest
from triage.severity import (
    Score,
    Weights,
    estimate_reach,
    explain,
    is_pile_on,
    load_weights,
    measure_frequency,
    reckon,
    severity_after,
    severity_of,
)


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """What a table of cases shows of an assessment; the same numbers and steps, without their reasons.

    Attributes:
        kind: "single" or "pile_on".
        severity, severity_low, severity_high: The severity and its range, 0.0-100.0.
        band: "low", "medium", "high" or "critical".
        reach, frequency: As estimated from the messages, or as a person says.
        steps: The suggested steps with their strength, the most pressing first.
        open_about: What the open questions are about.
    """

    kind: Kind
    severity: float
    severity_low: float
    severity_high: float
    band: Band
    reach: Reach
    frequency: Frequency
    steps: Mapping[Step, Strength]
    open_about: tuple[str, ...]


def situation_of(findings: Sequence[Finding], facts: Facts, weights: Weights) -> Situation:
    """What the rules look at: findings and facts with reach, frequency, severity and kind of the case."""
    findings = tuple(findings)
    reach = estimate_reach(findings, facts, weights)
    frequency = measure_frequency(findings, facts)
    return Situation(
        findings=findings,
        facts=facts,
        reach=reach,
        frequency=frequency,
        severity=severity_of(findings, facts, reach, frequency, weights),
        kind="pile_on" if is_pile_on(findings, weights) else "single",
    )


def _reckoned(findings: Sequence[Finding], facts: Facts, weights: Weights) -> tuple[Situation, Score]:
    """The situation with all the numbers behind its severity."""
    situation = situation_of(findings, facts, weights)
    return situation, reckon(situation.findings, facts, situation.reach, situation.frequency, weights)


def assess(
    findings: Sequence[Finding],
    facts: Facts,
    jurisdiction: str = "nl",
    *,
    case_id: str | None = None,
    rules: Rules | None = None,
    weights: Weights | None = None,
) -> Assessment:
    """Score a case and suggest steps. It suggests; people decide.

    Args:
        findings: The messages of the case with what was found in each.
        facts: What a person knows.
        jurisdiction: "nl" or "be"; ignored where `rules` are given.
        case_id: The name of the case.
        rules: Rules of your own instead of the packaged ones.
        weights: Weights of your own instead of the packaged ones.

    Raises:
        RulesError: if there are no rules for the jurisdiction.
    """
    rules = rules or load_rules(jurisdiction)
    weights = weights or load_weights()
    situation, score = _reckoned(findings, facts, weights)
    return Assessment(
        kind=situation.kind,
        jurisdiction=rules.jurisdiction,
        score=explain(score, situation.findings, situation.reach, weights),
        reach=situation.reach,
        frequency=situation.frequency,
        suggestions=suggest(rules, situation),
        open_questions=open_questions(rules, situation, _supposing(situation, score, weights)),
        findings=situation.findings,
        facts=facts,
        rules=f"{rules.version} / {weights.version}",
        case_id=case_id,
    )


def outline(findings: Sequence[Finding], facts: Facts, rules: Rules, weights: Weights) -> Outline:
    """The numbers and steps of `assess`, in a fraction of its time.

    Example:
        >>> from triage.case import find
        >>> from triage.message import Message
        >>> threat = find(Message(text="...", labels=["threat"], intensity=3), None)
        >>> made = outline([threat], Facts(), load_rules("nl"), load_weights())
        >>> made.band, "police_report" in made.steps
        ('high', True)
    """
    # Harmless messages that nothing is said about are counted, and weigh in nothing else.
    telling = [finding for finding in findings if finding.labels or finding.flags or finding.unsure]
    situation, score = _reckoned(telling, facts, weights)
    steps, open_about = outline_steps(rules, situation, _supposing(situation, score, weights))
    return Outline(
        kind=situation.kind,
        severity=score.value,
        severity_low=score.low,
        severity_high=score.high,
        band=score.band,
        reach=situation.reach,
        frequency=msgspec.structs.replace(situation.frequency, messages=len(findings)),
        steps=steps,
        open_about=open_about,
    )


def _supposing(now: Situation, score: Score, weights: Weights) -> Callable[[tuple[Finding, ...], Facts], Situation]:
    """Makes the situation of a case in which something is otherwise, and reckons again only what that touches."""

    def suppose(findings: tuple[Finding, ...], facts: Facts) -> Situation:
        others = [name for name in SEVERITY_FACTS if getattr(facts, name) != getattr(now.facts, name)]
        if findings is not now.findings or len(others) != 1:
            return situation_of(findings, facts, weights)
        [fact] = others
        reach = estimate_reach(findings, facts, weights) if fact == "reach" else now.reach
        frequency = measure_frequency(findings, facts) if fact == "frequency" else now.frequency
        severity = severity_after(score, fact, facts, reach, frequency, weights)
        return Situation(findings=findings, facts=facts, reach=reach, frequency=frequency, severity=severity, kind=now.kind)

    return suppose
