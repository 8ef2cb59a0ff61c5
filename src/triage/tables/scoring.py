"""Scores messages in memory: one Arrow function for every engine, and whole frames."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from triage.errors import InputError
from triage.tables.look import Look
from triage.tables.memory import Classify, Memory, distinct_texts
from triage.tables.messages import to_messages
from triage.tables.modelcolumns import model_columns
from triage.tables.rejects import Rejects
from triage.tables.schema import MODEL_SCHEMA, distinct

BATCH_ROWS = 1 << 16  # many, since the processor waits at both ends of a batch


def score_batch(batch: pa.RecordBatch, classify: Classify, memory: Memory | None = None) -> pa.RecordBatch:
    """Add the model columns to a batch of messages; a text that comes more than once is scored once.

    Args:
        batch: Any batch with a `text` column.
        classify: Texts -> classifications, in their order.
        memory: Of texts that were scored before; None for no memory between calls.

    Returns:
        The batch with the columns of `MODEL_SCHEMA`.

    Example:
        >>> from triage.labels import LABELS, Classification
        >>> found = Classification(scores=dict.fromkeys(LABELS, 0.0), labels=(), intensity=0.0)
        >>> scored = score_batch(pa.RecordBatch.from_pydict({"text": ["hoi"]}), lambda texts: [found for _ in texts])
        >>> scored.column("model_labels").to_pylist()
        [[]]
    """
    texts, places = distinct_texts(batch.column("text"))
    found = (memory or Memory(len(texts))).classify(texts, classify).take(places)
    return pa.RecordBatch.from_arrays([*batch.columns, *model_columns(found)], schema=pa.schema([*batch.schema, *MODEL_SCHEMA]))


def score_table(table: Any, classify: Classify, mapping: Mapping[str, str] | None = None) -> pa.Table:
    """Score every row of a table, in its order; a row without text is scored as an empty text, which asks for review.

    Args:
        table: Any frame that speaks Arrow: pandas, polars, duckdb, pyarrow, datasets.
        classify: Texts -> classifications, in their order.
        mapping: Field -> column, where they are not found.

    Returns:
        The original columns, the message columns and the model columns; see `triage.tables.schema`.

    Raises:
        InputError: if it is no table, or no column holds text.

    Warns:
        UserWarning: where dates may be meant otherwise, a column of labels was passed over, or values could not be read.
    """
    original = as_table(table).combine_chunks()
    look, rejects = Look(original.schema.names, mapping), Rejects()
    parts = original.to_batches(max_chunksize=BATCH_ROWS)
    for batch in parts:
        look.see(batch)
    plan = look.plan(original.schema)
    batches, row, memory = [], 0, Memory()
    for batch in parts:
        messages = to_messages(batch, plan, list(range(row, row + batch.num_rows)), "", rejects)
        batches.append(score_batch(messages, classify, memory))
        row += batch.num_rows
    remarks = [notice.en for notice in look.notices()]
    remarks += [f"{count} values are null: {reason.en}" for reason, count in rejects.reasons.most_common()]
    for remark in remarks:
        warnings.warn(remark, stacklevel=2)
    return pa.Table.from_batches(batches, schema=pa.schema([*plan.schema, *MODEL_SCHEMA]))


def as_table(table: Any) -> pa.Table:
    """Any frame that speaks Arrow as a pyarrow table with different column names.

    Raises:
        InputError: if it does not.
    """
    if hasattr(table, "with_format"):  # datasets.Dataset: this way its selection and order are respected
        table = table.with_format("arrow")[:]
    if not (hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__")):
        kind = type(table).__name__
        raise InputError(
            f"Expected a table that speaks Arrow (pandas, polars, duckdb, pyarrow, datasets), got {kind}.",
            nl=f"Verwacht een tabel die Arrow spreekt (pandas, polars, duckdb, pyarrow, datasets), niet {kind}.",
        )
    try:
        arrow = pa.table(table)
        return arrow.rename_columns(distinct(arrow.schema.names)).replace_schema_metadata(None)
    except (pa.ArrowException, ValueError, TypeError, AttributeError, OverflowError):  # whose words may hold a message
        raise InputError(
            "The table cannot be read as Arrow: give a table of columns, each with values of one kind and sound text.",
            nl="De tabel is niet als Arrow te lezen: geef een tabel met kolommen, elk met waarden van een soort en gave tekst.",
        ) from None
