"""The house style of the report page for matplotlib (extra `notebook`): plots in notebooks look like those on the page.

from triage.report.style import caption, use_style

use_style()
"""

from __future__ import annotations

from importlib.resources import as_file, files

import matplotlib.pyplot as plt
from matplotlib.axis import Axis
from matplotlib.dates import num2date
from matplotlib.figure import Figure

from triage.assessment import Band
from triage.report.plots import BAND_COLOURS as _BAND_COLOURS
from triage.report.plots import BLUE, GREEN, LABEL_COLOURS, VERMILION
from triage.report.wording import Words

__all__ = [
    "BAND_COLOURS",
    "BAND_MARKERS",
    "BLUE",
    "GREEN",
    "INK",
    "LABEL_COLOURS",
    "QUIET",
    "VERMILION",
    "caption",
    "day_axis",
    "number_axis",
    "use_style",
]

INK, QUIET = "#16191f", "#4d5562"
BAND_COLOURS: dict[Band, str] = {**_BAND_COLOURS, "critical": INK}
BAND_MARKERS: dict[Band, str] = {"low": "o", "medium": "s", "high": "^", "critical": "D"}  # the shapes of the page


def use_style() -> None:
    """Draw all following plots in the house style; in a notebook as SVG, which is sharp, small, and the same at every run."""
    with as_file(files("triage.report").joinpath("triage.mplstyle")) as path:
        plt.style.use(path)
    if "inline" in plt.get_backend():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})


def caption(figure: Figure, text: str) -> None:
    """Put a line with the source and the limits of a plot below it.

    Args:
        figure: The plot.
        text: What its numbers come from and what they do not show; with a line break where a line gets too long.

    Example:
        >>> figure, _ = plt.subplots()
        >>> caption(figure, "Bron: verzonnen berichten.")
        >>> figure.get_supxlabel()
        'Bron: verzonnen berichten.'
        >>> plt.close(figure)
    """
    figure.supxlabel(text, x=0.01, ha="left", fontsize=8, color=QUIET)


def day_axis(axis: Axis, lang: str = "nl") -> None:
    """Write the days of a time axis in words: "1 juni".

    Args:
        axis: `axes.xaxis` or `axes.yaxis`.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    axis.set_major_formatter(lambda day, place: words.day(num2date(day).date(), year=False))


def number_axis(axis: Axis, lang: str = "nl") -> None:
    """Write the whole numbers of an axis as people do: "10.000".

    Args:
        axis: `axes.xaxis` or `axes.yaxis`.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    axis.set_major_formatter(lambda number, place: words.number(round(number)))
