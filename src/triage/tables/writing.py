"""Writes tables as Parquet, CSV or JSON Lines; a file appears whole or not at all."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from triage.errors import InputError
from triage.language import Lang
from triage.message import HOME_ZONE

# A CSV is for a spreadsheet: field separator and decimal sign follow the country in which it opens with a double click.
CSV_STYLE: dict[Lang, tuple[str, str]] = {"nl": (";", ","), "en": (",", ".")}
EMPTY_LIST = "none"  # tells an empty list from a value that is not there

_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*")
_FORMULA_STARTS = frozenset("=+-@\u2212")  # U+2212 is the minus sign of mathematics
_QUOTES = frozenset("'\"`´‘’‚“”„«»")


class Writer(Protocol):
    """Takes batches of one schema."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch."""


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
    except BaseException:
        writer.close(keep=False)
        raise
    writer.close(keep=True)


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
        raise InputError(
            f"Folder {path.parent} does not exist: make it first.", nl=f"Map {path.parent} bestaat niet: maak die eerst."
        )


class _Unfinished:
    """A file beside its later place, under a hidden name until it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        try:
            self.stream = open(self._part, "xb")
        except OSError as error:
            raise InputError(
                f"Cannot write {path}: {error.strerror}.", nl=f"Kan {path} niet schrijven: {error.strerror}."
            ) from None

    def close(self, keep: bool) -> None:
        if keep:
            self.stream.flush()
            os.fsync(self.stream.fileno())
        self.stream.close()
        if keep:
            os.replace(self._part, self._path)
        else:
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
        self._text = io_text(self._file)
        # Quotes around every cell also keep the parts of a text from becoming cells where another separator is expected.
        self._rows = csv.writer(self._text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        self.write_row(names)

    def write_row(self, values: Iterable[object]) -> None:
        """Add one row."""
        self._rows.writerow([safe_cell(plain_text(value, self._decimal)) for value in values])

    def close(self, keep: bool) -> None:
        """Put the file in its place, or remove it."""
        self._text.flush()
        self._file.close(keep)
