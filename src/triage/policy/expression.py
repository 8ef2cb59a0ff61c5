"""Boolean expressions over named conditions, in three-valued logic.

A rule says when it holds in one line, such as `perpetrator_known and urgent and (persistent_threat or sexual >= 2)`. Every
part is true, false or unknown (Kleene): `false and unknown` is false, `true and unknown` is unknown. Only names, numbers,
`and`, `or`, `not`, one comparison at a time, `in (a, b)` and `unknown(name)` are read; nothing is ever executed.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, Protocol, TypeAlias

import msgspec

Kind = Literal["truth", "number", "impact", "removal_status"]


class Span(msgspec.Struct, frozen=True):
    """A number that lies between `low` and `high`; a known number has both the same."""

    low: float
    high: float


Datum: TypeAlias = bool | Span | str | None


class Reader(Protocol):
    """Gives what the named conditions and terms say of one situation."""

    def datum(self, name: str) -> Datum:
        """True, False, a span, a word, or None where it is unknown."""

    def grounds(self, name: str) -> tuple[str, ...]:
        """The facts ("fact:NAME") and messages ("message:KEY") it was read from."""


class Name(msgspec.Struct, frozen=True, tag=True):
    """A named condition or term."""

    name: str

    def datum(self, reader: Reader) -> Datum:
        """What it says."""
        return reader.datum(self.name)

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """What it was read from."""
        return reader.grounds(self.name)


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A number, or a word such as `refused`."""

    constant: Span | str

    def datum(self, reader: Reader) -> Datum:
        """The constant itself."""
        return self.constant

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """Nothing."""
        return ()


class Not(msgspec.Struct, frozen=True, tag=True):
    """True where its operand is false."""

    operand: Node

    def datum(self, reader: Reader) -> Datum:
        """The opposite; unknown stays unknown."""
        found = self.operand.datum(reader)
        return None if found is None else not found

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """Those of the operand."""
        return self.operand.grounds(reader)


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """True where its operand is unknown."""

    operand: Node

    def datum(self, reader: Reader) -> Datum:
        """Never unknown itself."""
        found = self.operand.datum(reader)
        return found is None or (isinstance(found, Span) and found.low != found.high)

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """Those of the operand."""
        return self.operand.grounds(reader)


class Joined(msgspec.Struct, frozen=True, tag=True):
    """Operands joined by `and` (settled by one that is false) or by `or` (settled by one that is true)."""

    settles: bool
    operands: tuple[Node, ...]

    def datum(self, reader: Reader) -> Datum:
        """The settling answer if one operand gives it, else unknown if one is unknown."""
        answer: Datum = not self.settles
        for operand in self.operands:
            found = operand.datum(reader)
            if found is self.settles:
                return found
            if found is None:
                answer = None
        return answer

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """Those of the operands that decided it."""
        answer = self.datum(reader)
        return _together(operand.grounds(reader) for operand in self.operands if operand.datum(reader) is answer)


class Comparison(msgspec.Struct, frozen=True, tag=True):
    """Two values of one kind held against each other."""

    operator: str
    left: Node
    right: Node

    def datum(self, reader: Reader) -> Datum:
        """Unknown where the values could be on either side."""
        return _compare(self.operator, self.left.datum(reader), self.right.datum(reader))

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """Those of both values."""
        return _together((self.left.grounds(reader), self.right.grounds(reader)))


Node: TypeAlias = Name | Constant | Not | Unknown | Joined | Comparison


class Expression:
    """A parsed expression with the words it was written in.

    Args:
        text: The words.
        root: The parsed expression.
    """

    __slots__ = ("root", "text")

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self.root = root

    def truth(self, reader: Reader) -> bool | None:
        """True, False or None (unknown) in one situation."""
        datum = self.root.datum(reader)
        return datum if isinstance(datum, bool) else None

    def grounds(self, reader: Reader) -> tuple[str, ...]:
        """The facts ("fact:NAME") and messages ("message:KEY") that decided it, each once."""
        return self.root.grounds(reader)


def parse(
    text: str,
    names: Mapping[str, Kind],
    words: Mapping[str, tuple[Kind, Span | str]],
    terms: Collection[str],
) -> Expression:
    """Read an expression and check that its names exist and its parts fit together.

    Args:
        text: The expression.
        names: The conditions, each with its kind.
        words: The fixed words (`medium`, `refused`), each with its kind and value.
        terms: The names of expressions that have a name of their own.

    Raises:
        ValueError: saying which name is unknown or which part does not fit.

    Example:
        >>> parse("urgent and threat >= 2", {"urgent": "truth", "threat": "number"}, {}, ()).text
        'urgent and threat >= 2'
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"'{text}' is not a readable expression") from None
    kind, root = _Parser(names, words, terms).read(tree)
    if kind != "truth":
        raise ValueError(f"'{text}' is a {kind}, not something true or false; compare it")
    return Expression(text, root)


_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


class _Parser:
    def __init__(
        self,
        names: Mapping[str, Kind],
        words: Mapping[str, tuple[Kind, Span | str]],
        terms: Collection[str],
    ) -> None:
        self.names, self.words, self.terms = names, words, terms

    def read(self, tree: ast.expr) -> tuple[Kind, Node]:
        match tree:
            case ast.Name(id=name):
                return self.name(name)
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return "number", Constant(Span(number, number))
            case ast.BoolOp(op=operator, values=operands):
                return "truth", Joined(isinstance(operator, ast.Or), tuple(self.true_or_false(part) for part in operands))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return "truth", Not(self.true_or_false(operand))
            case ast.Call(func=ast.Name(id="unknown"), args=[operand], keywords=[]):
                return "truth", Unknown(self.read(operand)[1])
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _OPERATORS:
                return "truth", self.comparison(left, _OPERATORS[type(operator)], right)
        raise ValueError(f"'{ast.unparse(tree)}' is not allowed in an expression")

    def name(self, name: str) -> tuple[Kind, Node]:
        if name in self.terms:
            return "truth", Name(name)
        if name in self.names:
            return self.names[name], Name(name)
        if name in self.words:
            kind, datum = self.words[name]
            return kind, Constant(datum)
        raise ValueError(f"unknown name '{name}'")

    def true_or_false(self, tree: ast.expr) -> Node:
        kind, node = self.read(tree)
        if kind != "truth":
            raise ValueError(f"'{ast.unparse(tree)}' is a {kind}, not something true or false; compare it")
        return node

    def comparison(self, left: ast.expr, operator: str, right: ast.expr) -> Node:
        if operator in ("in", "not in"):
            if not isinstance(right, ast.Tuple) or not right.elts:
                raise ValueError(f"'{ast.unparse(right)}' after '{operator}' is not a list such as (pending, refused)")
            found = Joined(True, tuple(self.comparison(left, "==", one) for one in right.elts))
            return found if operator == "in" else Not(found)
        left_kind, left_node = self.read(left)
        right_kind, right_node = self.read(right)
        if left_kind != right_kind or left_kind == "truth":
            raise ValueError(f"'{ast.unparse(left)}' ({left_kind}) and '{ast.unparse(right)}' ({right_kind}) cannot be compared")
        if left_kind == "removal_status" and operator not in ("==", "!="):
            raise ValueError(f"'{ast.unparse(left)}' has no order; use ==, != or in")
        return Comparison(operator, left_node, right_node)


def _together(grounds: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in grounds for one in each))


def _compare(operator: str, left: Datum, right: Datum) -> bool | None:
    if not (isinstance(left, Span) and isinstance(right, Span)):
        if left is None or right is None:
            return None
        return (left == right) == (operator == "==")
    match operator:
        case ">=":
            return _above(left, right, equal=True)
        case ">":
            return _above(left, right, equal=False)
        case "<=":
            return _above(right, left, equal=True)
        case "<":
            return _above(right, left, equal=False)
    if left.low == left.high == right.low == right.high:
        return operator == "=="
    apart = left.high < right.low or right.high < left.low
    return (operator == "!=") if apart else None


def _above(left: Span, right: Span, *, equal: bool) -> bool | None:
    """Is all of `left` at (`equal`) or above `right`? None where only a part is."""
    if left.low > right.high or (equal and left.low == right.high):
        return True
    if left.high < right.low or (not equal and left.high == right.low):
        return False
    return None
