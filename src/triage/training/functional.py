"""Functional tests of a model, in the manner of HateCheck (Röttger et al. 2021): many short cases, each testing one named functionality.

A case is right when every label that it must carry is found and the primary label is the right one. So a harmless case is right when no
label is found at all; and an extra label spoils a case only where it outranks those that hold (an insult that is also called a threat
is wrong, a threat that is also called an insult is right).
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec

from triage.errors import InputError
from triage.labels import Classification, Label, primary
from triage.training.corpus import read_labelled
from triage.training.evaluate import Model
from triage.training.metrics import wilson

Wanted = tuple[Label, ...] | Literal["any"]


class FunctionalCase(msgspec.Struct, frozen=True, kw_only=True):
    """One case.

    Attributes:
        text: The message.
        functionality: What it tests.
        wanted: Labels that it must carry, none for a harmless case; "any" where it must carry one of them, whichever.
    """

    text: str
    functionality: str
    wanted: Wanted


class Functionality(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases of one functionality are right, with the 95% Wilson interval of the share (all 0.0-1.0)."""

    name: str
    cases: int
    right: int
    share: float
    low: float
    high: float


def is_right(found: Classification, wanted: Wanted) -> bool:
    """Whether a case comes out right.

    Example:
        >>> scores = {"insult": 0.9, "threat": 0.8, "sexual_harassment": 0.0}
        >>> both = Classification(scores=scores, labels=("insult", "threat"), intensity=2.0)
        >>> is_right(both, ("threat",)), is_right(both, ("insult",)), is_right(both, ()), is_right(both, "any")
        (True, False, False, True)
    """
    if wanted == "any":
        return bool(found.labels)
    return set(wanted) <= set(found.labels) and found.primary == primary(wanted)


def measure(model: Model, cases: Sequence[FunctionalCase]) -> tuple[Functionality, ...]:
    """The figures of every functionality, in the order in which the cases name them, and last of all cases together ("all").

    Args:
        model: What `triage.load` gives, or anything with the same `classify`.
        cases: At least one.
    """
    found = model.classify([case.text for case in cases])
    right: dict[str, list[bool]] = {}
    for case, item in zip(cases, found, strict=True):
        right.setdefault(case.functionality, []).append(is_right(item, case.wanted))
    everything = [one for each in right.values() for one in each]
    return tuple(_figures(name, each) for name, each in (*right.items(), ("all", everything)))


def _figures(name: str, right: Sequence[bool]) -> Functionality:
    low, high = wilson(sum(right), len(right))
    return Functionality(name=name, cases=len(right), right=sum(right), share=sum(right) / len(right), low=low, high=high)


def read_suite(folder: Path) -> list[FunctionalCase]:
    """The cases of a folder of labelled messages (`*.jsonl`), whose `phenomenon` is the functionality.

    Raises:
        InputError: if a line is not a labelled message.
    """
    return [FunctionalCase(text=one.text, functionality=one.phenomenon, wanted=one.labels) for one in read_labelled([folder])]


def read_hatecheck(path: Path, wanted: Mapping[str, Wanted] | None = None) -> list[FunctionalCase]:
    """The cases of a HateCheck file, such as the Dutch one of Multilingual HateCheck (Röttger et al. 2022).

    HateCheck asks whether a text is hateful towards a protected group; triage asks something else. So what a case must carry follows
    from its functionality, by `hatecheck.toml`, and not from the label in the file.

    Args:
        path: CSV in UTF-8 with the columns `functionality` and `test_case`.
        wanted: Functionality -> labels, instead of the packaged table.

    Raises:
        InputError: if it is not such a file, or a functionality is not in the table.
    """
    wanted = wanted if wanted is not None else hatecheck_labels()
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    if not rows or not all(row.get(column) for row in rows for column in ("functionality", "test_case")):
        raise InputError(
            f"{path} is not a HateCheck file: every row needs functionality and test_case.",
            nl=f"{path} is geen HateCheck-bestand: elke rij heeft functionality en test_case nodig.",
        )
    if unknown := sorted({row["functionality"] for row in rows} - set(wanted)):
        raise InputError(
            f"{path} has functionalities that the table does not map to labels: {', '.join(unknown)}.",
            nl=f"{path} heeft functionaliteiten die de tabel niet aan labels koppelt: {', '.join(unknown)}.",
        )
    return [FunctionalCase(text=row["test_case"], functionality=row["functionality"], wanted=wanted[row["functionality"]]) for row in rows]


def hatecheck_labels() -> dict[str, Wanted]:
    """What each functionality of HateCheck must carry here, by the packaged table."""
    table = tomllib.loads(files("triage.training").joinpath("hatecheck.toml").read_text("utf-8"))
    return msgspec.convert(table["labels"], dict[str, Wanted])
