"""An export of any format as batches of its original columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Protocol

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from triage.errors import InputError
from triage.tables.cells import cells
from triage.tables.columns import load_words, plain_name
from triage.tables.delimited import find_delimiter, read_records
from triage.tables.jsonrows import read_json
from triage.tables.rejects import Rejects
from triage.tables.schema import distinct
from triage.tables.sources import Source, read_lines

_SAMPLE_LINES = 200
_MOST_CHARACTERS = 1 << 26  # in one batch, so that long messages do not fill the memory


class Slice(msgspec.Struct, frozen=True):
    """Some rows of an export.

    Attributes:
        batch: The original columns.
        rows: The place of each row in its file.
    """

    batch: pa.RecordBatch
    rows: list[int]


class Export(Protocol):
    """A file that can be read as often as needed.

    Attributes:
        name: The file as the user named it, and its place in there where it is in a zip file or a workbook.
        title: What it is called in a sentence; it holds no more than what the user typed.
        schema: Its columns.
        made: Those that stand nowhere in the file: message columns that its reader knows.
    """

    name: str
    title: str
    schema: pa.Schema
    made: Collection[str]

    def slices(self, size: int, rejects: Rejects) -> Iterator[Slice]:
        """The rows, at most `size` at a time; what cannot be read goes to `rejects`."""


def open_export(source: Source, mapping: Collection[str] = ()) -> Export:
    """Open a file for reading.

    Args:
        source: The file.
        mapping: Columns that the user named; they help to find the delimiter.

    Raises:
        InputError: if nothing in it can be read.
    """
    if source.format == "zip":
        raise InputError(f"{source.name} is packed: unpack it first.", nl=f"{source.name} is ingepakt: pak het eerst uit.")
    if source.format == "parquet":
        return _Parquet(source)
    return _Json(source) if source.format == "json" else _Csv(source, mapping)


class _Csv:
    made: Collection[str] = ()

    def __init__(self, source: Source, mapping: Collection[str]) -> None:
        self.name, self.title = source.name, source.title or source.name
        self._source = source
        known = {plain_name(alias) for aliases in load_words().columns.values() for alias in aliases}
        with closing(read_lines(source, Rejects())) as lines:
            self._delimiter = find_delimiter(islice(lines, _SAMPLE_LINES), known | {plain_name(name) for name in mapping})
        with closing(read_lines(source, Rejects())) as lines:
            header, _ = read_records(lines, self._delimiter)
        self.schema = pa.schema([(name, pa.string()) for name in distinct(header)])

    def slices(self, size: int, rejects: Rejects) -> Iterator[Slice]:
        with closing(read_lines(self._source, rejects)) as lines:
            _, records = read_records(lines, self._delimiter)

            def kept() -> Iterator[tuple[int, Sequence[str | None]]]:
                for record in records:
                    if record.fields is None and record.reason:
                        rejects.row(self.name, record.row, record.reason, record.raw)
                        continue
                    if record.reason:
                        rejects.value(self.name, record.row, "", record.reason, record.raw)
                    yield record.row, [field or None for field in record.fields or ()]

            yield from _gathered(kept(), self.schema, size)


class _Json:
    made: Collection[str] = ()

    def __init__(self, source: Source) -> None:
        self.name, self.title = source.name, source.title or source.name
        self._source = source
        names: dict[str, None] = {}  # in the order in which they first occur, anywhere in the file
        for row in read_json(source, Rejects()):
            names.update(dict.fromkeys(row.fields or ()))
        if not names:
            raise InputError(
                f"{self.title} holds no JSON objects that can be read: give an object a line.",
                nl=f"{self.title} bevat geen leesbare JSON-objecten: geef een object per regel.",
            )
        self._names = list(names)
        self.schema = pa.schema([(name, pa.string()) for name in distinct(self._names)])

    def slices(self, size: int, rejects: Rejects) -> Iterator[Slice]:
        def kept() -> Iterator[tuple[int, Sequence[str | None]]]:
            for row in read_json(self._source, rejects):
                if row.fields is not None:
                    yield row.row, [row.fields.get(name) for name in self._names]
                elif row.reason:
                    rejects.row(self.name, row.row, row.reason, row.raw)

        yield from _gathered(kept(), self.schema, size)


class _Parquet:
    made: Collection[str] = ()

    def __init__(self, source: Source) -> None:
        self.name, self.title = source.name, source.title or source.name
        try:
            self._file = pq.ParquetFile(source.path)
        except (pa.ArrowException, OSError):
            raise _damaged(self.title) from None
        names = self._file.schema_arrow.names
        kinds = map(_plain_kind, self._file.schema_arrow.types)
        self.schema = pa.schema(list(zip(distinct(names), kinds, strict=True)))

    def slices(self, size: int, rejects: Rejects) -> Iterator[Slice]:
        row = 1  # the header, if it had one
        try:
            for batch in self._file.iter_batches(batch_size=size):
                rows = list(range(row + 1, row + 1 + batch.num_rows))
                row += batch.num_rows
                columns = [
                    column if column.type == kind else pa.array(cells(column), kind)
                    for column, kind in zip(batch.columns, self.schema.types, strict=True)
                ]
                yield Slice(pa.RecordBatch.from_arrays(columns, schema=self.schema), rows)
        except (pa.ArrowException, OSError):
            raise _damaged(self.title) from None


def _plain_kind(kind: pa.DataType) -> pa.DataType:
    """Text for the kinds of text that Arrow cannot filter."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.string() if pa.types.is_string_view(inner) else kind


def _damaged(name: str) -> InputError:
    return InputError(
        f"{name} is a damaged Parquet file: make the export again.", nl=f"{name} is een beschadigd Parquet-bestand: maak de export opnieuw."
    )


def _gathered(rows: Iterable[tuple[int, Sequence[str | None]]], schema: pa.Schema, size: int) -> Iterator[Slice]:
    numbers: list[int] = []
    gathered: list[Sequence[str | None]] = []
    characters = 0
    for number, fields in rows:
        numbers.append(number)
        gathered.append(fields)
        characters += sum(len(field) for field in fields if field)
        if len(gathered) == size or characters > _MOST_CHARACTERS:
            yield Slice(_batch(gathered, schema), numbers)
            numbers, gathered, characters = [], [], 0
    if gathered:
        yield Slice(_batch(gathered, schema), numbers)


def _batch(rows: list[Sequence[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=schema)
