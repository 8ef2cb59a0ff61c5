"""Boolean expressions over named conditions, in three-valued logic.

A rule says when it holds in one line, such as `perpetrator_known and urgent and (persistent_threat or sexual >= 2)`. Every
part is true, false or unknown (Kleene): `false and unknown` is false, `true and unknown` is unknown. Only names, numbers,
`and`, `or`, `not`, one comparison at a time, `in (a, b)` and `unknown(name)` are read; nothing is ever executed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import msgspec

Kind = Literal["truth", "number", "impact", "removal_status"]


class Span(msgspec.Struct, frozen=True):
    """A number that lies between `low` and `high`; a known number has both the same."""

    low: float
    high: float


class Value(msgspec.Struct, frozen=True):
    """What a condition says of one situation.

    Attributes:
        datum: True, False, a span, a word, or None where it is unknown.
        rests_on: The facts ("fact:NAME") and messages ("message:KEY") it was read from.
    """

    datum: bool | Span | str | None
    rests_on: tuple[str, ...] = ()


Lookup: TypeAlias = Callable[[str], Value]


class Name(msgspec.Struct, frozen=True, tag=True):
    """A named condition."""

    name: str

    def value(self, look: Lookup) -> Value:
        """What the condition says."""
        return look(self.name)


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A number, or a word such as `refused`."""

    datum: Span | str

    def value(self, look: Lookup) -> Value:
        """The constant itself."""
        return Value(self.datum)


class Not(msgspec.Struct, frozen=True, tag=True):
    """True where its operand is false."""

    operand: Node

    def value(self, look: Lookup) -> Value:
        """The opposite; unknown stays unknown."""
        found = self.operand.value(look)
        return Value(None if found.datum is None else not found.datum, found.rests_on)


class Unknown(msgspec.Struct, frozen=True, tag=True):
    """True where its operand is unknown."""

    operand: Node

    def value(self, look: Lookup) -> Value:
        """Never unknown itself."""
        found = self.operand.value(look)
        vague = isinstance(found.datum, Span) and found.datum.low != found.datum.high
        return Value(found.datum is None or vague, found.rests_on)


class Joined(msgspec.Struct, frozen=True, tag=True):
    """Operands joined by `and` (settled by one that is false) or by `or` (settled by one that is true)."""

    settles: bool
    operands: tuple[Node, ...]

    def value(self, look: Lookup) -> Value:
        """The settling answer if one operand gives it, else unknown if one is unknown."""
        found = [operand.value(look) for operand in self.operands]
        for answer in (self.settles, None):
            if decisive := [value for value in found if value.datum is answer]:
                return Value(answer, _together(decisive))
        return Value(not self.settles, _together(found))


class Comparison(msgspec.Struct, frozen=True, tag=True):
    """Two values of one kind held against each other."""

    operator: str
    left: Node
    right: Node

    def value(self, look: Lookup) -> Value:
        """Unknown where the values could be on either side."""
        left, right = self.left.value(look), self.right.value(look)
        return Value(_compare(self.operator, left.datum, right.datum), left.rests_on + right.rests_on)


Node: TypeAlias = Name | Constant | Not | Unknown | Joined | Comparison


class Expression:
    """A parsed expression with the words it was written in."""

    __slots__ = ("root", "text")

    def __init__(self, text: str, root: Node) -> None:
        self.text = text
        self.root = root

    def value(self, look: Lookup) -> Value:
        """Evaluate the expression.

        Args:
            look: Gives the value of a named condition.

        Returns:
            True, False or None (unknown), with the facts and messages that decided it.

        Example:
            >>> expression = parse("threat >= 2 and urgent", {"threat": "number", "urgent": "truth"}, {}, {})
            >>> values = {"threat": Value(Span(3, 3)), "urgent": Value(None)}
            >>> expression.value(values.__getitem__).datum is None
            True
        """
        return self.root.value(look)

    def truth(self, look: Lookup) -> bool | None:
        """True, False or None (unknown)."""
        datum = self.value(look).datum
        return datum if isinstance(datum, bool) else None


def parse(
    text: str,
    names: Mapping[str, Kind],
    words: Mapping[str, tuple[Kind, Span | str]],
    terms: Mapping[str, Expression],
) -> Expression:
    """Read an expression and check that its names exist and its parts fit together.

    Args:
        text: The expression.
        names: The conditions, each with its kind.
        words: The fixed words (`medium`, `refused`), each with its kind and value.
        terms: Expressions that have a name of their own.

    Raises:
        ValueError: saying which name is unknown or which part does not fit.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise ValueError(f"'{text}' is not a readable expression") from None
    kind, root = _Reader(names, words, terms).read(tree)
    if kind != "truth":
        raise ValueError(f"'{text}' is a {kind}, not something true or false; compare it")
    return Expression(text, root)


_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip


class _Reader:
    def __init__(
        self,
        names: Mapping[str, Kind],
        words: Mapping[str, tuple[Kind, Span | str]],
        terms: Mapping[str, Expression],
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
            return "truth", self.terms[name].root
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


def _together(values: list[Value]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for value in values for one in value.rests_on))


def _compare(operator: str, left: object, right: object) -> bool | None:
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
