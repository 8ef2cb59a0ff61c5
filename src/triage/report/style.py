"""The house style of the report page for matplotlib (extra `notebook`): plots in notebooks look like those on the page.

from triage.report.style import caption, use_style

use_style()
"""

from __future__ import annotations

from importlib.resources import as_file, files

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from triage.assessment import Band
from triage.report.plots import BAND_COLOURS as _BAND_COLOURS
from triage.report.plots import BLUE, GREEN, LABEL_COLOURS, VERMILION

__all__ = ["BAND_COLOURS", "BAND_MARKERS", "BLUE", "GREEN", "INK", "LABEL_COLOURS", "QUIET", "VERMILION", "caption", "use_style"]

INK, QUIET = "#16191f", "#4d5562"
BAND_COLOURS: dict[Band, str] = {**_BAND_COLOURS, "critical": INK}
BAND_MARKERS: dict[Band, str] = {"low": "o", "medium": "s", "high": "^", "critical": "D"}  # the shapes of the page


def use_style() -> None:
    """Draw all following plots in the house style."""
    with as_file(files("triage.report").joinpath("triage.mplstyle")) as path:
        plt.style.use(path)


def caption(figure: Figure, text: str) -> None:
    """Put a line with the source and the limits of a plot below it.

    Args:
        figure: The plot.
        text: What its numbers come from and what they do not show; a line break where a line gets too long.

    Example:
        >>> use_style()
        >>> figure, _ = plt.subplots()
        >>> caption(figure, "Bron: verzonnen berichten.")
        >>> figure.get_supxlabel()
        'Bron: verzonnen berichten.'
        >>> plt.close(figure)
    """
    figure.supxlabel(text, x=0.01, ha="left", fontsize=8, color=QUIET)
