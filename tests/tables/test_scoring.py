"""Reading, scoring and writing together: every row is accounted for, and nothing of the user's is overwritten."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables import MESSAGE_SCHEMA, MODEL_SCHEMA, score_batch, score_files, score_table, write_table

CONTROL = "".join(map(chr, (*range(9), *range(11, 13), *range(14, 32), 127)))  # a file full of these is no table


def test_a_dutch_excel_export_from_file_to_file(tmp_path, classify):
    export = tmp_path / "meldingen.csv"
    export.write_bytes(
        (
            "Datum;Afzender;Medewerker;Zichtbaarheid;Weergaven;Bericht\r\n"
            '1-3-2026 09:30;Jan J.;Piet;openbaar;1.204;"Wat een prutser; ""echt""\r\nwaar"\r\n'
            "02-03-2026 10:00;Jan J.;Piet;privé;;pas maar op jij\r\n"
            "ooit;Els;Piet;openbaar;-4;Dank u wel\r\n"
            ";;;;;\r\n"
            "3-3-2026;Els;Piet;openbaar;2;\r\n"
        ).encode("cp1252")
    )
    seen = []
    summary = score_files([export], tmp_path / "uit.parquet", classify, progress=lambda *seen_now: seen.append(seen_now))
    assert (summary.read, summary.scored, summary.rejected, summary.warnings) == (4, 3, 1, 2)
    assert seen == [("reading", 4, 0), ("scoring", 4, 4), ("writing", 3, 3)]
    rows = pq.read_table(tmp_path / "uit.parquet").to_pylist()
    assert [(row["primary"], row["views"], row["visibility"], row["author"]) for row in rows] == [
        ("insult", 1204, "public", "Jan J."),
        ("threat", None, "direct", "Jan J."),
        (None, None, "public", "Els"),
    ]
    assert rows[0]["sent_at"] == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert rows[0]["Bericht"] == rows[0]["text"] == 'Wat een prutser; "echt"\r\nwaar'
    rejected = list(csv.DictReader(io.StringIO(summary.rejects_file.read_text("utf-8-sig")), delimiter=";"))
    assert [(row["kind"], row["row"], row["column"], row["raw"]) for row in rejected] == [
        ("row", "6", "", "3-3-2026; Els; Piet; openbaar; 2"),
        ("value", "4", "Datum", "ooit"),
        ("value", "4", "Weergaven", "-4"),
    ]


def test_exports_with_different_columns_become_one_table(tmp_path, classify):
    (tmp_path / "a.csv").write_text("bericht;stad;nr\nhoi;Urk;1\n")
    (tmp_path / "b.jsonl").write_text('{"text": "dag", "likes": 3}\n')
    pq.write_table(pa.table({"message": ["nou"], "nr": [7]}), tmp_path / "c.parquet")
    score_files([tmp_path / name for name in ("a.csv", "b.jsonl", "c.parquet")], tmp_path / "uit.parquet", classify)
    rows = pq.read_table(tmp_path / "uit.parquet").to_pylist()
    assert [(row["text"], row["stad"], row["likes"], row["nr"]) for row in rows] == [
        ("hoi", "Urk", None, "1"),
        ("dag", None, "3", None),
        ("nou", None, None, "7"),
    ]
    assert [row["source_file"].rpartition("/")[2] for row in rows] == ["a.csv", "b.jsonl", "c.parquet"]


def test_standard_input(tmp_path, classify, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"tekst\nhoi\n")))
    assert score_files(["-"], tmp_path / "uit.jsonl", classify).scored == 1
    assert json.loads((tmp_path / "uit.jsonl").read_text())["source_file"] == "-"


def test_one_export_that_cannot_be_used_stops_the_run_before_anything_is_written(tmp_path, classify):
    (tmp_path / "a.csv").write_text("bericht\nhoi\n")
    (tmp_path / "b.csv").write_text("")
    with pytest.raises(InputError, match=r"b\.csv is empty: export it again"):
        score_files([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "uit.csv", classify)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_a_model_that_fails_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.csv").write_text("bericht;views\nhoi;-1\n")

    def broken(texts):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        score_files([tmp_path / "a.csv"], tmp_path / "uit.csv", broken)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_an_export_is_never_overwritten_nor_counted_twice(tmp_path, classify):
    export = tmp_path / "a.csv"
    export.write_text("bericht\nhoi\n")
    with pytest.raises(InputError, match="another file"):
        score_files([export], export, classify)
    with pytest.raises(InputError, match="twice"):
        score_files([export, export], tmp_path / "uit.csv", classify)


def test_rejects_of_an_earlier_run_do_not_stay(tmp_path, classify):
    export, output = tmp_path / "a.csv", tmp_path / "uit.csv"
    export.write_text("nr;bericht\n1;hoi\n2;\n")
    assert score_files([export], output, classify).rejects_file.exists()
    export.write_text("nr;bericht\n1;hoi\n")
    assert score_files([export], output, classify).rejects_file is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "uit.csv", "uit.csv.manifest.json"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=CONTROL), max_size=300),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
)
def test_every_row_is_accounted_for(tmp_path_factory, classify, body, encoding):
    folder = tmp_path_factory.mktemp("alles")
    (folder / "a").write_bytes(("nr;bericht;datum\n1;hoi;1-3-2026\n" + body).encode(encoding, errors="replace"))
    summary = score_files([folder / "a"], folder / "uit.csv", classify)
    assert summary.read == summary.scored + summary.rejected
    assert summary.scored >= 1


def test_a_table_keeps_its_rows_its_order_and_its_columns(classify):
    table = pa.table({"id": [3, 1], "insult": ["ja", "nee"], "text": ["", "pas maar op"], "datum": ["13-3-2026", "2-3-2026"]})
    scored = score_table(table, classify)
    assert scored.column("original_id").to_pylist() == [3, 1]
    assert scored.column("original_insult").to_pylist() == ["ja", "nee"]
    assert scored.column("id").to_pylist() == ["3", "1"]
    assert scored.column("needs_review").to_pylist() == [True, False]
    assert scored.column("primary").to_pylist() == [None, "threat"]
    assert set(MESSAGE_SCHEMA.names) | set(MODEL_SCHEMA.names) <= set(scored.schema.names)


def test_scoring_again_keeps_the_first_scores(classify):
    twice = score_table(score_table(pa.table({"text": ["hoi"]}), classify), classify)
    assert twice.column("original_threat").to_pylist() == pytest.approx([0.1])
    assert len(twice.schema.names) == len(set(twice.schema.names))


def test_types_of_many_frames(tmp_path, classify):
    table = pa.table(
        {
            "text": pa.array(["hoi", "dag"]).dictionary_encode(),
            "datum": pa.array([1772359200000000001, None], pa.timestamp("ns")),
            "views": pa.array([5.0, float("nan")]),
            "author": pa.array(["a", "b"], pa.large_string()),
            "target": pa.array(["a", "b"], pa.string_view()),
        }
    )
    scored = score_table(table, classify)
    write_table(scored, tmp_path / "uit.csv")
    assert "2026-03-01T10:00:00;" in (tmp_path / "uit.csv").read_text("utf-8-sig").replace('"', "")
    rows = scored.drop_columns("datum").to_pylist()
    assert [(row["text"], row["views"], row["author"], row["target"]) for row in rows] == [("hoi", 5, "a", "a"), ("dag", None, "b", "b")]
    assert rows[0]["sent_at"] == datetime(2026, 3, 1, 9, tzinfo=UTC)  # without a zone: Amsterdam


def test_a_table_with_a_value_that_cannot_be_read_warns(classify):
    with pytest.warns(UserWarning, match="negative"):
        scored = score_table(pa.table({"text": ["hoi"], "views": [-1]}), classify)
    assert scored.column("views").to_pylist() == [None]
    assert scored.column("original_views").to_pylist() == [-1]


@pytest.mark.parametrize("thing", [[{"text": "a"}], "tekst", None, 3])
def test_something_that_is_no_table_is_refused(classify, thing):
    with pytest.raises(InputError, match="speaks Arrow"):
        score_table(thing, classify)


def test_an_empty_table_stays_empty(classify):
    scored = score_table(pa.table({"text": pa.array([], pa.string())}), classify)
    assert scored.num_rows == 0
    assert set(MODEL_SCHEMA.names) <= set(scored.schema.names)


def test_a_classifier_that_loses_a_text_is_noticed():
    with pytest.raises(ValueError, match="0 results for 1 texts"):
        score_batch(pa.RecordBatch.from_pydict({"text": ["hoi"]}), lambda texts: [])


def test_a_column_that_only_looks_like_labels_does_not_silence_the_model(tmp_path, classify):
    (tmp_path / "a.csv").write_text("bericht;label\npas maar op;geen\nhoi;positief\n")
    summary = score_files([tmp_path / "a.csv"], tmp_path / "uit.parquet", classify)
    assert pq.read_table(tmp_path / "uit.parquet").column("labels").to_pylist() == [None, None]
    assert ["--map labels=label" in notice.en for notice in summary.notices] == [True]
    score_files([tmp_path / "a.csv"], tmp_path / "uit.parquet", classify, {"labels": "label"})
    assert pq.read_table(tmp_path / "uit.parquet").column("labels").to_pylist() == [[], None]


def test_frames_that_speak_arrow_in_their_own_way(classify):
    table = pa.table({"text": ["hoi"]})

    class Frame:
        def __arrow_c_stream__(self, requested_schema=None):
            return table.__arrow_c_stream__(requested_schema)

    class Dataset:
        def with_format(self, kind):
            assert kind == "arrow"
            return self

        def __getitem__(self, rows):
            return table if rows == slice(None) else None

    for frame in (Frame(), Dataset(), table.to_batches()[0], pa.RecordBatchReader.from_batches(table.schema, table.to_batches())):
        assert score_table(frame, classify).column("text").to_pylist() == ["hoi"]


def test_an_export_with_the_name_of_the_rejects_is_kept(tmp_path, classify):
    export = tmp_path / "uit.csv.rejects.csv"
    export.write_text("tekst\nhoi\n")
    with pytest.raises(InputError, match="one of the exports"):
        score_files([export], tmp_path / "uit.csv", classify)
    (tmp_path / "a.csv").write_text("tekst\nhoi\n")
    score_files([tmp_path / "a.csv"], tmp_path / "uit.csv", classify)
    assert export.read_text() == "tekst\nhoi\n"


def test_rejects_of_an_earlier_run_are_removed(tmp_path, classify):
    export = tmp_path / "a.csv"
    export.write_text("id;tekst\n1;hoi\n2;\n")
    assert score_files([export], tmp_path / "uit.csv", classify).rejects_file.exists()
    export.write_text("id;tekst\n1;hoi\n")
    score_files([export], tmp_path / "uit.csv", classify)
    assert not (tmp_path / "uit.csv.rejects.csv").exists()


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_parquet_with_odd_types_is_scored(tmp_path, classify, suffix):
    table = pa.table(
        {
            "text": pa.array(["hoi", None, "dag"]),
            "datum": pa.array([1, 1_000_000_001, None], pa.timestamp("ns")),
            "ver": pa.array([10**14, 0, None], pa.timestamp("ms")),
            "zone": pa.array([0, 1, 2], pa.timestamp("us", "Mars/Olympus")),
            "soort": pa.array(["a", "b", None], pa.string_view()),
            "groep": pa.array(["x", "y", "x"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    summary = score_files([tmp_path / "a.parquet"], tmp_path / f"uit.{suffix}", classify)
    assert (summary.scored, summary.rejected) == (2, 1)


@pytest.mark.parametrize(
    "table",
    [
        pa.array(["vuile prutser"]),
        pd.Series(["vuile prutser"], name="text"),
        pl.Series("text", ["vuile prutser"]),
        pd.DataFrame({"text": ["vuile prutser", 3]}),
    ],
    ids=["array", "pandas series", "polars series", "mixed"],
)
def test_what_is_no_table_of_messages_gets_one_sentence(table, classify):
    with pytest.raises(InputError) as caught:
        score_table(table, classify)
    assert "prutser" not in str(caught.value)
