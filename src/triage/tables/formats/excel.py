"""Reads Excel workbooks (.xlsx, .xlsm): each visible sheet with rows is a table, with its header wherever that stands."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from triage.errors import InputError
from triage.language import Text
from triage.tables.columns import load_words, plain_name
from triage.tables.formats.packed import DAMAGE, Budget, clean_name, take_out
from triage.tables.formats.rows import Rows
from triage.tables.rejects import ABOVE_TABLE, Rejects
from triage.tables.schema import distinct
from triage.tables.sources import Source

NAME = Text(nl="Excel-werkmap", en="Excel workbook")
_WORKBOOK = "xl/workbook.xml"
_OTHER_BOOKS = ("xl/workbook.bin", "content.xml")  # .xlsb, and the workbooks of LibreOffice
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_MOST_BYTES = 1 << 30  # of a workbook, unpacked
_MOST_CELLS = 20_000_000  # in the rectangle that a sheet spans; calamine holds all of it, empty or not
_LONGEST_CELL = 64  # bytes; more than a place in a sheet takes
_CHUNK = 1 << 20
_TOP = 30  # rows among which the header stands

_Cells = list[str | None]


def is_workbook(archive: zipfile.ZipFile, source: Source) -> bool:
    """Is this zip file a workbook of Excel?

    Raises:
        InputError: if it is a workbook of a kind that triage does not read.
    """
    names = {member.filename for member in archive.infolist()}
    if _WORKBOOK not in names and names & {*_OTHER_BOOKS} and names & {"[Content_Types].xml", "mimetype"}:
        raise InputError(
            f"{source.name} is a workbook that triage does not read: save it as .xlsx and give that file.",
            nl=f"{source.name} is een werkmap die triage niet leest: sla die op als .xlsx en geef dat bestand.",
        )
    return _WORKBOOK in names


def open_workbook(archive: zipfile.ZipFile, source: Source, mapping: Collection[str], stack: ExitStack) -> list[Rows]:
    """Open the sheets of a workbook that hold rows.

    Args:
        archive: The workbook as a zip file.
        source: The workbook.
        mapping: Columns that the user named; they help to find the header.
        stack: Keeps a copy of the workbook meanwhile.

    Raises:
        InputError: if it is damaged, too large or empty.
    """
    path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-")), "workbook")
    try:
        _copy(archive, source, path)
        with closing(_opened(path, source)) as book:
            shown = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
    except DAMAGE as error:
        raise (error if isinstance(error, InputError) else _damaged(source)) from None
    sheets = []
    for name in shown:
        top = list(_rows(path, source, name, _TOP))
        if top:
            inside = {"name": f"{source.name}/{clean_name(name)}", "title": source.title or source.name} if len(shown) > 1 else {}
            sheets.append(_sheet(msgspec.structs.replace(source, **inside), path, name, _header(top, mapping), top))
    if not sheets:
        raise InputError(f"{source.name} is empty.", nl=f"{source.name} is leeg.")
    return sheets


def _sheet(source: Source, path: Path, sheet: str, header: int, top: Sequence[tuple[int, _Cells]]) -> Rows:
    columns = distinct([name or "" for number, row in top if number == header for name in row])

    def read(_: Source, rejects: Rejects) -> Iterator[tuple[int, Mapping[str, object]]]:
        for number, row in _rows(path, source, sheet):
            if number > header:
                yield number, dict(zip(columns, row, strict=True))
            elif number < header:
                rejects.leave_out(source.title or source.name, ABOVE_TABLE)

    return Rows(source, columns, (), read)


def _header(top: Sequence[tuple[int, _Cells]], mapping: Collection[str]) -> int:
    """The number of the first row that names a column with text and another one; else the first row of all."""
    given = {plain_name(name) for name in mapping}
    words = load_words().columns
    text = given | {plain_name(alias) for alias in words["text"]}
    known = given | {plain_name(alias) for aliases in words.values() for alias in aliases}
    for number, row in top:
        names = {plain_name(name) for name in row if name}
        if names & text and len(names & known) > 1:
            return number
    return top[0][0]


def _rows(path: Path, source: Source, sheet: str, most: int | None = None) -> Iterator[tuple[int, _Cells]]:
    """The first rows of a sheet that hold something, with their numbers."""
    with closing(_opened(path, source)) as book:
        try:
            for number, row in enumerate(book.get_sheet_by_name(sheet).iter_rows(), start=1):
                cells = [_cell(value) for value in row]
                if any(cells):
                    yield number, cells
                if most is not None and number >= most:
                    return
        except GeneratorExit:
            raise
        except BaseException as error:
            raise _meant(error, source) from None


def _opened(path: Path, source: Source) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(path)
    except BaseException as error:
        raise _meant(error, source) from None


def _meant(error: BaseException, source: Source) -> BaseException:
    """What to raise: calamine's own errors, its panics among them, mean that the workbook is damaged."""
    own = type(error).__module__.startswith(("python_calamine", "pyo3"))
    return _damaged(source) if own else error


def _damaged(source: Source) -> InputError:
    return InputError(
        f"{source.name} is a damaged workbook: open it in Excel and save it again.",
        nl=f"{source.name} is een beschadigde werkmap: open die in Excel en sla die opnieuw op.",
    )


def _cell(value: object) -> str | None:
    match value:
        case "" | None:
            return None
        case float() if value.is_integer():
            return str(int(value))
        case bool():
            return "true" if value else "false"
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case str():
            return value if value.strip() else None
        case _:
            return str(value)


def _copy(archive: zipfile.ZipFile, source: Source, path: Path) -> None:
    """Write the parts of a workbook to a zip of our own, in which sizes are as they are said to be, and look at its sheets.

    calamine trusts the sizes in a zip, and takes memory for the whole rectangle between the first and the last cell of a sheet.
    """
    budget = Budget(_MOST_BYTES)
    with zipfile.ZipFile(path, "w") as copy:
        for member in archive.infolist():
            if member.is_dir() or member.filename.startswith(("xl/media/", "xl/embeddings/")):
                continue
            with copy.open(zipfile.ZipInfo(member.filename), "w", force_zip64=True) as target:
                take_out(archive, member, target, budget)
    with zipfile.ZipFile(path) as copy:
        for name in copy.namelist():
            if _SHEET.fullmatch(name) and _spanned(copy, name) > _MOST_CELLS:
                raise InputError(
                    f"{source.name} has a sheet with cells too far apart: copy the table to a new workbook.",
                    nl=f"{source.name} heeft een blad met cellen die te ver uit elkaar staan: kopieer de tabel naar een nieuwe werkmap.",
                )


def _spanned(archive: zipfile.ZipFile, name: str) -> int:
    """How many cells the rectangle around the cells of a sheet holds, at most."""
    columns, rows, rest = {b"A"}, 0, b""
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            for match in _CELL.finditer(rest + chunk):
                columns.add(match[1])
                rows = max(rows, int(match[2]))
            rest = chunk[-_LONGEST_CELL:]
    return max(map(_column, columns)) * rows


def _column(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number
