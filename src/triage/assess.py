"""From the findings of one case to its assessment: the same function for one case and for a million."""

from __future__ import annotations

from collections.abc import Sequence

from triage.assessment import Assessment
from triage.case import Facts, Finding
from triage.policy import Rules, Situation, load_rules, open_questions, suggest
from triage.severity import Weights, estimate_reach, is_pile_on, load_weights, measure_frequency, score_case


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
        severity=score_case(findings, facts, reach, frequency, weights),
        kind="pile_on" if is_pile_on(findings, weights) else "single",
    )


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
    situation = situation_of(findings, facts, weights)
    return Assessment(
        kind=situation.kind,
        jurisdiction=rules.jurisdiction,
        score=situation.severity,
        reach=situation.reach,
        frequency=situation.frequency,
        suggestions=suggest(rules, situation),
        open_questions=open_questions(rules, situation, lambda others, known: situation_of(others, known, weights)),
        findings=situation.findings,
        facts=facts,
        rules=f"{rules.version} / {weights.version}",
        case_id=case_id,
    )
