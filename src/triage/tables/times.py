"""Reads points in time as exports write them.

A time without a zone is read as Europe/Amsterdam: an hour that is skipped in spring moves on by an hour, one that comes twice in
autumn is taken for the first. Day and month: the Dutch order, unless the column itself shows the other (see `DateOrder`).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Literal

from triage.message import HOME_ZONE
from triage.tables.columns import load_words
from triage.tables.rejects import BAD_TIME
from triage.tables.values import UnreadableError, is_nothing

DateSign = Literal["numbers", "day first", "month first", "half days"]

FIRST_YEAR, LAST_YEAR = 1990, 2100
_LONGEST = 100  # characters; the patterns take ever longer over longer ones
_CLOCK = (
    r"(?:[\s,T]+(?:om\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?:\s*uur)?\s*(?P<half>[ap]\.?m\.?)?)?\s*(?P<zone>z|utc|gmt|cest|cet|[+-]\d{2}:?\d{2}|[+-]\d{2})?(?:\s*\([^)]*\))?"
)
_NUMERIC = re.compile(r"(?P<one>\d{1,2})\s*[-/.]\s*(?P<two>\d{1,2})\s*[-/.]\s*(?P<year>\d{4}|\d{2})" + _CLOCK, re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _CLOCK, re.IGNORECASE)
_WEEKDAY = r"(?:[a-z]{2,9}\.?,?\s+)?"
_MONTH_WORD = r"(?P<word>[a-z]{3,9})\.?"
_WORDED = re.compile(
    _WEEKDAY + r"(?P<day>\d{1,2})(?:e|st|nd|rd|th)?[\s-]+" + _MONTH_WORD + r"[\s,-]+(?P<year>\d{4}|'?\d{2})" + _CLOCK, re.IGNORECASE
)
_WORD_FIRST = re.compile(_WEEKDAY + _MONTH_WORD + r"\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _CLOCK, re.IGNORECASE)
_YEAR_LAST = re.compile(  # "Wed Oct 10 20:19:24 +0000 2018"
    r"[a-z]{3}\s+" + _MONTH_WORD + r"\s+(?P<day>\d{1,2})" + _CLOCK + r"\s+(?P<year>\d{4})", re.IGNORECASE
)
_DIGITS = re.compile(r"(\d{9,19})(?:[.,](\d+))?")
_COMPACT = {12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_ZONES = {"z": 0, "utc": 0, "gmt": 0, "cet": 60, "cest": 120}


class DateOrder:
    """Finds out whether a column writes the month first, from all its values.

    Attributes:
        signs: What the values so far have shown; whoever looks at a part of them can hand this to who looks at the others.

    Example:
        >>> order = DateOrder()
        >>> order.see("03/25/2026"); order.month_first
        True
    """

    def __init__(self) -> None:
        self.signs: set[DateSign] = set()

    def see(self, value: object) -> None:
        """Take one value into account."""
        match = _NUMERIC.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= _LONGEST else None
        if match is None:
            return
        self.signs.add("numbers")
        if int(match["one"]) > 12:
            self.signs.add("day first")
        if int(match["two"]) > 12:
            self.signs.add("month first")
        if match["half"] is not None:
            self.signs.add("half days")

    @property
    def month_first(self) -> bool:
        """True where a second number is above 12 and no first one is, or, if that tells nothing, where times have am and pm."""
        if self.signs & {"day first", "month first"}:
            return "day first" not in self.signs
        return "half days" in self.signs

    @property
    def ambiguous(self) -> bool:
        """True where no value tells the order, or values contradict each other."""
        return "numbers" in self.signs and ("day first" in self.signs) == ("month first" in self.signs)


def read_time(value: object, month_first: bool = False) -> datetime | None:
    """A point in time in UTC; None for no value.

    Args:
        value: A text, a date or datetime, or seconds, milliseconds, microseconds or nanoseconds since 1970.
        month_first: Does 3/4/2026 mean 4 March?

    Raises:
        UnreadableError: if it is none of these, or outside 1990-2100.

    Example:
        >>> read_time("31-12-2025 23:30").isoformat(), read_time("1772359200").isoformat()
        ('2025-12-31T22:30:00+00:00', '2026-03-01T10:00:00+00:00')
    """
    if is_nothing(value) or value != value:  # NaN and NaT differ from themselves
        return None
    try:
        time = _read(value, month_first)
    except (ValueError, OverflowError, TypeError):
        time = None
    if time is None or not FIRST_YEAR <= time.year <= LAST_YEAR:
        raise UnreadableError(BAD_TIME)
    return (time if time.tzinfo else time.replace(tzinfo=HOME_ZONE)).astimezone(UTC)


def _read(value: object, month_first: bool) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    text = str(value)
    if len(text) > _LONGEST:
        return None
    text = text.strip()
    if match := _DIGITS.fullmatch(text):
        return _from_number(*match.groups())
    if len(text) == 8 and text.isascii() and text.isdigit():
        return datetime.strptime(text, "%Y%m%d")
    if match := _YEAR_FIRST.fullmatch(text):
        return _build(match, int(match["month"]), int(match["day"]))
    if match := _NUMERIC.fullmatch(text):
        first, second = int(match["one"]), int(match["two"])
        return _build(match, *((first, second) if month_first else (second, first)))
    for pattern in (_WORDED, _WORD_FIRST, _YEAR_LAST):
        if match := pattern.fullmatch(text):
            return _build(match, _months()[match["word"].lower()], int(match["day"])) if match["word"].lower() in _months() else None
    return datetime.fromisoformat(text)


def _from_number(whole: str, part: str | None) -> datetime:
    if len(whole) in _COMPACT and part is None and whole.startswith(("19", "20")):
        return datetime.strptime(whole, _COMPACT[len(whole)])
    unit = 10 ** (0 if len(whole) < 12 else 3 if len(whole) < 15 else 6 if len(whole) < 18 else 9)
    microseconds = int(whole) * 1_000_000 // unit + (int(f"{part:0<6.6}") // unit if part else 0)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def _build(match: re.Match[str], month: int, day: int) -> datetime:
    digits = match["year"].lstrip("'")
    year = int(digits) + (2000 if len(digits) == 2 else 0)
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    microsecond = int(f"{match['part'] or '0':0<6.6}")
    return datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), microsecond, _zone(match["zone"]))


def _zone(name: str | None) -> timezone | None:
    if name is None:
        return None
    if name.lower() in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name.lower()]))
    digits = name[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if name[0] == "-" else minutes))


@cache
def _months() -> dict[str, int]:
    return {name: int(number) for number, names in load_words().months.items() for name in names}
