"""Renders the tables of the model card and the README from the figures that the benchmarks kept, so that no number is typed by hand.

python benchmarks/card.py FIGURES.json [DOCUMENT.md ...]

Without a document it prints every table under its name. In a document, what stands between `<!-- table: NAME -->` and `<!-- end -->` is
replaced by the table of that name, and what stands between `<!-- figure: PATH -->` and `<!-- end -->` by one figure, PATH being where it
stands in the JSON file (`quality.sets.authored.models.triage.macro_f1`). The table `speed` holds the ratios of `recorded.json`, which
`guard.py` keeps.
"""

from __future__ import annotations

import argparse
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ablation
import functional
import ordinary
import quality
from guard import RECORDED

from tables import Table, figure, interval, percent

_PLACE = re.compile(r"(<!-- (table|figure): (\S+) -->).*?(<!-- end -->)", re.DOTALL)


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """Every table that can be made of the figures."""
    yield from summary(figures)
    yield speed(json.loads(RECORDED.read_text(encoding="utf-8")))
    for benchmark in (quality, functional, ordinary, ablation):
        yield from benchmark.tables(figures)


def summary(figures: dict[str, Any]) -> Iterator[Table]:
    """What a README needs: a column a model, a row a figure."""
    sets = figures.get("quality", {}).get("sets", {})
    names = list(dict.fromkeys(name for one in sets.values() for name in one["models"]))
    rows = []
    for title, one in sets.items():
        models = [one["models"][name] for name in names]
        threats = [next(f for f in model["labels"] if f["label"] == "threat") for model in models]
        about = f"{title}, {models[0]['messages']} messages: "
        rows += [
            (f"{about}macro-F1", *(f"{figure(m['macro_f1'])} ({interval(m['macro_f1_low'], m['macro_f1_high'])})" for m in models)),
            (f"{about}threats found", *(percent(threat["recall"]) for threat in threats)),
            (f"{about}false alarms", *(percent(m["false_alarms"]) for m in models)),
            (f"{about}kappa of intensity", *(figure(m["intensity_kappa"], 2) for m in models)),
            (f"{about}largest calibration error", *(figure(max(f["ece"] for f in m["labels"]), 2) for m in models)),
            (f"{about}macro-F1 lost when words are hidden", figure(one["robustness"][-1]["drop"]), *("-" for _ in names[1:])),
        ]
    for section, title in functional.TITLES.items():
        if own := figures.get(section):
            total = own["functionalities"][-1]
            rows.append((f"{title}, {total['cases']} cases: right", percent(total["share"]), *("-" for _ in names[1:])))
    if own := figures.get("ordinary"):
        total = own["files"][0]
        flagged = percent(total["flagged"] / max(1, total["sentences"]), 1)
        rows.append((f"{total['sentences']} ordinary sentences: flagged", flagged, *("-" for _ in names[1:])))
    if names:
        yield Table("summary", "Summary", ("", *(sets[next(iter(sets))]["models"][name]["model"] for name in names)), rows)


def speed(recorded: dict[str, Any]) -> Table:
    """The ratios that were last recorded, a row each."""
    rows = [
        (f"`{name}.py`", title, figure(ratio, 2), str(one["cores"]))
        for name, one in recorded.items()
        for title, ratio in one["ratios"].items()
    ]
    return Table("speed", "Ratios last recorded", ("benchmark", "ratio", "recorded", "cores"), rows)


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
