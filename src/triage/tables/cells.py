"""The values of an Arrow column, one by one, whatever its type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# What str.isspace calls a blank; RE2 knows no class for it.
_NO_BLANK = r"[^\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
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


def different(column: pa.Array) -> list[Any]:
    """The different values of a column, as `cells` gives them, in the order in which they first occur; None is left out.

    Example:
        >>> different(pa.array(["b", None, "a", "b"]))
        ['b', 'a']
    """
    return encoded(column)[0]


def encoded(column: pa.Array) -> tuple[list[Any], pa.Array]:
    """The different values of a column, and for each row the place of its value among them (null for null).

    What Arrow cannot tell apart, such as lists, is given row by row.

    Example:
        >>> values, places = encoded(pa.array(["b", None, "a", "b"]))
        >>> values, places.to_pylist()
        (['b', 'a'], [0, None, 1, 0])
    """
    try:
        column = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    except pa.ArrowException:
        places = pa.array(range(len(column)), pa.int32())
        return cells(column), pc.if_else(column.is_valid(), places, pa.scalar(None, pa.int32()))
    return cells(column.dictionary), column.indices


def texts(column: pa.Array) -> pa.Array | None:
    """A column of text as it is, with null for what is blank; None where its values need a closer look.

    Example:
        >>> texts(pa.array(["hoi", " ", None])).to_pylist()
        ['hoi', None, None]
        >>> texts(pa.array([1])) is None
        True
    """
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return None
    try:
        column = column.cast(pa.string())
        column.validate(full=True)  # is it UTF-8?
    except pa.ArrowException:
        return None
    if pc.any(pc.match_substring(column, "\0")).as_py():
        return None
    return pc.if_else(pc.match_substring_regex(column, _NO_BLANK), column, pa.scalar(None, pa.string()))


def _times(column: pa.Array) -> list[Any]:
    kind = column.type
    try:
        exact = pc.cast(column, pa.timestamp("us", kind.tz), safe=kind.unit != "ns")
        if kind.tz not in (None, "UTC"):
            return list(exact.to_pylist())
        start = datetime(1970, 1, 1, tzinfo=UTC if kind.tz else None)  # many times as quick as Arrow's own way
        return [None if number is None else start + timedelta(microseconds=number) for number in exact.cast(pa.int64()).to_pylist()]
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
