"""What bulk work shows on a terminal: the cases as a table, progress, and what became of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import rich
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text as Cell

from triage.assessment import STRENGTHS
from triage.report.content import EVERYWHERE, named_labels
from triage.report.plain import one_line, shorten
from triage.report.wording import Words

if TYPE_CHECKING:
    import pyarrow as pa

    from triage.language import Text
    from triage.tables import Corrections, Summary

_NARROW = 100  # below this many columns the reach moves into another cell
_SHOWN_STEPS = 3
_SHOWN_ROWS = 10
_NAME_WIDTH = 40
_SHARES = {"who": 3, "what": 3, "steps": 5}  # how the columns of running text divide the width that is left
_LEAST = {"what": 12}  # the longest word of a label fits


def cases_table(cases: pa.Table, lang: str = "nl", width: int | None = None) -> Table:
    """The cases as a table to print with rich, in the order they come in.

    Args:
        cases: A row a case, as `Model.assess_table` gives it.
        lang: "nl" or "en".
        width: Columns it may take, 80 or more; without it, what the terminal has. Below 100 it folds into fewer columns.

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    width = width or rich.get_console().width
    names = ["case", "who", "what", "messages", "reach", "steps"]
    if width < _NARROW:
        names.remove("reach")
    table = Table(box=box.SIMPLE_HEAD, width=width, padding=(0, 1, 0, 0), leading=1, show_edge=False, title_justify="left")
    table.title = words.say("table", "title" if cases.num_rows else "empty")
    for name in names:
        side: Literal["left", "right"] = "right" if name == "reach" else "left"
        table.add_column(words.say("table", name), justify=side, ratio=_SHARES.get(name), min_width=_LEAST.get(name), overflow="fold")
    for rank, case in enumerate(cases.to_pylist(), 1):
        cells = {
            "case": f"{rank}. {_severity(case, words)}\n{one_line(case['case_id'])}",
            "who": f"{_name(case['authors'], words)}\n→ {_name([case['target']], words)}",
            "what": _what(case, words),
            "messages": _messages(case, words),
            "reach": _reach(case, words),
            "steps": _steps(case, words),
        }
        if "reach" not in names:
            cells["messages"] += f"\n{words.say('table', 'reach').lower()} {cells['reach']}"
        table.add_row(*(Cell(cells[name]) for name in names))
    return table


def print_cases(cases: pa.Table, lang: str = "nl", *, total: int | None = None) -> None:
    """Print the cases on standard output, and how many of how many they are.

    Args:
        cases: A row a case, as `Model.assess_table` gives it.
        lang: "nl" or "en".
        total: How many cases there are in all, where these are the first of more.

    Raises:
        InputError: for another language.
    """
    console = rich.get_console()
    console.print(cases_table(cases, lang))
    if total is not None and total > cases.num_rows:
        words = Words(lang)
        console.print(Cell(words.say("table", "shown", n=words.number(cases.num_rows), total=words.number(total))))


class _Rate(ProgressColumn):
    """How many rows a second."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def render(self, task: Task) -> Cell:
        speed = task.finished_speed or task.speed
        return Cell("" if speed is None else self._words.say("run", "rate", n=self._words.number(round(speed))))


@contextmanager
def progress_bar(lang: str = "nl") -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error with the rate and the time left, only where that is a terminal.

    Args:
        lang: "nl" or "en".

    Yields:
        A function to call with the stage ("reading", "scoring", "writing", "explaining"), how many rows are done, and how many there are
        (0: unknown).

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[share]}"), _Rate(words), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:  # a rate and a time left of its own
                for earlier in tasks.values():
                    progress.update(earlier, visible=False)
                tasks[stage] = progress.add_task(words.say("run", stage), total=None, share="")
            share = f"{done / total:4.0%}" if total else words.number(done)
            progress.update(tasks[stage], completed=done, total=total or None, share=share)

        yield show


def interrupted(folder: Path, lang: str = "nl") -> str:
    """How to go on with a run that was stopped.

    Args:
        folder: Where it stands what was done.
        lang: "nl" or "en".
    """
    return Words(lang).say("run", "interrupted", folder=one_line(str(folder)))


def scoring_summary(summary: Summary, output: Path, lang: str = "nl") -> str:
    """What became of the rows, in a few lines.

    Args:
        summary: As `Model.score_files` gives it.
        output: The file that was written.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    seconds, file = words.decimal(summary.seconds), one_line(str(output))
    scored, read = words.number(summary.scored), words.number(summary.read)
    lines = [words.say("run", "scored", scored=scored, read=read, seconds=seconds, file=file)]
    counts = {
        "taken_over": summary.taken_over,
        "review": summary.needs_review,
        "rejected": summary.rejected,
        "warnings": summary.warnings,
    }
    for name, n in counts.items():
        if n:
            lines.append(words.say("run", name, n=words.number(n)))
    lines += [f"  {words.number(n):>7}  {one_line(reason.in_(words.lang))}" for reason, n in summary.reasons]
    if summary.rejects_file:
        lines.append(words.say("run", "rejects", file=one_line(str(summary.rejects_file))))
    return "\n".join([*lines, *(one_line(notice.in_(words.lang)) for notice in summary.notices)])


def corrections_summary(corrections: Corrections, lang: str = "nl") -> str:
    """What became of corrections, in a few lines; of those that were not used their place and what to do, never what stands there.

    Args:
        corrections: As `read_corrections` gives them.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    n, named = corrections.used, ", ".join(one_line(file.name) for file in corrections.files)
    used = "used_none" if n == 0 else "used_one" if n == 1 else "used_many"
    lines = [words.say("corrections", used, files=named, **({"n": words.number(n)} if n > 1 else {}))]
    places: dict[tuple[str, str, Text], list[int]] = {}
    for trouble in corrections.troubles:
        places.setdefault((trouble.file, trouble.column, trouble.reason), []).append(trouble.row)
    for (file, column, reason), rows in places.items():
        listed, left = ", ".join(map(str, rows[:_SHOWN_ROWS])), len(rows) - _SHOWN_ROWS
        if left > 0:
            listed = words.say("phrase", "and_more", list=listed, n=words.number(left))
        place = words.say("corrections", "at_one" if len(rows) == 1 else "at_many", file=one_line(file), rows=listed)
        if column:
            place = words.say("corrections", "column", place=place, column=shorten(column, _NAME_WIDTH))
        lines.append(words.say("corrections", "trouble", place=place, reason=one_line(reason.in_(words.lang))))
    return "\n".join(lines)


def _name(names: Sequence[str | None] | None, words: Words) -> str:
    known = [name for name in names or () if name]
    if len(known) > 1:
        return words.some("sender", len(known))
    return shorten(known[0], _NAME_WIDTH) if known else "?"


def _severity(case: Mapping[str, Any], words: Words) -> str:
    value, low, high = (round(case[name]) for name in ("severity", "severity_low", "severity_high"))
    first = f"{value} {words.say('band', case['band'])}"
    return first if low == high else f"{first}\n{low}–{high}"


def _what(case: Mapping[str, Any], words: Words) -> str:
    named = named_labels(case["labels"] or (), words) or "-"
    return f"{named}\n{words.say('table', 'review', n=words.number(case['needs_review']))}" if case["needs_review"] else named


def _messages(case: Mapping[str, Any], words: Words) -> str:
    if not case["active_days"]:  # no message has a time
        return words.number(case["harmful"])
    return words.say("table", "in_days", n=words.number(case["harmful"]), days=words.some("day", case["active_days"]))


def _reach(case: Mapping[str, Any], words: Words) -> str:
    return "?" if case["reach"] is None else words.number(case["reach"])


def _steps(case: Mapping[str, Any], words: Words) -> str:
    """The strongest steps, a line a strength, and how many questions are open."""
    pairs = list(zip(case["strengths"] or (), case["suggestions"] or (), strict=True))
    pairs.sort(key=lambda pair: (-STRENGTHS.index(pair[0]), pair[1] in EVERYWHERE))
    lines = [
        f"{words.say('strength', strength)}: {', '.join(words.say('step', step) for _, step in group)}"
        for strength, group in groupby(pairs[:_SHOWN_STEPS], key=lambda pair: pair[0])
    ]
    rest = []
    if (left := len(pairs) - _SHOWN_STEPS) > 0:
        rest.append(words.say("table", "and_more", n=left))
    if n := case["open_questions"]:
        rest.append(words.say("table", "open_one") if n == 1 else words.say("table", "open_many", n=words.number(n)))
    if rest:
        lines.append("; ".join(rest))
    return "\n".join(lines) or "-"
