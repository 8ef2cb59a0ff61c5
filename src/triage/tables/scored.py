"""Reads scored messages back, from a table in memory or from the files that triage wrote."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.case import Finding, find
from triage.errors import InputError
from triage.labels import FLAGS, LABELS, Classification, ReviewReason
from triage.language import Text
from triage.message import MOST, Message, Visibility
from triage.tables.cells import cells
from triage.tables.exports import open_export
from triage.tables.messages import make_plan, to_messages
from triage.tables.rejects import Rejects
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA
from triage.tables.sources import open_source
from triage.tables.times import FIRST_YEAR, LAST_YEAR
from triage.tables.values import read_count, read_intensity, read_list, read_number, read_text
from triage.tables.writing import EMPTY_LIST, unsafe_cell

SCORED_SCHEMA = pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA])
BATCH_ROWS = 32_768

_NEEDED = (*LABELS, "model_labels", "model_intensity")
_YES, _NO = ("true", "waar", "ja", "1"), ("false", "onwaar", "nee", "0")
_BAD_MODEL_VALUE = Text(nl="Deze waarde kan niet van het model zijn.", en="This value cannot be the model's.")
# What str.isspace calls a blank; Arrow knows no class for it.
_NO_BLANK = r"[^\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
_KNOWN_WORDS = {
    "visibility": get_args(Visibility),
    "labels": LABELS,
    "flags": FLAGS,
    "model_labels": LABELS,
    "model_flags": FLAGS,
    "review_reasons": get_args(ReviewReason),
}


def _start_of(year: int) -> float:
    """Microseconds since 1970."""
    return datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1e6


_LIMITS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(LABELS, (0, 1)),
    **dict.fromkeys(("intensity", "model_intensity"), (0, 3)),
    "sent_at": (_start_of(FIRST_YEAR), _start_of(LAST_YEAR)),
    "windows": (0, 1 << 31),
}


def read_scored(paths: Sequence[Path | str]) -> Iterator[pa.RecordBatch]:
    """Read files that `triage score` wrote, whatever their form.

    Yields:
        The message and model columns of all files, one after the other.

    Raises:
        InputError: if a file was not scored, or a row or value in it cannot be read.
    """
    with ExitStack() as stack:
        for path in paths:
            source = stack.enter_context(open_source(path))
            export = open_export(source)
            check_scored(export.schema.names, f"{source.name}: ")
            for part in export.slices(BATCH_ROWS, _Strict()):
                batch = _as_meant(part.batch) if source.format == "csv" else part.batch
                yield _typed(batch, part.rows, source.name)


def batches_of(table: pa.Table) -> Iterator[pa.RecordBatch]:
    """The same from a table in memory that `score_table` made."""
    check_scored(table.schema.names, "")
    row = 0
    for batch in table.to_batches(max_chunksize=BATCH_ROWS):
        yield _typed(batch, range(row, row + batch.num_rows), "")
        row += batch.num_rows


def findings_of(batch: pa.RecordBatch) -> list[Finding]:
    """The findings of scored messages; what a person judged wins over the model.

    Args:
        batch: What `read_scored` or `batches_of` gave, or its columns among others.

    Raises:
        InputError: if a value in it cannot be.
    """
    names = [name for name in SCORED_SCHEMA.names if name in batch.schema.names]
    return [_finding(dict(zip(names, row, strict=True))) for row in zip(*(batch.column(name).to_pylist() for name in names), strict=True)]


def check_scored(names: Sequence[str], where: str = "") -> None:
    """Refuse a table that was not scored.

    Args:
        names: Its columns.
        where: Begins the sentence of a refusal.

    Raises:
        InputError: if columns are missing.
    """
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
    """The message and model columns of any scored batch, with their types and nothing in them that cannot be."""
    names = batch.schema.names
    read = {name: batch.column(name) for name in names if _is_sound(name, batch.column(name))}
    sound = set(read)
    fields = {name: name for name in MESSAGE_SCHEMA.names if name in names and name not in sound}
    if fields:
        messages = to_messages(batch, make_plan(batch.schema, fields), list(rows), file, _Strict())
        read |= {name: messages.column(name) for name in fields}
    for field in MODEL_SCHEMA:
        if field.name in names and field.name not in sound:
            read[field.name] = _read_model(batch.column(field.name), field, rows, file)
    arrays = [read.get(field.name, pa.nulls(batch.num_rows, field.type)) for field in SCORED_SCHEMA]
    typed = pa.RecordBatch.from_arrays(arrays, schema=SCORED_SCHEMA)
    decided = pc.or_(typed.column("labels").is_valid(), is_complete(typed))
    if pc.all(decided).as_py() is False or not all(_is_sound(name, read[name]) for name in read if name not in sound):
        findings_of(typed)  # says what is wrong
    return typed


def _is_sound(name: str, column: pa.Array) -> bool:
    """Is this column as triage writes it, every value of it? Then no value needs to be looked at by itself."""
    if name not in SCORED_SCHEMA.names or column.type != SCORED_SCHEMA.field(name).type:
        return False
    kind = column.type
    if name in _KNOWN_WORDS:
        if name in MODEL_SCHEMA.names and column.null_count:  # read as an empty list
            return False
        words = _items(column) if pa.types.is_list(kind) else column.drop_null()
        return pc.all(pc.is_in(words, pa.array(_KNOWN_WORDS[name]))).as_py() is not False
    if pa.types.is_string(kind):
        return _is_sound_text(column)
    if pa.types.is_boolean(kind):
        return True
    numbers = column.cast(pa.int64()) if pa.types.is_timestamp(kind) else column
    bounds, (low, high) = pc.min_max(numbers).as_py(), _LIMITS.get(name, (0, MOST))
    if pa.types.is_floating(kind) and pc.any(pc.is_nan(numbers)).as_py():
        return False
    return bounds["min"] is None or bool(low <= bounds["min"] and bounds["max"] <= high)


def _is_sound_text(column: pa.Array) -> bool:
    try:
        column.validate(full=True)  # is it UTF-8?
    except pa.ArrowInvalid:
        return False
    return not pc.any(pc.match_substring(column, "\0")).as_py() and pc.all(pc.match_substring_regex(column, _NO_BLANK)).as_py() is not False


def _items(lists: pa.Array) -> pa.Array:
    """The values of all lists, also those that stand behind a null."""
    first, last = (lists.offsets[place].as_py() for place in (0, len(lists))) if len(lists) else (0, 0)
    return lists.values.slice(first, last - first)


def holds_any(lists: pa.Array, words: Collection[str]) -> pa.Array:
    """Does each list hold one of these words? False for null.

    Example:
        >>> holds_any(pa.array([["a", "b"], [], None]), ["b"]).to_pylist()
        [True, False, False]
    """
    found = pc.is_in(_items(lists), pa.array(list(words), pa.string()))
    held = np.zeros(len(lists), dtype=bool)
    held[pc.list_parent_indices(lists).filter(found).to_numpy()] = True
    return pc.and_(pa.array(held), lists.is_valid())


def is_complete(typed: pa.RecordBatch) -> pa.Array:
    """Which rows have all that a classification needs?"""
    complete = typed.column(_NEEDED[0]).is_valid()
    for name in _NEEDED[1:]:
        complete = pc.and_(complete, typed.column(name).is_valid())
    return complete


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
                "review_reasons": row.get("review_reasons") or (),
                "model": row["model"] or "",
                "windows": row.get("windows") or 1,
            },
            Classification,
        )
    except msgspec.ValidationError:
        raise InputError(
            "The columns of the model were changed: score the messages again.",
            nl="De kolommen van het model zijn veranderd: laat de berichten opnieuw scoren.",
        ) from None
