"""An export of which a reader gives the messages one by one, and what a recognised structure consists of."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import msgspec
import pyarrow as pa

from triage.language import Text
from triage.tables.exports import Export, Slice
from triage.tables.formats.content import title_of
from triage.tables.rejects import Rejects
from triage.tables.sources import Source
from triage.tables.values import clean_text

_MOST_CHARACTERS = 1 << 23  # in one batch, so that long messages do not fill the memory

Fields = Mapping[str, object]
Reader = Callable[[Source, Rejects], Iterator[tuple[int, Fields]]]


class Format(msgspec.Struct, frozen=True):
    """A structure of a whole file.

    Attributes:
        name: What people call it.
        recognises: Is a file that begins with this text of this structure?
        open: Makes the export.
        download: Is it part of a download that holds many other files, too, which are no messages?
    """

    name: Text
    recognises: Callable[[str], bool]
    open: Callable[[Source], Export]
    download: bool = False


class Rows:
    """An export whose messages a reader gives one by one.

    Args:
        source: The file.
        columns: What a message of the file holds, in the order in which it is kept.
        made: Columns that stand nowhere in the file; the reader knows them.
        read: Gives the number of each message in the file and its fields, those of `columns` and `made`.

    Attributes:
        name, title, schema, made: See `Export`.
    """

    def __init__(self, source: Source, columns: Sequence[str], made: Sequence[str], read: Reader) -> None:
        self.name = source.name
        self.title = title_of(source)
        self.schema = pa.schema([(name, pa.string()) for name in (*columns, *made)])
        self.made: Collection[str] = made
        self._source = source
        self._read = read

    def slices(self, size: int, rejects: Rejects, columns: Collection[str] | None = None) -> Iterator[Slice]:
        """See `Export`."""
        schema = pa.schema([field for field in self.schema if columns is None or field.name in columns])
        numbers: list[int] = []
        gathered: list[list[str | None]] = []
        characters = 0
        for number, fields in self._read(self._source, rejects):
            row = [as_text(fields.get(name)) for name in schema.names]
            numbers.append(number)
            gathered.append(row)
            characters += sum(map(len, filter(None, row)))
            if len(gathered) == size or characters > _MOST_CHARACTERS:
                yield Slice(_batch(gathered, schema), numbers)
                numbers, gathered, characters = [], [], 0
        if gathered:
            yield Slice(_batch(gathered, schema), numbers)


def _batch(rows: list[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=schema)


def as_text(value: object) -> str | None:
    """A value of a JSON file as the text of a cell; None for nothing.

    Example:
        >>> as_text(3.0), as_text({"a": 1}), as_text("")
        ('3', '{"a": 1}', None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def text_of(fields: object, *names: str) -> str | None:
    """The first of these fields that holds text or a number; None where none does, or `fields` is no object.

    Example:
        >>> text_of({"Date": "", "date": "1-3-2026"}, "Date", "date"), text_of([], "x")
        ('1-3-2026', None)
    """
    if isinstance(fields, Mapping):
        for name in names:
            value = fields.get(name)
            if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
                return as_text(value)
    return None


def part_of(fields: object, *names: str) -> Mapping[str, object]:
    """The object in the first of these fields that holds one; an empty one where none does."""
    if isinstance(fields, Mapping):
        for name in names:
            value = fields.get(name)
            if isinstance(value, Mapping):
                return value
    return {}


def list_of(fields: object, *names: str) -> Sequence[object]:
    """The list in the first of these fields that holds one; an empty one where none does."""
    if isinstance(fields, Mapping):
        for name in names:
            value = fields.get(name)
            if isinstance(value, list):
                return value
    return ()
