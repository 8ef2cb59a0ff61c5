"""Ten thousand generated cases: no prohibition is broken, and more harm never gives less."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec

from triage.assess import assess, situation_of
from triage.assessment import STRENGTHS
from triage.case import Facts, Finding, find
from triage.labels import FLAGS, LABELS
from triage.message import Message
from triage.policy import load_rules, suggest
from triage.severity import load_weights

START = datetime(2026, 3, 1, 9)
ALWAYS = {"register_incident", "preserve_evidence", "hold_reply", "aftercare"}
IMPACTS = (None, "none", "low", "medium", "high")
REMOVALS = (None, "not_requested", "pending", "no_response", "refused", "partly_removed", "removed")
KNOWN = (None, True, False)
POLICE = ("police_notification", "police_report")


def generated(rng: random.Random) -> tuple[tuple[Finding, ...], Facts]:
    findings = []
    for number in range(rng.choice((1, 1, 2, 3, 6))):
        labels = rng.sample(LABELS, rng.choice((0, 1, 1, 1, 2)))
        message = Message(
            text=f"bericht {number}",
            id=str(number),
            author=f"a{rng.randrange(3)}",
            target="t",
            sent_at=START + timedelta(hours=rng.randrange(24 * 90)) if rng.random() < 0.9 else None,
            platform=rng.choice((None, "facebook", "e-mail", "brief")),
            visibility=rng.choice((None, "direct", "group", "public")),
            views=rng.choice((None, 0, 40, 9_000, 400_000)),
            labels=labels,
            intensity=rng.choice((1, 1.5, 2, 2.4, 3)) if labels else 0,
            flags=rng.sample(FLAGS, rng.choice((0, 0, 0, 1, 2))),
        )
        finding = find(message, None)
        findings.append(msgspec.structs.replace(finding, unsure=rng.random() < 0.2))
    facts = Facts(
        perpetrator_known=rng.choice(KNOWN),
        removal_status=rng.choice(REMOVALS),
        impact=rng.choice(IMPACTS),
        target_is_official=rng.choice(KNOWN),
        target_has_public_task=rng.choice(KNOWN),
        acute_danger=rng.choice((None, None, False, True)),
        urgent=rng.choice(KNOWN),
        reach=rng.choice((None, None, 0, 500, 90_000)),
        frequency=rng.choice((None, None, 1, 4, 30)),
    )
    return tuple(findings), facts


def harsher(findings: tuple[Finding, ...], facts: Facts, rng: random.Random) -> tuple[tuple[Finding, ...], Facts]:
    """The same case with one thing worse."""
    harmful = [place for place, one in enumerate(findings) if one.harmful]
    kind = rng.choice(("reach", "frequency", "impact", "intensity", "more"))
    if kind == "reach" and facts.reach is not None:
        return findings, msgspec.structs.replace(facts, reach=facts.reach * 10 + 100)
    if kind == "frequency" and facts.frequency is not None:
        return findings, msgspec.structs.replace(facts, frequency=facts.frequency + 5)
    if kind == "impact" and facts.impact not in (None, "high"):
        return findings, msgspec.structs.replace(facts, impact=IMPACTS[IMPACTS.index(facts.impact) + 1])
    if kind == "intensity" and harmful:
        place = rng.choice(harmful)
        graver = msgspec.structs.replace(findings[place], intensity=min(3.0, findings[place].intensity + 0.7))
        return (*findings[:place], graver, *findings[place + 1 :]), facts
    extra = Message(text="nog een", id="extra", author="a0", target="t", sent_at=START, labels=[rng.choice(LABELS)], intensity=2)
    return (*findings, find(extra, None)), facts


def test_no_prohibition_is_broken_and_more_harm_never_gives_less():
    rng, rules, weights = random.Random(20), load_rules("nl"), load_weights()
    for number in range(10_000):
        findings, facts = generated(rng)
        situation = situation_of(findings, facts, weights)
        steps = {one.step: one.strength for one in suggest(rules, situation)}
        if "summary_proceedings_perpetrator" in steps:
            assert facts.perpetrator_known is True, f"X1 in case {number}"
            assert facts.urgent is True, f"X10 in case {number}"
        if "summary_proceedings_platform" in steps:
            assert facts.removal_status == "refused", f"X2 in case {number}"
        if "trace_perpetrator" in steps:
            assert facts.perpetrator_known is False, f"X5 in case {number}"
        assert ("emergency_call" in steps) == (facts.acute_danger is True), number
        if any(one.harmful for one in findings):
            assert steps.keys() >= ALWAYS, f"X7 in case {number}"
        worse = situation_of(*harsher(findings, facts, rng), weights)
        after = {one.step: one.strength for one in suggest(rules, worse)}
        assert worse.severity >= situation.severity - 1e-9, number
        for step in POLICE:
            if step in steps:
                assert step in after, number
                assert STRENGTHS.index(after[step]) >= STRENGTHS.index(steps[step]), number


def test_whole_assessments_hold_together():
    rng = random.Random(7)
    for number in range(150):
        findings, facts = generated(rng)
        made = assess(findings, facts, rng.choice(("nl", "be")))
        assert 0 <= made.score.low <= made.severity <= made.score.high <= 100, number
        assert abs(sum(part.points for part in made.contributions) - made.severity) < 1e-9, number
        unknown = {f"fact:{name}" for name in Facts.__struct_fields__ if getattr(facts, name) is None}
        asked = {question.about for question in made.open_questions if question.about.startswith("fact:")}
        assert asked <= unknown, number
        assert all(question.effects for question in made.open_questions), number
        assert all(suggestion.reasons and suggestion.sources for suggestion in made.suggestions), number
