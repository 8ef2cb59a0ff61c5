"""How grave a case is: six parts that add up to 0-100, with a range.

Every part rises, or stays, with everything that makes a case graver, so the sum does too: one more harmful message, one more
label, a higher intensity or probability, more readers, more days, more impact never lower it. A message without a label takes
no part in anything. Who the sender is and over which platform a message came weigh nothing (LEGAL 6.2; guidance R24).
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.assessment import Band, Contribution, Frequency, Reach, Severity
from triage.case import Facts, Finding
from triage.severity.parts import Parts, parts
from triage.severity.readings import gravest, likely, mildest
from triage.severity.reasons import reasons
from triage.severity.weights import Bands, Weights, load_weights

NOTHING = Severity(value=0.0, low=0.0, high=0.0, band="low", contributions=())


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
    reading = likely(findings, facts, reach, frequency)
    grave = gravest(findings, facts, reach, weights)
    if not grave.harmful:
        return NOTHING
    full = parts(reading, weights)
    points = _within_hundred(full)
    low = parts(mildest(findings, facts, reach, weights), weights)
    high = parts(grave, weights)
    value = _total(points)
    why = reasons(reading, reach, full, points, weights, doubtful=sum(finding.unsure for finding in findings))
    return Severity(
        value=value,
        low=min(value, _total(_within_hundred(low))),
        high=max(value, _total(_within_hundred(high))),
        band=_band(value, weights.bands),
        contributions=tuple(
            Contribution(
                component=component,
                points=points[component],
                low=min(points[component], low[component]),
                high=max(points[component], high[component]),
                reason=why[component],
            )
            for component in points
        ),
    )


def _within_hundred(parts: Parts) -> Parts:
    """The same points, with what exceeds 100 together taken from the last parts."""
    left = 100.0
    kept: Parts = {}
    for component, points in parts.items():
        kept[component] = min(points, left)
        left = round(left - kept[component], 1)
    return kept


def _total(parts: Parts) -> float:
    return round(sum(parts.values()), 1)


def _band(value: float, bands: Bands) -> Band:
    if value >= bands.critical:
        return "critical"
    if value >= bands.high:
        return "high"
    return "medium" if value >= bands.medium else "low"
