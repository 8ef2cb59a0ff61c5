"""Scoring part by part, as engines with workers of their own do: together the parts are what `score_table` makes of the whole."""

from __future__ import annotations

import pickle
from functools import partial

import datasets
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables import score_table
from triage.tables.batches import classifier, plan_of, score_rows
from triage.training.tiny import make_tiny

TEXTS = ["Dag mevrouw", "wat een prutser", "ik weet je te vinden", "", None, "lekker ding 😍"]


def whole(table):
    return score_table(table, classifier(None).classify_all)


def export(rows):
    """An export that only shows in its last row that it writes the month first."""
    return pa.table(
        {
            "nr": range(rows),
            "Datum": ["3/4/2026"] * (rows - 1) + ["3/25/2026"],
            "Bericht": [TEXTS[row % len(TEXTS)] for row in range(rows)],
            "Author": ["Jan"] * rows,
            "labels": [None] * (rows - 1) + ["bedreiging"],
        }
    )


@pytest.mark.filterwarnings("ignore:the dates in column")
@settings(max_examples=10)
@given(st.integers(1, 40), st.integers(1, 20))
def test_the_parts_together_are_the_whole(rows, size):
    table = export(rows)
    parts = table.to_batches(max_chunksize=size)
    plan = pickle.loads(pickle.dumps(plan_of(parts)))
    scored = [score_rows(part, plan) for part in reversed(parts)]
    assert pa.Table.from_batches(reversed(scored)).equals(whole(table))
    assert score_rows(table, plan).equals(whole(table))


@pytest.mark.filterwarnings("ignore:the dates in column")
def test_datasets_take_it_as_it_is():
    table = export(30)
    rows = datasets.Dataset(table).with_format("arrow")
    scored = rows.map(partial(score_rows, plan=plan_of(rows.iter(7))), batched=True, batch_size=7)
    expected = whole(table)
    assert {name: scored[:].column(name).to_pylist() for name in expected.schema.names} == expected.to_pydict()


def test_columns_without_a_sound_name_and_an_empty_part():
    parts = [pa.RecordBatch.from_arrays([pa.array(texts, pa.string())] * 3, ["text", "", "text"]) for texts in (["hoi"], [])]
    plan = plan_of(parts)
    assert [score_rows(part, plan).num_rows for part in parts] == [1, 0]
    assert score_rows(parts[0], plan).schema.names[:2] == ["column_2", "text_2"]


def test_values_that_cannot_be_read_stay_in_their_original_column():
    table = pa.table({"text": ["hoi"], "views": ["-4"]})
    scored = score_rows(table, plan_of([table]))
    assert (scored.column("views").to_pylist(), scored.column("original_views").to_pylist()) == ([None], ["-4"])


def test_another_model_by_its_name_and_each_is_loaded_once(tmp_path):
    name = str(make_tiny(tmp_path / "tiny", ["dag mevrouw wat een prutser"] * 20))
    table = pa.table({"text": ["dag prutser"]})
    assert score_rows(table, plan_of([table]), name).column("model").to_pylist() == [classifier(name).checkpoint.version]
    assert classifier(name) is classifier(name)


@pytest.mark.parametrize(
    ("parts", "says"), [([], "no rows"), ([{"text": ["hoi"]}], "with_format"), ([pa.table({"a b c": ["x"]})], "text of the messages")]
)
def test_what_cannot_be_planned_is_refused(parts, says):
    with pytest.raises(InputError, match=says):
        plan_of(parts)
