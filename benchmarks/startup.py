"""From the start of a process to its first result, and its peak memory, beside a plain transformers pipeline with the same checkpoint.

python benchmarks/startup.py [--rounds 5] [--skip plain] [--cores N] [--json FILE]

Every figure is that of whole processes, and Python's own start counts. The files were read before, so that no disk is measured. The plain
pipeline needs the extra `torch`; --skip plain leaves it out.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from pathlib import Path

from measuring import Ratio, child, keep_ratios, only_cores, race, ratio, ratio_table

from tables import Table, figure
from triage.classify.checkpoint import embedded_folder

MESSAGE = "Ik weet waar je woont"
PLAIN = (
    f"from transformers import pipeline; model = {str(embedded_folder())!r}; "
    f"print(pipeline('text-classification', model=model, top_k=None, function_to_apply='sigmoid')({MESSAGE!r}))"
)
PROCESSES = {
    "python alone": ("-c", ""),
    "import triage": ("-c", "import triage"),
    "triage.load()": ("-c", "import triage; triage.load()"),
    "classify one message": ("-c", f"import triage; triage.load().classify({MESSAGE!r})"),
    "triage check": ("-m", "triage", "check", MESSAGE),
    "plain": ("-c", PLAIN),
}
TITLES = {"plain": "plain transformers pipeline, one message"}
SECONDS = 0.7  # which `triage check` stays under


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each process is started")
    parser.add_argument("--skip", nargs="+", default=[], choices=tuple(PROCESSES), help="leave these out")
    parser.add_argument("--cores", type=int, help="use so many cores")
    parser.add_argument("--json", type=Path, help="also keep the ratios in this file")
    options = parser.parse_args()
    if options.cores:
        only_cores(options.cores)
    peaks: dict[str, float] = {}

    def start(name: str) -> Callable[[], float]:
        def once() -> float:
            seconds, _, peaks[name] = child(*PROCESSES[name])
            return seconds

        return once

    ways = {name: start(name) for name in PROCESSES if name not in options.skip}
    for once in ways.values():
        once()
    times = race(ways, options.rounds)
    rows = [
        (TITLES.get(name, name), figure(statistics.median(found)), f"{min(found):.3f}–{max(found):.3f}", figure(peaks[name], 0))
        for name, found in times.items()
    ]
    print(Table("startup", "From process start to result", ("process", "seconds", "least–most", "peak MB"), rows).text())
    ratios: list[Ratio] = []
    if {"plain", "triage check"} <= times.keys():
        ratios.append(ratio(times, "triage check over plain pipeline, from process start", "triage check", "plain"))
    if {"plain", "import triage"} <= times.keys():
        ratios.append(ratio(times, "import triage over plain pipeline, from process start", "import triage", "plain"))
    print(ratio_table("startup-ratios", "Times as quick", ratios).text())
    if "triage check" in times:
        median = statistics.median(times["triage check"])
        print(f"triage check: {median:.2f} s, {'under' if median < SECONDS else 'OVER'} {SECONDS} s")
    if options.json:
        keep_ratios(options.json, "startup", ratios, seconds={name: round(statistics.median(found), 3) for name, found in times.items()})


if __name__ == "__main__":
    main()
