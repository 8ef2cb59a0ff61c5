"""The six parts of the severity, each in points and each by itself."""

from __future__ import annotations

from math import exp, log

import msgspec

from triage.assessment import Component, Frequency
from triage.case import Finding
from triage.labels import Label
from triage.severity.readings import Reading
from triage.severity.weights import ContentWeights, Weights

Parts = dict[Component, float]


class Weighed(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What one label of one message weighs; the fields after the points settle which of two equals is named.

    Attributes:
        points: 0.0 or more.
        by_label: The points of the label alone, without a floor.
        intensity: 0.0-3.0.
        probability: 0.0-1.0.
        label: The label.
        floor: The label or flag whose floor was applied, or "".
        by_person: True where a person gave the label.
    """

    points: float
    by_label: float
    intensity: float
    probability: float
    label: Label
    floor: str
    by_person: bool


def parts(reading: Reading, weights: Weights) -> Parts:
    """The points of each component, rounded to 0.1; all 0 without a harmful message.

    Every part rises, or stays, with whatever makes a case graver.
    """
    return {
        "content": round(content(reading, weights), 1),
        "reach": round(_reach(reading, weights), 1),
        "repetition": round(_repetition(reading, weights), 1),
        "persistence": round(_persistence(reading, weights), 1),
        "impact": round(getattr(weights.impact, reading.impact) if reading.harmful else 0.0, 1),
        "context": round(_context(reading, weights), 1),
    }


def content(reading: Reading, weights: Weights) -> float:
    """The gravest message, and at least the floor of acute danger where that was reported."""
    if not reading.harmful:
        return 0.0
    return max(gravest_message(reading, weights).points, weights.content.acute_danger if reading.acute_danger else 0.0)


def gravest_message(reading: Reading, weights: Weights) -> Weighed:
    """The heaviest label of the heaviest message."""
    return max(_weigh(finding, label, weights.content) for finding in reading.harmful for label in finding.labels)


def _weigh(finding: Finding, label: Label, weights: ContentWeights) -> Weighed:
    probability = finding.scores.get(label, 1.0)
    share = weights.share_if_improbable + (1 - weights.share_if_improbable) * probability
    by_label = share * _between(weights.points[label], finding.intensity)
    floors = [(weights.floors[kind].at(finding.intensity), kind) for kind in (label, *finding.flags) if kind in weights.floors]
    least, kind = max(floors, default=(0.0, ""))
    return Weighed(
        points=max(by_label, least),
        by_label=by_label,
        intensity=finding.intensity,
        probability=probability,
        label=label,
        floor=kind if least > by_label else "",
        by_person=finding.decided_by == "person",
    )


def _between(points: tuple[float, ...], intensity: float) -> float:
    """A straight line between the points of the whole intensities."""
    below = min(int(intensity), len(points) - 2)
    return points[below] + (intensity - below) * (points[below + 1] - points[below])


def reach_cap(reading: Reading, weights: Weights) -> float:
    """The most that reach can add: the highest cap among the labels and flags of the harmful messages."""
    caps = weights.reach.caps
    kinds = {kind for finding in reading.harmful for kind in (*finding.labels, *finding.flags)}
    return max((caps[kind] for kind in kinds if kind in caps), default=0.0)


def _reach(reading: Reading, weights: Weights) -> float:
    return reach_cap(reading, weights) * min(1.0, log(1 + reading.people) / log(1 + weights.reach.full))


def times(frequency: Frequency) -> int:
    """Harmful messages: as counted, or as a person says where that is more."""
    return max(frequency.harmful, frequency.last_30_days if frequency.reported else 0)


def _repetition(reading: Reading, weights: Weights) -> float:
    return weights.repetition.points * _saturated(times(reading.frequency) - 1, weights.repetition.scale) if reading.harmful else 0.0


def _persistence(reading: Reading, weights: Weights) -> float:
    given, frequency = weights.persistence, reading.frequency
    return given.active_days_points * _saturated(frequency.active_days - 1, given.active_days_scale) + (
        given.span_points * _saturated(frequency.span_days or 0.0, given.span_scale)
    )


def _saturated(amount: float, scale: float) -> float:
    """From 0 at nothing to 1 at very much: each next one adds less than the one before."""
    return 1 - exp(-max(0.0, amount) / scale)


def circumstances(reading: Reading, weights: Weights) -> dict[str, float]:
    """What in the context weighs, each with its points before the cap; no context without a harmful message."""
    if not reading.harmful:
        return {}
    given = weights.context
    flags = {flag for finding in reading.harmful for flag in finding.flags}
    victims = {finding.message.target for finding in reading.harmful} - {None}
    held: dict[str, float] = {flag: points for flag, points in given.flags.items() if flag in flags}
    if reading.public_function:
        held["function"] = given.function
    if len(victims) > 1:
        held["several_victims"] = given.several_victims
    return held


def _context(reading: Reading, weights: Weights) -> float:
    return min(weights.context.points, sum(circumstances(reading, weights).values(), 0.0))
