"""Renders the tables of the model card and the README from the figures that the benchmarks kept, so that no number is typed by hand.

python benchmarks/card.py FIGURES.json [DOCUMENT.md ...]

Without a document it prints every table under its name. In a document, what stands between `<!-- table: NAME -->` and `<!-- end -->` is
replaced by the table of that name, and what stands between `<!-- figure: PATH -->` and `<!-- end -->` by one figure, PATH being where it
stands in the JSON file (`quality.sets.authored.models.triage.macro_f1`).
"""

from __future__ import annotations

import argparse
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import functional
import ordinary
import quality

from tables import Table, figure

_PLACE = re.compile(r"(<!-- (table|figure): (\S+) -->).*?(<!-- end -->)", re.DOTALL)


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """Every table that can be made of the figures."""
    for benchmark in (quality, functional, ordinary):
        yield from benchmark.tables(figures)


def fill(document: str, figures: dict[str, Any]) -> str:
    """A document with its tables and figures renewed.

    Raises:
        KeyError: if it asks for a table or figure that the JSON file does not give.
    """
    made = {table.name: table.markdown() for table in tables(figures)}

    def renewed(place: re.Match[str]) -> str:
        start, kind, name, end = place.groups()
        if kind == "table":
            return f"{start}\n{made[name]}\n{end}"
        value = functools.reduce(_within, name.split("."), figures)
        return f"{start}{figure(value) if isinstance(value, float) else value}{end}"

    return _PLACE.sub(renewed, document)


def _within(value: Any, key: str) -> Any:
    return value[int(key)] if isinstance(value, list) else value[key]


def main() -> None:
    """Read the command line; print the tables or renew the documents."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="what the benchmarks kept with --json")
    parser.add_argument("documents", type=Path, nargs="*", help="Markdown files to renew in place")
    options = parser.parse_args()
    figures = json.loads(options.figures.read_text(encoding="utf-8"))
    for path in options.documents:
        path.write_text(fill(path.read_text(encoding="utf-8"), figures), encoding="utf-8")
    if not options.documents:
        for table in tables(figures):
            print(f"<!-- table: {table.name} -->\n{table.markdown()}\n<!-- end -->\n")


if __name__ == "__main__":
    main()
