"""Reads Excel workbooks (.xlsx, .xlsm): each visible sheet with rows is a table, with its header wherever that stands."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from triage.errors import InputError
from triage.language import Text
from triage.tables.columns import load_words, plain_name
from triage.tables.formats.content import title_of
from triage.tables.formats.packed import DAMAGE, clean_name
from triage.tables.formats.rows import Rows
from triage.tables.formats.xlsx import MAIN, Cells, Workbook
from triage.tables.rejects import ABOVE_TABLE, BESIDE_TABLE, Rejects
from triage.tables.schema import distinct
from triage.tables.sources import Source

NAME = Text(nl="Excel-werkmap", en="Excel workbook")
_OTHER_BOOKS = {"xl/workbook.bin", "content.xml"}  # .xlsb, and the workbooks of LibreOffice
_TOP = 30  # rows among which the header stands


def seems_workbook(beginning: bytes) -> bool:
    """May a zip file that begins so be a workbook, or another file of Office?"""
    return b"[Content_Types].xml" in beginning or b"xl/" in beginning


def is_workbook(archive: zipfile.ZipFile, source: Source) -> bool:
    """Is this zip file a workbook of Excel?

    Raises:
        InputError: if it is a workbook of a kind that triage does not read.
    """
    names = set(archive.namelist())
    if MAIN not in names and names & _OTHER_BOOKS and names & {"[Content_Types].xml", "mimetype"}:
        raise InputError(
            f"{source.name} is a workbook that triage does not read: save it as .xlsx and give that file.",
            nl=f"{source.name} is een werkmap die triage niet leest: sla die op als .xlsx en geef dat bestand.",
        )
    return MAIN in names


def open_workbook(archive: zipfile.ZipFile, source: Source, mapping: Collection[str]) -> list[Rows]:
    """Open the sheets of a workbook that hold rows.

    Args:
        archive: The workbook as a zip file; it must stay open.
        source: The workbook.
        mapping: Columns that the user named; they help to find the header.

    Raises:
        InputError: if it is damaged, too large or empty.
    """
    try:
        book = Workbook(archive)
    except DAMAGE as error:
        raise _meant(error, source) from None
    sheets = []
    for name in book.sheets:
        inside = {"name": f"{source.name}/{clean_name(name)}", "title": title_of(source)} if len(book.sheets) > 1 else {}
        table = _Table(book, name, msgspec.structs.replace(source, **inside), mapping)
        if table.columns:
            sheets.append(Rows(table.source, table.columns, (), table.read))
    if not sheets:
        raise InputError(
            f"{source.name} is empty: export it again, with its messages.",
            nl=f"{source.name} is leeg: exporteer opnieuw, met de berichten erbij.",
        )
    return sheets


class _Table:
    """One sheet as a table.

    Args:
        book: The workbook.
        sheet: The name of the sheet.
        source: The workbook as a file, with the name of the sheet where there are more.
        mapping: Columns that the user named.

    Attributes:
        columns: The names in the header, and one for every other column in use; none for an empty sheet.
    """

    def __init__(self, book: Workbook, sheet: str, source: Source, mapping: Collection[str]) -> None:
        self.source = source
        self._book, self._sheet = book, sheet
        top = list(islice(self._rows(), _TOP))
        self._places = sorted({column for _, cells in top for column in cells})
        self._header = _header(top, mapping)
        names = dict(top).get(self._header, {})
        self.columns = distinct([names.get(column, f"column_{column + 1}") for column in self._places])

    def read(self, source: Source, rejects: Rejects) -> Iterator[tuple[int, Mapping[str, object]]]:
        """The rows below the header."""
        names = dict(zip(self._places, self.columns, strict=True))
        for number, cells in self._rows():
            if number < self._header:
                rejects.leave_out(title_of(source), ABOVE_TABLE)
            elif number > self._header:
                if beside := [value for column, value in cells.items() if column not in names]:
                    rejects.value(source.name, number, "", BESIDE_TABLE, "; ".join(beside))
                yield number, {name: cells[column] for column, name in names.items() if column in cells}

    def _rows(self) -> Iterator[tuple[int, Cells]]:
        try:
            yield from self._book.rows(self._sheet)
        except DAMAGE as error:
            raise _meant(error, self.source) from None


def _header(top: Sequence[tuple[int, Cells]], mapping: Collection[str]) -> int:
    """The number of the first row that names a column with text and another one; else the first row of all."""
    given = {plain_name(name) for name in mapping}
    words = load_words().columns
    text = given | {plain_name(alias) for alias in words["text"]}
    known = given | {plain_name(alias) for aliases in words.values() for alias in aliases}
    for number, cells in top:
        names = {plain_name(name) for name in cells.values()}
        if names & text and len(names & known) > 1:
            return number
    return top[0][0] if top else 0


def _meant(error: Exception, source: Source) -> Exception:
    if isinstance(error, InputError):  # it is too large
        return error
    name = title_of(source)
    return InputError(
        f"{name} is a damaged workbook: open it in Excel and save it again.",
        nl=f"{name} is een beschadigde werkmap: open die in Excel en sla die opnieuw op.",
    )
