"""Times of several ways of doing the same, taken in turn so that whatever else the machine does strikes all alike, and their ratios."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tables import Table, figure, keep

LAUNCH = str(Path(__file__).with_name("launch.py"))

Times = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times better one way is than another: the median over the rounds of a run, the least and the most.

    Attributes:
        name: What is compared; the guard knows a ratio by it.
        goal: What is aimed at; None where nothing is.
    """

    name: str
    median: float
    low: float
    high: float
    goal: float | None = None


def race(ways: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """Seconds that each way takes, in each round.

    Args:
        ways: Name -> what does it once and gives the seconds it took (by the message, the call ...).
        rounds: How often each has its turn; every round begins with another one.
    """
    names = list(ways)
    times: Times = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in [*names[first:], *names[:first]]:
            times[name].append(ways[name]())
    return times


def timed(work: Callable[[], object], items: int = 1, clock: Callable[[], float] = time.perf_counter) -> Callable[[], float]:
    """A way for `race`: seconds an item."""

    def once() -> float:
        started = clock()
        work()
        return (clock() - started) / items

    return once


def ratio(times: Times, name: str, better: str, worse: str, goal: float | None = None) -> Ratio:
    """The time of one way over that of another, round by round."""
    found = [slow / quick for slow, quick in zip(times[worse], times[better], strict=True)]
    return Ratio(name, statistics.median(found), min(found), max(found), goal)


def plain_ratio(name: str, value: float, goal: float | None = None) -> Ratio:
    """A ratio that was measured once."""
    return Ratio(name, value, value, value, goal)


def ratio_table(name: str, title: str, ratios: Sequence[Ratio]) -> Table:
    """The ratios of a run."""
    rows = []
    for one in ratios:
        met = "" if one.goal is None else "yes" if one.median >= one.goal else "NO"
        rows.append((one.name, figure(one.median, 2), f"{one.low:.2f}–{one.high:.2f}", figure(one.goal, 2), met))
    return Table(name, title, ("ratio", "median", "least–most", "goal", "met"), rows)


def keep_ratios(path: Path, section: str, ratios: Sequence[Ratio], **figures: Any) -> None:
    """Put the ratios of a benchmark, and other figures, into a JSON file beside those of the others; see guard.py."""
    keep(path, section, {"cores": cores(), "ratios": {one.name: round(one.median, 4) for one in ratios}, **figures})


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def only_cores(count: int) -> None:
    """Let this process and its children use so many cores.

    Raises:
        SystemExit: where the system cannot do that.
    """
    if not hasattr(os, "sched_setaffinity"):
        raise SystemExit("--cores needs Linux")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def child(*arguments: str) -> tuple[float, float, float]:
    """Run this Python with arguments in a process of its own: seconds, seconds of processor time, peak memory in MB.

    Raises:
        SystemExit: if it fails.
    """
    command = [sys.executable, "-S", LAUNCH, sys.executable, *arguments]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, used, peak, status = json.loads(told.stdout)
    if status:
        raise SystemExit(f"python {' '.join(arguments)} failed:\n{told.stderr}")
    return seconds, used, peak


def own_peak() -> float:
    """Peak memory of this process in MB; on Linux without that of the process that started it, which `getrusage` counts too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / (1 << 10)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
