"""Walks through a JSON text of any size and gives its values one by one, also where it is damaged or cut off.

Only the containers that a reader asks to open are walked through; every other value is decoded as a whole and given. So the memory
in use is that of the largest such value, a message, whatever the size of the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

import msgspec

from triage.language import Text
from triage.tables.rejects import BROKEN_JSON, CUT_OFF

ITEM = "[]"  # stands in a path for any item of a list
Path = tuple[str, ...]

_DECODER = json.JSONDecoder(strict=False)
_BLANK = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
_LONGEST = 1 << 26  # characters of one value
_SHOWN = 10_000  # characters of what cannot be read
_NUMBER = "+-.0123456789eE"
_WORDS = ("true", "false", "null", "-Infinity", "Infinity", "NaN")


class Broken:
    """Stands for what is no JSON, since None is.

    Attributes:
        raw: As it stands in the file, or the beginning of it.
        reason: What is wrong with it: it alone, or all that follows, too.
    """

    def __init__(self, raw: str, reason: Text = BROKEN_JSON) -> None:
        self.raw = raw
        self.reason = reason


class Found(msgspec.Struct, frozen=True):
    """A value in a JSON text.

    Attributes:
        path: Where it stands: the names of the fields, and ITEM for an item of a list.
        value: The value, or Broken.
    """

    path: Path
    value: object


def walk(chunks: Iterable[str], opens: Callable[[Path], bool]) -> Iterator[Found]:
    """Give the values of a JSON text in their order.

    Args:
        chunks: The text in parts of any length.
        opens: Is the list or object at this path walked through? Its depth must have a limit. Any other value is given whole.

    Example:
        >>> text = '{"name": "a", "list": [{"x": 1}, {"x": '
        >>> found = list(walk([text], lambda path: path in ((), ("list",))))
        >>> [(one.path, one.value) for one in found[:2]]
        [(('name',), 'a'), (('list', '[]'), {'x': 1})]
        >>> isinstance(found[2].value, Broken)
        True
    """
    yield from _value(_Text(chunks), (), opens)


def _value(text: _Text, path: Path, opens: Callable[[Path], bool]) -> Iterator[Found]:
    sign = text.peek()
    if sign == "[" and opens(path):
        yield from _list(text, path, opens)
    elif sign == "{" and opens(path):
        yield from _object(text, path, opens)
    else:
        yield Found(path, text.take())


def _list(text: _Text, path: Path, opens: Callable[[Path], bool]) -> Iterator[Found]:
    text.skip()
    while (sign := text.peek()) not in ("]", ""):
        if sign == "}":  # of a list that was never closed
            yield Found((*path, ITEM), text.give_up())
            return
        yield from _value(text, (*path, ITEM), opens)
    if not sign:
        yield from _cut_off(text, (*path, ITEM))
    text.skip()


def _object(text: _Text, path: Path, opens: Callable[[Path], bool]) -> Iterator[Found]:
    text.skip()
    while (sign := text.peek()) not in ("}", ""):
        name = text.take() if sign == '"' else None
        if not isinstance(name, str) or text.peek() != ":":
            rest = text.give_up()
            yield Found(path, Broken(name.raw, CUT_OFF) if isinstance(name, Broken) else rest)
            return
        text.skip()
        yield from _value(text, (*path, name), opens)
    if not sign:
        yield from _cut_off(text, path)
    text.skip()


def _cut_off(text: _Text, path: Path) -> Iterator[Found]:
    """Say once that the text ends too early."""
    if not text.broken:
        yield Found(path, text.give_up())


def is_unfinished(text: str, error: json.JSONDecodeError) -> bool:
    """Does a text go wrong only where it ends, as one that is cut off does?

    Args:
        text: The text, from its beginning.
        error: What decoding it gave.
    """
    rest = text[error.pos :]
    cut = any(word.startswith(rest) for word in _WORDS) or not rest.strip(_NUMBER) or (len(rest) < 8 and "\\u" in error.msg)
    return cut or error.msg.startswith("Unterminated")


class _Text:
    """A text of which only a part is in memory.

    Attributes:
        broken: Was something in it that is no JSON and has no end?
    """

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = iter(chunks)
        self._held = ""
        self._place = 0
        self._ended = False
        self.broken = False

    def _more(self) -> bool:
        """Read on, at least as much as is held and not used yet, so that a long value is not decoded too often."""
        rest = len(self._held) - self._place
        parts, read = [self._held[self._place :]], 0
        while read <= rest and not self._ended:
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            parts.append(chunk or "")
            read += len(chunk or "")
        self._held, self._place = "".join(parts), 0
        return read > 0

    def peek(self) -> str:
        """The next character that is neither a blank nor a comma; "" at the end."""
        while True:
            self._place = _BLANK.match(self._held, self._place).end()  # type: ignore[union-attr]  # it matches nothing, too
            if self._place < len(self._held):
                return self._held[self._place]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Pass over one character."""
        self._place += 1

    def take(self) -> object:
        """Decode the value that starts here; Broken for one that cannot be, up to where another one may start."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._place)
            except json.JSONDecodeError as error:
                if not is_unfinished(self._held, error):
                    return self._broken()
                if len(self._held) - self._place < _LONGEST and self._more():
                    continue
                return self.give_up() if self._ended else self._broken()
            except (ValueError, RecursionError):  # a number of too many digits, or too many brackets
                return self._broken()
            length = end - self._place  # reading on moves the place
            if isinstance(value, int | float) and not self._held[end:].strip(_NUMBER) and self._more():
                continue  # the number may go on
            self._place += length
            return value

    def _broken(self) -> Broken:
        while not (after := _NEXT_OBJECT.search(self._held, self._place)):
            if len(self._held) - self._place >= _LONGEST or not self._more():
                return self.give_up()
        raw = self._held[self._place : min(after.end(), self._place + _SHOWN)]
        self._place = after.end()
        return Broken(raw)

    def give_up(self) -> Broken:
        """Pass over all that is left; gives the beginning of it."""
        while len(self._held) - self._place < _SHOWN and self._more():
            pass
        raw = self._held[self._place : self._place + _SHOWN]
        self._held, self._place, self._ended, self.broken = "", 0, True, True
        return Broken(raw, CUT_OFF)
