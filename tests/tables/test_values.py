"""One cell: counts, intensities, labels, visibility, times."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.tables.cells import cells
from triage.tables.times import DateOrder, read_time
from triage.tables.values import (
    UnreadableError,
    clean_text,
    read_count,
    read_flags,
    read_intensity,
    read_labels,
    read_list,
    read_visibility,
)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("1.234", 1234), ("1,234", 1234), ("1.234.567", 1234567), ("12 345", 12345), ("7", 7), ("12.0", 12), ("12,00", 12), ("0", 0),
        ("1,2K", 1200), ("3.4M", 3_400_000), ("2 mln", 2_000_000), ("5 dzd", 5000), ("+5", 5), (5, 5), (5.0, 5),
        ("", None), ("-", None), ("n.v.t.", None), ("NaN", None), (float("nan"), None), (None, None),
    ],
)  # fmt: skip
def test_counts(cell, count):
    assert read_count(cell) == count


@pytest.mark.parametrize("cell", ["-5", -5, "12,5", "veel", "1.23.4", "9" * 30, 1.5, True, float("inf"), "1e5", "٣x"])
def test_a_count_that_is_none_is_refused(cell):
    with pytest.raises(UnreadableError):
        read_count(cell)


def test_a_negative_count_is_called_so():
    with pytest.raises(UnreadableError, match="negative"):
        read_count("-5")


@given(st.integers(0, 10**14))
def test_any_count_reads_back_with_dutch_and_english_thousands(number):
    assert read_count(f"{number:,}") == read_count(f"{number:,}".replace(",", ".")) == read_count(str(number)) == number


@pytest.mark.parametrize(("cell", "value"), [("1,5", 1.5), ("2.25", 2.25), ("3", 3.0), (0, 0.0), ("", None)])
def test_intensity(cell, value):
    assert read_intensity(cell) == value


@pytest.mark.parametrize("cell", ["4", "-1", "hoog", "inf", True])
def test_intensity_out_of_range_is_refused(cell):
    with pytest.raises(UnreadableError):
        read_intensity(cell)


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("belediging", ["insult"]),
        ("Bedreiging; Belediging", ["insult", "threat"]),
        ("seksuele intimidatie", ["sexual_harassment"]),
        ("insult threat", ["insult", "threat"]),
        ('["threat", "insult"]', ["insult", "threat"]),
        ("['threat']", ["threat"]),
        (["threat"], ["threat"]),
        ("geen", []),
        ("none", []),
        ("[]", []),
        ([], []),
        ("", None),
        (None, None),
        ("onbekend", None),
    ],
)
def test_labels(cell, labels):
    assert read_labels(cell) == labels


@pytest.mark.parametrize("cell", ["spam", "belediging, spam", "geen, belediging"])
def test_labels_outside_the_three_are_refused(cell):
    with pytest.raises(UnreadableError):
        read_labels(cell)


def test_flags_and_visibility():
    assert read_flags("wapen, kinderen") == ["weapon", "children"]
    assert [read_visibility(word) for word in ("Openbaar", "groep", "DM", "privé", "ja", "nee", "", None)] == [
        "public", "group", "direct", "direct", "public", None, None, None,
    ]  # fmt: skip
    with pytest.raises(UnreadableError):
        read_visibility("soms")


def test_half_characters_and_nul_stay_out_of_text():
    assert clean_text("a\x00b\ud800c") == "ab\ufffdc"


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("01-03-2026 10:00", "2026-03-01T09:00:00"),
        ("1-7-2026 10:00:30", "2026-07-01T08:00:30"),
        ("1/3/2026", "2026-02-28T23:00:00"),
        ("1-3-26 9.05", "2026-03-01T08:05:00"),
        ("31.12.2025 23:30", "2025-12-31T22:30:00"),
        ("1-3-2026 om 10:00 uur", "2026-03-01T09:00:00"),
        ("2026-03-01", "2026-02-28T23:00:00"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00"),
        ("2026-03-01 10:00:00.123456+02:00", "2026-03-01T08:00:00.123456"),
        ("2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00"),
        ("2026/03/01 10:00", "2026-03-01T09:00:00"),
        ("20260301", "2026-02-28T23:00:00"),
        ("1772359200", "2026-03-01T10:00:00"),
        ("1772359200.5", "2026-03-01T10:00:00.500000"),
        ("1772359200123", "2026-03-01T10:00:00.123000"),
        (1772359200, "2026-03-01T10:00:00"),
        ("1 maart 2026 10:00", "2026-03-01T09:00:00"),
        ("zo 1 mrt. 2026, 10:00", "2026-03-01T09:00:00"),
        ("1-mrt-26", "2026-02-28T23:00:00"),
        ("1 mrt '26 10:00", "2026-03-01T09:00:00"),
        ("Mar 1, 2026 3:05 PM", "2026-03-01T14:05:00"),
        ("Sun, 01 Mar 2026 10:00:00 +0000", "2026-03-01T10:00:00"),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24"),
        (date(2026, 3, 1), "2026-02-28T23:00:00"),
        (datetime(2026, 3, 1, 10, tzinfo=UTC), "2026-03-01T10:00:00"),
    ],
)
def test_times(cell, utc):
    assert read_time(cell) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("29-03-2026 01:59", "2026-03-29T00:59:00"),
        ("29-03-2026 02:30", "2026-03-29T01:30:00"),  # does not exist: read as 03:30
        ("29-03-2026 03:30", "2026-03-29T01:30:00"),
        ("25-10-2026 02:30", "2026-10-25T00:30:00"),  # comes twice: the first
        ("25-10-2026 03:30", "2026-10-25T02:30:00"),
    ],
)
def test_times_around_the_change_of_the_clock(cell, utc):
    assert read_time(cell) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "gisteren",
        "32-1-2026",
        "1-13-2026",
        "0",
        "01-01-1970",
        "2026-02-30",
        "9" * 19,
        "1-1-2026 25:00",
        "10:00",
        "3-xyz-2026",
        "1 mrt 10:00",
        "13/1/2026 13:00 PM",
    ],
)
def test_a_time_that_is_none_is_refused(cell):
    with pytest.raises(UnreadableError):
        read_time(cell)


@pytest.mark.parametrize("cell", ["", None, "-", "onbekend", float("nan")])
def test_no_time(cell):
    assert read_time(cell) is None


@given(st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC)))
def test_any_time_in_iso_reads_back(time):
    assert read_time(time.isoformat()) == time


@given(st.text())
def test_no_text_breaks_the_readers(text):
    for reader in (read_time, read_count, read_intensity, read_labels, read_visibility):
        try:
            reader(text)
        except UnreadableError:
            continue
    read_list(text)


@pytest.mark.parametrize(
    ("cells", "month_first", "ambiguous"),
    [
        (["03/25/2026", "03/04/2026"], True, False),
        (["25/03/2026", "03/04/2026"], False, False),
        (["03/04/2026"], False, True),
        (["03/04/2026 5:06 PM"], True, True),
        (["25/03/2026", "03/25/2026"], False, True),
        (["2026-03-04", None, 5], False, False),
    ],
)
def test_day_or_month_first_is_settled_by_the_column(cells, month_first, ambiguous):
    order = DateOrder()
    for cell in cells:
        order.see(cell)
    assert (order.month_first, order.ambiguous) == (month_first, ambiguous)


def test_month_first_is_followed():
    assert read_time("3/4/2026", month_first=True) == datetime(2026, 3, 3, 23, tzinfo=UTC)


def test_decimals_are_numbers():
    assert read_count(Decimal("12.000")) == 12
    assert read_intensity(Decimal("1.50")) == 1.5
    assert read_count(Decimal("NaN")) is None


@pytest.mark.parametrize("reader", [read_count, read_time])
@pytest.mark.parametrize("text", ["1" + ".000" * 1500, "1-1-2026" + " " * 5000 + "x", "9" * 5000])
def test_endless_values_are_refused(reader, text):
    with pytest.raises(UnreadableError):
        reader(text)
    order = DateOrder()
    order.see(text)
    assert not order.month_first


def test_columns_of_any_type_have_values():
    assert cells(pa.array([1, None], pa.timestamp("us", "Mars/Olympus")))[1] is None
    assert cells(pa.array([10**15, 0], pa.timestamp("s"))) == ["1000000000000000 s", datetime(1970, 1, 1)]
    assert cells(pa.array([1_000_000_001], pa.timestamp("ns"))) == [datetime(1970, 1, 1, 0, 0, 1)]
    assert cells(pa.array(["a", "b", None], pa.string_view())) == ["a", "b", None]
    words = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint32()), pa.array(["a", "b"], pa.string_view()))
    assert cells(words) == ["b", None, "a"]
    assert cells(pa.array([10**8, None], pa.date32())) == [None, None]
