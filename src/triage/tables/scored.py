"""Reads scored messages back, from a table in memory or from the files that triage wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from triage.case import Finding, find
from triage.errors import InputError
from triage.labels import LABELS, Classification
from triage.message import Message
from triage.tables.cases import person
from triage.tables.exports import open_export
from triage.tables.messages import make_plan, to_messages
from triage.tables.reading import BATCH_ROWS
from triage.tables.rejects import Rejects
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA
from triage.tables.sources import open_source
from triage.tables.values import read_count, read_list, read_number, read_text
from triage.tables.writing import EMPTY_LIST, unsafe_cell

_NEEDED = (*LABELS, "model_labels", "model_intensity")
_SCORED_SCHEMA = pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA])
_ROUNDED_ID = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)  # what a spreadsheet makes of a long number


def read_scored(paths: Sequence[Path | str]) -> pa.Table:
    """Read files that `triage score` wrote, whatever their form.

    Returns:
        The message and model columns of all files together.

    Raises:
        InputError: if a file was not scored.
    """
    batches = []
    with ExitStack() as stack:
        for path in paths:
            source = stack.enter_context(open_source(path))
            export = open_export(source)
            _check_scored(export.schema.names, f"{source.name}: ")
            for part in export.slices(BATCH_ROWS, Rejects()):
                batches.append(_typed(_as_meant(part.batch) if source.format == "csv" else part.batch))
    return pa.Table.from_batches(batches, schema=_SCORED_SCHEMA)


def findings_of(table: pa.Table) -> list[Finding]:
    """The findings of scored messages; what a person judged wins over the model.

    Args:
        table: What `score_table` or `read_scored` made.

    Raises:
        InputError: if the table was not scored.
    """
    _check_scored(table.schema.names, "")
    findings = []
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        typed = _typed(batch)
        values = {name: typed.column(name).to_pylist() for name in typed.schema.names}
        findings += [_finding({name: column[row] for name, column in values.items()}) for row in range(typed.num_rows)]
    return _with_sound_ids(findings)


def _check_scored(names: Sequence[str], where: str) -> None:
    missing = [name for name in ("text", *_NEEDED) if name not in names]
    if missing:
        listed = ", ".join(missing)
        raise InputError(
            f"{where}Columns {listed} are missing: score the messages first (triage score).",
            nl=f"{where}De kolommen {listed} ontbreken: laat de berichten eerst scoren (triage score).",
        )


def _as_meant(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The cells of a CSV file without the apostrophes that keep a spreadsheet from executing them."""
    columns = [[value and unsafe_cell(value) for value in column.to_pylist()] for column in batch.columns]
    return pa.RecordBatch.from_arrays([pa.array(column, pa.string()) for column in columns], schema=batch.schema)


def _typed(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The message and model columns of any scored batch, with their types."""
    if batch.schema == _SCORED_SCHEMA:
        return batch
    rows = list(range(batch.num_rows))
    fields = {name: name for name in MESSAGE_SCHEMA.names if name in batch.schema.names}
    messages = to_messages(batch, make_plan(batch.schema, fields), rows, "", Rejects()).select(MESSAGE_SCHEMA.names)
    model = [
        pa.array(_read_model(batch.column(field.name), field.type), field.type)
        if field.name in batch.schema.names
        else pa.nulls(batch.num_rows, field.type)
        for field in MODEL_SCHEMA
    ]
    return pa.RecordBatch.from_arrays([*messages.columns, *model], schema=_SCORED_SCHEMA)


def _read_model(column: pa.Array, kind: pa.DataType) -> list[Any]:
    values = column.to_pylist()
    if pa.types.is_list(kind):
        return [[word for word in read_list(value) or () if word != EMPTY_LIST] for value in values]
    if pa.types.is_boolean(kind):
        return [str(value).lower() == "true" for value in values]
    try:
        if pa.types.is_integer(kind):
            return [read_count(value) for value in values]
        return [read_number(value) for value in values] if pa.types.is_floating(kind) else [read_text(value) for value in values]
    except (ValueError, TypeError):
        raise InputError(
            "The columns of the model were changed: score the messages again.",
            nl="De kolommen van het model zijn veranderd: laat de berichten opnieuw scoren.",
        ) from None


def _finding(row: dict[str, Any]) -> Finding:
    fields = {name: row[name] for name in MESSAGE_SCHEMA.names if row[name] is not None}
    if person(fields.get("author")) is None:
        fields.pop("author", None)
    if _ROUNDED_ID.fullmatch(fields.get("id", "")):
        del fields["id"]
    return find(Message(**{"text": "", **fields}), _classification(row))


def _classification(row: dict[str, Any]) -> Classification | None:
    if any(row[name] is None for name in _NEEDED):
        return None
    try:
        return msgspec.convert(
            {
                "scores": {label: row[label] for label in LABELS},
                "labels": row["model_labels"],
                "intensity": row["model_intensity"],
                "flags": row["model_flags"] or (),
                "needs_review": bool(row["needs_review"]),
                "review_reasons": row["review_reasons"] or (),
                "model": row["model"] or "",
                "windows": row["windows"] or 1,
            },
            Classification,
        )
    except msgspec.ValidationError:
        raise InputError(
            "The columns of the model were changed: score the messages again.",
            nl="De kolommen van het model zijn veranderd: laat de berichten opnieuw scoren.",
        ) from None


def _with_sound_ids(findings: Sequence[Finding]) -> list[Finding]:
    """Without the ids that stand for different messages, as where two exports both number from 1; such messages go by their content."""
    known: dict[str, Message] = {}
    unsound: set[str] = set()
    for finding in findings:
        message = finding.message
        if message.id is not None:
            other = known.setdefault(message.id, message)
            if message.text != other.text and (message.author, message.sent_at) != (other.author, other.sent_at):
                unsound.add(message.id)
    return [
        msgspec.structs.replace(one, message=msgspec.structs.replace(one.message, id=None)) if one.message.id in unsound else one
        for one in findings
    ]
