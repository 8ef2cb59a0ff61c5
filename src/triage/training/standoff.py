"""Labels for texts that may be read but not copied: kept by a digest of the text, joined with it where the text is at hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from triage.errors import InputError
from triage.labels import Label
from triage.training.corpus import Labelled
from triage.training.rawtext import read_lines


class StandOff(msgspec.Struct, frozen=True, kw_only=True):
    """The label of one text that is kept elsewhere.

    Attributes:
        sha: First 12 hex digits of the SHA-256 of the stripped text.
        labels, intensity: As in the annotation guideline.
        source: Which file the text stands in (without its ending).
        doubtful: True where two careful readers could differ.
    """

    sha: str
    labels: tuple[Label, ...]
    intensity: int
    source: str
    doubtful: bool = False


def digest(text: str) -> str:
    """The first 12 hex digits of the SHA-256 of the stripped text.

    Example:
        >>> digest(" hallo ") == digest("hallo")
        True
    """
    return hashlib.sha256(text.strip().encode()).hexdigest()[:12]


def read_standoff(path: Path) -> list[StandOff]:
    """Read stand-off annotations from JSON Lines.

    Raises:
        InputError: naming the line that is not one.
    """
    made = []
    for number, line in enumerate(read_lines(path), start=1):
        try:
            made.append(msgspec.convert(json.loads(line), StandOff))
        except (ValueError, msgspec.ValidationError) as error:
            raise InputError(f"{path}, line {number}: {error}", nl=f"{path}, regel {number}: {error}") from None
    return made


def join(annotations: Iterable[StandOff], folder: Path) -> list[Labelled]:
    """Labelled messages from stand-off annotations and the texts under a folder.

    Args:
        annotations: The labels.
        folder: Searched for `SOURCE.txt`, `SOURCE.txt.xz` and `SOURCE.jsonl` (with a `text`), at any depth.

    Returns:
        The messages whose text was found; texts that are not at hand are left out.
    """
    wanted = {annotation.sha: annotation for annotation in annotations}
    sources = {annotation.source for annotation in wanted.values()}
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name.split(".")[0] in sources:
            for text in _texts(path):
                if annotation := wanted.pop(digest(text), None):
                    found.append(
                        Labelled(
                            text=text,
                            labels=annotation.labels,
                            intensity=annotation.intensity,
                            id=annotation.sha,
                            phenomenon="real",
                            recipient=annotation.source,
                            note="doubtful" if annotation.doubtful else "",
                        )
                    )
    return found


def _texts(path: Path) -> Iterator[str]:
    for line in read_lines(path):
        if path.suffix == ".jsonl":
            yield str(json.loads(line)["text"])
        else:
            yield line
