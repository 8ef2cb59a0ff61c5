"""Scored files made without a model: a text is a threat where it says so in its first word."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pypdf
import pytest

from triage.labels import LABELS, Classification
from triage.report.dossier import Choices, write_dossier
from triage.tables import cases_of, score_table, write_table

THREAT = "!"
DAY = "2026-06-0{}T10:0{}:00+02:00"


def classify(texts: list[str]) -> list[Classification]:
    found = []
    for text in texts:
        labels = ("threat",) if text.startswith(THREAT) else ()
        scores = {label: 0.9 if label in labels else 0.1 for label in LABELS}
        found.append(Classification(scores=scores, labels=labels, intensity=2.0 if labels else 0.0, model="test@1"))
    return found


def write_scored(path: Path, rows: list[dict[str, Any]], **more: list[Any]) -> Path:
    table = pa.Table.from_pylist(rows)
    for name, values in more.items():
        table = table.append_column(name, pa.array(values))
    write_table(score_table(table, classify), path)
    return path


def message(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"bericht-{number}",
        "text": text,
        "sent_at": DAY.format(1 + number // 10, number % 10),
        "author": "Karel Stoffelink",
        "target": "Mirjam Oosterveld",
        "platform": "facebook",
        "visibility": "public",
        "url": f"https://example.org/{number}",
        "views": 100 * number,
        "shares": None,
        "followers": None,
        **more,
    }


ROWS = [
    message(1, "Dag mevrouw Oosterveld, hoe laat gaat het loket open?"),
    message(2, "! ik weet je te vinden Mirjam\nbel 06-12345678"),
    message(3, "!! pas maar op 🔪", views=None, url=None),
    message(4, "! andere casus", author="Iemand Anders"),
]


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """Four messages: three of one author, and one of another."""
    return write_scored(tmp_path / "scored.parquet", ROWS)


def case_of_author(scored: Path, author: str = "Karel Stoffelink") -> str:
    return next(row["case_id"] for row in cases_of(scored).to_pylist() if author in row["authors"])


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes the dossier of the one case of a scored file (or of Karel's), and gives its folder."""

    def made(scored: Path, output: str = "dossier", *, case_id: str | None = None, **choices: Any) -> Path:
        write_dossier([scored], case_id or case_of_author(scored), tmp_path / output, Choices(**choices))
        return tmp_path / output

    return made


def messages(dossier: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (dossier / "data" / "messages.jsonl").read_bytes().decode().split("\n") if line]


def html(dossier: Path) -> str:
    return (dossier / "data" / "dossier.html").read_text("utf-8")


def pdf_text(dossier: Path) -> str:
    reader = pypdf.PdfReader(io.BytesIO((dossier / "data" / "dossier.pdf").read_bytes()))
    return "\n".join(page.extract_text() for page in reader.pages)


def everything(dossier: Path) -> dict[str, bytes]:
    """All files by their place; nothing is hidden in a name either."""
    return {str(file.relative_to(dossier)): file.read_bytes() for file in sorted(dossier.rglob("*")) if file.is_file()}
