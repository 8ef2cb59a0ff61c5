"""How a dossier was made: versions, rules, weights and choices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from triage.assessment import Assessment
from triage.case import Facts
from triage.severity import load_weights
from triage.tables.cases import load_case_rules

_LIBRARIES = ("bagit", "fpdf2", "pymupdf-fonts", "uharfbuzz")
_MASKING = ("phonenumbers", "python-stdnum", "simplemma")


class Input(msgspec.Struct, frozen=True):
    """A file that was read."""

    name: str
    sha256: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting that shaped a dossier; written as settings.json.

    Attributes:
        triage: Its version.
        libraries: The versions of the libraries that wrote it.
        models: Name and version of the models that judged the messages.
        jurisdiction, lang: As chosen.
        rules: Name and version of the rules and the weights.
        weights, case_rules: The numbers of weights.toml and cases.toml.
        facts: What a person knows.
        scored: The scored files.
        corrections: Files with what a person judged otherwise.
        day, day_given: Its date, and whether that was given.
        pseudonymised: Were names replaced and texts masked?
        keyed: Were the pseudonyms reckoned with a key?
        also_masked: How many more names were given to mask.
    """

    triage: str
    libraries: dict[str, str]
    models: tuple[str, ...]
    jurisdiction: str
    lang: str
    rules: str
    weights: Any
    case_rules: Any
    facts: Facts
    scored: tuple[Input, ...]
    corrections: tuple[Input, ...] = ()
    day: date
    day_given: bool
    pseudonymised: bool = False
    keyed: bool = False
    also_masked: int = 0


def settings_of(
    a: Assessment,
    scored: Sequence[Input],
    day: date,
    lang: str,
    *,
    day_given: bool,
    pseudonymised: bool,
    keyed: bool,
    also_masked: int,
    corrections: Sequence[Input] = (),
) -> Settings:
    """The settings of a dossier on a case."""
    names = _LIBRARIES + (_MASKING if pseudonymised else ())
    return Settings(
        triage=version("triage"),
        libraries={name: version(name) for name in names},
        models=tuple(sorted({finding.model for finding in a.findings if finding.model})),
        jurisdiction=a.jurisdiction,
        lang=lang,
        rules=a.rules,
        weights=msgspec.to_builtins(load_weights()),
        case_rules=msgspec.to_builtins(load_case_rules()),
        facts=a.facts,
        scored=tuple(scored),
        corrections=tuple(corrections),
        day=day,
        day_given=day_given,
        pseudonymised=pseudonymised,
        keyed=keyed,
        also_masked=also_masked,
    )


def hashed(path: Path, name: str) -> Input:
    """A file under a name, with its SHA-256."""
    with path.open("rb") as stream:
        return Input(name, hashlib.file_digest(stream, "sha256").hexdigest())
