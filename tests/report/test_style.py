"""The house style for matplotlib is that of the report page."""

from __future__ import annotations

from datetime import date

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from triage.assessment import Band
from triage.report import plots, style


@pytest.fixture
def figure():
    with plt.rc_context():
        style.use_style()
        figure = plt.figure()
        yield figure
        plt.close(figure)


def test_colours_are_those_of_the_page(figure: Figure):
    cycle = [to_hex(entry["color"]) for entry in plt.rcParams["axes.prop_cycle"]]
    assert {colour.lower() for colour in plots.LABEL_COLOURS.values()} <= set(cycle)
    assert style.LABEL_COLOURS == plots.LABEL_COLOURS
    bands: list[Band] = ["low", "medium", "high"]
    assert [style.BAND_COLOURS[band] for band in bands] == [plots.BAND_COLOURS[band] for band in bands]


def test_every_band_has_a_colour_and_a_shape_of_its_own():
    assert set(style.BAND_COLOURS) == set(style.BAND_MARKERS) == set(plots.BAND_COLOURS)
    assert len(set(style.BAND_COLOURS.values())) == len(set(style.BAND_MARKERS.values())) == len(plots.BAND_COLOURS)


@pytest.mark.parametrize(("lang", "day", "number"), [("nl", "1 juni", "10.000"), ("en", "1 June", "10,000")])
def test_axes_speak_the_language(figure: Figure, lang: str, day: str, number: str):
    axes = figure.add_subplot()
    axes.plot([date(2026, 6, 1), date(2026, 6, 30)], [0, 10_000])
    axes.set_xticks([date(2026, 6, 1)])
    axes.set_yticks([10_000])
    style.day_axis(axes.xaxis, lang)
    style.number_axis(axes.yaxis, lang)
    figure.canvas.draw()
    assert [label.get_text() for label in axes.get_xticklabels()] == [day]
    assert [label.get_text() for label in axes.get_yticklabels()] == [number]


def test_a_plot_as_svg_keeps_its_words(figure: Figure, tmp_path):
    figure.add_subplot().set_title("Berichten per week")
    style.caption(figure, "Bron: verzonnen berichten.")
    figure.savefig(tmp_path / "plot.svg")
    written = (tmp_path / "plot.svg").read_text(encoding="utf-8")
    assert "Berichten per week" in written
    assert "Bron: verzonnen berichten." in written
