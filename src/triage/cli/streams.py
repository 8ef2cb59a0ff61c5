"""Standard input, JSON files and what is printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triage.case import Case
from triage.errors import InputError
from triage.language import Lang

if TYPE_CHECKING:
    from triage.assessment import Assessment


def standard_input() -> str:
    """All of standard input as text."""
    if sys.stdin is None:
        raise InputError("Standard input is closed.", nl="De standaardinvoer is gesloten.")
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")


def read_json(path: str) -> Any:
    """What a JSON file holds; `-` is standard input."""
    raw = ""
    try:
        raw = standard_input() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
        return json.loads(raw)
    except (ValueError, RecursionError):
        raise _no_json(path, raw) from None


def _no_json(path: str, raw: str) -> InputError:
    if raw.strip():
        from triage.tables.jsontrouble import json_trouble

        if trouble := json_trouble(path, raw):
            return trouble
    return InputError(
        f"{path} is not JSON in UTF-8: save it as such, and give that file.",
        nl=f"{path} is geen JSON in UTF-8: sla het zo op, en geef dat bestand.",
    )


def read_case(path: str) -> tuple[Case, str]:
    """The case in a file and the jurisdiction it states ("nl" where it states none)."""
    data = read_json(path)
    if not isinstance(data, dict):
        raise InputError(f"{path} must hold an object with 'messages'.", nl=f"{path} moet een object met 'messages' bevatten.")
    jurisdiction = data.pop("jurisdiction", None) or "nl"
    return Case.from_dict(data), str(jurisdiction)


def print_assessment(assessment: Assessment, as_json: bool, lang: Lang) -> None:
    """Print an assessment for people or as JSON."""
    if as_json:
        print_json(assessment.to_dict())
    else:
        click.echo(assessment.to_text(lang))


def print_json(value: Any) -> None:
    """Print JSON for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
