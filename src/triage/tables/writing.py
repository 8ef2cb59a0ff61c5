"""Writes tables as Parquet, CSV or JSON Lines; a file appears whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from triage.errors import InputError
from triage.language import Lang
from triage.message import HOME_ZONE
from triage.tables.cells import cells
from triage.tables.disk import room_in

# A CSV is for a spreadsheet: field separator and decimal sign follow the country in which it opens with a double click.
CSV_STYLE: dict[Lang, tuple[str, str]] = {"nl": (";", ","), "en": (",", ".")}
EMPTY_LIST = "none"  # tells an empty list from a value that is not there

_CHUNK = 8192
_ROW_GROUP = 65_536  # rows of a Parquet row group, at most
_ROW_GROUP_BYTES = 1 << 26  # and about so many bytes

_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_FORMULA_STARTS = frozenset("=+-@\u2212")  # U+2212 is the minus sign of mathematics
_HARMLESS_START = "^[0-9A-Za-z]"
_QUOTES = frozenset("'\"`´‘’‚“”„«»")


class Writer(Protocol):
    """Takes batches of one schema."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""

    def close(self) -> None:
        """Write what is still held; `open_writer` does so."""


@contextmanager
def open_writer(path: Path, schema: pa.Schema, lang: Lang = "nl", part: Path | None = None) -> Iterator[Writer]:
    """Open a file for batches; it gets its name when everything is written, and nothing is left after an error.

    Args:
        path: Ends in .parquet, .csv or .jsonl.
        schema: The schema of every batch.
        lang: For .csv only: `;` and a decimal comma ("nl") or `,` and a decimal point ("en"), as spreadsheets there expect.
        part: Where the file grows until it is whole, on the same disk; None for a hidden name beside `path`.

    Raises:
        InputError: if the ending is another, the file cannot be written, or the disk is full.

    Example:
        >>> import tempfile
        >>> batch = pa.RecordBatch.from_pydict({"text": ["=1+1", "hoi"]})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open_writer(Path(folder, "a.csv"), batch.schema) as writer:
        ...         writer.write(batch)
        ...     Path(folder, "a.csv").read_text("utf-8-sig")
        '"text"\\n"\\'=1+1"\\n"hoi"\\n'
    """
    check_output(path)
    with room_in(path.parent), unfinished(path, part) as stream:
        writer = _KINDS[path.suffix.lower()](stream, schema, lang)
        try:
            yield writer
        except BaseException:
            with suppress(OSError, ValueError, pa.ArrowException):  # a full disk is what may have brought us here
                writer.close()
            raise
        writer.close()


def check_output(path: Path) -> None:
    """Is this a file that `open_writer` can write?

    Raises:
        InputError: if its ending is not known, its folder does not exist, or it is a folder itself.
    """
    if path.suffix.lower() not in _KINDS:
        raise InputError(
            f"Cannot tell what to write to {path}: end its name in .parquet, .csv or .jsonl.",
            nl=f"Onduidelijk in welke vorm {path} geschreven moet worden: laat de naam eindigen op .parquet, .csv of .jsonl.",
        )
    check_place(path)


def check_place(path: Path) -> None:
    """Can a file stand here?

    Raises:
        InputError: if its folder does not exist, or it is a folder itself.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder: name a file in it.", nl=f"{path} is een map: noem een bestand daarin.")
    if not path.parent.is_dir():
        raise InputError(f"Folder {path.parent} does not exist: make it first.", nl=f"Map {path.parent} bestaat niet: maak die eerst.")


@contextmanager
def unfinished(path: Path, part: Path | None = None) -> Iterator[BinaryIO]:
    """Open a file that gets its name when it is whole; after an error nothing is left of it, and an older file stands as it was.

    Args:
        path: The file.
        part: Where it grows meanwhile, on the same disk; None for a hidden name beside it.

    Raises:
        InputError: if it cannot be written.
    """
    part = part or path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        stream = open(part, "wb")  # noqa: SIM115 - it is closed below
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"Cannot write {path}: {reason}.", nl=f"Kan {path} niet schrijven: {reason}.") from None
    try:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
        stream.close()
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            stream.close()
        part.unlink(missing_ok=True)
        raise


class CsvRows:
    """Rows of a CSV file that a spreadsheet opens and does not execute: utf-8 with a mark, every cell in quotes.

    Args:
        stream: Where they go.
        names: The header; None goes on with a file that has one.
        lang: See `open_writer`.
    """

    def __init__(self, stream: BinaryIO, names: Sequence[str] | None, lang: Lang = "nl") -> None:
        delimiter, self._decimal = CSV_STYLE[lang]
        encoding = "utf-8" if names is None else "utf-8-sig"
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
        # Quotes around every cell also keep the parts of a text from becoming cells where another separator is expected.
        self._rows = csv.writer(self._text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        if names is not None:
            self.write_row(names)

    def write_row(self, values: Iterable[object]) -> None:
        """Add one row."""
        self._rows.writerow([safe_cell(cell_text(value, self._decimal)) for value in values])

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""
        self._rows.writerows(zip(*map(self._texts, batch.columns), strict=True))

    def flush(self) -> None:
        """Hand all rows to the stream."""
        self._text.flush()

    def _texts(self, column: pa.Array) -> list[str]:
        if column.null_count == len(column):
            return [""] * len(column)
        if pa.types.is_floating(column.type):
            return [repr(value).replace(".", self._decimal) if _is_finite(value) else "" for value in cells(column)]
        if pa.types.is_list(column.type) and pa.types.is_string(column.type.value_type) and not column.values.null_count:
            column = pc.if_else(pc.equal(pc.list_value_length(column), 0), EMPTY_LIST, pc.binary_join(column, " "))
        values = ["" if value is None else cell_text(value, self._decimal) for value in cells(column)]
        if pa.types.is_string(column.type):
            for place in pc.indices_nonzero(pc.invert(pc.match_substring_regex(column, _HARMLESS_START))).to_pylist():
                values[place] = safe_cell(values[place])
            return values
        return values if _is_number_or_time(column.type) else [safe_cell(value) for value in values]


class _CsvWriter(CsvRows):
    def __init__(self, stream: BinaryIO, schema: pa.Schema, lang: Lang) -> None:
        super().__init__(stream, schema.names, lang)

    def close(self) -> None:
        self.flush()


class _JsonlWriter:
    def __init__(self, stream: BinaryIO, schema: pa.Schema, lang: Lang) -> None:
        self._stream = stream

    def write(self, batch: pa.RecordBatch) -> None:
        names = batch.schema.names
        for row in zip(*map(_json_values, batch.columns), strict=True):
            self._stream.write(msgspec.json.encode(dict(zip(names, row, strict=True))) + b"\n")

    def close(self) -> None:
        pass


class _ParquetWriter:
    """Row groups of the same size, however large the batches are that come in."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema, lang: Lang) -> None:
        self._file = pq.ParquetWriter(stream, schema, compression="zstd")
        self._schema = schema
        self._held: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        self._held.append(batch)
        if sum(held.num_rows for held in self._held) >= _ROW_GROUP or sum(held.nbytes for held in self._held) >= _ROW_GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        group = pa.Table.from_batches(self._held, schema=self._schema)
        self._held = []
        self._file.write_table(group, row_group_size=max(1, group.num_rows))

    def close(self) -> None:
        if self._held:
            self._write_group()
        self._file.close()


_KINDS: dict[str, Callable[[BinaryIO, pa.Schema, Lang], Writer]] = {".parquet": _ParquetWriter, ".csv": _CsvWriter, ".jsonl": _JsonlWriter}


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _is_number_or_time(kind: pa.DataType) -> bool:
    """Nothing that a spreadsheet would execute."""
    return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_timestamp(kind))


def _json_values(column: pa.Array) -> list[Any]:
    """The values as msgspec writes them to JSON: it makes null of what is no finite number."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return cells(column)
    return [_json_value(value) for value in cells(column)]


def write_table(table: pa.Table, path: Path, lang: Lang = "nl") -> None:
    """Write a whole table; see `open_writer`.

    Raises:
        InputError: if the file cannot be written.
    """
    with open_writer(path, table.schema, lang) as writer:
        for batch in table.to_batches(max_chunksize=_CHUNK):
            writer.write(batch)


def safe_cell(text: str) -> str:
    """The text as a spreadsheet may have it: what it would execute gets an apostrophe in front.

    That is a cell that starts with = + - @ (or their full-width and mathematical forms), also after blanks, invisible characters
    or quotes, and one that starts with a tab or a line end. Plain numbers are left alone. Source: OWASP, CSV Injection.

    Example:
        >>> safe_cell("=1+1"), safe_cell(" @SUM(1)"), safe_cell("-1,5"), safe_cell("hoi")
        ("'=1+1", "' @SUM(1)", '-1,5', 'hoi')
    """
    return f"'{text}" if _executable(text) else text


def unsafe_cell(text: str) -> str:
    """Undo `safe_cell`.

    Example:
        >>> unsafe_cell("'=1+1"), unsafe_cell("'s avonds")
        ('=1+1', "'s avonds")
    """
    return text[1:] if text.startswith("'") and _executable(text[1:]) else text


def _executable(text: str) -> bool:
    first = text[:1]
    if first in ("\t", "\r", "\n"):
        return True
    if first.isascii() and first.isalnum():  # as nearly all
        return False
    for character in text:
        if character in _QUOTES or unicodedata.category(character)[0] in "ZC":
            continue
        return unicodedata.normalize("NFKC", character)[:1] in _FORMULA_STARTS and not _PLAIN_NUMBER.fullmatch(text)
    return False


def cell_text(value: object, decimal: str = ".") -> str:
    """A value as the text of one cell: lists joined by blanks, times as ISO 8601 in Europe/Amsterdam, nothing for null.

    Example:
        >>> cell_text(["insult", "threat"]), cell_text(0.5, ","), cell_text(None), cell_text([])
        ('insult threat', '0,5', '', 'none')
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value).replace(".", decimal) if math.isfinite(value) else ""
        case list():
            return " ".join(cell_text(item, decimal) for item in value) or EMPTY_LIST
        case dict():
            return json.dumps(_json_value(value), ensure_ascii=False)
        case datetime():
            return (value.astimezone(HOME_ZONE) if value.tzinfo else value).isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return value.decode("utf-8", errors="replace")
        case _:
            return str(value)


def _json_value(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case list():
            return [_json_value(item) for item in value]
        case dict():
            return {name: _json_value(item) for name, item in value.items()}
        case _:
            return cell_text(value)
