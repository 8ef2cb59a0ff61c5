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
from contextlib import contextmanager, nullcontext, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from triage.errors import InputError
from triage.language import Lang
from triage.message import HOME_ZONE
from triage.tables.cells import cells

# A CSV is for a spreadsheet: field separator and decimal sign follow the country in which it opens with a double click.
CSV_STYLE: dict[Lang, tuple[str, str]] = {"nl": (";", ","), "en": (",", ".")}
EMPTY_LIST = "none"  # tells an empty list from a value that is not there

_CHUNK = 8192

_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_FORMULA_STARTS = frozenset("=+-@\u2212")  # U+2212 is the minus sign of mathematics
_QUOTES = frozenset("'\"`´‘’‚“”„«»")


class Writer(Protocol):
    """Takes batches of one schema."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""

    def close(self, keep: bool) -> None:
        """Put the file in its place, or remove it; `open_writer` does so."""


@contextmanager
def open_writer(path: Path, schema: pa.Schema, lang: Lang = "nl") -> Iterator[Writer]:
    """Open a file for batches; it gets its name when everything is written, and nothing is left after an error.

    Args:
        path: Ends in .parquet, .csv or .jsonl.
        schema: The schema of every batch.
        lang: For .csv only: `;` and a decimal comma ("nl") or `,` and a decimal point ("en"), as spreadsheets there expect.

    Raises:
        InputError: if the ending is another or the file cannot be written.

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
    writer = _KINDS[path.suffix.lower()](path, schema, lang)
    try:
        yield writer
        writer.close(keep=True)
    except BaseException:
        writer.close(keep=False)
        raise


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
    if path.is_dir():
        raise InputError(f"{path} is a folder: name a file in it.", nl=f"{path} is een map: noem een bestand daarin.")
    if not path.parent.is_dir():
        raise InputError(f"Folder {path.parent} does not exist: make it first.", nl=f"Map {path.parent} bestaat niet: maak die eerst.")


class _Unfinished:
    """A file beside its later place, under a hidden name until it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            self.stream = open(self._part, "xb")  # noqa: SIM115 - it is closed by close()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"Cannot write {path}: {reason}.", nl=f"Kan {path} niet schrijven: {reason}.") from None

    def close(self, keep: bool) -> None:
        if keep:
            self.stream.flush()
            os.fsync(self.stream.fileno())
            self.stream.close()
            os.replace(self._part, self._path)
            return
        with suppress(OSError):  # a full disk is what may have brought us here
            self.stream.close()
        self._part.unlink(missing_ok=True)


class CsvFile:
    """A CSV file that a spreadsheet opens and does not execute: utf-8 with a mark, every cell in quotes.

    Args:
        path: The file.
        names: The header.
        lang: See `open_writer`.
    """

    def __init__(self, path: Path, names: Sequence[str], lang: Lang = "nl") -> None:
        delimiter, self._decimal = CSV_STYLE[lang]
        self._file = _Unfinished(path)
        self._text = io.TextIOWrapper(self._file.stream, encoding="utf-8-sig", errors="replace", newline="")
        # Quotes around every cell also keep the parts of a text from becoming cells where another separator is expected.
        self._rows = csv.writer(self._text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        self.write_row(names)

    def write_row(self, values: Iterable[object]) -> None:
        """Add one row."""
        self._rows.writerow([safe_cell(cell_text(value, self._decimal)) for value in values])

    def close(self, keep: bool) -> None:
        """Put the file in its place, or remove it."""
        if keep:
            self._text.flush()
        self._file.close(keep)


class _CsvWriter:
    def __init__(self, path: Path, schema: pa.Schema, lang: Lang) -> None:
        self._file = CsvFile(path, schema.names, lang)

    def write(self, batch: pa.RecordBatch) -> None:
        for row in zip(*map(cells, batch.columns), strict=True):
            self._file.write_row(row)

    def close(self, keep: bool) -> None:
        self._file.close(keep)


class _JsonlWriter:
    def __init__(self, path: Path, schema: pa.Schema, lang: Lang) -> None:
        self._file = _Unfinished(path)

    def write(self, batch: pa.RecordBatch) -> None:
        for row in zip(*map(cells, batch.columns), strict=True):
            line = json.dumps(dict(zip(batch.schema.names, map(_json_value, row), strict=True)), ensure_ascii=False)
            self._file.stream.write(line.encode() + b"\n")

    def close(self, keep: bool) -> None:
        self._file.close(keep)


class _ParquetWriter:
    def __init__(self, path: Path, schema: pa.Schema, lang: Lang) -> None:
        self._file = _Unfinished(path)
        self._table = pq.ParquetWriter(self._file.stream, schema, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        self._table.write_batch(batch)

    def close(self, keep: bool) -> None:
        with nullcontext() if keep else suppress(OSError, ValueError, pa.ArrowException):
            self._table.close()
        self._file.close(keep)


_KINDS: dict[str, Callable[[Path, pa.Schema, Lang], Writer]] = {".parquet": _ParquetWriter, ".csv": _CsvWriter, ".jsonl": _JsonlWriter}


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
    if text[:1] in ("\t", "\r", "\n"):
        return True
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
