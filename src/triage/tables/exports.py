"""An export of any format as batches of its original columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from triage.errors import InputError
from triage.tables.cells import cells
from triage.tables.columns import load_words, plain_name
from triage.tables.delimited import find_delimiter, read_records
from triage.tables.formats.content import read_chunks
from triage.tables.jsonrows import read_json
from triage.tables.jsontrouble import json_trouble
from triage.tables.rejects import BROKEN_QUOTES, Rejects
from triage.tables.schema import MOMENT, distinct
from triage.tables.sources import Source, read_lines

_SAMPLE_LINES = 200
_MOST_CHARACTERS = 1 << 23  # in one batch, so that long messages do not fill the memory
_READ_AHEAD = 1 << 20  # bytes of each Parquet column that are read at a time


_Row = tuple[int, Sequence[str | None], int]  # its place in the file, its fields, and how many characters they have


class Slice(msgspec.Struct, frozen=True):
    """Some rows of an export.

    Attributes:
        batch: The original columns.
        rows: The place of each row in its file.
    """

    batch: pa.RecordBatch
    rows: Sequence[int]


class Export(Protocol):
    """A file that can be read as often as needed, and is cut into the same slices each time.

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

    def slices(self, size: int, rejects: Rejects, columns: Collection[str] | None = None) -> Iterator[Slice]:
        """The rows, at most `size` at a time; what cannot be read goes to `rejects`.

        Args:
            size: Rows in a slice, at most.
            rejects: Takes what cannot be read.
            columns: The only ones that are needed; None for all.
        """


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

    def slices(self, size: int, rejects: Rejects, columns: Collection[str] | None = None) -> Iterator[Slice]:
        """See `Export`."""
        with closing(read_lines(self._source, rejects)) as lines:
            _, records = read_records(lines, self._delimiter)

            def kept() -> Iterator[_Row]:
                for record in records:
                    if record.fields is None:
                        rejects.row(self.name, record.row, record.reason or BROKEN_QUOTES, record.raw)
                        continue
                    if record.reason:
                        rejects.value(self.name, record.row, "", record.reason, record.raw)
                    yield record.row, record.fields, len(record.raw)

            for part in _gathered(kept(), self.schema, size, columns):
                yield Slice(_without_empty(part.batch), part.rows)


class _Json:
    made: Collection[str] = ()

    def __init__(self, source: Source) -> None:
        self.name, self.title = source.name, source.title or source.name
        self._source = source
        names: dict[str, None] = {}  # in the order in which they first occur, anywhere in the file
        for row in read_json(source, Rejects()):
            names.update(dict.fromkeys(row.fields or ()))
        if not names:
            raise json_trouble(self.title, "".join(read_chunks(source))) or InputError(
                f"{self.title} holds no JSON objects that can be read: give an object a line.",
                nl=f"{self.title} bevat geen leesbare JSON-objecten: geef een object per regel.",
            )
        self._names = list(names)
        self.schema = pa.schema([(name, pa.string()) for name in distinct(self._names)])

    def slices(self, size: int, rejects: Rejects, columns: Collection[str] | None = None) -> Iterator[Slice]:
        """See `Export`."""

        def kept() -> Iterator[_Row]:
            for row in read_json(self._source, rejects):
                if row.fields is not None:
                    fields = [row.fields.get(name) for name in self._names]
                    yield row.row, fields, sum(map(len, filter(None, fields)))
                elif row.reason:
                    rejects.row(self.name, row.row, row.reason, row.raw)

        return _gathered(kept(), self.schema, size, columns)


class _Parquet:
    made: Collection[str] = ()

    def __init__(self, source: Source) -> None:
        self.name, self.title = source.name, source.title or source.name
        self._path = source.path
        try:
            with self._open() as file:
                self._names, kinds = file.schema_arrow.names, _kinds(file)
                groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
        except (pa.ArrowException, OSError):
            raise _damaged(self.title) from None
        self._widest = max((group.total_byte_size // max(1, group.num_rows) for group in groups), default=0)  # bytes in a row
        self.schema = pa.schema(list(zip(distinct(self._names), kinds, strict=True)))

    def _open(self) -> pq.ParquetFile:
        # Without reading ahead by itself: otherwise whole row groups come in at once.
        return pq.ParquetFile(self._path, buffer_size=_READ_AHEAD, pre_buffer=False, coerce_int96_timestamp_unit="us")

    def slices(self, size: int, rejects: Rejects, columns: Collection[str] | None = None) -> Iterator[Slice]:
        """See `Export`."""
        wanted = [place for place, name in enumerate(self.schema.names) if columns is None or name in columns]
        if len(set(self._names)) < len(self._names):  # Parquet knows columns by their names
            wanted = list(range(len(self._names)))
        fields = [self.schema.field(place) for place in wanted]
        size = min(size, max(1, _MOST_CHARACTERS // max(1, self._widest)))
        row = 1  # the header, if it had one
        try:
            with self._open() as file:
                asked = None if len(wanted) == len(self._names) else [self._names[place] for place in wanted]
                for batch in file.iter_batches(batch_size=size, columns=asked, use_threads=False):
                    rows = range(row + 1, row + 1 + batch.num_rows)
                    row += batch.num_rows
                    arrays = [
                        column if column.type == field.type else pa.array(cells(column), field.type)
                        for column, field in zip(batch.columns, fields, strict=True)
                    ]
                    yield Slice(pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields)), rows)
        except (pa.ArrowException, OSError):
            raise _damaged(self.title) from None


def _kinds(file: pq.ParquetFile) -> list[pa.DataType]:
    """The types of the columns; Spark writes moments in UTC, but does not say so."""
    moments: set[str] = set()
    if b"org.apache.spark.version" in (file.metadata.metadata or {}):
        columns = map(file.schema.column, range(len(file.schema)))
        moments = {column.path for column in columns if column.physical_type == "INT96"}
    return [MOMENT if field.name in moments else _plain_kind(field.type) for field in file.schema_arrow]


def _plain_kind(kind: pa.DataType) -> pa.DataType:
    """Text for the kinds of text that Arrow cannot filter."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.string() if pa.types.is_string_view(inner) else kind


def _damaged(name: str) -> InputError:
    return InputError(
        f"{name} is a damaged Parquet file: make the export again.", nl=f"{name} is een beschadigd Parquet-bestand: maak de export opnieuw."
    )


def _gathered(rows: Iterable[_Row], schema: pa.Schema, size: int, columns: Collection[str] | None) -> Iterator[Slice]:
    numbers: list[int] = []
    gathered: list[Sequence[str | None]] = []
    characters = 0
    for number, fields, length in rows:
        numbers.append(number)
        gathered.append(fields)
        characters += length
        if len(gathered) == size or characters > _MOST_CHARACTERS:
            yield Slice(_batch(gathered, schema, columns), numbers)
            numbers, gathered, characters = [], [], 0
    if gathered:
        yield Slice(_batch(gathered, schema, columns), numbers)


def _batch(rows: list[Sequence[str | None]], schema: pa.Schema, columns: Collection[str] | None) -> pa.RecordBatch:
    wanted = [place for place, name in enumerate(schema.names) if columns is None or name in columns]
    arrays = [pa.array([row[place] for row in rows], pa.string()) for place in wanted]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema([schema.field(place) for place in wanted]))


def _without_empty(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Null for the cells of a CSV file in which nothing stands."""
    arrays = [pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)
