"""How often: counts, calendar days in Amsterdam, and pile-ons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.case import Facts, Finding
from triage.message import Message
from triage.severity import is_pile_on, load_weights, measure_frequency
from triage.severity.weights import BUILT_IN

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(sent_at=None, *, author="a", target="medewerker", harmful=True):
    labels = ("insult",) if harmful else ()
    message = Message(text="bericht", sent_at=sent_at, author=author, target=target)
    return Finding(message=message, scores={"insult": 0.9}, labels=labels, intensity=1.0 if harmful else 0.0)


moments = st.none() | st.integers(0, 400 * 24).map(lambda hours: START + timedelta(hours=hours))


def test_counts_by_hand():
    findings = [
        found("2026-03-01T10:00"),
        found("2026-03-01T22:00"),
        found("2026-03-15T10:00"),
        found("2026-04-20T10:00"),
        found("2026-03-02T10:00", harmful=False),
    ]
    frequency = measure_frequency(findings, Facts())
    assert (frequency.messages, frequency.harmful, frequency.active_days, frequency.last_30_days) == (5, 4, 3, 1)
    assert frequency.span_days == pytest.approx(50 - 1 / 24)  # an hour of it fell away when summer time began
    assert frequency.per_week == pytest.approx(4 * 7 / (50 - 1 / 24))
    assert frequency.first == datetime.fromisoformat("2026-03-01T10:00+01:00")
    assert frequency.last == datetime.fromisoformat("2026-04-20T10:00+02:00")
    assert not frequency.reported


def test_days_are_those_of_amsterdam():
    late = [found("2026-03-01T23:30+00:00"), found("2026-03-02T00:30+01:00")]  # the same moment, past midnight there
    assert measure_frequency(late, Facts()).active_days == 1
    around_midnight = [found("2026-07-01T21:50+00:00"), found("2026-07-01T22:10+00:00")]
    assert measure_frequency(around_midnight, Facts()).active_days == 2


def test_messages_within_a_day_are_no_faster_than_a_day():
    frequency = measure_frequency([found("2026-03-01T10:00"), found("2026-03-01T10:01")], Facts())
    assert frequency.per_week == 14.0


def test_without_times_nothing_is_said_of_days():
    frequency = measure_frequency([found(), found()], Facts())
    assert (frequency.harmful, frequency.active_days, frequency.last_30_days) == (2, 0, 2)
    assert frequency.span_days is None
    assert frequency.per_week is None
    assert frequency.first is None


def test_a_message_exactly_thirty_days_before_the_last_is_recent():
    frequency = measure_frequency([found(START), found(START + timedelta(days=30)), found(START - timedelta(seconds=1))], Facts())
    assert frequency.last_30_days == 2


def test_what_a_person_says_is_taken():
    frequency = measure_frequency([found(START)], Facts(frequency=40))
    assert (frequency.last_30_days, frequency.reported, frequency.harmful) == (40, True, 1)


def test_nothing_is_nothing():
    frequency = measure_frequency([], Facts())
    assert (frequency.messages, frequency.harmful, frequency.last_30_days) == (0, 0, 0)


@given(st.lists(moments), st.lists(moments))
def test_harmless_messages_change_only_the_count_of_all(harmful, harmless):
    alone = [found(moment) for moment in harmful]
    among = measure_frequency(alone + [found(moment, harmful=False) for moment in harmless], Facts())
    by_itself = measure_frequency(alone, Facts())
    assert among.messages == len(harmful) + len(harmless)
    for field in ("harmful", "active_days", "span_days", "per_week", "last_30_days", "first", "last"):
        assert getattr(among, field) == getattr(by_itself, field)


@given(st.lists(moments).flatmap(lambda times: st.tuples(st.just(times), st.permutations(times))))
def test_order_does_not_matter(orders):
    first, second = ([found(moment) for moment in order] for order in orders)
    assert measure_frequency(first, Facts()) == measure_frequency(second, Facts())


def burst(authors, hours_apart=1.0, **named):
    return [found(START + timedelta(hours=hours_apart * place), author=f"auteur{place}", **named) for place in range(authors)]


def test_five_authors_in_a_burst_are_a_pile_on():
    assert is_pile_on(burst(5))
    assert not is_pile_on(burst(4))


def test_the_window_of_a_pile_on():
    assert is_pile_on(burst(5, hours_apart=18))  # the fifth comes exactly 72 hours after the first
    assert not is_pile_on(burst(9, hours_apart=18.1))


def test_a_burst_late_in_a_long_case_is_seen():
    slow = [found(START - timedelta(days=30 * place), author=f"eerder{place}") for place in range(1, 9)]
    assert not is_pile_on(slow)
    assert is_pile_on(slow + burst(5))


def test_what_makes_no_pile_on():
    assert not is_pile_on([found(START + timedelta(hours=place)) for place in range(9)])  # one author
    assert not is_pile_on(burst(9, harmful=False))
    assert not is_pile_on([found(START, author=f"auteur{place}", target=f"doel{place}") for place in range(9)])
    assert not is_pile_on([found(None, author=f"auteur{place}") for place in range(9)])  # no times, so no burst to see
    assert not is_pile_on([found(START, author=None) for place in range(9)])


def test_a_pile_on_with_numbers_of_ones_own(tmp_path):
    path = tmp_path / "eigen.toml"
    path.write_text(BUILT_IN.read_text(encoding="utf-8").replace("authors = 5", "authors = 3"), encoding="utf-8")
    assert is_pile_on(burst(3), load_weights(path))
