"""Reads objects from JSON Lines, from a JSON array, and from an object that holds one list of objects.

Lines and arrays are read as a stream; an object around a list is read whole, so it must fit into memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, pairwise

import msgspec

from triage.language import Text
from triage.tables.formats.content import read_beginning, read_chunks
from triage.tables.formats.jsonwalk import ITEM, Broken, Found, is_unfinished, walk
from triage.tables.rejects import BROKEN_JSON, CUT_OFF, NOT_AN_OBJECT, Rejects
from triage.tables.sources import Source, read_lines
from triage.tables.values import clean_text


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
    if read_beginning(source).lstrip().startswith("["):
        yield from _array(source)
        return
    with closing(read_lines(source, rejects)) as lines:
        filled = (line for line in lines if line.strip())
        start, more = next(filled, ""), next(filled, None)
        if more is not None and isinstance(_parsed(start), dict):
            yield from _one_a_line(chain([start, more], filled))
        else:
            yield from _whole("".join(chain([start], [more or ""], lines)))


def _array(source: Source) -> Iterator[JsonRow]:
    """The items of an array of any size; what can be read of a damaged one is read."""
    for row, found in enumerate(walk(read_chunks(source), lambda path: not path), start=1):
        if isinstance(found.value, Broken):
            yield JsonRow(row, None, found.value.reason, found.value.raw)
        else:
            yield _row(row, found.value, None)


def _one_a_line(lines: Iterator[str]) -> Iterator[JsonRow]:
    ends: list[str | None] = [None]
    for row, (line, after) in enumerate(pairwise(chain(lines, ends)), start=1):
        value = _parsed(line or "")
        if isinstance(value, Broken) and after is not None:
            value.reason = BROKEN_JSON  # a line that breaks off says nothing of those after it
        yield _row(row, value, line)


def _whole(text: str) -> Iterator[JsonRow]:
    value = _parsed(text)
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list) and item and all(isinstance(entry, dict) for entry in item)]
        for row, item in enumerate(lists[0] if len(lists) == 1 else [value], start=1):
            yield _row(row, item, None)
    elif isinstance(value, Broken) and value.reason is CUT_OFF and (items := _items_of_one_list(text)):
        for row, item in enumerate([*items, value], start=1):
            yield _row(row, item, "" if item is value else None)
    else:
        yield from _one_a_line(line for line in text.split("\n") if line.strip())


def _items_of_one_list(text: str) -> list[object]:
    """The objects of the only list in an object that breaks off; none where it holds no list, or several."""

    def in_a_list(found: Found) -> bool:
        return len(found.path) == 2 and found.path[1] == ITEM and isinstance(found.value, dict)

    items = [found for found in walk([text], lambda path: len(path) <= 1) if in_a_list(found)]
    return [found.value for found in items] if len({found.path for found in items}) == 1 else []


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        return Broken(text, CUT_OFF if is_unfinished(text, error) else BROKEN_JSON)
    except (ValueError, RecursionError):
        return Broken(text)


def _row(row: int, value: object, raw: str | None) -> JsonRow:
    if isinstance(value, dict):
        fields = {clean_text(name): _as_text(item) for name, item in value.items()}
        return JsonRow(row, fields, None, raw if raw is not None else "")
    reason = value.reason if isinstance(value, Broken) else NOT_AN_OBJECT
    return JsonRow(row, None, reason, raw if raw is not None else json.dumps(value, ensure_ascii=False))


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
