"""What the rules can tell apart: two situations with the same profile have the same steps, so these are worked out once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from triage.policy.conditions import CONDITIONS, Reading
from triage.policy.expression import Comparison, Constant, Datum, Expression, Joined, Name, Node, Not, Span, Unknown

Profile: TypeAlias = tuple[object, ...]

# The numbers that a condition is compared with; None where it is also compared with another condition.
_Marks: TypeAlias = dict[str, set[float] | None]


class Distinctions:
    """Tells situations apart as far as some expressions do: of a number counts only where it lies between what it is compared with.

    Args:
        expressions: The expressions.
        terms: Expressions that have a name of their own.
    """

    def __init__(self, expressions: Iterable[Expression], terms: Mapping[str, Expression]) -> None:
        marks: _Marks = {}
        for expression in expressions:
            _collect(expression.root, marks, terms)
        self._marks = [(name, None if found is None else sorted(found)) for name, found in marks.items()]
        self._touches: dict[str, list[tuple[int, str, list[float] | None]]] = {}

    def profile(self, reading: Reading) -> Profile:
        """All that the expressions can see of one situation."""
        if reading.profile is None:
            if reading.before is None:
                reading.profile = tuple([_place(reading.value(name).datum, marks) for name, marks in self._marks])
            else:
                places = list(self.profile(reading.before))
                for place, name, marks in self._touched(reading.fact):
                    places[place] = _place(reading.value(name).datum, marks)
                reading.profile = tuple(places)
        return reading.profile

    def _touched(self, fact: str) -> list[tuple[int, str, list[float] | None]]:
        """The conditions that depend on a fact, with their places in the profile."""
        if fact not in self._touches:
            depends = ((place, name, marks) for place, (name, marks) in enumerate(self._marks))
            self._touches[fact] = [one for one in depends if fact in CONDITIONS[one[1]].facts]
        return self._touches[fact]


def _collect(node: Node, marks: _Marks, terms: Mapping[str, Expression]) -> None:
    match node:
        case Name(name=name) if name in terms:
            _collect(terms[name].root, marks, terms)
        case Name(name=name):
            marks.setdefault(name, set())
        case Not(operand=operand) | Unknown(operand=operand):
            _collect(operand, marks, terms)
        case Joined(operands=operands):
            for operand in operands:
                _collect(operand, marks, terms)
        case (
            Comparison(left=Name(name=name), right=Constant(constant=Span() as span))
            | Comparison(left=Constant(constant=Span() as span), right=Name(name=name))
        ):
            known = marks.setdefault(name, set())
            if known is not None:
                known |= {span.low, span.high}
        case Comparison(left=left, right=right):
            for side in (left, right):
                if isinstance(side, Name):
                    marks[side.name] = None


def _place(datum: Datum, marks: list[float] | None) -> object:
    """A number by its place among the marks, anything else as it is."""
    if type(datum) is not Span or marks is None:
        return datum
    low, high = datum.low, datum.high
    place = bisect_left(marks, low) + bisect_right(marks, low)
    return place if low == high else (place, bisect_left(marks, high) + bisect_right(marks, high))
