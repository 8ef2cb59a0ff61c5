"""Reads the cells of an Excel workbook (.xlsx, .xlsm) row by row, with the XML parser of the standard library (ECMA-376, part 1).

python-calamine was tried: it is four times as fast, and ends the whole process on a workbook that says that a cell stands far away;
openpyxl takes four times as long. What a sheet says of its size is not believed here, and only its texts are held in memory.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from xml.parsers import expat

from triage.tables.formats.packed import Budget, read_member

MAIN = "xl/workbook.xml"
_MOST_BYTES = 1 << 30  # of one part, unpacked
_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14  # of a sheet in Excel
_LETTERS = re.compile("[A-Z]{1,3}")
_DATE_FORMATS = {
    str(number) for number in (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
}  # numbers of formats that every Excel knows
_NO_DATE = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]|general', re.IGNORECASE)  # what may hold the letters of a date and is none
_DATE = re.compile(r"[dmyhs]", re.IGNORECASE)
_LONGEST = 1 << 12  # parts of one text, each of some thousands of characters; Excel allows 32,767 characters
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FIRST_DAY = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}
_LAST_DAY = 2_958_466  # in the year 10000

Attributes = Mapping[str, str]
Cells = dict[int, str]  # column, from 0 -> value
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]


class DamagedError(ValueError):
    """The workbook is not as the standard says."""


class Workbook:
    """A workbook of which the sheets can be read as often as needed.

    Args:
        archive: The workbook as a zip file.

    Attributes:
        sheets: Name -> part, of the sheets that are shown, in their order.

    Raises:
        DamagedError, packed.DAMAGE: if it is damaged.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._strings: list[str] | None = None
        self._dates: set[str] = set()
        self._since_1904 = False
        links, self.sheets = self._links(), dict[str, str]()

        def start(name: str, attributes: Attributes) -> None:
            tag = _local(name)
            if tag == "workbookPr":
                self._since_1904 = attributes.get("date1904") in ("1", "true")
            elif tag == "sheet" and attributes.get("state", "visible") == "visible":
                link = next((value for key, value in attributes.items() if _local(key) == "id"), "")
                if link in links:
                    self.sheets[attributes.get("name", link)] = links[link]

        self._parse(MAIN, start)
        self._read_formats()

    def rows(self, sheet: str) -> Iterator[tuple[int, Cells]]:
        """The rows of a sheet that hold something, with their numbers, from 1."""
        if self._strings is None:
            self._strings = self._shared_strings()
        rows: list[tuple[int, Cells]] = []
        start, end, parts = _sheet_handlers(rows, self._value)
        for _ in _parsed(self._archive, self.sheets[sheet], start, end, parts):
            yield from rows
            rows.clear()

    def _parse(self, part: str, start: Start, end: End | None = None, parts: list[str] | None = None) -> None:
        for _ in _parsed(self._archive, part, start, end, parts):
            pass

    def _links(self) -> dict[str, str]:
        """Relation -> part, for the parts that are sheets."""
        links: dict[str, str] = {}

        def start(name: str, attributes: Attributes) -> None:
            target = attributes.get("Target", "")
            if _local(name) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
                links[attributes.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"

        self._parse("xl/_rels/workbook.xml.rels", start)
        return links

    def _shared_strings(self) -> list[str]:
        strings: list[str] = []
        if "xl/sharedStrings.xml" in self._archive.namelist():
            self._parse("xl/sharedStrings.xml", *_string_handlers(strings))
        return strings

    def _read_formats(self) -> None:
        """Find out which formats of cells are dates."""
        codes: dict[str, str] = {}
        formats: list[str] = []
        inside: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            tag = _local(name)
            if tag == "numFmt":
                codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                inside.append(tag)
            elif tag == "xf" and inside:
                formats.append(attributes.get("numFmtId", "0"))

        def end(name: str) -> None:
            if _local(name) == "cellXfs":
                inside.clear()

        if "xl/styles.xml" in self._archive.namelist():
            self._parse("xl/styles.xml", start, end)
        for place, number in enumerate(formats):
            known = number in _DATE_FORMATS
            if known or _DATE.search(_NO_DATE.sub("", codes.get(number, ""))):
                self._dates.add(str(place))

    def _value(self, kind: str, style: str, text: str) -> str | None:
        """What a cell says; None for nothing and for an error such as #N/A."""
        match kind:
            case "s":
                strings = self._strings or []
                place = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
                if not 0 <= place < len(strings):
                    raise DamagedError
                return strings[place] or None
            case "str" | "inlineStr":
                return _unescaped(text) or None
            case "b":
                return "true" if text == "1" else "false"
            case "e":
                return None
            case "d":
                return text or None
        try:
            number = float(text)
        except ValueError:
            return text or None
        is_date = style in self._dates
        return _as_date(number, self._since_1904) if is_date and 0 <= number < _LAST_DAY else _as_number(number, text)


def _parsed(archive: zipfile.ZipFile, part: str, start: Start, end: End | None = None, parts: list[str] | None = None) -> Iterator[None]:
    """Parse a part of a workbook; gives a chance to act after each piece of it.

    Args:
        archive: The workbook.
        part: The part.
        start, end: Called for each element.
        parts: Takes all text; `start` and `end` use it up.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise DamagedError  # a workbook has no document type, and what it may bring along is not wanted

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if parts is not None:
        parser.CharacterDataHandler = parts.append
    try:
        for chunk in read_member(archive, archive.getinfo(part), Budget(_MOST_BYTES)):
            parser.Parse(chunk, False)
            if parts and len(parts) > _LONGEST:
                raise DamagedError
            yield
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise DamagedError from None
    yield


def _string_handlers(strings: list[str]) -> tuple[Start, End, list[str]]:
    """Collect the texts that cells share; a text may be in parts with a format of their own."""
    parts: list[str] = []
    text: list[str] = []
    aside = False

    def start(name: str, _: Attributes) -> None:
        nonlocal aside
        parts.clear()
        aside = aside or _local(name) == "rPh"  # how to pronounce it

    def end(name: str) -> None:
        nonlocal aside
        tag = _local(name)
        if tag == "t" and not aside:
            text.extend(parts)
        elif tag == "rPh":
            aside = False
        elif tag == "si":
            strings.append(_unescaped("".join(text)))
            text.clear()
        parts.clear()

    return start, end, parts


def _sheet_handlers(rows: list[tuple[int, Cells]], value: Callable[[str, str, str], str | None]) -> tuple[Start, End, list[str]]:
    """Collect the rows of a sheet. This runs for every cell, hence without any frills.

    Args:
        rows: Takes the rows.
        value: What a cell says, by its kind, its style and its text.
    """
    parts: list[str] = []
    places: dict[str, int] = {}
    cells: Cells = {}
    row = column = 0
    kind = style = text = ""
    aside = False

    def start(name: str, attributes: Attributes) -> None:
        nonlocal row, column, cells, kind, style, text, aside
        tag = _local(name)
        parts.clear()
        if tag == "c":
            kind, style, text = attributes.get("t", "n"), attributes.get("s", ""), ""
            letters = attributes.get("r", "").rstrip("0123456789")
            if letters not in places:
                places[letters] = _column(letters)
            column = places[letters] or column + 1
        elif tag == "row":
            number = attributes.get("r", "")
            row = int(number) if number.isascii() and number.isdigit() and len(number) <= 7 else row + 1
            column, cells = 0, {}
        elif tag == "rPh":
            aside = True

    def end(name: str) -> None:
        nonlocal text, aside
        tag = _local(name)
        if tag == "v" or (tag == "t" and not aside):
            text += "".join(parts)
        elif tag == "c":
            found = value(kind, style, text) if text else None
            if found and not found.isspace():
                if column > _MOST_COLUMNS or not 0 < row <= _MOST_ROWS:
                    raise DamagedError
                cells[column - 1] = found
        elif tag == "row" and cells:
            rows.append((row, cells))
        elif tag == "rPh":
            aside = False
        parts.clear()

    return start, end, parts


def _local(name: str) -> str:
    """The name of an element without its namespace."""
    return name.rpartition(":")[2] if ":" in name else name


def _column(letters: str) -> int:
    """The number of a column, from 1; 0 where that is no column.

    Example:
        >>> _column("A"), _column("AB"), _column("a1")
        (1, 28, 0)
    """
    number = 0
    for letter in letters if _LETTERS.fullmatch(letters) else "":
        number = number * 26 + ord(letter) - 64
    return number


def _unescaped(text: str) -> str:
    """Characters that XML does not bear are written as _x000D_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _as_date(number: float, since_1904: bool) -> str:
    if number < 1 and not since_1904:
        return (_FIRST_DAY[False] + timedelta(seconds=round(number * 86_400))).time().isoformat()
    moment = _FIRST_DAY[since_1904] + timedelta(seconds=round(number * 86_400))
    return moment.date().isoformat() if number.is_integer() else moment.isoformat()


def _as_number(number: float, text: str) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else text
