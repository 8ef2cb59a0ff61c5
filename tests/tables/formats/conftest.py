"""Reads what a test writes, and counts what became of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from triage.tables.reading import read_messages
from triage.tables.rejects import Rejects


class Read:
    """The rows of an export and what was told of the rest."""

    def __init__(self, path: Path, **options: Any) -> None:
        self.rejects = Rejects()
        self.rows = [row for batch in read_messages(path, rejects=self.rejects, **options) for row in batch.to_pylist()]

    @property
    def texts(self) -> list[str]:
        return [row["text"] for row in self.rows]

    @property
    def told(self) -> int:
        """Lines that are no messages."""
        return self.rejects.left_out.total()

    @property
    def left_out(self) -> dict[str, int]:
        return {what.en: number for (_, what), number in self.rejects.left_out.items()}

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]

    def times(self) -> list[str]:
        return [row["sent_at"].strftime("%Y-%m-%dT%H:%M:%SZ") for row in self.rows]


def as_bytes(content: Any) -> bytes:
    """Bytes and text as they are, anything else as JSON in ASCII, as the platforms write it."""
    if isinstance(content, bytes):
        return content
    return content.encode() if isinstance(content, str) else json.dumps(content).encode()


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Read]:
    """Write content to a file whose name says nothing, and read it."""

    def reader(content: Any, **options: Any) -> Read:
        path = tmp_path / "export"
        path.write_bytes(as_bytes(content))
        return Read(path, **options)

    return reader


@pytest.fixture(scope="session")
def read_bytes(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Read]:
    """The same for properties, which try many contents in one test."""
    path = tmp_path_factory.mktemp("any") / "export"

    def reader(content: Any, **options: Any) -> Read:
        path.write_bytes(as_bytes(content))
        return Read(path, **options)

    return reader


def zipped(files: Mapping[str, Any], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, as_bytes(content))
    return stream.getvalue()


@pytest.fixture(name="zipped")
def zipped_fixture() -> Callable[..., bytes]:
    return zipped


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(sheets: Mapping[str, list[list[Any]]], hidden: str = "", kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A workbook as Excel writes it: shared strings, numbers, and dates as numbers with a style (ECMA-376)."""
    strings: dict[str, int] = {}

    def cell(place: str, value: Any) -> str:
        if isinstance(value, str):
            return f'<c r="{place}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
        if isinstance(value, bool):
            return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
        style = ' s="1"' if isinstance(value, float) else ""  # floats are dates here
        return f'<c r="{place}"{style}><v>{value}</v></c>'

    def sheet(rows: list[list[Any]]) -> str:
        lines = [
            f'<row r="{n}">'
            + "".join(cell(f"{chr(64 + c)}{n}", value) for c, value in enumerate(row, 1) if value not in (None, ""))
            + "</row>"
            for n, row in enumerate(rows, 1)
        ]
        return f'<worksheet xmlns="{SHEET}"><sheetData>{"".join(lines)}</sheetData></worksheet>'

    parts = {f"xl/worksheets/sheet{n}.xml": sheet(rows) for n, rows in enumerate(sheets.values(), 1)}
    states = {name: 'state="hidden"' if name == hidden else "" for name in sheets}
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}" {states[name]}/>' for n, name in enumerate(sheets, 1))
    links = [("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
    links += [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    related = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{file}"/>' for n, (kind, file) in enumerate(links, 1))
    main = f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{main}</Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{SHEET}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
            **parts,
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{shared}</sst>',
        },
        kind,
    )


@pytest.fixture(name="workbook")
def workbook_fixture() -> Callable[..., bytes]:
    return workbook
