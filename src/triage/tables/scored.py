"""Reads scored messages back, from a table in memory or from the files that triage wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from triage.case import Finding, find
from triage.errors import InputError
from triage.labels import LABELS, Classification
from triage.language import Text
from triage.message import Message
from triage.tables.cases import person
from triage.tables.cells import cells
from triage.tables.exports import open_export
from triage.tables.messages import make_plan, to_messages
from triage.tables.reading import BATCH_ROWS
from triage.tables.rejects import Rejects
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA
from triage.tables.sources import open_source
from triage.tables.values import read_count, read_intensity, read_list, read_number, read_text
from triage.tables.writing import EMPTY_LIST, unsafe_cell

_NEEDED = (*LABELS, "model_labels", "model_intensity")
_SCORED_SCHEMA = pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA])
_YES, _NO = ("true", "waar", "ja", "1"), ("false", "onwaar", "nee", "0")
_BAD_MODEL_VALUE = Text(nl="Deze waarde kan niet van het model zijn.", en="This value cannot be the model's.")
_ROUNDED_ID = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)  # what a spreadsheet makes of a long number


def read_scored(paths: Sequence[Path | str]) -> pa.Table:
    """Read files that `triage score` wrote, whatever their form.

    Returns:
        The message and model columns of all files together.

    Raises:
        InputError: if a file was not scored, or a row or value in it cannot be read.
    """
    batches = []
    with ExitStack() as stack:
        for path in paths:
            source = stack.enter_context(open_source(path))
            export = open_export(source)
            _check_scored(export.schema.names, f"{source.name}: ")
            for part in export.slices(BATCH_ROWS, _Strict()):
                batch = _as_meant(part.batch) if source.format == "csv" else part.batch
                batches.append(_typed(batch, part.rows, source.name))
    return pa.Table.from_batches(batches, schema=_SCORED_SCHEMA)


def findings_of(table: pa.Table) -> list[Finding]:
    """The findings of scored messages; what a person judged wins over the model.

    Args:
        table: What `score_table` or `read_scored` made.

    Raises:
        InputError: if the table was not scored, or a value in it cannot be read.
    """
    _check_scored(table.schema.names, "")
    findings: list[Finding] = []
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        typed = _typed(batch, list(range(len(findings), len(findings) + batch.num_rows)), "")
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


def _typed(batch: pa.RecordBatch, rows: Sequence[int], file: str) -> pa.RecordBatch:
    """The message and model columns of any scored batch, with their types."""
    names = batch.schema.names
    fields = {name: name for name in MESSAGE_SCHEMA.names if name in names}
    messages = to_messages(batch, make_plan(batch.schema, fields), rows, file, _Strict()).select(MESSAGE_SCHEMA.names)
    model = [
        _read_model(batch.column(field.name), field, rows, file) if field.name in names else pa.nulls(batch.num_rows, field.type)
        for field in MODEL_SCHEMA
    ]
    return pa.RecordBatch.from_arrays([*messages.columns, *model], schema=_SCORED_SCHEMA)


def _read_model(column: pa.Array, field: pa.Field, rows: Sequence[int], file: str) -> pa.Array:
    reader = _model_reader(field)
    read = []
    for row, value in zip(rows, cells(column), strict=True):
        try:
            read.append(reader(value))
        except (ValueError, TypeError, OverflowError):
            _Strict().value(file, row, field.name, _BAD_MODEL_VALUE, "")
    return pa.array(read, field.type)


def _model_reader(field: pa.Field) -> Callable[[object], object]:
    if field.name in LABELS:
        return _read_score
    if field.name == "model_intensity":
        return read_intensity
    if pa.types.is_list(field.type):
        return lambda value: [word for word in read_list(value) or () if word != EMPTY_LIST]
    if pa.types.is_boolean(field.type):
        return _read_yes
    return _read_windows if pa.types.is_integer(field.type) else read_text


def _read_score(value: object) -> float | None:
    score = read_number(value)
    if score is not None and not 0 <= score <= 1:
        raise ValueError
    return score


def _read_windows(value: object) -> int | None:
    windows = read_count(value)
    if windows is not None and windows >= 1 << 31:
        raise ValueError
    return windows


def _read_yes(value: object) -> bool | None:
    if value is None or isinstance(value, bool) or not str(value).strip():
        return value if isinstance(value, bool) else None
    word = str(value).strip().lower()
    if word not in _YES + _NO:
        raise ValueError
    return word in _YES


class _Strict(Rejects):
    """Refuses what other exports may have wrong: in a file of triage itself nothing may be lost without a word."""

    def row(self, file: str, row: int, reason: Text, raw: str) -> None:
        self.value(file, row, "", reason, raw)

    def value(self, file: str, row: int, column: str, reason: Text, raw: str) -> None:
        where_en = f"{file + ', ' if file else ''}row {row}{', column ' + column if column else ''}"
        where_nl = f"{file + ', ' if file else ''}rij {row}{', kolom ' + column if column else ''}"
        raise InputError(
            f"{where_en}: {reason.en} Repair it, or score the messages again.",
            nl=f"{where_nl}: {reason.nl} Herstel dit, of laat de berichten opnieuw scoren.",
        )


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
                "needs_review": row["needs_review"] is not False,  # not known: a person had better look
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
