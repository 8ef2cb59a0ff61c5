"""Three ways to read a case: as is likely, at its mildest and at its gravest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec.structs import replace

from triage.assessment import Frequency, Reach
from triage.case import DEFAULT_INTENSITY, Facts, Finding, Impact
from triage.labels import LABELS
from triage.severity.frequency import measure_frequency
from triage.severity.harm import Harm, harm_of
from triage.severity.reach import estimate_reach, middle
from triage.severity.weights import UncertaintyWeights, Weights


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the severity is reckoned from, with nothing left open.

    Attributes:
        harm: What the findings with a label weigh; None where no finding has one.
        people: Readers, 0 or more.
        frequency: How often.
        impact: As reported, or what is put in its place.
        public_function: Is the target an official or someone with a public task?
        acute_danger: Is someone in danger now?
    """

    harm: Harm | None
    people: int
    frequency: Frequency
    impact: Impact | Literal["unknown"]
    public_function: bool
    acute_danger: bool


def likely(harm: Harm | None, facts: Facts, reach: Reach, frequency: Frequency) -> Reading:
    """The case as it most plausibly is; unknown reach is the middle of its range."""
    return Reading(
        harm=harm,
        people=middle(reach.low, reach.high) if reach.people is None else reach.people,
        frequency=frequency,
        impact=facts.impact or "unknown",
        public_function=facts.target_is_official is True or facts.target_has_public_task is True,
        acute_danger=facts.acute_danger is True,
    )


def mildest(findings: Sequence[Finding], facts: Facts, reach: Reach, frequency: Frequency, weights: Weights) -> Reading:
    """The case where every doubt of the model and every unknown fact turns out mild."""
    fewest = reach.low
    left = [_milder(finding, weights.uncertainty) for finding in findings if finding.labels]
    if not all(finding.labels for finding in left):  # else reach and frequency stay as they are
        fewest = min(fewest, estimate_reach(left, facts, weights).low)
        frequency = measure_frequency(left, facts)
    return Reading(
        harm=harm_of(left, weights),
        people=fewest,
        frequency=frequency,
        impact=facts.impact or "none",
        public_function=facts.target_is_official is True or facts.target_has_public_task is True,
        acute_danger=facts.acute_danger is True,
    )


def gravest(findings: Sequence[Finding], facts: Facts, reach: Reach, frequency: Frequency, weights: Weights) -> Reading:
    """The case where every doubt of the model and every unknown fact turns out grave.

    Acute danger that nobody reported is left out: it would stretch every range to the top and say nothing.
    """
    most = reach.high
    feared = [(finding, _graver(finding, weights.uncertainty)) for finding in findings]
    harmful = [graver for _, graver in feared if graver.labels]
    if any(graver.labels and not finding.labels for finding, graver in feared):  # else reach and frequency stay as they are
        most = max(most, estimate_reach(harmful, facts, weights).high)
        frequency = measure_frequency(harmful, facts)
    return Reading(
        harm=harm_of(harmful, weights),
        people=most,
        frequency=_on_other_days(frequency, harmful),
        impact=facts.impact or "high",
        public_function=facts.target_is_official is not False or facts.target_has_public_task is not False,
        acute_danger=facts.acute_danger is True,
    )


def _milder(finding: Finding, doubt: UncertaintyWeights) -> Finding:
    """The same message where the model was too strict; a label it is unsure of falls away."""
    if finding.decided_by == "person":
        return finding
    if finding.unsure:
        return replace(finding, labels=(), intensity=0.0)
    return replace(
        finding,
        # As far below the probability as certainty lies above it.
        scores={label: max(0.0, 2 * score - 1) for label, score in finding.scores.items()},
        intensity=max(0.0, finding.intensity - doubt.intensity_sure),
    )


def _graver(finding: Finding, doubt: UncertaintyWeights) -> Finding:
    """The same message where the model was too lenient; where it is unsure, every plausible label holds."""
    if finding.decided_by == "person" or not (finding.harmful or finding.unsure):
        return finding
    plausible = [label for label, score in finding.scores.items() if finding.unsure and score >= doubt.plausible]
    labels = tuple(label for label in LABELS if label in finding.labels or label in plausible)
    margin = doubt.intensity_unsure if finding.unsure else doubt.intensity_sure
    # A harmless message has intensity 0 and says nothing of how grave its label would be.
    intensity = finding.intensity + margin if finding.harmful else DEFAULT_INTENSITY
    return replace(finding, scores=dict.fromkeys(labels, 1.0), labels=labels, intensity=min(3.0, intensity))


def _on_other_days(frequency: Frequency, harmful: Sequence[Finding]) -> Frequency:
    """Let messages without a time, or that only a person knows of, each be of another day, long apart."""
    reported = frequency.last_30_days if frequency.reported else 0
    unseen = sum(finding.message.sent_at is None for finding in harmful) + max(0, reported - frequency.harmful)
    if unseen == 0 or max(reported, frequency.harmful) == 1:
        return frequency
    return replace(frequency, active_days=frequency.active_days + unseen, span_days=math.inf)
