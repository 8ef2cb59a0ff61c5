"""Spark on two workers gives what one machine gives, row by row, also when a worker dies halfway."""

from __future__ import annotations

import os
import random
import signal
import sys
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import SparkSession

from triage.errors import InputError
from triage.message import content_key
from triage.severity import load_weights
from triage.tables import CASE_SCHEMA, assess_table, read_corrections, score_table
from triage.tables.batches import classifier
from triage.tables.spark import assess_frame, score_frame
from triage.tables.spark import read_corrections as read_corrections_of_frame

pytestmark = pytest.mark.filterwarnings("default::ResourceWarning", "default::pytest.PytestUnraisableExceptionWarning")

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "America/New_York",  # it must not matter
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.adaptive.coalescePartitions.enabled": "false",  # so few rows would all go to one worker
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50",
    # Nothing here runs long enough to be worth compiling well.
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@pytest.fixture(scope="module")
def spark():
    """A driver and two workers, each a process of its own with one core."""
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = builder.getOrCreate()
        yield session
        session.stop()


def mortal(df, marker, whom):
    """The same rows; but the first who reads them kills its Python worker, or the "executor" that this belongs to."""

    def die_once(batches):
        for batch in batches:
            if not Path(marker).exists():
                daemon = os.getppid()
                executor = int(Path(f"/proc/{daemon}/stat").read_text().rpartition(")")[2].split()[1])
                victim = executor if whom == "executor" else os.getpid()
                Path(marker).write_text(str(victim))
                os.kill(victim, signal.SIGKILL)
            yield batch

    return df.mapInArrow(die_once, df.schema)


TEXTS = ["Dag mevrouw", "wat een prutser", "ik weet je te vinden", "", None, "lekker ding 😍", "pas maar op jij", "Dank u wel!"]


def export(rows=240):
    """An export that only shows in its last row that it writes the month first, and that its labels are no labels of triage."""
    return pa.table(
        {
            "nr": range(rows),
            "Datum": ["3/4/2026 10:00"] * (rows - 1) + ["3/25/2026"],
            "Author": [f"afzender {row % 7}" for row in range(rows)],
            "Bericht": [TEXTS[row % len(TEXTS)] for row in range(rows)],
            "views": [(-1, 5, None)[row % 3] for row in range(rows)],
            "label": ["dreiging"] * (rows - 1) + ["positief"],
            "gelezen": pa.array([START] * rows, pa.timestamp("us", "UTC")),
            "meer": [{"a": [row], "b": None} for row in range(rows)],
        }
    )


def warned(function, *arguments):
    """What a function gives, and of what it warns."""
    with warnings.catch_warnings(record=True, action="always") as seen:
        return function(*arguments), {str(one.message) for one in seen if one.category is UserWarning}


def test_scores_equal_those_of_one_machine_when_a_python_worker_dies(spark, tmp_path):
    table, marker = export(), tmp_path / "died"
    expected, said = warned(score_table, table, classifier(None).classify_all)
    expected = expected.rename_columns({"Author": "original_Author"})
    scored, said_here = warned(score_frame, mortal(spark.createDataFrame(table).repartition(4), marker, "python"))
    assert len(said_here) == 2
    assert said_here == {remark for remark in said if "values are null" not in remark}
    assert scored.columns == expected.schema.names
    assert sorted(scored.toArrow().to_pylist(), key=lambda row: row["nr"]) == expected.to_pylist()
    assert not Path("/proc", marker.read_text()).exists()


def received(rows, classify):
    """Scored messages of a busy month: pile-ons, edited and repeated messages, ids that clash, gaps everywhere."""
    rng = random.Random(4)
    said = ["prutser", "pas maar op", "dag mevrouw", "niet meer leven", " prutser "]
    messages = [
        {
            "id": rng.choice([None, f"{row}", f"{row % 40}"]),
            "text": rng.choice(said) + rng.choice(["", f" {row % 60}"]),
            "author": rng.choice([None, "anoniem", "Jan", "@jan ", *(f"a{n}" for n in range(30))]),
            "target": rng.choice([None, "onbekend", "Piet", "piet ", *(f"t{n}" for n in range(9))]),
            "sent_at": rng.choice([None, *[START + timedelta(hours=rng.randrange(700))] * 9]),
            "views": rng.choice([None, rng.randrange(10_000)]),
            "platform": rng.choice(["x", "facebook", None]),
            "labels": rng.choice([None, None, None, [], ["threat"]]),
            "flags": rng.choice([None, None, None, ["self_harm"]]),
        }
        for row in range(rows)
    ]
    again = [{**rng.choice(messages), "views": rng.randrange(10_000)} for _ in range(rows // 4)]  # the same export a week later
    burst = [
        {**messages[0], "id": None, "author": f"b{n}", "target": "t1", "sent_at": START, "labels": ["threat"]}
        for n in range(load_weights().pile_on.authors)
    ]
    alike = {"author": "Jan", "target": "Piet", "sent_at": START, "views": 0, "labels": ["insult"], "flags": None, "platform": None}
    chain = [  # the first and the second share their content, the second and the third their id, and the first and third nothing
        {**alike, "id": "k1", "text": "prutser k", "views": 3},
        {**alike, "id": "k2", "text": "prutser k", "views": 2},
        {**alike, "id": "k2", "text": "prutser k, en meer"},
    ]
    nobody = [{**alike, "id": None, "author": None, "target": target, "text": "prutser n"} for target in (None, "onbekend", "-")]
    messages += again + burst + chain + nobody
    rng.shuffle(messages)
    schema = pa.schema([("sent_at", pa.timestamp("us", "UTC")), ("labels", pa.list_(pa.string())), ("flags", pa.list_(pa.string()))])
    columns = {
        name: pa.array([one[name] for one in messages], schema.field(name).type if name in schema.names else None) for name in messages[0]
    }
    return score_table(pa.table(columns), classify, {"labels": "labels"})


def test_cases_equal_those_of_one_machine_when_an_executor_dies(spark, classify, tmp_path):
    scored, marker = received(800, classify), tmp_path / "died"
    expected = assess_table(scored)
    kinds = expected.column("kind").to_pylist()
    assert min(kinds.count("pile_on"), kinds.count("single")) > 1
    assert any("-" in case for case in expected.column("case_id").to_pylist())
    cases = assess_frame(spark.createDataFrame(scored).repartition(3))
    found = mortal(cases, marker, "executor").toArrow()
    assert found.to_pylist() == expected.to_pylist()
    assert found.schema.names == CASE_SCHEMA.names
    assert not Path("/proc", marker.read_text()).exists()


def test_corrections_count_as_on_one_machine(spark, classify, tmp_path):
    scored, path = received(300, classify), tmp_path / "c.csv"
    without_id = next(row for row in scored.to_pylist() if row["id"] is None and row["author"] == "a1" and row["sent_at"])
    keys = [*(f"{row}" for row in range(0, 300, 7)), content_key(without_id["text"], "a1", without_id["sent_at"]), "weg"]
    path.write_text("id;labels;intensity\n" + "".join(f"{key};{('geen', 'bedreiging')[n % 2]};{n % 4}\n" for n, key in enumerate(keys)))
    frame = spark.createDataFrame(scored).repartition(3)
    expected, found = read_corrections(path, scored), read_corrections_of_frame(path, frame)
    assert found == expected
    assert 5 < found.used < len(keys) - 1
    cases = assess_frame(frame, corrections=found).toArrow().to_pylist()
    assert cases == assess_table(scored, corrections=expected).to_pylist()
    assert cases != assess_table(scored).to_pylist()


def test_names_that_differ_in_capitals_only(spark, classify):
    table = pa.table({"tekst": ["hoi", "dag"], "Tekst": ["a", "b"], "Platform": ["X", "Teams"]})
    frame = score_frame(spark.createDataFrame(table))
    assert frame.columns[:3] == ["tekst", "Tekst_2", "original_Platform"]
    scored = score_table(pa.table({"text": ["prutser"], "Platform": ["X"]}), classify)
    assert {"Platform", "platform"} < set(scored.schema.names)
    assert assess_frame(spark.createDataFrame(scored)).toArrow().to_pylist() == assess_table(scored).to_pylist()


def test_a_frame_that_was_not_scored_is_refused(spark):
    with pytest.raises(InputError, match="score the messages first"):
        assess_frame(spark.range(1).withColumnRenamed("id", "text"))
    with pytest.raises(InputError, match="text of the messages"):
        score_frame(spark.range(1))
