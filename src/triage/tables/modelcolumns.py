"""The columns of the model: from classifications, and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from triage.classify.classifications import REVIEW_REASONS, ROW, Classifications, Rows, bits, named
from triage.labels import FLAGS, LABELS, primary
from triage.tables.schema import MODEL_SCHEMA

_SETS: dict[str, tuple[str, Sequence[str]]] = {  # column -> field of ROW, and what its bits stand for
    "model_labels": ("labels", LABELS),
    "model_flags": ("flags", FLAGS),
    "review_reasons": ("reasons", REVIEW_REASONS),
}


def model_columns(found: Classifications) -> list[pa.Array]:
    """The columns of `MODEL_SCHEMA`.

    Example:
        >>> columns = model_columns(Classifications(np.zeros(2, ROW), "m@1"))
        >>> [column.to_pylist() for column in columns[:4]]
        [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [[], []]]
    """
    rows = found.rows
    columns: dict[str, pa.Array] = {label: pa.array(rows["scores"][:, place], pa.float32()) for place, label in enumerate(LABELS)}
    columns |= {name: _all_sets(name).take(pa.array(rows[field])) for name, (field, _) in _SETS.items()}
    columns["primary"] = _all_primaries().take(pa.array(rows["labels"]))
    columns["model_intensity"] = pa.array(rows["intensity"], pa.float32())
    columns["needs_review"] = pa.array(rows["needs_review"], pa.bool_())
    columns["model"] = pa.repeat(found.model, len(rows))
    columns["windows"] = pa.array(rows["windows"], pa.int32())
    return [columns[name] for name in MODEL_SCHEMA.names]


def model_rows(batch: pa.RecordBatch) -> Rows:
    """What `model_columns` was made from, as exact as the columns are.

    Args:
        batch: Holds the columns of `MODEL_SCHEMA`, without nulls but in `primary`.
    """
    rows = np.zeros(batch.num_rows, ROW)
    for place, label in enumerate(LABELS):
        rows["scores"][:, place] = batch.column(label).to_numpy()
    rows["intensity"] = batch.column("model_intensity").to_numpy()
    for name, (field, order) in _SETS.items():
        words = pc.binary_join(batch.column(name), " ").dictionary_encode()
        numbers = np.array([bits(word.split(), order) for word in words.dictionary.to_pylist()], dtype=ROW[field])
        rows[field] = numbers[words.indices.to_numpy()] if len(numbers) else 0
    rows["needs_review"] = batch.column("needs_review").to_numpy(zero_copy_only=False)
    rows["windows"] = batch.column("windows").to_numpy()
    return rows


@cache
def _all_sets(column: str) -> pa.Array:
    """Every set that a column can hold, at the place of its number."""
    order = _SETS[column][1]
    return pa.array([named(number, order) for number in range(1 << len(order))], MODEL_SCHEMA.field(column).type)


@cache
def _all_primaries() -> pa.Array:
    return pa.array([primary(named(number, LABELS)) for number in range(1 << len(LABELS))], pa.string())
