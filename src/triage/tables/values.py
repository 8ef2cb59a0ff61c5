"""Reads the values of one cell: counts, intensities, words for visibility and labels. Nothing here knows of files."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache

from triage.labels import FLAGS, LABELS
from triage.language import Text
from triage.tables import rejects
from triage.tables.columns import load_words

_UNREADABLE_CHARACTERS = re.compile("[\ud800-\udfff]")
_GROUPED = re.compile(r"\d{1,3}(?:([.,  ' ’])\d{3})(?:\1\d{3})*")
_COUNT = re.compile(r"(\d+)(?:[.,](\d+))?\s*(k|dzd|duizend|m|mln|miljoen|million)?\.?")
_TIMES = {"k": 1_000, "dzd": 1_000, "duizend": 1_000, "m": 1_000_000, "mln": 1_000_000, "miljoen": 1_000_000, "million": 1_000_000}
_LARGEST = 10**15
_LONGEST_COUNT = 40  # characters
_LIST_SIGNS = re.compile(r"[\[\]{}()\"',;|]+")


class UnreadableError(ValueError):
    """A cell that cannot be read.

    Args:
        reason: Why, in both languages.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


def clean_text(text: str) -> str:
    """The text without NUL characters, and with U+FFFD for half characters (lone surrogates).

    Example:
        >>> clean_text("a\\x00b\\ud800")
        'ab\ufffd'
    """
    text = text.replace("\0", "")
    return text if text.isascii() else _UNREADABLE_CHARACTERS.sub("\ufffd", text)


def read_text(value: object) -> str | None:
    """A text as it is; None for an empty one."""
    if value is None:
        return None
    text = clean_text(value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value))
    return text if text.strip() else None


def read_count(value: object) -> int | None:
    """A count of 0 or more: "1.234", "1,2K", "3 mln", "12.0"; None for no value.

    Three digits after a point or comma are thousands, as in Dutch and English counts.

    Raises:
        UnreadableError: if it is negative or no whole number.

    Example:
        >>> read_count("1.234"), read_count("1,2K"), read_count("12.0"), read_count("-")
        (1234, 1200, 12, None)
    """
    if is_nothing(value) or _is_nan(value):
        return None
    if isinstance(value, bool):
        raise UnreadableError(rejects.BAD_COUNT)
    if isinstance(value, int | float | Decimal):
        return _within(value) if isinstance(value, int) else _whole(float(value))
    text = str(value).strip().lower()
    if text.startswith(("-", "\u2212")):
        raise UnreadableError(rejects.NEGATIVE if text[1:2].isdigit() else rejects.BAD_COUNT)
    text = text.removeprefix("+").strip()
    if len(text) > _LONGEST_COUNT:  # before the patterns, which do not bear any length
        raise UnreadableError(rejects.BAD_COUNT)
    if _GROUPED.fullmatch(text):
        return _within(int(re.sub(r"\D", "", text)))
    match = _COUNT.fullmatch(text)
    if match is None:
        raise UnreadableError(rejects.BAD_COUNT)
    whole, part, times = match.groups()
    return _whole(float(f"{whole}.{part or 0}") * _TIMES.get(times, 1)) if part or times else _within(int(whole))


def _whole(value: float) -> int:
    if not math.isfinite(value) or abs(value - round(value)) > 1e-6:
        raise UnreadableError(rejects.BAD_COUNT)
    return _within(round(value))


def _within(value: int) -> int:
    if value < 0:
        raise UnreadableError(rejects.NEGATIVE)
    if value > _LARGEST:
        raise UnreadableError(rejects.BAD_COUNT)
    return value


def read_number(value: object) -> float | None:
    """A number with a decimal point or comma; None for no value.

    Raises:
        ValueError: if it is no finite number.

    Example:
        >>> read_number("1,5")
        1.5
    """
    if is_nothing(value) or _is_nan(value):
        return None
    if not isinstance(value, int | float | Decimal | str) or isinstance(value, bool):
        raise ValueError
    number = float(value.strip().replace(",", ".")) if isinstance(value, str) else float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def read_intensity(value: object) -> float | None:
    """An intensity of 0-3; None for no value.

    Raises:
        UnreadableError: if it is no number, or out of range.
    """
    try:
        number = read_number(value)
    except (ValueError, OverflowError):
        raise UnreadableError(rejects.BAD_INTENSITY) from None
    if number is not None and not 0 <= number <= 3:
        raise UnreadableError(rejects.BAD_INTENSITY)
    return number


def read_visibility(value: object) -> str | None:
    """Read "direct", "group" or "public", or a word for it; None for no value.

    Raises:
        UnreadableError: if the word is unknown.

    Example:
        >>> read_visibility("Openbaar"), read_visibility("privé")
        ('public', 'direct')
    """
    word = str(value).strip().lower()
    meaning = _meaning("visibility").get(word)
    if meaning is None and not is_nothing(value):
        raise UnreadableError(rejects.UNKNOWN_VALUE)
    return None if meaning == "unknown" else meaning


def read_labels(value: object) -> list[str] | None:
    """A person's labels, in the order of LABELS; [] for "harmless", None for no value.

    Raises:
        UnreadableError: if a word is unknown.

    Example:
        >>> read_labels("bedreiging, belediging"), read_labels("geen"), read_labels("")
        (['insult', 'threat'], [], None)
    """
    return _listed("labels", LABELS, value)


def read_flags(value: object) -> list[str] | None:
    """A person's flags, in the order of FLAGS; [] for "none", None for no value.

    Raises:
        UnreadableError: if a word is unknown.
    """
    return _listed("flags", FLAGS, value)


def _listed(field: str, order: tuple[str, ...], value: object) -> list[str] | None:
    words = read_list(value, known=_meaning(field))
    if words is None:
        return None
    meanings = {_meaning(field).get(word.lower()) for word in words}
    if None in meanings or ("harmless" in meanings and len(meanings) > 1):
        raise UnreadableError(rejects.UNKNOWN_VALUE)
    return [name for name in order if name in meanings]


def read_list(value: object, known: dict[str, str] | None = None) -> list[str] | None:
    """The words of a list, however it was written: "a b", "a, b", '["a", "b"]'; None for no value.

    Args:
        value: A list or a text.
        known: Words that may hold a blank themselves.

    Example:
        >>> read_list("['insult', 'threat']"), read_list("none")
        (['insult', 'threat'], ['none'])
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, list | tuple):
        return [str(item).strip() for item in value if item is not None]
    text = str(value).strip()
    if text in ("[]", "()"):
        return []
    if text.startswith("["):
        try:
            return [str(item) for item in json.loads(text)]
        except (ValueError, RecursionError):
            pass  # a list as Python prints it
    parts = [part.strip() for part in _LIST_SIGNS.split(text) if part.strip()]
    words = [word for part in parts for word in _words(part, known or {})]
    if not words or (is_nothing(text) and not (known and text.lower() in known)):
        return None if text != "none" else ["none"]
    return words


def _words(text: str, known: dict[str, str]) -> list[str]:
    """The words of a text; what is known as one word stays one, also where it has blanks.

    Example:
        >>> _words("bedreiging seksuele intimidatie", {"seksuele intimidatie": "sexual_harassment"})
        ['bedreiging', 'seksuele intimidatie']
    """
    parts, words = text.split(), []
    while parts:
        size = next((size for size in (3, 2) if " ".join(parts[:size]).lower() in known), 1)
        words.append(" ".join(parts[:size]))
        del parts[:size]
    return words


def _is_nan(value: object) -> bool:
    return isinstance(value, float | Decimal) and math.isnan(value)


def is_nothing(value: object) -> bool:
    """Is this a cell that says that there is no value?"""
    return value is None or (isinstance(value, str) and (not value.strip() or value.strip().lower() in _nothing()))


@cache
def _meaning(field: str) -> dict[str, str]:
    return load_words().meaning(field)


@cache
def _nothing() -> frozenset[str]:
    return frozenset(load_words().values["nothing"]["words"])


FIELD_READERS: dict[str, Callable[[object], object]] = {
    **dict.fromkeys(("views", "shares", "followers"), read_count),
    "visibility": read_visibility,
    "labels": read_labels,
    "intensity": read_intensity,
    "flags": read_flags,
}
