"""How grave a case is: six parts that add up to 0-100, with a range.

Every part rises, or stays, with everything that makes a case graver, so the sum does too: one more harmful message, one more
label, a higher intensity or probability, more readers, more days, more impact never lower it. A message without a label takes
no part in anything. Who the sender is and over which platform a message came weigh nothing (LEGAL 6.2; guidance R24).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from triage.assessment import Band, Contribution, Frequency, Reach, Severity
from triage.case import Facts, Finding
from triage.severity.harm import harm_of
from triage.severity.parts import Parts, answered, parts
from triage.severity.readings import Reading, gravest, likely, mildest
from triage.severity.reasons import reasons
from triage.severity.weights import Bands, Weights, load_weights


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """The severity in numbers, without its reasons.

    Attributes:
        value, low, high: The severity and its range, 0.0-100.0.
        band: "low", "medium", "high" or "critical".
        reading: The case as it most plausibly is.
        full: The points of each part, before the sum stops at 100; none where no message is harmful, nor may be.
        mild, grave: The same with every doubt and unknown fact at its mildest and at its gravest.
    """

    value: float
    low: float
    high: float
    band: Band
    reading: Reading
    full: Parts
    mild: Parts
    grave: Parts


def severity_of(findings: Sequence[Finding], facts: Facts, reach: Reach, frequency: Frequency, weights: Weights) -> float:
    """The value of the severity alone, 0.0-100.0; see `score_case`."""
    return _total(parts(likely(harm_of(findings, weights), facts, reach, frequency), weights))


def severity_after(score: Score, fact: str, facts: Facts, reach: Reach, frequency: Frequency, weights: Weights) -> float:
    """The value of the severity where one fact is another; only the part in which it weighs is reckoned again."""
    return _total(answered(score.full, fact, likely(score.reading.harm, facts, reach, frequency), weights))


def reckon(findings: Sequence[Finding], facts: Facts, reach: Reach, frequency: Frequency, weights: Weights) -> Score:
    """Reckon the severity of a case; see `score_case`."""
    reading = likely(harm_of(findings, weights), facts, reach, frequency)
    worst = gravest(findings, facts, reach, frequency, weights)
    if worst.harm is None:
        return Score(value=0.0, low=0.0, high=0.0, band="low", reading=reading, full={}, mild={}, grave={})
    full, grave = parts(reading, weights), parts(worst, weights)
    mild = parts(mildest(findings, facts, reach, frequency, weights), weights)
    value = _total(full)
    return Score(
        value=value,
        low=min(value, _total(mild)),
        high=max(value, _total(grave)),
        band=_band(value, weights.bands),
        reading=reading,
        full=full,
        mild=mild,
        grave=grave,
    )


def score_case(findings: Sequence[Finding], facts: Facts, reach: Reach, frequency: Frequency, weights: Weights | None = None) -> Severity:
    """Score how grave a case is.

    The gravest message by itself, its reach, repetition, persistence, impact and context each add points, rounded to 0.1. The
    sum stops at 100: what exceeds it is taken from the last parts (the range of a part is its own, before that). The range comes
    from reckoning the same case with every doubt of the model and every unknown fact at its mildest and at its gravest; what a
    person decided is certain.

    Args:
        findings: The messages of the case, in any order.
        facts: What a person knows; `impact`, the target's function and `acute_danger` weigh.
        reach: As `estimate_reach` gives it.
        frequency: As `measure_frequency` gives it.
        weights: The numbers; None takes the built-in ones.

    Returns:
        The severity. Without a harmful message its value is 0; without doubt about any message it then has no contributions.

    Example:
        >>> from triage.message import Message
        >>> from triage.severity import estimate_reach, measure_frequency
        >>> note = Message(text="Ik weet waar je woont", visibility="direct")
        >>> found = Finding(message=note, scores={"threat": 1.0}, labels=("threat",), intensity=2.5, decided_by="person")
        >>> facts = Facts(impact="low")
        >>> severity = score_case([found], facts, estimate_reach([found], facts), measure_frequency([found], facts))
        >>> severity.value, severity.band
        (59.2, 'high')
    """
    weights = weights or load_weights()
    return explain(reckon(findings, facts, reach, frequency, weights), findings, reach, weights)


def explain(score: Score, findings: Sequence[Finding], reach: Reach, weights: Weights) -> Severity:
    """The same severity with the reasons of its parts; see `score_case`."""
    points = _within_hundred(score.full)
    why = reasons(score.reading, reach, score.full, points, weights, doubtful=sum(finding.unsure for finding in findings))
    return Severity(
        value=score.value,
        low=score.low,
        high=score.high,
        band=score.band,
        contributions=tuple(
            Contribution(
                component=component,
                points=points[component],
                low=min(points[component], score.mild[component]),
                high=max(points[component], score.grave[component]),
                reason=why[component],
            )
            for component in points
        ),
    )


def _total(parts: Parts) -> float:
    """The sum of the parts, which stops at 100."""
    together = sum(parts.values())
    return round(together if together < 99 else sum(_within_hundred(parts).values()), 1)


def _within_hundred(parts: Parts) -> Parts:
    """The same points, with what exceeds 100 together taken from the last parts."""
    left = 100.0
    kept: Parts = {}
    for component, points in parts.items():
        kept[component] = min(points, left)
        left = round(left - kept[component], 1)
    return kept


def _band(value: float, bands: Bands) -> Band:
    if value >= bands.critical:
        return "critical"
    if value >= bands.high:
        return "high"
    return "medium" if value >= bands.medium else "low"
