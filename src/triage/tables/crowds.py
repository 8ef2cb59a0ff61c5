"""Finds, in one pass over the messages to each target, who came in a burst and which messages of unknown authors belong together."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Literal, NamedTuple

from triage.severity.weights import PileOn

Kind = Literal["burst", "unknown", "message"]


class Received(NamedTuple):
    """A message that matters, as far as it takes to place it.

    Attributes:
        row: Its number.
        target: To whom it came; known.
        time: When, in microseconds since 1970, or None.
        author: Who sent it, or None.
        harmful: Has it a label?
    """

    row: int
    target: str
    time: int | None
    author: str | None
    harmful: bool


class Placed(NamedTuple):
    """A message and the case that it is in.

    Attributes:
        row: The number of the message.
        case: The number of the case, counted from 0.
        kind: "burst"; "unknown", of messages without an author; or "message", where it is a case by itself.
    """

    row: int
    case: int
    kind: Kind


def place_crowds(messages: Iterable[Received], pile_on: PileOn, unknown_author_hours: float) -> Iterator[Placed]:
    """Place the messages of pile-ons, and those of unknown authors outside them; see `triage.tables.cases`.

    Args:
        messages: Those that matter and have a target; the messages to one target together and in the order of time, those without a
            time last.
        pile_on: How many authors within how many hours make a pile-on.
        unknown_author_hours: How long messages without an author belong together.

    Yields:
        The placed messages. Those of known authors outside a pile-on are not among them.

    Example:
        >>> note = Received(row=7, target="piet", time=0, author=None, harmful=True)
        >>> list(place_crowds([note, note._replace(row=8, time=5)], PileOn(authors=5, hours=72), 24))
        [Placed(row=7, case=0, kind='unknown'), Placed(row=8, case=0, kind='unknown')]
    """
    length = _microseconds(unknown_author_hours)
    case = -1  # the last one that was begun
    for _, received in groupby(messages, key=lambda one: one.target):
        last_burst: int | None = None
        burst_case = unknown_case = 0
        first: int | None = None  # when the current messages of unknown authors began
        for message, burst in _in_bursts(received, pile_on):
            if burst is not None:
                if burst != last_burst:
                    last_burst, case = burst, case + 1
                    burst_case = case
                yield Placed(message.row, burst_case, "burst")
            elif message.author is None and message.time is None:
                case += 1
                yield Placed(message.row, case, "message")
            elif message.author is None and message.time is not None:
                if first is None or message.time - first > length:
                    first, case = message.time, case + 1
                    unknown_case = case
                yield Placed(message.row, unknown_case, "unknown")


class _Waiting:
    """A message, its burst, and whether it may still turn out to be in one."""

    __slots__ = ("burst", "message", "open")

    def __init__(self, message: Received) -> None:
        self.message = message
        self.burst: int | None = None
        self.open = message.harmful and message.time is not None


def _in_bursts(received: Iterable[Received], pile_on: PileOn) -> Iterator[tuple[Received, int | None]]:
    """The messages to one target in their order, each with the number of its burst; windows that overlap are one burst."""
    length = _microseconds(pile_on.hours)
    waiting: deque[_Waiting] = deque()
    window: deque[_Waiting] = deque()  # the harmful messages of the last hours
    inside: Counter[str | None] = Counter()  # their authors
    bursts = 0
    for message in received:
        here = _Waiting(message)
        waiting.append(here)
        while window and (message.time is None or message.time - (window[0].message.time or 0) > length):
            left = window.popleft()
            left.open = False
            inside[left.message.author] -= 1
            if not inside[left.message.author]:
                del inside[left.message.author]
        if here.open:
            window.append(here)
            inside[message.author] += 1
            if len(inside) - (None in inside) >= pile_on.authors:
                bursts += window[0].burst is None
                for one in reversed(window):
                    if one.burst is not None:
                        break
                    one.burst = bursts
        while waiting and (waiting[0].burst is not None or not waiting[0].open):
            settled = waiting.popleft()
            yield settled.message, settled.burst
    for settled in waiting:
        yield settled.message, settled.burst


def _microseconds(hours: float) -> int:
    return timedelta(hours=hours) // timedelta(microseconds=1)
