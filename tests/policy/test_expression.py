from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.policy.expression import Span, parse

NAMES = {"a": "truth", "b": "truth", "number": "number", "status": "removal_status"}
WORDS = {"refused": ("removal_status", "refused"), "pending": ("removal_status", "pending")}
TRUTH = st.sampled_from([True, False, None])


class Values:
    """A reader of values given by name; each rests on a fact of its own name."""

    def __init__(self, **values):
        self.values = values

    def datum(self, name):
        return self.values[name]

    def grounds(self, name):
        return (f"fact:{name}",)


def truth(text, **values):
    return parse(text, NAMES, WORDS, ()).truth(Values(**values))


@given(TRUTH, TRUTH)
def test_and_or_not_follow_kleene(a, b):
    rank = {False: 0, None: 1, True: 2}
    values = {rank[a]: a, rank[b]: b}
    assert truth("a and b", a=a, b=b) is values[min(values)]
    assert truth("a or b", a=a, b=b) is values[max(values)]
    assert truth("not a", a=a) is (None if a is None else not a)
    assert truth("not (a and b)", a=a, b=b) is truth("not a or not b", a=a, b=b)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_a_comparison_is_known_only_where_the_whole_span_agrees(one, other, limit):
    low, high = sorted((one, other))
    for operator in (">=", ">", "<=", "<", "==", "!="):
        answers = {eval(f"{number} {operator} {limit}") for number in range(low, high + 1)}
        expected = answers.pop() if len(answers) == 1 else None
        assert truth(f"number {operator} {limit}", number=Span(low, high)) is expected


@pytest.mark.parametrize(("status", "expected"), [("refused", True), ("removed", False), (None, None)])
def test_words_are_compared_and_stay_unknown(status, expected):
    assert truth("status == refused", status=status) is expected
    assert truth("status in (refused, pending)", status=status) is expected
    assert truth("status not in (refused, pending)", status=status) is (None if expected is None else not expected)


def test_unknown_can_be_asked_and_is_never_unknown_itself():
    assert truth("unknown(a)", a=None) is True
    assert truth("unknown(a)", a=False) is False
    assert truth("unknown(number)", number=Span(0, 9)) is True
    assert truth("unknown(number)", number=Span(4, 4)) is False


def test_grounds_name_only_what_decided():
    reader = Values(a=True, b=False)
    assert parse("a or b", NAMES, WORDS, ()).grounds(reader) == ("fact:a",)
    assert parse("a and not b", NAMES, WORDS, ()).grounds(reader) == ("fact:a", "fact:b")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a and", "not a readable"),
        ("c", "unknown name 'c'"),
        ("number", "compare it"),
        ("a and number", "compare it"),
        ("number >= refused", "cannot be compared"),
        ("a == b", "cannot be compared"),
        ("status >= refused", "no order"),
        ("status in refused", "not a list"),
        ("1 <= number <= 3", "not allowed"),
        ("__import__('os')", "not allowed"),
        ("number + 1 >= 2", "not allowed"),
        ("a.b", "not allowed"),
        ("a if b else a", "not allowed"),
        ("unknown(a, b)", "not allowed"),
        ("True", "not allowed"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(text, says):
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        parse(text, NAMES, WORDS, ())
