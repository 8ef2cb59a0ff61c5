"""The local engine: exports that are compressed, what the manifest says, scores that are taken over or remembered."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.classify.classifications import REVIEW_REASONS, ROW, Classifications
from triage.errors import InputError
from triage.labels import FLAGS, LABELS, Classification
from triage.tables import MODEL_SCHEMA, score_files
from triage.tables.cells import cells, encoded, texts
from triage.tables.memory import Memory, digests
from triage.tables.modelcolumns import model_columns, model_rows
from triage.tables.values import read_text
from triage.tables.workfolder import work_folder

MODEL = {"version": "woorden@1", "digest": "1"}
CONTENT = {
    "csv": b"tekst;datum\nhoi;1-3-2026\npas maar op;2-3-2026\n",
    "jsonl": b'{"tekst": "hoi", "datum": "1-3-2026"}\n{"tekst": "pas maar op", "datum": "2-3-2026"}\n',
    "parquet": b"",
}


def compressed(kind: str, content: bytes) -> bytes:
    if kind == "zst":
        return pa.Codec("zstd").compress(content, asbytes=True)
    return {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[kind](content)


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
@pytest.mark.parametrize("form", CONTENT)
def test_a_compressed_export_is_read_as_what_is_in_it(tmp_path, classify, kind, form):
    plain = tmp_path / f"a.{form}"
    plain.write_bytes(CONTENT[form])
    if form == "parquet":
        pq.write_table(pa.table({"tekst": ["hoi", "pas maar op"], "datum": ["1-3-2026", "2-3-2026"]}), plain)
    packed = tmp_path / f"a.{form}.{kind}"
    packed.write_bytes(compressed(kind, plain.read_bytes()))
    tables = []
    for path in (plain, packed):
        score_files([path], tmp_path / "uit.parquet", classify)
        tables.append(pq.read_table(tmp_path / "uit.parquet").drop_columns("source_file"))
    assert tables[0] == tables[1]
    packed.write_bytes(packed.read_bytes()[:-10])
    with pytest.raises(InputError, match=f"a.{form}.{kind} (is damaged or cut off|cannot be opened)"):
        score_files([packed], tmp_path / "af.parquet", classify)
    assert not work_folder(tmp_path / "af.parquet").exists()


def test_the_manifest_says_what_was_done_and_no_word_of_a_message(tmp_path, classify):
    export, output = tmp_path / "a.csv", tmp_path / "uit.jsonl"
    export.write_text("id;bericht;datum;auteur\n1;pas maar op;ooit;Jan\n2;;1-3-2026;Jan\n3;;1-3-2026;Els\n")
    summary = score_files([export], output, classify, {"author": "auteur"}, model=MODEL)
    manifest = json.loads(summary.manifest_file.read_text())
    assert {name: manifest[name] for name in ("read", "scored", "rejected", "warnings", "taken_over", "needs_review")} == {
        "read": 3, "scored": 1, "rejected": 2, "warnings": 1, "taken_over": 0, "needs_review": 0,
    }  # fmt: skip
    assert [(reason["en"], reason["count"]) for reason in manifest["reasons"]] == [
        ("The row has no text.", 2),
        ("This time cannot be read.", 1),
    ]
    assert manifest["model"] == MODEL
    assert manifest["settings"] == {"mapping": {"author": "auteur"}, "lang": "nl", "output": ".jsonl"}
    for mark, path in ((manifest["inputs"][0], export), (manifest["output"], output)):
        assert (mark["size"], mark["sha256"]) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert manifest["inputs"][0]["name"] == str(export)
    assert manifest["started"] < manifest["finished"]
    assert not any(word in summary.manifest_file.read_text() for word in ("pas maar op", "Jan", "Els", "ooit"))


def rows_of(texts):
    """Numbers that follow from each text by itself."""
    rows = np.zeros(len(texts), ROW)
    for row, text in zip(rows, texts, strict=True):
        seed = sum(text.encode())
        row["scores"] = (seed % 10 / 10, seed % 7 / 7, 0.5)
        row["intensity"], row["labels"], row["flags"] = seed % 3, seed % 8, seed % 256
        row["reasons"], row["windows"], row["needs_review"] = seed % 32, 1 + seed % 5, seed % 32 > 0
    return rows


TEXTS = st.lists(st.sampled_from([f"bericht {n}" for n in range(8)] + ["pas maar op", "=1+1", "é👍"]), min_size=1, max_size=12)


@settings(max_examples=25)
@given(old=TEXTS, new=TEXTS)
def test_of_an_export_that_grew_only_what_is_new_is_scored(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("groei")
    asked: list[str] = []

    def classify(texts):
        asked.extend(texts)
        return Classifications(rows_of(texts), "woorden@1")

    for name, said in (("oud", old), ("nieuw", old + new)):
        pq.write_table(pa.table({"text": said}), folder / f"{name}.parquet")
    score_files([folder / "oud.parquet"], folder / "was.parquet", classify, model=MODEL)
    asked.clear()
    summary = score_files([folder / "nieuw.parquet"], folder / "is.parquet", classify, model=MODEL, previous=folder / "was.parquet")
    assert sorted(asked) == sorted(set(new) - set(old))
    assert summary.taken_over == sum(text in old for text in old + new)
    score_files([folder / "nieuw.parquet"], folder / "los.parquet", classify, model=MODEL)
    assert pq.read_table(folder / "is.parquet") == pq.read_table(folder / "los.parquet")


def test_stretches_without_a_usable_row_are_passed_over(tmp_path, classify, monkeypatch):
    monkeypatch.setattr("triage.tables.engine.BATCH_ROWS", 3)
    lines = [f"{row};{'hoi' if 9 < row < 12 else ''}\n" for row in range(20)]
    (tmp_path / "a.csv").write_text("id;tekst\n" + "".join(lines))
    for previous in (None, tmp_path / "eerst.parquet"):
        output = tmp_path / ("eerst.parquet" if previous is None else "dan.parquet")
        summary = score_files([tmp_path / "a.csv"], output, classify, model=MODEL, previous=previous)
        assert (summary.scored, summary.rejected, summary.taken_over) == (2, 18, 2 if previous else 0)
        assert pq.read_table(output).column("id").to_pylist() == ["10", "11"]


def test_scores_of_another_model_are_not_taken_over(tmp_path, classify):
    pq.write_table(pa.table({"text": ["hoi", "dag"]}), tmp_path / "a.parquet")
    score_files([tmp_path / "a.parquet"], tmp_path / "was.parquet", classify, model={**MODEL, "digest": "0"})
    summary = score_files([tmp_path / "a.parquet"], tmp_path / "is.parquet", classify, model=MODEL, previous=tmp_path / "was.parquet")
    assert summary.taken_over == 0
    assert ["another model" in notice.en for notice in summary.notices] == [True]


@pytest.mark.parametrize("table", [{"text": ["hoi"]}, {"tekst": ["hoi"], "threat": [0.5]}, None])
def test_only_scored_parquet_can_be_a_previous_output(tmp_path, classify, table):
    (tmp_path / "a.csv").write_text("tekst\nhoi\n")
    if table:
        pq.write_table(pa.table(table), tmp_path / "was.parquet")
    with pytest.raises(InputError, match="--previous"):
        score_files([tmp_path / "a.csv"], tmp_path / "uit.csv", classify, previous=tmp_path / "was.parquet")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == sorted([".csv", *([".parquet"] if table else [])])


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True), max_size=20), st.integers(1, 12))
def test_what_is_remembered_is_what_was_found(batches, most):
    memory, asked = Memory(most), []

    def classify(texts):
        asked.append(list(texts))
        return Classifications(rows_of(texts), "m")

    for number, batch in enumerate(batches):
        said = [f"tekst {n}" for n in batch]
        before = {text for earlier in batches[max(0, number - 1) : number] for text in (f"tekst {n}" for n in earlier)}
        asked.clear()
        assert (memory.classify(said, classify).rows == rows_of(said)).all()
        if most >= 6:  # the batch before is never forgotten
            assert not before & {text for call in asked for text in call}


def test_texts_that_are_nearly_the_same_have_other_digests():
    assert len(set(digests(["a", "a ", "A", "", "\0", "\ud800", "\ud801"]))) == 7


SETS = (LABELS, FLAGS, REVIEW_REASONS)


@given(st.lists(st.tuples(*(st.sets(st.sampled_from(names)) for names in SETS), st.floats(0, 1, width=32), st.booleans()), max_size=6))
def test_classifications_come_back_from_columns(found):
    many = [
        Classification(
            scores=dict.fromkeys(LABELS, score),
            labels=tuple(name for name in LABELS if name in labels),
            intensity=3 * score / 4,
            flags=tuple(name for name in FLAGS if name in flags),
            needs_review=unsure,
            review_reasons=tuple(name for name in REVIEW_REASONS if name in reasons),
            model="m@1",
        )
        for labels, flags, reasons, score, unsure in found
    ]
    columns = Classifications.of(many)
    assert list(columns) == many
    batch = pa.RecordBatch.from_arrays(model_columns(columns), schema=MODEL_SCHEMA)
    assert batch.column("primary").to_pylist() == [one.primary for one in many]
    for name, told in (("model_labels", "labels"), ("model_flags", "flags"), ("review_reasons", "review_reasons")):
        assert batch.column(name).to_pylist() == [list(getattr(one, told)) for one in many]
    back = model_rows(batch)
    assert all((back[name] == columns.rows[name].astype("f4" if name in ("scores", "intensity") else None)).all() for name in ROW.names)


BLANKS = "".join(
    map(chr, [*range(33), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF])
)


@given(st.lists(st.none() | st.text(st.sampled_from(BLANKS + "aé"), max_size=4) | st.text(max_size=5), max_size=8))
def test_a_column_of_text_is_read_as_its_values_are(values):
    column = pa.array([None if value is None else value.encode("utf-8", "replace").decode() for value in values], pa.string())
    whole = texts(column)
    if whole is None:
        assert any("\0" in value for value in cells(column) if value)
    else:
        assert whole.to_pylist() == [read_text(value) for value in cells(column)]


@pytest.mark.parametrize("column", [pa.array([1.5, None, 1.5]), pa.array([[1], None, [1]]), pa.array(["a", None, "a"]).dictionary_encode()])
def test_different_values_lead_back_to_the_column(column):
    values, places = encoded(column)
    assert [None if place is None else values[place] for place in places.to_pylist()] == cells(column)


def test_a_previous_output_is_not_overwritten(tmp_path, classify):
    (tmp_path / "a.csv").write_text("tekst\nhoi\n")
    score_files([tmp_path / "a.csv"], tmp_path / "uit.parquet", classify)
    before = (tmp_path / "uit.parquet").read_bytes()
    with pytest.raises(InputError, match="another file"):
        score_files([tmp_path / "a.csv"], tmp_path / "uit.parquet", classify, previous=tmp_path / "uit.parquet")
    assert (tmp_path / "uit.parquet").read_bytes() == before


def test_moments_that_spark_wrote_are_in_utc(tmp_path, classify):
    path, output = tmp_path / "a.parquet", tmp_path / "uit.parquet"
    times = [datetime(2026, 6, 1, 10, tzinfo=UTC), None, datetime(2026, 12, 1, 10, tzinfo=UTC)]
    table = pa.table({"datum": pa.array(times, pa.timestamp("us", "UTC")), "tekst": ["a", "b", "c"]})
    with pq.ParquetWriter(path, table.schema, use_deprecated_int96_timestamps=True, store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"org.apache.spark.version": "4.0.0"})
    score_files([path], output, classify)
    assert pq.read_table(output).column("sent_at").to_pylist() == times
