"""Judgements of people win over the model wherever cases are made; rows that cannot be used are told and cost no other."""

from __future__ import annotations

import csv
import hashlib
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.errors import InputError
from triage.message import content_key
from triage.tables import assess_table, case_of, cases_of, read_corrections, score_files, score_table, write_table
from triage.tables.cases import person
from triage.tables.corrections import ROUNDED_ID, SHARED_ID, TWICE, UNKNOWN_ID
from triage.tables.judgements import BAD_INTENSITY, BAD_LABEL, CUT_ROW, NO_ID
from triage.tables.origins import gather_case
from triage.tables.reviewing import to_review
from triage.tables.schema import MESSAGE_SCHEMA
from triage.tables.scored import batches_of, findings_of

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
ROWS = [
    {"id": "1", "text": "pas maar op", "author": "Jan", "target": "Piet", "sent_at": START},
    {"id": "2", "text": "wat een prutser", "author": "Jan", "target": "Piet", "sent_at": START + timedelta(hours=1)},
    {"id": "3", "text": "dag mevrouw", "author": "Els", "target": "Piet", "sent_at": START + timedelta(hours=2)},
]


@pytest.fixture
def scored(classify):
    return lambda *rows: score_table(pa.Table.from_pylist(list(rows), MESSAGE_SCHEMA), classify)


@pytest.fixture
def written(tmp_path):
    def write(text, name="c.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def judged(table, corrections):
    """By id: the labels, the intensity and who decided."""
    findings = [finding for batch in batches_of(table) for finding in findings_of(corrections.apply(batch))]
    return {one.message.id: (one.labels, one.intensity, one.decided_by) for one in findings}


def reasons(corrections):
    return [(trouble.row, trouble.reason) for trouble in corrections.troubles]


def test_a_correction_wins_over_the_model_and_over_an_earlier_label(scored, written):
    table = scored(ROWS[0], {**ROWS[1], "labels": ["threat"], "intensity": 3}, ROWS[2])
    made = read_corrections(written("id;labels;intensity\n1;geen;\n2;belediging;1\n3;bedreiging;2,5\n"), table)
    assert (made.used, made.troubles) == (3, ())
    assert judged(table, made) == {"1": ((), 0, "person"), "2": (("insult",), 1, "person"), "3": (("threat",), 2.5, "person")}


def test_without_an_intensity_that_of_the_model_counts(scored, written):
    table = scored(ROWS[0], {**ROWS[1], "labels": ["insult"], "intensity": 3})
    made = read_corrections(written("id,labels\n1,threat\n2,insult\n"), table)
    assert judged(table, made) == {"1": (("threat",), 1.5, "person"), "2": (("insult",), 1.5, "person")}


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("threat", ("threat",)),
        ("Bedreiging", ("threat",)),
        ("bedreiging, belediging", ("insult", "threat")),
        ('"bedreiging; seksuele intimidatie"', ("threat", "sexual_harassment")),
        ("bedreiging seksuele intimidatie", ("threat", "sexual_harassment")),
        ("insult sexual_harassment", ("insult", "sexual_harassment")),
        ("geen", ()),
        ("none", ()),
        ("", ()),
    ],
)
def test_labels_are_read_as_people_write_them(scored, written, cell, labels):
    table = scored(ROWS[0])
    made = read_corrections(written(f"opmerking;labels;id;reviewer\nzie mail;{cell};1;Bo\n"), table)
    assert judged(table, made)["1"][::2] == (labels, "person")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (";threat;", NO_ID),
        ("2;grof;", BAD_LABEL),
        ("2;onbekend;", BAD_LABEL),
        ("2;threat geen;", BAD_LABEL),
        ("weg;threat;", UNKNOWN_ID),
        ("1,23457E+17;threat;", ROUNDED_ID),
        ("2", CUT_ROW),
        ("2;insult;9", BAD_INTENSITY),
    ],
)
def test_a_bad_row_is_told_and_costs_no_other(scored, written, row, reason):
    table = scored(*ROWS)
    made = read_corrections(written(f"id;labels;intensity\n{row}\n1;geen;\n3;insult;1\n"), table)
    assert reasons(made) == [(2, reason)]
    after = judged(table, made)
    assert (after["1"], after["3"]) == (((), 0, "person"), (("insult",), 1, "person"))
    assert after["2"] == (("insult",), 1.5, "person" if reason == BAD_INTENSITY else "model")


def test_of_two_judgements_on_one_message_the_last_counts_and_that_is_told(scored, written):
    table = scored(*ROWS)
    first, second = written("id;labels\n1;geen\n1;insult\n2;geen\n2;geen\n"), written("id;labels\n2;threat\n", "d.csv")
    made = read_corrections([first, second], table)
    assert reasons(made) == [(2, TWICE), (5, TWICE)]
    assert (judged(table, made)["1"][0], judged(table, made)["2"][0]) == (("insult",), ("threat",))
    assert [file.sha256 for file in made.files] == [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]


def test_an_id_that_different_messages_share_judges_none_of_them(scored, written):
    other = {**ROWS[2], "id": "1"}
    table = scored(ROWS[0], ROWS[1], other)
    made = read_corrections(written("id;labels\n1;geen\n2;geen\n"), table)
    assert (made.used, reasons(made)) == (1, [(2, SHARED_ID)])
    key = content_key(other["text"], other["author"], other["sent_at"])
    made = read_corrections(written(f"id;labels\n{key};threat\n"), table)
    labels = [finding.labels for batch in batches_of(table) for finding in findings_of(made.apply(batch))]
    assert labels == [("threat",), ("insult",), ("threat",)]


def test_a_double_under_another_id_does_not_win_from_the_correction(scored, written):
    table = scored({**ROWS[0], "labels": ["threat"], "intensity": 3}, {**ROWS[0], "id": "1b", "labels": ["threat"], "intensity": 2})
    assert assess_table(table).num_rows == 1
    assert assess_table(table, corrections=read_corrections(written("id;labels\n1;geen\n"), table)).num_rows == 0


def test_an_empty_label_in_a_scored_file_is_no_judgement(scored, tmp_path):
    table = scored(*ROWS)
    write_table(table, tmp_path / "scored.csv")
    assert read_corrections(tmp_path / "scored.csv", table).used == 0
    write_table(scored(ROWS[0], {**ROWS[1], "labels": []}), tmp_path / "judged.csv")
    made = read_corrections(tmp_path / "judged.csv", table)
    assert judged(table, made)["2"] == ((), 0, "person")
    assert (made.used, judged(table, made)["1"][2]) == (1, "model")


@pytest.mark.parametrize("text", ["id;text\n1;x\n", "labels\nthreat\n", "1;threat\n2;geen\n"])
def test_a_file_without_its_columns_is_refused_without_what_stands_in_it(scored, written, text):
    with pytest.raises(InputError, match="id and labels") as error:
        read_corrections(written(text), scored(*ROWS))
    assert "threat" not in str(error.value) + error.value.nl


def test_ids_that_a_spreadsheet_would_execute_are_read_back(scored, written):
    table = scored({**ROWS[0], "id": "=1+1"})
    assert read_corrections(written('"id";"labels"\n"\'=1+1";"geen"\n'), table).used == 1


def test_files_of_every_form_and_every_way_to_a_case_take_them(classify, written, tmp_path):
    export, scored = tmp_path / "e.csv", tmp_path / "scored.csv"
    with export.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(ROWS[0])
        rows.writerows([str(value) for value in row.values()] for row in ROWS)
    score_files([export], scored, classify)
    made = read_corrections(written("id;labels\n1;geen\n2;geen\n3;threat\n"), scored)
    [case] = cases_of(scored, corrections=made).to_pylist()
    assert (case["authors"], case["labels"]) == (["Els"], ["threat"])
    assert case_of(scored, case["case_id"], corrections=made).findings[0].decided_by == "person"
    assert gather_case([scored], case["case_id"], made).members[0].finding.labels == ("threat",)


TEXTS = st.sampled_from(["pas maar op", "wat een prutser", "dag", "lekker ding", "ik wil niet meer leven", " "])
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from([None, *(f"m{n}" for n in range(9))]),
            "text": TEXTS,
            "author": st.sampled_from([None, "Jan", "Kees", "anoniem"]),
            "target": st.sampled_from([None, "Piet"]),
            "sent_at": st.sampled_from([None, *(START + timedelta(hours=n) for n in range(6))]),
            "labels": st.sampled_from([None, None, [], ["insult"]]),
        }
    ),
    max_size=14,
    unique_by=(lambda row: row["id"] or object(), lambda row: (row["text"], row["author"], row["sent_at"])),
)
JUDGED = st.tuples(st.sampled_from([[], ["insult"], ["threat", "sexual_harassment"]]), st.sampled_from([None, 1.0, 2.5]))


def key_of(row):
    return row["id"] or content_of(row)


def content_of(row):
    return content_key(row["text"], row["author"] if person(row["author"]) else None, row["sent_at"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES, st.data())
def test_cases_with_corrections_are_those_of_a_table_that_holds_the_same_judgements(scored, written, messages, data):
    keys = sorted({key_of(row) for row in messages})
    held = {key: data.draw(JUDGED) for key in keys if data.draw(st.booleans())}
    lines = [f"{key};{' '.join(labels) or 'none'};{'' if weight is None else weight}\n" for key, (labels, weight) in held.items()]
    before = scored(*messages)
    made = read_corrections(written("id;labels;intensity\n" + "".join(lines)), before)
    assert (made.used, made.troubles) == (len(held), ())
    same = []
    for row in messages:
        judged = held.get(key_of(row)) or held.get(content_of(row))
        same.append({**row, "labels": judged[0], "intensity": judged[1] if judged[0] else None} if judged else row)
    assert assess_table(before, corrections=made).to_pylist() == assess_table(scored(*same)).to_pylist()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MESSAGES)
def test_the_key_of_every_message_to_review_finds_it(scored, written, tmp_path_factory, messages):
    table = scored(*messages)
    path = tmp_path_factory.mktemp("review") / "scored.parquet"
    write_table(table, path)
    queue = to_review([path])
    keys = [one.finding.message.key for one in queue]
    assert len(set(keys)) == len(keys)
    assert all(one.finding.unsure for one in queue)
    made = read_corrections(written("id;labels\n" + "".join(f"{key};geen\n" for key in keys)), path)
    assert (made.used, made.troubles) == (len(keys), ())
    assert to_review([path], made) == ()
