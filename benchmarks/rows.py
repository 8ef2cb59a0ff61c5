"""How the engine of `triage score` behaves as exports grow: throughput and peak memory of a child process for each size.

python benchmarks/rows.py [--most 1000000] [--kind csv] [--output parquet] [--distinct 1.0] [--embedded] [--folder FOLDER]

The rows are generated, the same at every run; the model is a tiny random checkpoint, so that the engine is measured and not the model
(--embedded takes the real one). One process, started for each size; its start counts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from triage.training.tiny import make_tiny

SENTENCES = (
    "dag mevrouw wanneer gaat het loket weer open ik weet je te vinden wat een prutsers zijn jullie toch mooie foto kunt u mij helpen "
    "met de aanvraag van gisteren nog niets gehoord morgen sta ik bij uw balie en dan zullen we zien wie er lacht dank u wel hoor"
)
WORDS = SENTENCES.split()
COLUMNS = ("id", "datum", "auteur", "ontvanger", "platform", "zichtbaarheid", "weergaven", "bericht")
START = {"csv": ";".join(COLUMNS) + "\n"}
PIECE = 50_000


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


def measured(arguments: list[str]) -> tuple[float, float, float]:
    """Run `triage` in a process of its own: seconds, seconds of processor time, peak memory in MB."""
    started = time.monotonic()
    child = os.posix_spawn(sys.executable, [sys.executable, "-m", "triage.cli", *arguments], os.environ)
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"triage {' '.join(arguments)} failed")
    return time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


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
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        model = [] if given.embedded else ["--model", str(make_tiny(Path(folder, "tiny"), [SENTENCES] * 20))]
        print(f"{given.kind} -> {given.output}, {given.distinct:.0%} distinct, {'embedded' if given.embedded else 'tiny'} model")
        print(f"{'rows':>10}{'MB in':>8}{'MB out':>8}{'seconds':>9}{'rows/s':>9}{'CPU us/row':>12}{'peak MB':>9}")
        rows = given.least
        while rows <= given.most:
            export, output = Path(folder, f"export.{given.kind}"), Path(folder, f"scored.{given.output}")
            write(export, given.kind, rows, given.distinct)
            seconds, cpu, peak = measured(["score", str(export), "-o", str(output), *model])
            sizes = f"{export.stat().st_size / 1e6:>8.1f}{output.stat().st_size / 1e6:>8.1f}"
            print(f"{rows:>10}{sizes}{seconds:>9.1f}{rows / seconds:>9.0f}{cpu / rows * 1e6:>12.1f}{peak:>9.0f}", flush=True)
            rows *= 10


if __name__ == "__main__":
    main()
