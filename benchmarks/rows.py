"""How the engine of `triage score` behaves as exports grow: throughput and peak memory of a child process for each size.

python benchmarks/rows.py [--most 1000000] [--kind csv] [--output parquet] [--distinct 1.0] [--embedded] [--folder FOLDER] [--json FILE]

The rows are generated, the same at every run; the model is a tiny random checkpoint, so that the engine is measured and not the model
(--embedded takes the real one). One process, started for each size; its start counts. An export of 100,000 rows is scored once more after
every larger one, so that a machine that slows down meanwhile does not pass for an engine that does.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from measuring import Ratio, child, keep_ratios, plain_ratio, ratio_table

from triage.training.tiny import make_tiny

SENTENCES = (
    "dag mevrouw wanneer gaat het loket weer open ik weet je te vinden wat een prutsers zijn jullie toch mooie foto kunt u mij helpen "
    "met de aanvraag van gisteren nog niets gehoord morgen sta ik bij uw balie en dan zullen we zien wie er lacht dank u wel hoor"
)
WORDS = SENTENCES.split()
COLUMNS = ("id", "datum", "auteur", "ontvanger", "platform", "zichtbaarheid", "weergaven", "bericht")
START = {"csv": ";".join(COLUMNS) + "\n"}
PIECE = 50_000
BESIDE = 100_000  # rows of the export that larger ones are compared with


class Run(NamedTuple):
    """What one export took."""

    rows: int
    seconds: float
    cpu: float  # seconds
    peak: float  # MB

    @property
    def pace(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


def generated(rows: int, distinct: float) -> Iterator[tuple[str, ...]]:
    """Rows of an export; `distinct` is the share of different texts among them."""
    rng = random.Random(rows)
    texts = max(1, int(rows * distinct))
    for row in range(rows):
        text = row if distinct >= 1 else rng.randrange(texts)
        words = random.Random(text)
        said = " ".join(words.choices(WORDS, k=min(80, 3 + int(words.expovariate(1 / 14))))) + f" {text}"
        day = f"{rng.randint(1, 28):02d}-{rng.randint(1, 12):02d}-{rng.randint(2021, 2025)}"
        when = f"{day} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
        people = (f"afzender{rng.randrange(100_000)}", f"medewerker{rng.randrange(500)}")
        yield (str(row), when, *people, rng.choice(("facebook", "x", "e-mail")), "openbaar", str(rng.randrange(5000)), said)


def write(path: Path, kind: str, rows: int, distinct: float) -> None:
    """Write an export piece by piece."""
    table = generated(rows, distinct)
    if kind == "parquet":
        schema = pa.schema([(name, pa.string()) for name in COLUMNS])
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            while piece := list(next_piece(table)):
                writer.write_table(pa.table([list(column) for column in zip(*piece, strict=True)], schema=schema))
        return
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "wt", encoding="utf-8") as file:
        file.write(START.get(kind.split(".")[0], ""))
        while piece := list(next_piece(table)):
            if kind.startswith("csv"):
                file.write("".join(";".join(row[:-1]) + f';"{row[-1]}"\n' for row in piece))
            else:
                file.write("".join(json.dumps(dict(zip(COLUMNS, row, strict=True))) + "\n" for row in piece))


def next_piece(table: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The next rows, at most `PIECE`."""
    for _, row in zip(range(PIECE), table, strict=False):
        yield row


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--most", type=int, default=10_000_000, help="rows of the largest export")
    options.add_argument("--least", type=int, default=10_000, help="rows of the smallest")
    options.add_argument("--kind", choices=("csv", "csv.gz", "jsonl", "parquet"), default="csv")
    options.add_argument("--output", choices=("csv", "jsonl", "parquet"), default="parquet")
    options.add_argument("--distinct", type=float, default=1.0, help="share of different texts")
    options.add_argument("--embedded", action="store_true", help="the real model instead of a tiny random one")
    options.add_argument("--folder", type=Path, help="where the files are made; they are removed again")
    options.add_argument("--json", type=Path, help="also keep the ratios in this file")
    given = options.parse_args()
    found: list[Run] = []
    if given.folder:
        given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        model = [] if given.embedded else ["--model", str(make_tiny(Path(folder, "tiny"), [SENTENCES] * 20))]
        print(f"{given.kind} -> {given.output}, {given.distinct:.0%} distinct, {'embedded' if given.embedded else 'tiny'} model")
        print(f"{'rows':>10}{'MB in':>8}{'MB out':>8}{'seconds':>9}{'rows/s':>9}{'CPU us/row':>12}{'peak MB':>9}")
        for rows in sizes(given.least, given.most):
            export, output = Path(folder, f"export.{given.kind}"), Path(folder, f"scored.{given.output}")
            write(export, given.kind, rows, given.distinct)
            run = Run(rows, *child("-m", "triage", "score", str(export), "-o", str(output), *model))
            weights = f"{export.stat().st_size / 1e6:>8.1f}{output.stat().st_size / 1e6:>8.1f}"
            print(f"{rows:>10}{weights}{run.seconds:>9.1f}{run.pace:>9.0f}{run.cpu / rows * 1e6:>12.1f}{run.peak:>9.0f}", flush=True)
            found.append(run)
    ratios = growth(found)
    print("\n" + ratio_table("rows-ratios", "Growth with rows", ratios).text())
    if given.json:
        keep_ratios(given.json, "rows", ratios)


def sizes(least: int, most: int) -> Iterator[int]:
    """Rows of each export, in order: ten times more each time, and `BESIDE` before and after each that is larger.

    Example:
        >>> list(sizes(100_000, 10_000_000))
        [100000, 1000000, 100000, 10000000, 100000]
        >>> list(sizes(1_000_000, 1_000_000))
        [100000, 1000000, 100000]
    """
    if least > BESIDE:
        yield BESIDE
    while least <= most:
        yield least
        if least > BESIDE:
            yield BESIDE
        least *= 10


def growth(found: Sequence[Run]) -> list[Ratio]:
    """How each export larger than `BESIDE` does beside the ones of that size that were scored just before and after it."""
    ratios = []
    for before, large, after in zip(found, found[1:], found[2:], strict=False):
        if before.rows == after.rows == BESIDE:
            near = (before.pace + after.pace) / 2
            ratios.append(plain_ratio(f"rows/s at {large.rows:,} over {BESIDE:,} rows", large.pace / near))
            ratios.append(plain_ratio(f"peak memory at {BESIDE:,} over {large.rows:,} rows", before.peak / large.peak))
    return ratios


if __name__ == "__main__":
    main()
