"""The numbers behind the severity, read from `weights.toml` and checked."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args

import msgspec

from triage.errors import RulesError
from triage.labels import LABELS, Flag, Label
from triage.language import Text

Points = Annotated[float, msgspec.Meta(ge=0, le=100)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Intensity = Annotated[float, msgspec.Meta(ge=0, le=3)]
Scale = Annotated[float, msgspec.Meta(gt=0)]
Readers: TypeAlias = tuple[Annotated[int, msgspec.Meta(ge=0)], Annotated[int, msgspec.Meta(ge=0)]]
Audience = Literal["direct", "group", "public", "unknown"]
FollowedAudience = Literal["group", "public", "unknown"]

BUILT_IN = Path(__file__).with_name("weights.toml")


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a name that is not known is a mistake and not ignored."""


class Floor(_Table, frozen=True):
    """The least a kind of message counts for: 0 up to intensity `begins`, evenly growing to `points` from `full`."""

    begins: Intensity
    full: Intensity
    points: Points

    def at(self, intensity: float) -> float:
        """The floor at one intensity, in points."""
        return self.points * min(1.0, max(0.0, (intensity - self.begins) / (self.full - self.begins)))


class ContentWeights(_Table, frozen=True):
    """What a message by itself weighs."""

    share_if_improbable: Share
    acute_danger: Points
    points: dict[Label, tuple[Points, Points, Points, Points]]
    floors: dict[Label | Flag, Floor]


class ShareWeights(_Table, frozen=True):
    """What a share of a message brings."""

    readers: Readers


class ReachWeights(_Table, frozen=True):
    """How readers are estimated, and what they weigh."""

    full: Annotated[int, msgspec.Meta(ge=1)]
    caps: dict[Label | Flag, Points]
    visibility: dict[Audience, Readers]
    followers: dict[FollowedAudience, tuple[Share, Share]]
    shares: ShareWeights


class RepetitionWeights(_Table, frozen=True):
    """What the number of harmful messages weighs."""

    points: Points
    scale: Scale


class PersistenceWeights(_Table, frozen=True):
    """What the days of harmful messages weigh."""

    active_days_points: Points
    active_days_scale: Scale
    span_points: Points
    span_scale: Scale


class ImpactWeights(_Table, frozen=True):
    """What the impact on the employee weighs."""

    none: Points
    low: Points
    medium: Points
    high: Points
    unknown: Points


class ContextWeights(_Table, frozen=True):
    """What the circumstances weigh."""

    points: Points
    function: Points
    several_victims: Points
    flags: dict[Flag, Points]


class UncertaintyWeights(_Table, frozen=True):
    """How far the model may be off."""

    intensity_sure: Intensity
    intensity_unsure: Intensity
    plausible: Share


class Bands(_Table, frozen=True):
    """Where each band begins, in points."""

    medium: Points
    high: Points
    critical: Points


class PileOn(_Table, frozen=True):
    """When many authors make a pile-on."""

    authors: Annotated[int, msgspec.Meta(ge=2)]
    hours: Scale


class Weights(_Table, frozen=True):
    """All numbers behind the severity; the file itself says why each is what it is.

    Attributes:
        version: The name of this set of numbers.
        content, reach, repetition, persistence, impact, context: What each component weighs, in points 0-100.
        uncertainty: How far the model may be off; it makes the range.
        bands: Where each band begins.
        pile_on: When many authors make a pile-on.
    """

    version: str
    content: ContentWeights
    reach: ReachWeights
    repetition: RepetitionWeights
    persistence: PersistenceWeights
    impact: ImpactWeights
    context: ContextWeights
    uncertainty: UncertaintyWeights
    bands: Bands
    pile_on: PileOn


def load_weights(path: str | Path | None = None) -> Weights:
    """Read the weights, and check that a graver case can never score lower with them.

    Args:
        path: A file in the form of the built-in `weights.toml`; None reads that one.

    Returns:
        The weights.

    Raises:
        RulesError: naming the file and the number that is wrong.

    Example:
        >>> load_weights().bands.critical
        75.0
    """
    return _built_in() if path is None else _read(Path(path))


@cache
def _built_in() -> Weights:
    return _read(BUILT_IN)


def _read(path: Path) -> Weights:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        weights = msgspec.convert(data, Weights)
    except OSError:
        raise RulesError(f"Weights {path} cannot be read.", nl=f"Gewichten {path} zijn niet te lezen.") from None
    except (ValueError, msgspec.ValidationError) as error:
        raise _wrong(path, Text(nl=str(error), en=str(error))) from None
    for problem in (*_not_finite(data, ""), *_problems(weights)):
        raise _wrong(path, problem)
    return weights


def _wrong(path: Path, problem: Text) -> RulesError:
    return RulesError(f"Weights {path.name}, correct this: {problem.en}.", nl=f"Gewichten {path.name}, pas dit aan: {problem.nl}.")


def _not_finite(value: object, name: str) -> Iterator[Text]:
    """TOML knows inf and nan; no weight may be either."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _not_finite(item, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list):
        for item in value:
            yield from _not_finite(item, name)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Text(nl=f"{name} moet een eindig getal zijn", en=f"{name} must be a finite number")


def _problems(weights: Weights) -> Iterator[Text]:
    """What the types cannot say: the tables are complete, and every scale rises."""
    content, reach, impact, bands, doubt = weights.content, weights.reach, weights.impact, weights.bands, weights.uncertainty
    complete: dict[str, tuple[Sequence[str], Collection[str]]] = {
        "content.points": (LABELS, content.points),
        "reach.caps": (LABELS, reach.caps),
        "reach.visibility": (get_args(Audience), reach.visibility),
        "reach.followers": (get_args(FollowedAudience), reach.followers),
    }
    for table, (needed, present) in complete.items():
        for name in needed:
            if name not in present:
                yield Text(nl=f"{table}.{name} ontbreekt", en=f"{table}.{name} is missing")
    rising: dict[str, Sequence[float]] = {
        **{f"content.points.{label}": points for label, points in content.points.items()},
        **{f"reach.visibility.{name}": readers for name, readers in reach.visibility.items()},
        **{f"reach.followers.{name}": shares for name, shares in reach.followers.items()},
        "reach.shares.readers": reach.shares.readers,
        "impact none, low, medium, high": (impact.none, impact.low, impact.medium, impact.high),
        "impact none, unknown, high": (impact.none, impact.unknown, impact.high),
        "uncertainty intensity_sure, intensity_unsure": (doubt.intensity_sure, doubt.intensity_unsure),
    }
    for name, numbers in rising.items():
        if list(numbers) != sorted(numbers):
            yield Text(nl=f"{name} mag niet dalen", en=f"{name} must not go down")
    for kind, floor in content.floors.items():
        if floor.begins >= floor.full:
            name = f"content.floors.{kind}"
            yield Text(nl=f"{name}.begins moet lager zijn dan full", en=f"{name}.begins must be below full")
    if not 0 < bands.medium < bands.high < bands.critical:
        yield Text(nl="bands moet stijgen: medium, high, critical", en="bands must rise: medium, high, critical")
