"""The six parts of the severity, each in points and each by itself."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

from triage.assessment import Component, Frequency
from triage.severity.readings import Reading
from triage.severity.weights import Weights

Parts = dict[Component, float]


def parts(reading: Reading, weights: Weights) -> Parts:
    """The points of each component, rounded to 0.1; all 0 without a harmful message.

    Every part rises, or stays, with whatever makes a case graver.
    """
    return {component: round(weigh(reading, weights), 1) for component, weigh in _PARTS.items()}


def answered(before: Parts, fact: str, reading: Reading, weights: Weights) -> Parts:
    """The parts of a reading in which only this fact is another."""
    component = _WEIGHS_IN[fact]
    return {**before, component: round(_PARTS[component](reading, weights), 1)}


def _content(reading: Reading, weights: Weights) -> float:
    """The gravest message, and at least the floor of acute danger where that was reported."""
    if reading.harm is None:
        return 0.0
    return max(reading.harm.gravest.points, weights.content.acute_danger if reading.acute_danger else 0.0)


def _reach(reading: Reading, weights: Weights) -> float:
    if reading.harm is None:
        return 0.0
    return reading.harm.reach_cap * min(1.0, log(1 + reading.people) / log(1 + weights.reach.full))


def times(frequency: Frequency) -> int:
    """Harmful messages: as counted, or as a person says where that is more."""
    return max(frequency.harmful, frequency.last_30_days if frequency.reported else 0)


def _repetition(reading: Reading, weights: Weights) -> float:
    return weights.repetition.points * _saturated(times(reading.frequency) - 1, weights.repetition.scale) if reading.harm else 0.0


def _persistence(reading: Reading, weights: Weights) -> float:
    given, frequency = weights.persistence, reading.frequency
    return given.active_days_points * _saturated(frequency.active_days - 1, given.active_days_scale) + (
        given.span_points * _saturated(frequency.span_days or 0.0, given.span_scale)
    )


def _saturated(amount: float, scale: float) -> float:
    """From 0 at nothing to 1 at very much: each next one adds less than the one before."""
    return 1 - exp(-max(0.0, amount) / scale)


def _impact(reading: Reading, weights: Weights) -> float:
    points: float = getattr(weights.impact, reading.impact) if reading.harm else 0.0
    return points


def circumstances(reading: Reading, weights: Weights) -> dict[str, float]:
    """What in the context weighs, each with its points before the cap; no context without a harmful message."""
    if reading.harm is None:
        return {}
    given = weights.context
    held: dict[str, float] = {flag: points for flag, points in given.flags.items() if flag in reading.harm.flags}
    if reading.public_function:
        held["function"] = given.function
    if reading.harm.victims > 1:
        held["several_victims"] = given.several_victims
    return held


def _context(reading: Reading, weights: Weights) -> float:
    return min(weights.context.points, sum(circumstances(reading, weights).values(), 0.0))


_PARTS: dict[Component, Callable[[Reading, Weights], float]] = {
    "content": _content,
    "reach": _reach,
    "repetition": _repetition,
    "persistence": _persistence,
    "impact": _impact,
    "context": _context,
}
# The one part in which each fact weighs.
_WEIGHS_IN: dict[str, Component] = {
    "acute_danger": "content",
    "reach": "reach",
    "frequency": "repetition",
    "impact": "impact",
    "target_is_official": "context",
    "target_has_public_task": "context",
}
