"""Compares the ratios of a run of the benchmarks with those recorded, and fails where one has become clearly worse.

python benchmarks/forward.py --json FIGURES.json
python benchmarks/guard.py FIGURES.json [--recorded benchmarks/recorded.json] [--tolerance 0.15] [--record]

FIGURES.json is what forward.py, startup.py, rows.py, cases.py and spark.py kept with --json. Only ratios of one run are compared, never
times: they hardly depend on how fast a machine is, and every one is such that more is better. They do depend on the kind of processor and
on how many cores it has: a benchmark that was recorded on another number of cores is not compared. A ratio is worse when it is below the
recorded one by more than the tolerance. --record takes the ratios of FIGURES.json over, and leaves those of other benchmarks.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tables import Table, figure

RECORDED = Path(__file__).with_name("recorded.json")
WORSE = "WORSE"


def ratios_of(figures: dict[str, Any]) -> dict[str, Any]:
    """The benchmarks that kept ratios, without their other figures."""
    return {name: {"cores": one["cores"], "ratios": one["ratios"]} for name, one in figures.items() if "ratios" in one}


def compared(recorded: dict[str, Any], found: dict[str, Any], tolerance: float) -> Iterator[tuple[str, ...]]:
    """A row a ratio: benchmark, ratio, recorded, found, their quotient, and what to think of it."""
    for name in {**recorded, **found}:
        old, new = recorded.get(name, {}), found.get(name, {})
        same = old.get("cores") == new.get("cores")
        for title in {**old.get("ratios", {}), **new.get("ratios", {})}:
            before, now = old.get("ratios", {}).get(title), new.get("ratios", {}).get(title)
            if before is None or now is None:
                yield name, title, figure(before, 2), figure(now, 2), "-", "not recorded" if before is None else "not measured"
                continue
            verdict = f"other cores ({old['cores']}, {new['cores']})" if not same else WORSE if now < before * (1 - tolerance) else "good"
            yield name, title, figure(before, 2), figure(now, 2), figure(now / before, 2), verdict


def main() -> int:
    """Read the command line, print the table; 1 where a ratio has become worse."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, help="what the benchmarks kept with --json")
    parser.add_argument("--recorded", type=Path, default=RECORDED, help="the ratios to compare with")
    parser.add_argument("--tolerance", type=float, default=0.15, help="share by which a ratio may fall")
    parser.add_argument("--record", action="store_true", help="take the ratios over instead of comparing them")
    options = parser.parse_args()
    found = ratios_of(json.loads(options.figures.read_text(encoding="utf-8")))
    recorded = json.loads(options.recorded.read_text(encoding="utf-8")) if options.recorded.exists() else {}
    if options.record:
        options.recorded.write_text(json.dumps({**recorded, **found}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return 0
    rows = list(compared(recorded, found, options.tolerance))
    title = f"Ratios beside those recorded; more than {options.tolerance:.0%} below is worse"
    print(Table("guard", title, ("benchmark", "ratio", "recorded", "found", "found/recorded", "verdict"), rows).text())
    return int(any(row[-1] == WORSE for row in rows))


if __name__ == "__main__":
    sys.exit(main())
