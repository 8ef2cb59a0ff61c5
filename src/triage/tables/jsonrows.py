"""Reads objects from JSON Lines, from a JSON array, and from an object that holds one list of objects.

Lines and arrays are read as a stream; an object around a list is read whole, so it must fit into memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import chain

import msgspec

from triage.language import Text
from triage.tables.rejects import BROKEN_JSON, NOT_AN_OBJECT, Rejects
from triage.tables.sources import Source, read_lines
from triage.tables.values import clean_text

_PIECE = 1 << 20  # characters that are read at a time
_LONGEST = 1 << 24  # characters in one object
_DECODER = json.JSONDecoder()
_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
_BETWEEN = re.compile(r"[\s,]*")


class JsonRow(msgspec.Struct, frozen=True):
    """One object of a file.

    Attributes:
        row: Its place in the file, from 1.
        fields: Its fields as texts; None where it is rejected.
        reason: Why it is rejected.
        raw: As it stands in the file, or what is left of it.
    """

    row: int
    fields: dict[str, str | None] | None
    reason: Text | None
    raw: str


def read_json(source: Source, rejects: Rejects) -> Iterator[JsonRow]:
    """Read the objects of a JSON file one by one.

    Args:
        source: The file.
        rejects: Takes note of repaired lines.
    """
    with closing(read_lines(source, rejects, _PIECE)) as pieces:
        start = next(filter(str.strip, pieces), "").lstrip()
        if start.startswith("["):
            yield from _array(chain([start[1:]], pieces))
            return
    with closing(read_lines(source, rejects)) as lines:
        filled = (line for line in lines if line.strip())
        start, more = next(filled, ""), next(filled, None)
        if more is not None and isinstance(_parsed(start), dict):
            yield from _one_a_line(chain([start, more], filled))
        else:
            yield from _whole("".join(chain([start], [more or ""], lines)))


def _one_a_line(lines: Iterator[str]) -> Iterator[JsonRow]:
    for row, line in enumerate(lines, start=1):
        yield _row(row, _parsed(line), line)


def _whole(text: str) -> Iterator[JsonRow]:
    value = _parsed(text)
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list) and item and all(isinstance(entry, dict) for entry in item)]
        value = lists[0] if len(lists) == 1 else [value]
    if isinstance(value, list):
        for row, item in enumerate(value, start=1):
            yield _row(row, item, None)
    else:
        yield from _one_a_line(line for line in text.split("\n") if line.strip())


def _array(pieces: Iterator[str]) -> Iterator[JsonRow]:
    """The objects of an array, one by one; of one that is cut off or damaged what can be read is read.

    Args:
        pieces: The text after the bracket.
    """
    text, place, row, enough = "", 0, 0, 0
    for piece in chain(pieces, [None]):  # None: there is no more
        text, place = text[place:] + (piece or ""), 0
        while piece is None or len(text) - place > enough:
            place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
            if place == len(text):
                break
            if text[place] == "]":
                return
            try:
                value, end = _DECODER.raw_decode(text, place)
            except (ValueError, RecursionError):
                if piece is not None and len(text) - place < _LONGEST:  # the rest of the object may come with the next pieces
                    enough = 2 * (len(text) - place)
                    break
                after = _NEXT_OBJECT.search(text, place)
                end = after.end() if after else len(text)
                made = JsonRow(row + 1, None, BROKEN_JSON, text[place:end])
            else:
                if end == len(text) and piece is not None:  # a number may go on
                    enough = len(text) - place
                    break
                made = _row(row + 1, value, text[place:end])
            yield made
            place, row, enough = end, row + 1, 0


class _Broken:
    """Stands for a text that is no JSON, since None is."""


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _Broken()


def _row(row: int, value: object, raw: str | None) -> JsonRow:
    if isinstance(value, dict):
        fields = {clean_text(name): _as_text(item) for name, item in value.items()}
        return JsonRow(row, fields, None, raw if raw is not None else "")
    reason = BROKEN_JSON if isinstance(value, _Broken) else NOT_AN_OBJECT
    return JsonRow(row, None, reason, raw if raw is not None else json.dumps(value, ensure_ascii=False))


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
