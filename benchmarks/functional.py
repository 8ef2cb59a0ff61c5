"""How many cases of a functional suite a model gets right: the suite of this repository, or a HateCheck file.

python benchmarks/functional.py [--model M] [--suite FOLDER] [--hatecheck FILE] [--json FILE]

A case is right when every label that it must carry is found and the primary label is the right one; a harmless case when none is found.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import triage
from tables import Table, interval, keep, percent
from triage.training.evaluate import plain
from triage.training.functional import measure, read_hatecheck, read_suite

SUITE = Path(__file__).parents[1] / "models" / "triage-nl" / "corpus" / "functional"
TITLES = {"functional": "Functional suite", "hatecheck": "HateCheck"}


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """The tables of what `main` kept."""
    for section, title in TITLES.items():
        if own := figures.get(section):
            rows = [
                (one["name"], str(one["cases"]), percent(one["share"]), interval(one["low"], one["high"])) for one in own["functionalities"]
            ]
            yield Table(section, f"{title}, {own['model']}", ("functionality", "cases", "right", "95%"), rows)


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="folder or hub name; the embedded model without it")
    parser.add_argument("--suite", type=Path, default=SUITE, help="folder of functional cases (labelled JSON Lines)")
    parser.add_argument("--hatecheck", type=Path, help="a HateCheck file (CSV) instead of the suite")
    parser.add_argument("--json", type=Path, help="also keep the figures in this file")
    options = parser.parse_args()
    section = "hatecheck" if options.hatecheck else "functional"
    cases = read_hatecheck(options.hatecheck) if options.hatecheck else read_suite(options.suite)
    model = triage.load(options.model)
    figures = {"model": model.version, "functionalities": plain(measure(model, cases))}
    for table in tables({section: figures}):
        print(table.text())
    if options.json:
        keep(options.json, section, figures)


if __name__ == "__main__":
    main()
