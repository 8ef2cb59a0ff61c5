"""Plots: every number is in them as words too, nothing leaves its frame, no colour stands alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.report.plots import BAND_COLOURS, Bar, Point, Row, Step, bars, scatter, timeline, waterfall

BANDS = {"low": "laag", "medium": "midden", "high": "hoog", "critical": "kritiek"}
counts = st.integers(0, 10**12)


def percentages(svg: str) -> list[float]:
    return [float(value) for value in re.findall(r'"([^"%]*)%"', svg)]


def widths(svg: str, fill: str) -> list[float]:
    return [float(width) for width in re.findall(rf'<rect x="[^"]*" y="[^"]*" width="([^"]*)%" height="14" fill="{fill}"', svg)]


def test_bars_are_in_proportion_and_named():
    svg = bars([Bar("belediging", 30, "30 (60%)"), Bar("bedreiging", 15, "15 (30%)"), Bar("geen", 0, "0")], "Berichten")
    assert widths(svg, "#0072B2") == [100, 50, 0]
    assert 'aria-label="Berichten: belediging 30 (60%); bedreiging 15 (30%); geen 0"' in svg


def test_a_waterfall_begins_each_step_where_the_last_one_ended():
    steps = [Step("inhoud", 40, 30, 50, "+ 40,0"), Step("bereik", 10, 10, 10, "+ 10,0"), Step("impact", 5, 0, 10, "+ 5,0")]
    svg = waterfall(steps, Step("samen", 55, 40, 70, "= 55,0"), "Ernst")
    begins = [float(x) for x in re.findall(r'<rect x="([^"]*)%" y="[^"]*" width="[^"]*%" height="14" fill="#', svg)]
    assert begins == [0, 40, 50, 0]
    assert svg.count('stroke-width="1.5"') == 3  # a step that is certain has no line


def test_a_timeline_has_a_bar_for_each_period_that_has_messages():
    svg = timeline([Row("bedreiging", "#D55E00", [0, 2, 4]), Row("belediging", "#0072B2", [1, 0, 0])], ["ma", "di", "wo"], "Per dag")
    assert re.findall(r"<title>([^<]*)</title>", svg) == ["di: 2", "wo: 4", "ma: 1"]
    assert [float(high) for high in re.findall(r'height="([^"]*)"[^>]*><title>', svg)] == [22, 44, 11]


def test_every_band_has_a_shape_of_its_own_and_a_name():
    svg = scatter([Point(1, 10, band, band) for band in BANDS], "aantal", "bereik", BANDS, "Casussen")
    for band, name in BANDS.items():
        assert f">{name}</text>" in svg
        shapes = set(re.findall(rf'<path d="([^"]*)" fill="{BAND_COLOURS[band]}"', svg))
        assert len(shapes) == 1
    assert len(set(re.findall(r'<path d="([^"]*)"', svg))) == 4


def test_a_point_leads_to_its_case():
    assert '<a href="#c1" tabindex="-1">' in scatter([Point(1, 1, "low", "casus", "#c1")], "x", "y", BANDS, "z")


@pytest.mark.parametrize("svg", [bars([], "x"), timeline([], [], "x"), scatter([], "x", "y", BANDS, "z")])
def test_a_plot_of_nothing_is_still_a_plot(svg):
    assert svg.startswith("<svg")


@given(st.lists(st.tuples(counts, counts, st.sampled_from(list(BANDS))), max_size=20))
def test_nothing_leaves_its_frame(points):
    svg = scatter([Point(x, y, band, "") for x, y, band in points], "x", "y", BANDS, "z")
    svg += bars([Bar("a", x, "") for x, _, _ in points], "x") + timeline(
        [Row("a", "red", [x for x, _, _ in points])], ["p"] * len(points), "x"
    )
    assert all(0 <= value <= 100 for value in percentages(svg))
    assert all(0 <= float(y) <= 310 for y in re.findall(r' y="([^"]*)"', svg[: svg.index("</svg>")]))


def test_long_names_of_the_first_and_last_period_do_not_stand_on_each_other():
    def lines(first: str, last: str) -> set[str]:
        svg = timeline([Row("bedreiging", "#D55E00", [1, 1])], [first, last], "x")
        return {re.search(rf'y="([^"]*)"[^>]*>{name}<', svg)[1] for name in (first, last)}

    assert len(lines("ma 1 juni", "di 2 juni")) == 1
    assert len(lines("week van 1 juni 2026", "week van 24 augustus 2026")) == 2  # too wide for one line of a telephone
