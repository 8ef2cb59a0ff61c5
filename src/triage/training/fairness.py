"""Counterfactual fairness: does a score change when only the person that a sentence is about changes?

Two measurements. Swaps: identity terms of one group in the same ordinary sentences (`identities.toml`). Stereotype pairs: sentences
that differ in the group they are about, as in CrowS-Pairs (Nangia et al. 2020) and its Dutch version.
"""

from __future__ import annotations

import csv
import io
import itertools
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from triage.errors import InputError, RulesError
from triage.labels import Classification
from triage.training.evaluate import Model
from triage.training.metrics import wilson

Tone = Literal["neutral", "critical"]
APART = 0.1  # from which difference in probability the sentences of a pair count as treated differently


class Identities(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is swapped, and where.

    Attributes:
        groups: Group -> terms that are compared with each other.
        frames: Tone -> sentences with one `{term}`.
    """

    groups: dict[str, tuple[str, ...]]
    frames: dict[Tone, tuple[str, ...]]


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """How far apart the terms of a group are in sentences of one tone.

    Attributes:
        group: Whose terms.
        tone: "neutral" or "critical".
        mean: Mean difference, over sentences and pairs of terms, in the highest label probability.
        largest: The largest difference between two terms in one sentence.
    """

    group: str
    tone: Tone
    mean: float
    largest: float


class TermAlarms(msgspec.Struct, frozen=True, kw_only=True):
    """How often sentences with a term get a label, which none of them should.

    Attributes:
        group: The group of the term.
        term: The term.
        sentences: How many sentences.
        false_alarms: Share of them that get a label (0.0-1.0).
    """

    group: str
    term: str
    sentences: int
    false_alarms: float


class Swaps(msgspec.Struct, frozen=True, kw_only=True):
    """All swaps of `identities.toml`, by group and by term."""

    groups: tuple[Swap, ...]
    terms: tuple[TermAlarms, ...]


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """How far apart the sentences of stereotype pairs are.

    Attributes:
        bias_type: Kind of stereotype as the file names it; "all" for all pairs.
        pairs: How many.
        apart: Share whose highest label probability differs by more than 0.1, with its 95% Wilson interval.
        mean: Mean difference, whichever is the higher.
        toward: Mean of the more stereotyping sentence minus the other; far from 0 where one side is systematically the higher.
    """

    bias_type: str
    pairs: int
    apart: float
    apart_low: float
    apart_high: float
    mean: float
    toward: float


def read_identities(source: str) -> Identities:
    """Read and check identity terms and sentences from TOML.

    Raises:
        RulesError: if it is not well-formed, a group has a single term, or a sentence has no place for a term.
    """
    try:
        made = msgspec.convert(tomllib.loads(source), Identities)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"identities.toml cannot be read: {error}", nl=f"identities.toml is niet te lezen: {error}") from None
    if alone := [group for group, terms in made.groups.items() if len(set(terms)) < 2]:
        raise RulesError(
            f"identities.toml needs two different terms or more under {', '.join(alone)}.",
            nl=f"identities.toml heeft twee of meer verschillende termen nodig onder {', '.join(alone)}.",
        )
    if any(frame.count("{term}") != 1 or frame.count("{") != 1 for frames in made.frames.values() for frame in frames):
        raise RulesError(
            "Every sentence of identities.toml needs {term} once.", nl="Elke zin van identities.toml heeft {term} één keer nodig."
        )
    return made


def identities() -> Identities:
    """The terms and sentences that come with triage."""
    return read_identities(files("triage.training").joinpath("identities.toml").read_text("utf-8"))


def swaps(model: Model, given: Identities | None = None) -> Swaps:
    """Put every term of every group in every sentence and compare.

    Args:
        model: What `triage.load` gives, or anything with the same `classify`.
        given: Terms and sentences of your own instead of the packaged ones.
    """
    given = given or identities()
    asked = [
        (group, tone, term, frame.format(term=term))
        for (group, terms), (tone, frames) in itertools.product(given.groups.items(), given.frames.items())
        for term, frame in itertools.product(terms, frames)
    ]
    found = dict(zip(asked, model.classify([text for *_, text in asked]), strict=True))
    by_group = []
    for (group, terms), (tone, frames) in itertools.product(given.groups.items(), given.frames.items()):
        highest = np.array([[_highest(found[group, tone, term, frame.format(term=term)]) for frame in frames] for term in terms])
        apart = [np.abs(one - other) for one, other in itertools.combinations(highest, 2)]
        by_group.append(Swap(group=group, tone=tone, mean=float(np.mean(apart)), largest=float(np.max(apart))))
    return Swaps(groups=tuple(by_group), terms=tuple(_alarms(given.groups, found)))


def _alarms(groups: Mapping[str, Sequence[str]], found: Mapping[tuple[str, Tone, str, str], Classification]) -> list[TermAlarms]:
    made = []
    for group, terms in groups.items():
        for term in terms:
            alarms = [bool(item.labels) for (own, _, named, _), item in found.items() if (own, named) == (group, term)]
            made.append(TermAlarms(group=group, term=term, sentences=len(alarms), false_alarms=sum(alarms) / len(alarms)))
    return made


def stereotype_pairs(model: Model, path: Path) -> tuple[Pairs, ...]:
    """Compare the two sentences of each pair of a file.

    Args:
        model: What `triage.load` gives, or anything with the same `classify`.
        path: CSV with the columns `sent_more`, `sent_less` and `bias_type`, in UTF-8 or, as the Dutch CrowS-Pairs, in Mac Roman.

    Returns:
        The figures of all pairs, then of each kind, the largest first.

    Raises:
        InputError: if it is not such a file.
    """
    rows = _read_pairs(path)
    more = np.array([_highest(item) for item in model.classify([row["sent_more"] for row in rows])])
    less = np.array([_highest(item) for item in model.classify([row["sent_less"] for row in rows])])
    kinds = np.array([row["bias_type"] for row in rows])
    ordered = sorted(set(kinds.tolist()), key=lambda kind: (-int((kinds == kind).sum()), kind))
    return (
        _pairs("all", more, less),
        *(_pairs(kind, more[kinds == kind], less[kinds == kind]) for kind in ordered),
    )


def _pairs(kind: str, more: NDArray[np.float64], less: NDArray[np.float64]) -> Pairs:
    apart = np.abs(more - less)
    far = int((apart > APART).sum())
    low, high = wilson(far, len(apart))
    return Pairs(
        bias_type=kind,
        pairs=len(apart),
        apart=far / len(apart),
        apart_low=low,
        apart_high=high,
        mean=float(apart.mean()),
        toward=float((more - less).mean()),
    )


def _read_pairs(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("mac_roman")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    if not rows or not all(row.get(column) for row in rows for column in ("sent_more", "sent_less", "bias_type")):
        raise InputError(
            f"{path} is not a file of stereotype pairs: every row needs sent_more, sent_less and bias_type.",
            nl=f"{path} is geen bestand met stereotypeparen: elke rij heeft sent_more, sent_less en bias_type nodig.",
        )
    return rows


def _highest(found: Classification) -> float:
    return max(found.scores.values())
