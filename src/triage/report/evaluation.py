"""Figures of an evaluation as plain text: by a column of the corpus, and under each way of hiding words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING

from triage.report.plain import cells
from triage.report.wording import Words

if TYPE_CHECKING:
    from triage.training.evaluate import Evaluation
    from triage.training.robustness import Robustness


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with aligned columns, the first to the left and the others to the right.

    Example:
        >>> aligned([("label", "F1"), ("threat", "0.5")])
        ['label    F1', 'threat  0.5']
    """
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([first + " " * (widths[0] - cells(first)), *_right(others, widths[1:])]) for first, *others in rows]


def _right(texts: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [" " * (width - cells(text)) + text for text, width in zip(texts, widths, strict=True)]


def interval(low: float, high: float, words: Words) -> str:
    """A 95% interval; "-" where there is none."""
    return "-" if isnan(low) else f"{words.figure(low)}–{words.figure(high)}"


def slices_text(column: str, parts: Mapping[str, Evaluation], lang: str = "nl") -> str:
    """The figures of each part of the messages, as `triage.training.slices.slices` gives them.

    Args:
        column: What they are divided by.
        parts: Value -> figures.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    names = ("support", "macro_f1", "interval", "alarms", "overlooked", "exact")
    rows = [[words.say("evaluation", name) for name in (column, *names)]]
    for value, one in parts.items():
        shares = (one.false_alarms, one.missed, 1.0 - one.error_all)
        macro_f1 = (words.figure(one.macro_f1), interval(one.macro_f1_low, one.macro_f1_high, words))
        rows.append([value, words.number(one.messages), *macro_f1, *map(words.figure, shares)])
    return "\n".join(aligned(rows))


def robustness_text(figures: Sequence[Robustness], lang: str = "nl") -> str:
    """What each way of hiding words costs, as `triage.training.robustness.robustness` gives it.

    Args:
        figures: A row for each.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    rows = [[words.say("evaluation", name) for name in ("obfuscation", "changed", "macro_f1", "drop", "interval")]]
    for one in figures:
        drop = (words.figure(one.drop), interval(one.drop_low, one.drop_high, words))
        rows.append([one.obfuscation, words.figure(one.changed), words.figure(one.macro_f1), *drop])
    return "\n".join(aligned(rows))
