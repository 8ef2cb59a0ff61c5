"""What the harmful messages of a case weigh by themselves, before anything that only a person knows."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from triage.case import Finding
from triage.labels import Flag, Label
from triage.severity.weights import ContentWeights, Weights


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


class Harm(msgspec.Struct, frozen=True, kw_only=True):
    """The harmful messages of a case.

    Attributes:
        gravest: The heaviest label of the heaviest message.
        reach_cap: The most that reach can add, in points: the highest cap among the labels and flags.
        flags: All flags.
        victims: How many different targets they name.
    """

    gravest: Weighed
    reach_cap: float
    flags: frozenset[Flag]
    victims: int


def harm_of(findings: Sequence[Finding], weights: Weights) -> Harm | None:
    """What the harmful ones of these findings weigh; None where none is harmful."""
    harmful = [finding for finding in findings if finding.labels]
    if not harmful:
        return None
    caps = weights.reach.caps
    flags = frozenset(flag for finding in harmful for flag in finding.flags)
    kinds = flags.union(*(finding.labels for finding in harmful))
    return Harm(
        gravest=max(_weigh(finding, label, weights.content) for finding in harmful for label in finding.labels),
        reach_cap=max((caps[kind] for kind in kinds if kind in caps), default=0.0),
        flags=flags,
        victims=len({finding.message.target for finding in harmful} - {None}),
    )


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
