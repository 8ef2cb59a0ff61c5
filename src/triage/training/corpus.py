"""Labelled messages: JSON Lines in the form of the annotation guideline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from triage.errors import InputError
from triage.labels import LABELS, Label


class Labelled(msgspec.Struct, frozen=True, kw_only=True):
    """One labelled message.

    Attributes:
        text: The message.
        labels: Labels that hold; empty for a harmless message.
        intensity: 0-3; 0 exactly where there is no label.
        id, register, phenomenon, recipient, channel, note: What the corpus says about it, "" where nothing.
        pair: Messages with the same value are the sides of one minimal pair.
    """

    text: str
    labels: tuple[Label, ...]
    intensity: Annotated[int, msgspec.Meta(ge=0, le=3)]
    id: str = ""
    register: str = ""
    phenomenon: str = ""
    recipient: str = ""
    channel: str = ""
    pair: str = ""
    note: str = ""


def read_labelled(paths: Iterable[Path]) -> list[Labelled]:
    """Read labelled messages from files, or from all `*.jsonl` files of folders.

    Raises:
        InputError: naming file and line of what is not a labelled message.
    """
    messages: list[Labelled] = []
    for path in paths:
        for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
            messages.extend(_read_file(file))
    if not messages:
        raise InputError(
            "There are no labelled messages in the files given.", nl="In de opgegeven bestanden staan geen gelabelde berichten."
        )
    return messages


def split(messages: Sequence[Labelled], share: float = 0.12) -> tuple[list[Labelled], list[Labelled]]:
    """Training and development messages; the sides of a minimal pair stay together, and a message always falls on the same side."""
    training: list[Labelled] = []
    development: list[Labelled] = []
    for message in messages:
        digest = hashlib.sha256((message.pair or message.text).encode()).digest()
        (development if digest[0] / 256 < share else training).append(message)
    return training, development


def without_label(texts: Iterable[str]) -> list[Labelled]:
    """Texts as messages that carry no label."""
    return [Labelled(text=text, labels=(), intensity=0) for text in texts]


def _detail(error: Exception) -> str:
    """What is wrong with a line, without quoting it: a wrong label may be anything a person wrote."""
    if not isinstance(error, msgspec.ValidationError):
        return "not JSON"
    return "unknown label" if str(error).startswith("Invalid enum value") else str(error)


def _read_file(path: Path) -> list[Labelled]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise InputError(f"There is no file {path}.", nl=f"Bestand {path} bestaat niet.") from None
    except (OSError, UnicodeDecodeError):
        raise InputError(f"{path} cannot be read as UTF-8 text.", nl=f"{path} is niet te lezen als UTF-8-tekst.") from None
    made = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            made.append(msgspec.convert(json.loads(line), Labelled))
        except (ValueError, RecursionError) as error:
            detail = _detail(error)
            shape = f"text, labels ({', '.join(LABELS)}), intensity (0-3)"
            raise InputError(
                f"{path}, line {number} is not a labelled message ({detail}); it needs {shape}.",
                nl=f"{path}, regel {number} is geen gelabeld bericht ({detail}); nodig zijn {shape}.",
            ) from None
    return made
