"""How often a model finds something in ordinary Dutch sentences, in which there should be next to nothing to find.

python benchmarks/ordinary.py RAW... [--count 10000] [--model M] [--json FILE]

RAW are text files (.txt or .txt.xz) of one sentence or message a line, or folders of them. Lines of 4 to 60 words are drawn evenly over
the files, and always the same ones: those whose digest comes first, of the half that training never takes as ordinary. Choose files whose
text is ordinary: in what a file holds of real abuse, a label is no false alarm. No text is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import triage
from tables import Table, interval, keep, percent
from triage.labels import LABELS
from triage.training.metrics import wilson
from triage.training.rawtext import is_for_training, read_lines

SHORTEST, LONGEST = 4, 60  # words


def raw_files(paths: Sequence[Path]) -> list[Path]:
    """The text files that are given, or that stand in the folders given."""
    found = [file for path in paths for file in (sorted(path.glob("*.txt*")) if path.is_dir() else [path])]
    return [file for file in found if file.name.endswith((".txt", ".txt.xz"))]


def draw(files: Sequence[Path], count: int) -> dict[Path, list[str]]:
    """Different lines, evenly over the files; a file that has too few leaves its share to the others."""

    def first(file: Path) -> list[str]:
        lines = {line for line in read_lines(file) if SHORTEST <= len(line.split()) <= LONGEST and not is_for_training(line)}
        return heapq.nsmallest(count, lines, key=lambda line: hashlib.sha256(line.encode()).digest())

    in_turn = itertools.zip_longest(*([(file, line) for line in first(file)] for file in files))
    drawn: dict[str, Path] = {}
    for file, line in itertools.chain.from_iterable(filter(None, turn) for turn in in_turn):
        if len(drawn) == count:
            break
        drawn.setdefault(line, file)
    return {file: [line for line, own in drawn.items() if own == file] for file in files}


def measure(model: triage.Model, drawn: dict[Path, list[str]]) -> list[dict[str, Any]]:
    """A row for all, and one for each file."""
    found = {file.name: model.classify(lines) for file, lines in drawn.items()}
    everything = list(itertools.chain.from_iterable(found.values()))
    return [_row(name, items) for name, items in {"all": everything, **found}.items()]


def _row(name: str, found: Sequence[triage.Classification]) -> dict[str, Any]:
    flagged = sum(bool(one.labels) for one in found)
    return {
        "name": name,
        "sentences": len(found),
        "flagged": flagged,
        "interval": wilson(flagged, len(found)),
        "labels": {label: sum(label in one.labels for one in found) for label in LABELS},
        "review": sum(one.needs_review for one in found),
    }


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """The table of what `main` kept."""
    if own := figures.get("ordinary"):
        heads = ("file", "sentences", "flagged", "95%", *LABELS, "review")
        rows = [
            (
                row["name"], str(row["sentences"]), percent(row["flagged"] / max(1, row["sentences"]), 2), interval(*row["interval"]),
                *(str(row["labels"][label]) for label in LABELS), percent(row["review"] / max(1, row["sentences"]), 1),
            )
            for row in own["files"]
        ]  # fmt: skip
        yield Table("ordinary", f"Ordinary sentences that get a label, {own['model']}", heads, rows)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path, nargs="+", help="text files, or folders of them")
    parser.add_argument("--count", type=int, default=10_000, help="how many sentences")
    parser.add_argument("--model", help="folder or hub name; the embedded model without it")
    parser.add_argument("--json", type=Path, help="also keep the figures in this file")
    options = parser.parse_args()
    model = triage.load(options.model)
    figures = {"model": model.version, "files": measure(model, draw(raw_files(options.raw), options.count))}
    for table in tables({"ordinary": figures}):
        print(table.text())
    if options.json:
        keep(options.json, "ordinary", figures)


if __name__ == "__main__":
    main()
