"""JSON in pieces: whatever the cuts, the same values come out."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.tables.formats.jsonwalk import ITEM, Broken, walk

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)


def pieces(text, size):
    return [text[place : place + size] for place in range(0, len(text), size)]


def all_of(text, size=7, depth=1):
    return list(walk(pieces(text, size), lambda path: len(path) < depth))


@given(st.lists(VALUES, max_size=5), st.integers(1, 9), st.sampled_from([None, 2]))
def test_items_of_a_list_in_pieces(items, size, indent):
    found = all_of(json.dumps(items, indent=indent), size)
    assert [(one.path, one.value) for one in found] == [((ITEM,), item) for item in items]


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=5), st.integers(1, 9), st.booleans())
def test_fields_of_an_object_in_pieces(fields, size, ascii_only):
    found = all_of(json.dumps(fields, ensure_ascii=ascii_only), size)
    assert [(one.path, one.value) for one in found] == [((name,), value) for name, value in fields.items()]


@given(VALUES, st.integers(0, 4))
def test_opening_more_or_less_loses_nothing(value, depth):
    def leaves(one):
        if isinstance(one, dict | list):
            return [leaf for item in (one.values() if isinstance(one, dict) else one) for leaf in leaves(item)]
        return [one]

    assert [leaf for one in all_of(json.dumps(value), depth=depth) for leaf in leaves(one.value)] == leaves(value)


@given(VALUES, st.data())
def test_what_is_cut_off_says_so_once(value, data):
    text = json.dumps({"a": [value, value], "b": value})
    cut = data.draw(st.integers(0, len(text) - 1))
    broken = [one for one in all_of(text[:cut], depth=2) if isinstance(one.value, Broken)]
    assert len(broken) == 1


@given(st.text(st.sampled_from('{}[]",:\\ 1ae-.\n'), max_size=60), st.integers(1, 5))
def test_anything_comes_to_an_end(text, size):
    assert len(all_of(text, size, depth=3)) <= len(text) + 2


@settings(max_examples=400)
@given(st.text(st.sampled_from('[]{}",: ab1.e\\u\n'), max_size=40), st.integers(1, 12), st.integers(0, 3))
@example("1.", 1, 2)  # a number with which the text ends
def test_damaged_text_gives_the_same_however_it_is_cut(body, size, depth):
    def seen(pieces):
        found = walk(pieces, lambda path: len(path) < depth)
        return [(one.path, f"broken: {one.value.raw}" if isinstance(one.value, Broken) else repr(one.value)) for one in found]

    text = '[{"a": 1},' + body
    assert seen(pieces(text, size)) == seen([text])


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 100_000, '["' + "x" * 300_000, "[" + "1" * 100_000])
def test_deep_and_long_ones_too(text):
    assert isinstance(all_of(text, 1 << 16)[-1].value, Broken)


def test_one_broken_item_costs_no_other():
    found = all_of('[{"x": 1}, {"x" 2}, {"x": 3}]')
    assert [one.value for one in found if not isinstance(one.value, Broken)] == [{"x": 1}, {"x": 3}]
    assert len(found) == 3
