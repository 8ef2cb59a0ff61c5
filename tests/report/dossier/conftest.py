"""Scored files made without a model: a text is a threat where it begins with an exclamation mark."""

from __future__ import annotations

import csv
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


def _classify(texts: list[str]) -> list[Classification]:
    found = []
    for text in texts:
        labels = ("threat",) if text.startswith("!") else ()
        scores = {label: 0.9 if label in labels else 0.1 for label in LABELS}
        found.append(Classification(scores=scores, labels=labels, intensity=2.0 if labels else 0.0, model="test@1"))
    return found


def _write_scored(path: Path, rows: list[dict[str, Any]], **more: list[Any]) -> Path:
    # A table in memory cannot hold half characters; an export with them is repaired when it is read.
    whole = [
        {name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for name, value in row.items()}
        for row in rows
    ]
    scored = score_table(pa.Table.from_pylist(whole), _classify)
    for name, values in more.items():
        scored = scored.append_column(name, pa.array(values))
    write_table(scored, path)
    return path


def _message(number: int, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"bericht-{number}",
        "text": text,
        "sent_at": f"2026-06-01T10:{number:02}:00+02:00",
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


class Made:
    """A dossier that was made, and what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def files(self) -> dict[str, bytes]:
        """All files by their place."""
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file()}

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The rows of messages.jsonl."""
        return [json.loads(line) for line in self.files["data/messages.jsonl"].decode().split("\n") if line]

    def json(self, name: str) -> Any:
        """What a JSON file holds."""
        return json.loads(self.files[f"data/{name}.json"])

    def csv(self, name: str) -> list[dict[str, str]]:
        """The rows of a CSV file."""
        text = self.files[f"data/{name}.csv"].decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))

    @property
    def html(self) -> str:
        """The web page."""
        return self.files["data/dossier.html"].decode()

    @property
    def text(self) -> str:
        """What can be searched in the PDF, without blanks and ends of lines."""
        reader = pypdf.PdfReader(io.BytesIO(self.files["data/dossier.pdf"]))
        return "".join("".join(page.extract_text() for page in reader.pages).split())


@pytest.fixture
def opened() -> type[Made]:
    """Opens the folder of a dossier."""
    return Made


@pytest.fixture
def message() -> Callable[..., dict[str, Any]]:
    """Makes the row of one message."""
    return _message


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a scored file of rows, and of columns beside them."""
    return lambda *rows, name="scored.parquet", **columns: _write_scored(tmp_path / name, list(rows), **columns)


@pytest.fixture
def scored(write: Callable[..., Path]) -> Path:
    """Four messages: three of one author, and one of another."""
    return write(
        _message(1, "Dag mevrouw Oosterveld, hoe laat gaat het loket open?"),
        _message(2, "! ik weet je te vinden Mirjam\nbel 06-12345678"),
        _message(3, "!! pas maar op 🔪", views=None, url=None),
        _message(4, "! andere casus", author="Iemand Anders"),
    )


@pytest.fixture
def first_case() -> Callable[[Path], str]:
    """The case of a scored file with the most messages."""
    return lambda scored: max(cases_of(scored).to_pylist(), key=lambda row: row["messages"])["case_id"]


@pytest.fixture
def make(tmp_path: Path, first_case: Callable[[Path], str]) -> Callable[..., Made]:
    """Makes the dossier of the case with the most messages, or of the one that is named."""

    def made(scored: Path, output: str = "dossier", *, case_id: str | None = None, **choices: Any) -> Made:
        write_dossier([scored], first_case(scored) if case_id is None else case_id, tmp_path / output, Choices(**choices))
        return Made(tmp_path / output)

    return made
