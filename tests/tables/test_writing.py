"""Files appear whole or not at all, and a spreadsheet executes nothing in them."""

from __future__ import annotations

import csv
import errno
import io
import json
import unicodedata
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables.reading import read_messages
from triage.tables.writing import open_writer, safe_cell, unsafe_cell, write_table

TABLE = pa.table(
    {
        "text": ['één; twee\n"drie"', "=1+1", None],
        "labels": pa.array([["insult", "threat"], [], None], pa.list_(pa.string())),
        "score": pa.array([0.9, 1.5, None], pa.float32()),
        "sent_at": pa.array([datetime(2026, 7, 1, 8, tzinfo=UTC), None, None], pa.timestamp("us", "UTC")),
        "views": pa.array([1234, None, 0]),
    }
)


def rows_of(path, delimiter=";"):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_parquet_comes_back_as_it_was(tmp_path):
    write_table(TABLE, tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet") == TABLE


def test_csv_as_a_dutch_spreadsheet_expects_it(tmp_path):
    write_table(TABLE, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows_of(tmp_path / "a.csv") == [
        ["text", "labels", "score", "sent_at", "views"],
        ['één; twee\n"drie"', "insult threat", "0,9", "2026-07-01T10:00:00+02:00", "1234"],
        ["'=1+1", "none", "1,5", "", ""],
        ["", "", "", "", "0"],
    ]


def test_csv_as_an_english_spreadsheet_expects_it(tmp_path):
    write_table(TABLE, tmp_path / "a.csv", "en")
    assert rows_of(tmp_path / "a.csv", ",")[1][2] == "0.9"


def test_json_lines(tmp_path):
    write_table(TABLE, tmp_path / "a.jsonl")
    first = json.loads((tmp_path / "a.jsonl").read_text("utf-8").split("\n")[0])
    assert first == {
        "text": 'één; twee\n"drie"', "labels": ["insult", "threat"], "score": 0.9, "sent_at": "2026-07-01T10:00:00+02:00", "views": 1234,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.jsonl"])
def test_after_an_error_the_old_file_stands_and_nothing_is_left_beside_it(tmp_path, name):
    (tmp_path / name).write_text("oud")
    with pytest.raises(RuntimeError), open_writer(tmp_path / name, TABLE.schema) as writer:  # noqa: PT012
        writer.write(TABLE.to_batches()[0])
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "oud"


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.jsonl"])
def test_an_empty_table_is_a_whole_file(tmp_path, name):
    write_table(TABLE.slice(0, 0), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "says"), [("a.xlsx", "parquet"), ("a", "parquet"), ("weg/a.csv", "does not exist"), ("map.csv", "folder")]
)
def test_a_place_that_cannot_be_written(tmp_path, name, says):
    (tmp_path / "map.csv").mkdir()
    with pytest.raises(InputError, match=says):
        write_table(TABLE, tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\tx", "\rx", "\nx", " =1", "\u00a0=1", "\u200b=1", '"=1', "'=1", "''=1", "“=1",
        "＝1+1", "＋1", "－1", "＠SUM", "−1+1", "﹣1+1", "-", "=", "+31 6 12345678", "-2+3+cmd|' /C calc'!A0", "\ufeff=1", " \t =1",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_execute_gets_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "hoi", "-5", "+31612345678", "-1,5", "1-3-2026", "'s avonds", '"citaat"', "a=b", ";-)", "  ", "👍"])
def test_ordinary_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


@given(st.text())
def test_no_cell_starts_a_formula_and_every_cell_can_be_undone(text):
    written = safe_cell(text)
    assert unsafe_cell(written) == text
    bare = unicodedata.normalize("NFKC", written).strip()
    number = bare.lstrip("+-").replace(".", "").replace(",", "")
    assert bare[:1] not in ("=", "+", "-", "@") or number.isdigit()


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\r\n"), min_size=1).filter(lambda text: text.strip())


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(["a.csv", "a.jsonl", "a.parquet"]))
def test_what_is_written_is_read_again(tmp_path_factory, cells, name):
    path = tmp_path_factory.mktemp("rond") / name
    write_table(pa.table({"nr": [str(n) for n in range(len(cells))], "text": [a for a, _ in cells], "other": [b for _, b in cells]}), path)
    [batch] = read_messages(path)
    undo = unsafe_cell if name == "a.csv" else str
    assert [(undo(row["text"]), undo(row["other"])) for row in batch.to_pylist()] == cells


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.jsonl"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path, monkeypatch, name):
    def full(number):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match=f"The disk is full: make room in {tmp_path}."):
        write_table(TABLE, tmp_path / name)
    assert not list(tmp_path.iterdir())
