"""How many people: what wins, what is a guess, and that more never makes less."""

from __future__ import annotations

from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from triage.case import Facts, Finding
from triage.message import Message
from triage.severity import estimate_reach

counts = st.none() | st.integers(0, 10_000_000)
messages = st.builds(
    Message,
    text=st.just("bericht"),
    visibility=st.sampled_from([None, "direct", "group", "public"]),
    views=counts,
    shares=counts,
    followers=counts,
    platform=st.sampled_from([None, "x", "facebook"]),
    author=st.sampled_from([None, "a", "b"]),
    target=st.sampled_from([None, "t", "u"]),
)


def found(message, harmful=True):
    return Finding(message=message, scores={"insult": 0.9}, labels=("insult",) if harmful else (), intensity=1.0)


def reach_of(*given_messages, facts=Facts()):  # noqa: B008
    return estimate_reach([found(message) for message in given_messages], facts)


def post(**named):
    return Message(text="bericht", **named)


def test_what_a_person_says_wins():
    reach = reach_of(post(views=9), facts=Facts(reach=1234))
    assert (reach.people, reach.low, reach.high, reach.guess) == (1234, 1234, 1234, False)
    assert "mens" in reach.basis.nl


def test_counted_views_are_no_guess():
    reach = reach_of(post(views=120, followers=9_000, visibility="public"))
    assert (reach.people, reach.low, reach.high, reach.guess) == (120, 120, 120, False)
    assert "weergaven" in reach.basis.nl
    assert "views" in reach.basis.en


def test_views_of_several_messages_overlap():
    reach = reach_of(post(views=100), post(views=400), post(views=400))
    assert (reach.low, reach.high) == (400, 900)
    assert reach.people == isqrt(400 * 900) == 600
    assert reach.guess
    assert "3 berichten" in reach.basis.nl


def test_direct_messages_to_one_person_have_one_reader():
    reach = reach_of(*[post(visibility="direct", target="t", id=str(number)) for number in range(40)])
    assert (reach.people, reach.low, reach.high, reach.guess) == (1, 1, 1, False)


def test_followers_see_part_of_the_posts_and_count_once():
    once = reach_of(post(visibility="public", followers=1000, author="a"))
    assert (once.low, once.high) == (20, 500)
    assert once.people == isqrt(21 * 501) - 1
    assert once.guess
    often = [post(visibility="public", followers=1000, author="a", id=str(number)) for number in range(9)]
    assert reach_of(*often).people == once.people
    assert reach_of(*often, post(visibility="public", followers=1000, author="b")).people > once.people


def test_visibility_alone_is_a_guess():
    direct, group, public = (reach_of(post(visibility=kind)) for kind in ("direct", "group", "public"))
    assert direct.people < group.people < public.people
    assert (group.low, group.high) == (5, 250)
    assert (public.low, public.high) == (50, 5000)
    assert public.guess
    assert not direct.guess


def test_nothing_known_is_said_to_be_unknown():
    reach = reach_of(post(), post(id="2"))
    assert reach.people is None
    assert reach.guess
    assert (reach.low, reach.high) == (1, 5000)


def test_without_harm_nobody_was_reached():
    reach = estimate_reach([found(post(views=500), harmful=False)], Facts())
    assert (reach.people, reach.low, reach.high) == (0, 0, 0)


@given(st.lists(messages), st.lists(messages))
def test_harmless_messages_change_nothing(harmful, harmless):
    alone = [found(message) for message in harmful]
    assert estimate_reach(alone + [found(message, harmful=False) for message in harmless], Facts()) == estimate_reach(alone, Facts())


@given(st.lists(messages, min_size=1))
def test_the_estimate_lies_between_its_bounds(some):
    reach = reach_of(*some)
    assert 0 <= reach.low <= reach.high
    if reach.people is not None:
        assert reach.low <= reach.people <= reach.high


def at_least(reach, other):
    assert reach.low >= other.low
    assert reach.high >= other.high
    if other.people is not None:
        assert reach.people >= other.people


@given(st.lists(messages, min_size=1), messages)
def test_one_more_message_never_reaches_fewer(some, one_more):
    at_least(reach_of(*some, one_more), reach_of(*some))


@pytest.mark.parametrize("field", ["views", "followers", "shares"])
@given(some=st.lists(messages, min_size=1), low=st.integers(0, 10**6), more=st.integers(0, 10**6))
def test_higher_counts_never_reach_fewer(field, some, low, more):
    before = reach_of(replace(some[0], **{field: low}), *some[1:])
    after = reach_of(replace(some[0], **{field: low + more}), *some[1:])
    at_least(after, before)


@given(st.lists(messages).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_order_does_not_matter(orders):
    assert reach_of(*orders[0]) == reach_of(*orders[1])
