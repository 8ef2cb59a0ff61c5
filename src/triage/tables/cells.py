"""The values of an Arrow column, one by one, whatever its type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def cells(column: pa.Array) -> list[Any]:
    """The values as Python has them; text that is no valid UTF-8 is repaired, and nanoseconds become microseconds.

    A time that Python cannot hold becomes text, one in a zone that is unknown here a time in UTC, and any other value without a form
    in Python None.

    Example:
        >>> cells(pa.array([0.9], pa.float32()))
        [0.9]
        >>> cells(pa.array([10**12], pa.timestamp("s")))
        ['1000000000000 s']
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        words = cells(column.dictionary)
        return [None if place is None else words[place] for place in column.indices.to_pylist()]
    if pa.types.is_timestamp(kind):
        return _times(column)
    if pa.types.is_float32(kind):  # by way of text, for 0.9 rather than 0.8999999761581421
        column = column.cast(pa.string()).cast(pa.float64())
    try:
        return list(column.to_pylist())
    except (pa.ArrowException, ValueError, OverflowError, ImportError):
        return [_value(value) for value in column]


def _times(column: pa.Array) -> list[Any]:
    kind = column.type
    try:
        return list(pc.cast(column, pa.timestamp("us", kind.tz), safe=kind.unit != "ns").to_pylist())
    except (pa.ArrowException, ValueError, KeyError, OverflowError):
        return [_time(number, kind) for number in column.cast(pa.int64()).to_pylist()]


def _time(number: int | None, kind: pa.TimestampType) -> datetime | str | None:
    if number is None:
        return None
    try:
        start = datetime(1970, 1, 1, tzinfo=UTC if kind.tz else None)
        return start + timedelta(microseconds=number * 10**6 // _PER_SECOND[kind.unit])
    except OverflowError:
        return f"{number} {kind.unit}"


def _value(value: pa.Scalar) -> Any:
    try:
        if isinstance(value, pa.StringScalar | pa.LargeStringScalar | pa.StringViewScalar):
            data = value.as_buffer()
            return None if data is None else data.to_pybytes().decode("utf-8", errors="replace")
        return value.as_py()
    except (pa.ArrowException, ValueError, KeyError, OverflowError, ImportError):
        return None
