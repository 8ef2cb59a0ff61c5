"""Gives a batch of any export the message columns, beside its original ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
import pyarrow as pa

from triage.tables.cells import cells, encoded, texts
from triage.tables.exports import Slice
from triage.tables.rejects import NO_TEXT, Rejects
from triage.tables.schema import MESSAGE_SCHEMA, TEXT_FIELDS, kept_names, takes_place
from triage.tables.times import read_time
from triage.tables.values import FIELD_READERS, UnreadableError, read_text


class Plan(msgspec.Struct, frozen=True):
    """How the columns of one export become messages.

    Attributes:
        columns: Field -> original column.
        originals: Original column -> the name under which it is kept.
        schema: All columns that come out: the originals, then the message.
        month_first: Does 3/4/2026 mean 4 March?
    """

    columns: dict[str, str]
    originals: dict[str, str]
    schema: pa.Schema
    month_first: bool = False


def make_plan(schema: pa.Schema, columns: Mapping[str, str], month_first: bool = False, made: Collection[str] = ()) -> Plan:
    """Plan how columns become messages.

    Args:
        schema: The original columns, with different names.
        columns: Field -> original column, as `find_columns` gives it.
        month_first: Does 3/4/2026 mean 4 March?
        made: Columns that a reader made for the message; they are not kept beside it.
    """
    gone = {*made} | {column for field, column in columns.items() if takes_place(field, column, schema.field(column).type)}
    originals = kept_names(schema.names, gone)
    kept = [schema.field(name).with_name(new) for name, new in originals.items()]
    return Plan(dict(columns), originals, pa.schema([*kept, *MESSAGE_SCHEMA]), month_first)


def to_messages(batch: pa.RecordBatch, plan: Plan, rows: Sequence[int], file: str, rejects: Rejects) -> pa.RecordBatch:
    """Add the message columns; a value that cannot be read becomes null and is counted.

    Args:
        batch: The original columns.
        plan: How they become messages.
        rows: The place of each row in its file.
        file: The file as the user named it.
        rejects: Takes what cannot be read.
    """
    arrays = [batch.column(name) for name in plan.originals]
    for field in MESSAGE_SCHEMA:
        column = plan.columns.get(field.name)
        if column is None:
            arrays.append(pa.nulls(batch.num_rows, field.type))
            continue
        whole = texts(batch.column(column)) if field.name in TEXT_FIELDS else None
        arrays.append(whole if whole is not None else _read(batch.column(column), field, plan, rows, file, rejects))
    return pa.RecordBatch.from_arrays(arrays, schema=plan.schema)


def _read(column: pa.Array, field: pa.Field, plan: Plan, rows: Sequence[int], file: str, rejects: Rejects) -> pa.Array:
    """Read each different value of a column once."""
    reader = _reader(field.name, plan)
    values, places = encoded(column)
    read, wrong = [], {}
    for place, value in enumerate(values):
        try:
            read.append(reader(value))
        except UnreadableError as error:
            wrong[place] = error.reason
            read.append(None)
    if wrong:
        for row, place in zip(rows, places.to_pylist(), strict=True):
            if place in wrong:
                rejects.value(file, row, plan.columns[field.name], wrong[place], str(values[place]))
    return pa.array(read, field.type).take(places)


def without_textless(part: Slice, column: str, file: str, rejects: Rejects) -> Slice:
    """Drop the rows that have nothing to score, and count them.

    Args:
        part: Rows as they stand in the export.
        column: Which holds the text.
        file: The file as the user named it.
        rejects: Takes the rows without text.
    """
    whole = texts(part.batch.column(column))
    if whole is None:
        whole = pa.array([read_text(value) for value in cells(part.batch.column(column))], pa.string())
    if not whole.null_count:
        return part
    kept = whole.is_valid()
    textless = [place for place, keep in enumerate(kept.to_pylist()) if not keep]
    for place in textless:
        values = [cells(column.slice(place, 1))[0] for column in part.batch.columns]
        rejects.row(file, part.rows[place], NO_TEXT, "; ".join(str(value) for value in values if value is not None))
    gone = set(textless)
    return Slice(part.batch.filter(kept), [row for place, row in enumerate(part.rows) if place not in gone])


def _reader(field: str, plan: Plan) -> Callable[[object], object]:
    if field in TEXT_FIELDS:
        return read_text
    if field == "sent_at":
        return lambda value: read_time(value, plan.month_first)
    return FIELD_READERS[field]
