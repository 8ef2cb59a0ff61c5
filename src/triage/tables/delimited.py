"""Cuts the lines of a CSV file into records, also where its quotes are broken.

A well-formed record is taken as it is. Where the quotes of a record do not match, the damage is kept to that record: it is read
with its quotes as ordinary characters if that gives the right number of fields, and is otherwise rejected up to the next line that
looks like the start of a record. So no stray quote swallows the rest of the file, and no line is lost without being counted.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from itertools import islice

import msgspec

from triage.language import Text
from triage.tables.columns import plain_name
from triage.tables.rejects import BROKEN_QUOTES, CUT_OFF, STRAY_QUOTE, TOO_FEW_FIELDS, TOO_MANY_FIELDS

DELIMITERS = (",", ";", "\t", "|")
_NONE = "\0"  # for a file of one column; it cannot occur in a line
_QUICK = (*DELIMITERS, _NONE)  # for these the csv module gives what the slow way gives; a file may name any other sign
_LONGEST = 1 << 26  # characters in one record
_RUN = 256  # lines that are looked at together
_SURE = 20  # so many whole records inside quotes, and the quote is a stray one
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


class Record(msgspec.Struct, frozen=True):
    """One row of a file.

    Attributes:
        row: Its place in the file; the header is row 1.
        fields: Its fields, as many as the header has; None where the row is rejected.
        reason: Why it is rejected, or what was repaired.
        raw: The row as it stands in the file.
    """

    row: int
    fields: list[str] | None
    reason: Text | None
    raw: str


def read_records(lines: Iterable[str], delimiter: str) -> tuple[list[str], Iterator[Record]]:
    """Cut lines into a header and records; blank lines and rows without any value are passed over.

    Args:
        lines: Lines with their line ends.
        delimiter: What separates the fields.

    Returns:
        The names in the header as they stand there, and the records.

    Example:
        >>> header, records = read_records(['id;tekst\\n', '1;"a\\n', 'b"\\n', '2;"c\\n', '3;d\\n'], ";")
        >>> header, [record.fields for record in records]
        (['id', 'tekst'], [['1', 'a\\nb'], ['2', '"c'], ['3', 'd']])
    """
    cutter = _Cutter(lines, delimiter)
    return cutter.header, cutter.records()


def find_delimiter(lines: Iterable[str], known: Collection[str]) -> str:
    """Find what separates the fields, from the first lines of a file.

    Args:
        lines: The first lines, the header included.
        known: Column names that may be expected, plain (`columns.plain_name`).

    Example:
        >>> find_delimiter(["tekst;datum\\n", "ja, hoor;1-2-2026\\n"], {"tekst", "datum"})
        ';'
    """
    sample = list(lines)
    if sample and (match := _SEPARATOR_LINE.fullmatch(sample[0])):
        return match[1]

    def merit(delimiter: str) -> tuple[int, bool, float, int]:
        header, records = read_records(sample, delimiter)
        rows = [record for record in records if record.fields is not None or record.reason == TOO_MANY_FIELDS]
        whole = sum(record.reason is None for record in rows) / len(rows) if rows else 1.0
        return sum(plain_name(name) in known for name in header), len(header) > 1 and whole > 0.5, whole, len(header)

    best = max(DELIMITERS, key=merit)
    return best if merit(best)[-1] > 1 else _NONE


class _Quoted:
    """A record while its lines come in.

    Args:
        delimiter: What separates the fields.
        lenient: Take a quote inside a quoted field for an ordinary character where no field can end.
    """

    def __init__(self, delimiter: str, lenient: bool = False) -> None:
        self._delimiter = delimiter
        self._lenient = lenient
        self._open: list[str] | None = None
        self.fields: list[str] = []
        self.quoted = 0  # fields that stood in quotes
        self.sound = True

    @property
    def closed(self) -> bool:
        return self._open is None

    def add(self, line: str) -> None:
        """Take one more line, with its line end."""
        end_of_line = len(line.rstrip("\r\n"))
        place = 0
        while self.sound:
            if self._open is None and line.startswith('"', place):
                self._open, place = [], place + 1
            if self._open is None:
                end = line.find(self._delimiter, place, end_of_line)
                self.fields.append(line[place : end if end >= 0 else end_of_line])
                if end < 0:
                    return
                place = end + 1
                continue
            place = self._quoted(line, place, end_of_line, self._open)
            if self._open is not None or place > end_of_line:
                return

    def _quoted(self, line: str, place: int, end_of_line: int, parts: list[str]) -> int:
        """Read on inside quotes; gives the place after the field and its delimiter."""
        while (quote := line.find('"', place)) >= 0:
            after = quote + 1
            ends = after == end_of_line or line.startswith(self._delimiter, after)
            if line.startswith('"', after):
                parts.append(line[place:after])
                place = after + 1
            elif ends:
                parts.append(line[place:quote])
                self.fields.append("".join(parts))
                self.quoted += 1
                self._open = None
                return after + 1
            elif self._lenient:
                parts.append(line[place:after])
                place = after
            else:
                self.sound = False
                return place
        parts.append(line[place:])
        return len(line)


class _Cutter:
    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self._delimiter = delimiter
        self._quotes_all = False  # does the header have all its names in quotes?
        self.header = self._read_header()
        self._width = len(self.header)
        self._named = len(_without_blank_end(self.header))
        self._numbered: bool | None = None  # does the first column hold numbers?

    def _next(self) -> str | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def _read_header(self) -> list[str]:
        line = self._next()
        while line is not None and (not line.strip() or _SEPARATOR_LINE.fullmatch(line)):
            line = self._next()
        if line is None:
            return []
        header = _Quoted(self._delimiter, lenient=True)
        header.add(line)
        for _ in range(_SURE):  # a header may hold line ends, but not many
            if header.closed or (more := self._next()) is None:
                break
            header.add(more)
        if not header.closed:
            return line.rstrip("\r\n").split(self._delimiter)
        self._quotes_all = 0 < sum(map(bool, header.fields)) <= header.quoted
        return [" ".join(name.split()) for name in header.fields]

    def records(self) -> Iterator[Record]:
        row = 1
        while lines := self._run():
            whole = self._whole(lines)
            for line, found in zip(lines, whole, strict=False):
                row += 1
                if any(map(str.strip, found)):
                    yield Record(row, *self._fitted(found, None), line)
            if len(whole) == len(lines):
                continue
            self._back.extendleft(reversed(lines[len(whole) + 1 :]))
            row += 1
            fields, reason, raw = self._read(lines[len(whole)])
            if fields is not None:
                if not any(map(str.strip, fields)):
                    continue
                fields, reason = self._fitted(fields, reason)
            yield Record(row, fields, reason, raw)

    def _run(self) -> list[str]:
        """The next lines, those that were put back first."""
        most = _RUN if self._delimiter in _QUICK else 1
        lines = [self._back.popleft() for _ in range(min(len(self._back), most))] or list(islice(self._lines, most))
        if self._numbered is None and (first := next(filter(str.strip, lines), None)):
            self._numbered = _is_number(self._plain(first)[0])
        return lines

    def _whole(self, lines: list[str]) -> list[list[str]]:
        """The fields of the lines up to the first that is not a sound record by itself; the quick way, for nearly all of them."""
        whole: list[list[str]] = []
        if self._delimiter in _QUICK:
            reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
            with suppress(csv.Error):
                for fields in reader:
                    if reader.line_num != len(whole) + 1:
                        break
                    whole.append(fields)
        return whole

    def _fitted(self, fields: list[str], reason: Text | None) -> tuple[list[str] | None, Text | None]:
        """As many fields as the header has."""
        missing = self._width - len(fields)
        if missing == 0:
            return fields, reason
        if missing > 0:
            return fields + [""] * missing, reason or (None if self._fits(fields) else TOO_FEW_FIELDS)
        if any(field.strip() for field in fields[self._width :]):
            return None, TOO_MANY_FIELDS
        return fields[: self._width], reason

    def _read(self, line: str) -> tuple[list[str] | None, Text | None, str]:
        """The fields of the record that starts with this line, what was wrong, and its lines."""
        if '"' not in line:
            return self._plain(line), None, line
        held, record = [line], _Quoted(self._delimiter)
        record.add(line)
        size, first_is_whole = len(line), self._fits(self._plain(line))
        whole_lines = True  # is every line by itself a whole record?
        while record.sound and not record.closed and size < _LONGEST and (more := self._next()) is not None:
            held.append(more)
            record.add(more)
            size += len(more)
            whole_lines = whole_lines and self._starts_record(more)
            if not self._quotes_all and first_is_whole and whole_lines and len(held) > _SURE:
                break
        if record.sound and record.closed:
            fits = self._fits(record.fields)
            if fits and self._quotes_all:  # lines in a message that look like rows are no rows
                return record.fields, None, "".join(held)
            stray = first_is_whole and whole_lines and self._tells_records_apart() if fits else any(map(self._starts_record, held[1:]))
            if len(held) == 1 or not stray:
                return record.fields, None, "".join(held)
        self._back.extendleft(reversed(held[1:]))
        return self._repair(line)

    def _repair(self, line: str) -> tuple[list[str] | None, Text | None, str]:
        """Make the best of a record whose quotes do not match."""
        held, record = [line], _Quoted(self._delimiter, lenient=True)
        record.add(line)
        if not (record.closed and self._fits(record.fields)) and self._fits(plain := self._plain(line)):
            is_cut = not record.closed and not line.endswith(("\n", "\r"))  # inside quotes, and without a line end: the file ends here
            return plain, CUT_OFF if is_cut else STRAY_QUOTE, line
        while not record.closed and (more := self._next()) is not None:
            if self._starts_record(more):
                self._back.appendleft(more)
                break
            held.append(more)
            record.add(more)
        if record.closed and self._fits(record.fields):
            return record.fields, STRAY_QUOTE, "".join(held)
        while (more := self._next()) is not None:
            if self._starts_record(more):
                self._back.appendleft(more)
                break
            held.append(more)
        return None, BROKEN_QUOTES, "".join(held)

    def _fits(self, fields: list[str]) -> bool:
        """Are these as many as the header has? Columns without a name at its end may be left out."""
        return self._named <= len(fields) <= self._width

    def _plain(self, line: str) -> list[str]:
        return line.rstrip("\r\n").split(self._delimiter)

    def _starts_record(self, line: str) -> bool:
        """Would this line by itself be a whole record, or the first line of one that is still open?"""
        record = _Quoted(self._delimiter, lenient=True)
        record.add(line)
        if self._numbered and not record.closed and record.fields and len(record.fields) < self._width:
            return _is_number(record.fields[0])
        fields = record.fields if record.closed and self._fits(record.fields) else self._plain(line)
        return self._fits(fields) and (not self._numbered or _is_number(fields[0]))

    def _tells_records_apart(self) -> bool:
        """Can a line of a message hardly look like a record of this file?"""
        return bool(self._numbered) or self._width > 2


def _without_blank_end(names: list[str]) -> list[str]:
    filled = [place for place, name in enumerate(names, start=1) if name.strip()]
    return names[: max(filled, default=1)]


def _is_number(field: str) -> bool:
    return field.strip(' "').isdigit()
