"""What Spark costs and brings: rows per second for one and two workers, beside one machine without Spark.

python benchmarks/spark.py [--rows 200000] [--embedded] [--folder FOLDER] [--json FILE]

Needs Java. A worker is a process of its own with one core (`local-cluster`), and the driver takes its share too: on a machine with two
cores two workers have not quite two. The messages are generated, a tenth of them harmful; the model is a tiny random checkpoint, so that
the engine is measured and not the model (--embedded takes the real one). Every figure is the median of three runs in a warm session.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cases import generate
from measuring import keep_ratios, plain_ratio, ratio_table
from pyspark.sql import DataFrame, SparkSession
from rows import SENTENCES

from triage.tables import assess_table, score_table
from triage.tables.batches import classifier
from triage.tables.spark import assess_frame, score_frame
from triage.training.tiny import make_tiny

RUNS = 3
PARTS = 8


def median_of(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes, once it was done before."""
    work()
    seconds = []
    for _ in range(RUNS):
        started = time.monotonic()
        work()
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


def session(workers: int) -> SparkSession:
    """A session with so many workers."""
    builder = SparkSession.builder.master(f"local-cluster[{workers},1,1024]").appName(f"{workers}")
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.host": "127.0.0.1"}
    for name, value in {**settings, "spark.sql.shuffle.partitions": str(PARTS), "spark.log.level": "ERROR"}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def done(frame: DataFrame) -> None:
    """Work out every row and write none."""
    frame.write.format("noop").mode("overwrite").save()


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--embedded", action="store_true", help="the real model instead of a tiny random one")
    options.add_argument("--folder", type=Path, help="where the files are made; they are removed again")
    options.add_argument("--json", type=Path, help="also keep the ratios in this file")
    given = options.parse_args()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        model = None if given.embedded else str(make_tiny(Path(folder, "tiny"), [SENTENCES] * 20))
        scored, messages = Path(folder, "scored.parquet"), Path(folder, "messages")
        generate(scored, given.rows, 0.1)
        table = pq.read_table(scored)
        split(table.select([name for name in ("id", "text", "sent_at", "author", "target", "views")]), messages)
        split(table, Path(folder, "scored"))
        texts = pq.read_table(messages)
        one = classifier(model).classify_all
        print(f"{given.rows:,} messages, {'embedded' if given.embedded else 'tiny'} model, {os.cpu_count()} cores")
        print(f"{'':<22}{'scored/s':>12}{'assessed/s':>12}{'cases':>10}", flush=True)
        local = median_of(lambda: score_table(texts, one)), median_of(lambda: assess_table(table))
        seconds = {0: local}
        cases = assess_table(table).num_rows
        show("without Spark", given.rows, *local, cases)
        for workers in (1, 2):
            spark = session(workers)
            rows, of_cases = (spark.read.parquet(str(path)) for path in (messages, Path(folder, "scored")))
            scoring, assessing = (median_of(partial(done, frame)) for frame in (score_frame(rows, model), assess_frame(of_cases)))
            seconds[workers] = scoring, assessing
            show(f"Spark, {workers} worker{'s' * (workers > 1)}", given.rows, scoring, assessing, assess_frame(of_cases).count())
            spark.stop()
    ratios = [
        plain_ratio(f"{what}: {title}", seconds[slow][place] / seconds[quick][place])
        for place, what in enumerate(("scoring", "assessing"))
        for title, quick, slow in (("two workers over one", 2, 1), ("one worker over no Spark", 1, 0))
    ]
    print("\n" + ratio_table("spark-ratios", "Ratios", ratios).text())
    if given.json:
        keep_ratios(given.json, "spark", ratios)


def split(table: pa.Table, folder: Path) -> None:
    """Write a table in parts of the same size."""
    folder.mkdir()
    size = -(-table.num_rows // PARTS)
    for number, part in enumerate(table.to_batches(max_chunksize=size)):
        pq.write_table(pa.Table.from_batches([part]), folder / f"{number}.parquet")


def show(name: str, rows: int, scoring: float, assessing: float, cases: int) -> None:
    """Print a line of the table."""
    print(f"{name:<22}{rows / scoring:>12,.0f}{rows / assessing:>12,.0f}{cases:>10,}", flush=True)


if __name__ == "__main__":
    main()
