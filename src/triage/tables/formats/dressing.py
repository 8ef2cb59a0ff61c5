"""Adds to a table of a known maker what its columns do not say by themselves: platform, visibility, zone, the text in a cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from triage.language import Text
from triage.tables.cells import cells
from triage.tables.columns import plain_name
from triage.tables.exports import Export, Slice
from triage.tables.rejects import Rejects

Row = Mapping[str, Any]  # plain column name -> value
Maker = Callable[[Row], str | None]


class TableFormat(msgspec.Struct, frozen=True):
    """A structure that is recognised by the header of a table.

    Attributes:
        name: What people call it.
        recognises: Is a table with these plain column names of this structure?
        makes: Message column -> how it follows from a row, given the plain column names.
        download: See `Format`.
    """

    name: Text
    recognises: Callable[[Collection[str]], bool]
    makes: Callable[[Collection[str]], Mapping[str, Maker]]
    download: bool = False


class Dressed:
    """An export of a known maker, with the columns that are made for it.

    Args:
        export: The table as it stands.
        form: Its structure.

    Attributes:
        name, title, schema, made: See `Export`.
    """

    def __init__(self, export: Export, form: TableFormat) -> None:
        self.name, self.title = export.name, export.title
        self._export = export
        self._plain = [plain_name(name) for name in export.schema.names]
        # A column that the table has itself wins, also one with another name of the field.
        self._makers = {name: maker for name, maker in form.makes(self._plain).items() if plain_name(name) not in self._plain}
        self.made: Collection[str] = tuple(self._makers)
        self.schema = pa.schema([*export.schema, *((name, pa.string()) for name in self._makers)])

    def slices(self, size: int, rejects: Rejects, columns: Collection[str] | None = None) -> Iterator[Slice]:
        """See `Export`."""
        for part in self._export.slices(size, rejects):
            rows = [dict(zip(self._plain, row, strict=True)) for row in zip(*map(cells, part.batch.columns), strict=True)]
            made = [pa.array([maker(row) for row in rows], pa.string()) for maker in self._makers.values()]
            batch = pa.RecordBatch.from_arrays([*part.batch.columns, *made], schema=self.schema)
            yield Slice(batch if columns is None else batch.select([name for name in batch.schema.names if name in columns]), part.rows)


def first_of(row: Row, names: Sequence[str]) -> str | None:
    """The first of these columns that holds something, as text."""
    return next((str(value) for name in names if (value := row.get(name)) not in (None, "")), None)
