"""OUTPUT.manifest.json: what was scored, by what, how, and what became of it. No message and no name of a person stands in it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from triage.language import Text
from triage.tables.workfolder import FileMark
from triage.tables.writing import unfinished


class Reason(msgspec.Struct, frozen=True):
    """How often something could not be read, and why."""

    nl: str
    en: str
    count: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run.

    Attributes:
        triage: Version of triage.
        model: Name, version, digest and settings of the model, its thresholds among them.
        settings: The settings of the command.
        inputs: The exports, in their order, with their SHA-256.
        previous: The earlier output whose scores were taken over; None where there was none.
        output: The file that was made.
        read, scored, rejected: Rows; read == scored + rejected.
        warnings: Values that were left empty or repaired.
        taken_over: Rows whose scores were taken over from an earlier output.
        needs_review: Rows in which the model should not be trusted alone.
        reasons: Why rows were rejected and values left empty or repaired, the most frequent first.
        notices: Remarks on whole files.
        started, finished: When, in UTC.
    """

    triage: str
    model: dict[str, Any]
    settings: dict[str, Any]
    inputs: tuple[FileMark, ...]
    previous: FileMark | None
    output: FileMark
    read: int
    scored: int
    rejected: int
    warnings: int
    taken_over: int
    needs_review: int
    reasons: tuple[Reason, ...]
    notices: tuple[Text, ...]
    started: datetime
    finished: datetime

    def write(self, path: Path, part: Path | None = None) -> None:
        """Write it as JSON; `part` is where the file grows, as in `unfinished`."""
        with unfinished(path, part) as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    @classmethod
    def read_from(cls, path: Path) -> Manifest:
        """Read what `write` wrote."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


def manifest_path(output: Path) -> Path:
    """Where the manifest of an output stands.

    Example:
        >>> manifest_path(Path("scored.parquet")).name
        'scored.parquet.manifest.json'
    """
    return output.with_name(f"{output.name}.manifest.json")


def rejects_path(output: Path) -> Path:
    """Where the rows and values stand that could not be read.

    Example:
        >>> rejects_path(Path("scored.parquet")).name
        'scored.parquet.rejects.csv'
    """
    return output.with_name(f"{output.name}.rejects.csv")
