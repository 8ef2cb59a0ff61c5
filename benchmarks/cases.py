"""Cases per second and peak memory for growing numbers of scored messages.

python benchmarks/cases.py [--rows 10000 100000 1000000] [--harmful 0.1] [--folder FOLDER] [--json FILE]

The messages are generated, the same at every run, and need no model. Each size runs in a process of its own, which does what
`triage cases scored.parquet -o cases.parquet` does; its CPU time says more than its time where other work goes on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from measuring import Ratio, keep_ratios, own_peak, plain_ratio, ratio_table

from triage.labels import FLAGS, LABELS
from triage.tables import CASE_SCHEMA, MESSAGE_SCHEMA, MODEL_SCHEMA, open_writer, ranked_cases, read_scored

SCHEMA = pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA])
CHUNK = 100_000
START = int(datetime(2021, 1, 1, tzinfo=UTC).timestamp())
YEARS = 5 * 365 * 24 * 3600
HEADER = "    messages       cases    seconds  CPU seconds   cases/s  messages/s  peak MB"
WORDS = [
    "wat",
    "een",
    "dag",
    "was",
    "dit",
    "weer",
    "aan",
    "het",
    "loket",
    "en",
    "niemand",
    "die",
    "luistert",
    "naar",
    "mensen",
    "zoals",
    "ik",
    "want",
    "zo",
    "gaat",
    "dat",
    "hier",
    "altijd",
]


def generate(path: Path, rows: int, harmful: float) -> None:
    """Write scored messages of five years: a few busy authors and many quiet ones, pile-ons, doubles, gaps.

    Args:
        path: The Parquet file.
        rows: How many messages.
        harmful: Which share of them carries a label.
    """
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for first in range(0, rows, CHUNK):
            writer.write_table(messages(first, min(CHUNK, rows - first), rows, harmful))


def messages(first: int, count: int, rows: int, harmful: float) -> pa.Table:
    """The messages with the numbers `first` and on, of `rows` in all."""
    rng = np.random.default_rng(first)
    numbers = np.arange(first, first + count)
    again = rng.random(count) < 0.05  # as in an overlapping export: an earlier message once more
    numbers[again] = rng.integers(0, first + count, again.sum())
    draw = _Draws(numbers)
    held = draw.uniform(1) < harmful
    people, staff = max(2, rows // 4), max(2, rows // 2000)
    author = np.where(draw.uniform(2) < 0.3, draw.skewed(3, max(2, people // 50)), draw.whole(4, people))
    target = draw.skewed(5, staff)
    sent = START + draw.whole(6, YEARS)
    piled = draw.uniform(7) < 0.01  # many authors, one target, one day
    day = draw.whole(8, max(1, rows // 2000))
    target, sent = np.where(piled, day % staff, target), np.where(piled, START + day * 7919 % YEARS // 86400 * 86400 + sent % 86400, sent)
    held |= piled
    label = draw.whole(9, 10)  # seven insults, two threats, one sexual harassment
    which = {"insult": held & (label < 7), "threat": held & ((label == 7) | (label == 8)), "sexual_harassment": held & (label == 9)}
    both = held & (draw.uniform(10) < 0.1)
    which["insult"] |= both
    scores = {name: np.where(which[name], 0.5 + draw.uniform(11) / 2, draw.uniform(12) / 4) for name in LABELS}
    unsure = draw.uniform(13) < np.where(held, 0.2, 0.02)
    flagged = [
        [FLAGS[draw_one % len(FLAGS)]] if some else [] for draw_one, some in zip(label, held & (draw.uniform(14) < 0.15), strict=True)
    ]
    judged = draw.uniform(15) < 0.01
    labels = [[name for name in LABELS if which[name][row]] for row in range(count)]
    columns = {
        "id": _numbered("m", numbers),
        "text": _texts(numbers),
        "sent_at": pa.array(np.where(sent > 0, sent, 0) * 1_000_000, pa.timestamp("us", "UTC"), mask=draw.uniform(16) < 0.01),
        "author": _masked(_numbered("Afzender ", author), draw.uniform(17) < 0.05),
        "target": _masked(_numbered("Medewerker ", target), draw.uniform(18) < 0.05),
        "platform": _picked(["facebook", "x", "instagram", "email"], draw.whole(19, 4)),
        "visibility": _masked(_picked(["public", "group", "direct"], draw.whole(20, 3)), draw.uniform(21) < 0.2),
        "views": pa.array((10 ** (5 * draw.uniform(22))).astype(np.int64), mask=draw.uniform(23) < 0.5),
        "followers": pa.array((10 ** (4 * draw.uniform(24))).astype(np.int64), mask=draw.uniform(25) < 0.7),
        "labels": pa.array([one if some else None for one, some in zip(labels, judged, strict=True)], pa.list_(pa.string())),
        **{name: pa.array(scores[name].astype(np.float32)) for name in LABELS},
        "model_labels": pa.array(labels, pa.list_(pa.string())),
        "model_intensity": pa.array(np.where(held, 0.5 + 2.5 * draw.uniform(26) ** 2, 0.0).astype(np.float32)),
        "model_flags": pa.array(flagged, pa.list_(pa.string())),
        "needs_review": pa.array(unsure),
        "review_reasons": pa.array([["uncertain"] if one else [] for one in unsure], pa.list_(pa.string())),
        "model": pa.array(["generated@1"] * count),
        "windows": pa.array(np.ones(count, np.int32)),
    }
    empty = {field.name: pa.nulls(count, field.type) for field in SCHEMA if field.name not in columns}
    return pa.table({**columns, **empty}).select(SCHEMA.names).cast(SCHEMA)


class _Draws:
    """Random numbers that depend on the number of the message alone, so that a double is the same message."""

    def __init__(self, numbers: np.ndarray) -> None:
        self._numbers = numbers.astype(np.uint64)

    def uniform(self, stream: int) -> np.ndarray:
        x = self._numbers + np.uint64(stream * 0x9E3779B97F4A7C15 % 2**64)  # splitmix64
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
        return (x ^ (x >> np.uint64(31))) / 2.0**64

    def whole(self, stream: int, below: int) -> np.ndarray:
        return (self.uniform(stream) * below).astype(np.int64)

    def skewed(self, stream: int, below: int) -> np.ndarray:
        return (self.uniform(stream) ** 3 * below).astype(np.int64)


def _numbered(word: str, numbers: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(word, pa.array(numbers).cast(pa.string()), "")


def _texts(numbers: np.ndarray) -> pa.Array:
    words = [_picked(WORDS, numbers * 31 // (place * place + 1) % len(WORDS)) for place in range(12)]
    return pc.binary_join_element_wise(*words, pa.array(numbers).cast(pa.string()), " ")


def _picked(words: list[str], places: np.ndarray) -> pa.Array:
    return pa.array(words).take(pa.array(places))


def _masked(values: pa.Array, gone: np.ndarray) -> pa.Array:
    return pc.if_else(pa.array(gone), pa.scalar(None, pa.string()), values)


def measure(scored: Path, cases: Path) -> dict[str, float]:
    """Gather, assess, rank and write once; what it took."""
    started, used = time.perf_counter(), time.process_time()
    with ranked_cases(read_scored([scored])) as ranked, open_writer(cases, CASE_SCHEMA) as writer:
        for batch in ranked.batches():
            writer.write(batch)
        total = ranked.total
    return {"cases": total, "seconds": time.perf_counter() - started, "cpu": time.process_time() - used, "peak": own_peak()}


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="how many messages; 10000000 takes long")
    parser.add_argument("--harmful", type=float, default=0.1, help="share of the messages that carries a label")
    parser.add_argument("--folder", type=Path, help="keep the generated messages here for the next run")
    parser.add_argument("--json", type=Path, help="also keep the ratios in this file")
    parser.add_argument("--measure", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(*options.measure)))
        return
    print(HEADER)
    kept: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in options.rows:
            scored = (options.folder or Path(folder)) / f"scored-{rows}-{options.harmful}.parquet"
            if not scored.exists():
                generate(scored, rows, options.harmful)
            command = [sys.executable, __file__, "--measure", scored, Path(folder, "cases.parquet")]
            found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            kept[rows] = found
            rates = f"{found['cases'] / found['seconds']:>10,.0f}{rows / found['seconds']:>12,.0f}"
            print(
                f"{rows:>12,}{found['cases']:>12,}{found['seconds']:>11,.1f}{found['cpu']:>13,.1f}{rates}{found['peak']:>9,.0f}", flush=True
            )
    ratios = growth(kept)
    print("\n" + ratio_table("cases-ratios", "Growth with messages", ratios).text())
    if options.json:
        keep_ratios(options.json, "cases", ratios)


def growth(found: dict[int, dict[str, float]]) -> list[Ratio]:
    """How larger exports do beside smaller ones; `found` holds figures by messages."""
    ratios = []
    for small, large in pairwise(found):
        few, many = found[small], found[large]
        ratios.append(plain_ratio(f"messages/s at {large:,} over {small:,}", large / many["seconds"] / (small / few["seconds"])))
        ratios.append(plain_ratio(f"peak memory at {small:,} over {large:,}", few["peak"] / many["peak"]))
    return ratios


if __name__ == "__main__":
    main()
