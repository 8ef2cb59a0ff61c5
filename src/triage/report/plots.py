"""The house style of plots: SVG made of a few simple marks, for the report and for notebooks.

Plots fill the width they get and their text keeps its size, on a phone as on paper, because places are percentages and not pixels.
Colours are from the palette of Okabe and Ito (2008, "Color Universal Design"), those with a contrast of 3 to 1 or more on white; none
stands alone: every mark has its name beside it, or a shape of its own. Nothing here knows a message or a case; words and numbers come
ready to print.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, log10
from typing import Any, NamedTuple

from triage.assessment import Band
from triage.labels import Label
from triage.report.markup import Html, Inside, tag

BLUE, GREEN, VERMILION = "#0072B2", "#009E73", "#D55E00"
LABEL_COLOURS: dict[Label, str] = {"insult": BLUE, "threat": VERMILION, "sexual_harassment": GREEN}
BAND_COLOURS: dict[Band, str] = {"low": BLUE, "medium": GREEN, "high": VERMILION, "critical": "currentColor"}
# Each within a square of 10 by 10 around its middle.
_SHAPES: dict[Band, str] = {
    "low": "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "medium": "M-4-4h8v8h-8z",
    "high": "M0-5L5 4h-10z",
    "critical": "M0-6L6 0L0 6L-6 0z",
}
_FAINT: dict[str, float] = {"fill_opacity": 0.09}
_GRID: dict[str, Any] = {"stroke": "currentColor", "stroke_opacity": 0.25}
_ROW, _BAR = 38, 14  # pixels of a row with its name above its bar, and of the bar


class Bar(NamedTuple):
    """A bar: its name, how long it is, and what is printed beside it."""

    name: str
    value: float
    printed: str


class Step(NamedTuple):
    """A step of a waterfall: its name, its height, what that may be at least and at most, and what is printed beside it."""

    name: str
    value: float
    low: float
    high: float
    printed: str


class Row(NamedTuple):
    """A row of a timeline: its name, its colour, and a count for each period."""

    name: str
    colour: str
    counts: Sequence[int]


class Point(NamedTuple):
    """A point of a scatter plot: its place, its band, its name, and where it leads to on the page ("" for nowhere)."""

    x: float
    y: float
    band: Band
    name: str
    href: str = ""


def bars(rows: Sequence[Bar], label: str, colour: str = BLUE) -> Html:
    """Bars under each other, the longest as wide as the plot.

    Args:
        rows: The bars.
        label: What the plot shows, for who cannot see it.
        colour: Of all bars.

    Example:
        >>> "3 berichten" in bars([Bar("bedreiging", 3, "3 berichten")], "Berichten per label")
        True
    """
    most = max((row.value for row in rows), default=0) or 1
    drawn = [
        [
            _named(row.name, row.printed, place),
            tag("rect", x=0, y=_top(place), width="100%", height=_BAR, **_FAINT),
            tag("rect", x=0, y=_top(place), width=_percent(row.value / most), height=_BAR, fill=colour),
        ]
        for place, row in enumerate(rows)
    ]
    return _svg(_ROW * len(rows), f"{label}: " + "; ".join(f"{row.name} {row.printed}" for row in rows), *drawn)


def waterfall(steps: Sequence[Step], total: Step, label: str, most: float = 100.0) -> Html:
    """Steps that add up to a total, each beginning where the last one ended; a thin line shows what a step may be.

    Args:
        steps: The steps.
        total: What they add up to.
        label: What the plot shows.
        most: Where the scale ends.
    """
    drawn: list[Html] = []
    begin = 0.0
    for place, step in enumerate((*steps, total)):
        start = 0.0 if step is total else begin
        begin = start + step.value
        y = _top(place)
        drawn += [
            *_named(step.name, step.printed, place),
            tag("rect", x=0, y=y, width="100%", height=_BAR, **_FAINT),
            tag(
                "rect",
                x=_percent(start / most),
                y=y,
                width=_percent(step.value / most),
                height=_BAR,
                fill=VERMILION if step is total else BLUE,
            ),
        ]
        if step is not total:  # down to where the next one begins
            drawn.append(_line(begin / most, y + _BAR, begin / most, y + _ROW, **_GRID))
        if step.low != step.high:
            drawn += _whisker((start + step.low) / most, (start + step.high) / most, y + _BAR // 2)
    told = "; ".join(f"{step.name} {step.printed}" for step in (*steps, total))
    return _svg(_ROW * (len(steps) + 1), f"{label}: {told}", *drawn)


_BESIDE = 36  # characters that fit beside each other on a small telephone


def timeline(rows: Sequence[Row], periods: Sequence[str], label: str, height: int = 44) -> Html:
    """Counts over time, a strip for each row, all on one scale.

    Args:
        rows: The rows, with as many counts as there are periods.
        periods: The names of the periods; the first and the last are printed below.
        label: What the plot shows.
        height: Pixels of the highest bar.
    """
    most = max((count for row in rows for count in row.counts), default=0) or 1
    strip = height + 28
    width = 1 / max(1, len(periods))
    drawn: list[Html] = []
    for place, row in enumerate(rows):
        floor = strip * (place + 1) - 4
        drawn += _named(row.name, str(max(row.counts, default=0)), 0, y=strip * place + 13)
        drawn.append(_line(0, floor, 1, floor, **_GRID))
        for period, count in enumerate(row.counts):
            if count:
                high = max(2.0, height * count / most)
                x, wide = _percent((period + 0.08) * width), _percent(0.84 * width)
                title = tag("title", f"{periods[period]}: {count}")
                drawn.append(tag("rect", title, x=x, y=floor - high, width=wide, height=high, fill=row.colour))
    below = strip * len(rows) + 12
    if periods:
        drawn.append(_text(0, below, periods[0], opacity=0.75))
        if len(periods[0]) + len(periods[-1]) > _BESIDE:
            below += 17
        drawn.append(_text(1, below, periods[-1], anchor="end", opacity=0.75))
    return _svg(below + 8, f"{label}: " + "; ".join(f"{row.name} {sum(row.counts)}" for row in rows), *drawn)


def scatter(points: Sequence[Point], x_name: str, y_name: str, bands: Mapping[Band, str], label: str, height: int = 260) -> Html:
    """Points by two counts, both on a logarithmic scale (one is added, so that 0 has a place), a shape and colour for each band.

    Args:
        points: The points; the first are drawn on top.
        x_name, y_name: What the axes show.
        bands: The bands with their names, for the legend.
        label: What the plot shows.
        height: Pixels of the field.
    """
    left, right, top = 0.1, 0.97, 44
    floor = top + height
    x_most = max((_log(point.x) for point in points), default=0) or 1
    y_most = max((_log(point.y) for point in points), default=0) or 1
    drawn: list[Html] = []
    for place, (band, name) in enumerate(bands.items()):
        drawn += [_shape(band, place / len(bands) + 0.015, 10), _text(place / len(bands) + 0.04, 14, name)]
    drawn.append(_text(0, 36, y_name, opacity=0.75))
    drawn.append(_text(1, floor + 34, x_name, anchor="end", opacity=0.75))
    for tick in _ticks(y_most):
        y = floor - height * _log(tick) / y_most
        drawn += [_line(left, y, 1, y, **_GRID), _text(left - 0.01, y + 4, _short(tick), anchor="end", opacity=0.75)]
    for tick in _ticks(x_most):
        x = left + (right - left) * _log(tick) / x_most
        drawn += [_line(x, floor, x, floor + 4, **_GRID), _text(x, floor + 18, _short(tick), anchor="middle", opacity=0.75)]
    for point in reversed(points):
        x, y = left + (right - left) * _log(point.x) / x_most, floor - height * _log(point.y) / y_most
        mark = _shape(point.band, x, y, point.name)
        drawn.append(tag("a", mark, href=point.href, tabindex="-1") if point.href else mark)
    return _svg(floor + 40, label, *drawn)


def _svg(height: float, label: str, *inside: Inside) -> Html:
    return tag("svg", *inside, width="100%", height=ceil(height), role="img", aria_label=label, font_size=13, fill="currentColor")


def _whisker(low: float, high: float, y: float) -> list[Html]:
    """A thin line with an end at either side, with some white around it where it crosses a bar."""
    line = [_line(low, y, high, y), _line(low, y - 4, low, y + 4), _line(high, y - 4, high, y + 4)]
    return [tag("g", line, stroke="#fff", stroke_width=4), tag("g", line, stroke="#16191f", stroke_width=1.5)]


def _named(name: str, printed: str, place: int, y: float | None = None) -> list[Html]:
    """The name at the left and the number at the right, above a bar."""
    y = _ROW * place + 13 if y is None else y
    return [_text(0, y, name), _text(1, y, printed, anchor="end")]


def _top(place: int) -> int:
    return _ROW * place + 18


def _text(x: float, y: float, text: str, anchor: str | None = None, opacity: float | None = None) -> Html:
    return tag("text", text, x=_percent(x), y=y, text_anchor=anchor, fill_opacity=opacity)


def _line(x1: float, y1: float, x2: float, y2: float, **style: str | float) -> Html:
    return tag("line", x1=_percent(x1), y1=y1, x2=_percent(x2), y2=y2, **style)


def _shape(band: Band, x: float, y: float, name: str = "") -> Html:
    title = tag("title", name) if name else None
    path = tag("path", title, d=_SHAPES[band], fill=BAND_COLOURS[band], fill_opacity=0.65)
    return tag("svg", path, x=_percent(x), y=y, overflow="visible", width=1, height=1)


def _percent(share: float) -> str:
    return f"{100 * min(1.0, max(0.0, share)):.4g}%"


def _log(number: float) -> float:
    return log10(1 + max(0.0, number))


def _ticks(most: float) -> list[int]:
    return [0, *(10**power for power in range(ceil(most) + 1) if _log(10**power) <= most * 1.001)]


def _short(number: int) -> str:
    """A tick as it is printed: 1000 is 1k."""
    for size, sign in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number // size}{sign}"
    return str(number)
