"""Tables of figures, for a terminal and for Markdown, and the one JSON file in which the benchmarks keep their figures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.report.evaluation import aligned


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be printed in two ways; `name` is how a document asks for it (see card.py)."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]

    def text(self) -> str:
        """For a terminal."""
        return "\n".join([self.title, "-" * len(self.title), *aligned([self.heads, *self.rows]), ""])

    def markdown(self) -> str:
        """For a card or README."""
        lines = [self.heads, ["---"] + ["---:"] * (len(self.heads) - 1), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(value: float | None, decimals: int = 3) -> str:
    """A figure; "-" where it cannot be computed."""
    return "-" if value is None else f"{round(value, decimals) + 0.0:.{decimals}f}"


def interval(low: float | None, high: float | None) -> str:
    """A 95% interval; "-" where there is none."""
    return "-" if low is None else f"{figure(low)}–{figure(high)}"


def percent(value: float, decimals: int = 0) -> str:
    """A share as a percentage."""
    return f"{value:.{decimals}%}"


def keep(path: Path, section: str, figures: Any) -> None:
    """Put the figures of one benchmark into a JSON file, beside those of the others."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, section: figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
