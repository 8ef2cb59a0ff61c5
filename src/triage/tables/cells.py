"""The values of an Arrow column, one by one, whatever its type."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def cells(column: pa.Array) -> list[Any]:
    """The values as Python has them; text that is no valid UTF-8 is repaired, and nanoseconds become microseconds.

    Example:
        >>> cells(pa.array([0.9], pa.float32()))
        [0.9]
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return cells(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        column = pc.cast(column, pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_float32(kind):  # by way of text, for 0.9 rather than 0.8999999761581421
        column = column.cast(pa.string()).cast(pa.float64())
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return [value if value is None else value.decode("utf-8", errors="replace") for value in column.cast(pa.binary()).to_pylist()]
