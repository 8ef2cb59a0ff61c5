"""Scoring as a plain function on Arrow, for engines that bring their own workers: Spark, Ray Data, datasets.

How the columns are to be read is settled once, from all rows (`plan_of`); then any worker scores any part of them (`score_rows`), and
the parts together are what `score_table` makes of the whole. With `datasets`:

    rows = rows.with_format("arrow")
    plan = plan_of(rows.iter(10_000))
    scored = rows.map(partial(score_rows, plan=plan), batched=True)

and with Ray Data:

    plan = plan_of(rows.iter_batches(batch_format="pyarrow"))
    scored = rows.map_batches(partial(score_rows, plan=plan), batch_format="pyarrow")

`triage.tables.spark` does both for a Spark DataFrame. The function for cases is `assess_table`: a table in, a table out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeVar

import msgspec
import pyarrow as pa

from triage.classify import Classifier, load_classifier
from triage.errors import InputError
from triage.tables.look import Look
from triage.tables.memory import Memory
from triage.tables.messages import Plan, to_messages
from triage.tables.rejects import Rejects
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA, distinct
from triage.tables.scoring import score_batch

Rows = TypeVar("Rows", pa.RecordBatch, pa.Table)


def plan_of(parts: Iterable[pa.RecordBatch | pa.Table], mapping: Mapping[str, str] | None = None) -> Plan:
    """Settle how the columns become messages, from all rows: in which order dates stand, and whether labels are labels.

    Args:
        parts: All rows, in parts of any size; a part may leave out columns that hold neither times nor labels, the first may not.
        mapping: Field -> column, where they are not found.

    Returns:
        The plan; it can be pickled.

    Raises:
        InputError: if there is no part, one is no Arrow, no column holds text, or the mapping names what does not exist.

    Example:
        >>> plan = plan_of([pa.table({"Datum": ["3/25/2026"], "Bericht": ["hoi"]})])
        >>> plan.columns["text"], plan.month_first
        ('Bericht', True)
    """
    look, schema = None, pa.schema([])
    for part in parts:
        part = plainly_named(part)
        if look is None:
            look, schema = Look(part.schema.names, mapping), part.schema
        for batch in _batches(part):
            look.see(batch)
    if look is None:
        raise InputError("There are no rows: give at least one part.", nl="Er zijn geen rijen: geef minstens een deel.")
    return look.plan(schema)


def score_rows(rows: Rows, plan: Plan, model: str | None = None, memory: Memory | None = None) -> Rows:
    """Score some of the rows that a plan was made for; a value that cannot be read becomes null, and stays in its original column.

    Args:
        rows: A batch or a table.
        plan: What `plan_of` settled.
        model: Folder or hub name; None for the embedded model. It is loaded once in a process, with one thread, and kept.
        memory: Of texts that were scored before; None for no memory between calls.

    Returns:
        The original columns, the message columns and the model columns, as `score_table` gives them.

    Example:
        >>> rows = pa.table({"Bericht": ["Dank u wel!"]})
        >>> score_rows(rows, plan_of([rows])).column("model_labels").to_pylist()
        [[]]
    """
    classify = classifier(model).classify_all
    rows = plainly_named(rows)
    kept: list[pa.Field] = [rows.schema.field(name).with_name(new) for name, new in plan.originals.items()]
    plan = msgspec.structs.replace(plan, schema=pa.schema([*kept, *MESSAGE_SCHEMA]))  # this part may name types in its own way
    scored = [score_batch(to_messages(batch, plan, range(batch.num_rows), "", Rejects()), classify, memory) for batch in _batches(rows)]
    if isinstance(rows, pa.RecordBatch):
        return scored[0]
    return pa.Table.from_batches(scored, schema=pa.schema([*plan.schema, *MODEL_SCHEMA]))


@cache
def classifier(model: str | None) -> Classifier:
    """The model, loaded once in a process; with one thread, as engines have a process for each core.

    Args:
        model: Folder or hub name; None for the embedded model.
    """
    return load_classifier(model, threads=1)


def plainly_named(rows: Rows) -> Rows:
    """The same rows, their columns with different names and no metadata.

    Raises:
        InputError: if they are no Arrow.
    """
    if not isinstance(rows, pa.RecordBatch | pa.Table):
        kind = type(rows).__name__
        raise InputError(
            f'Expected rows as Arrow, got {kind}: ask the engine for them (with_format("arrow"), batch_format="pyarrow").',
            nl=f'Verwacht rijen als Arrow, niet {kind}: vraag de engine daarom (with_format("arrow"), batch_format="pyarrow").',
        )
    return rows.rename_columns(distinct(rows.schema.names)).replace_schema_metadata(None)


def _batches(rows: pa.RecordBatch | pa.Table) -> list[pa.RecordBatch]:
    return [rows] if isinstance(rows, pa.RecordBatch) else rows.to_batches()
