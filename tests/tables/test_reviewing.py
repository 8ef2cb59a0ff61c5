"""The file in which judgements grow: nothing that was written is lost, whatever happened to its end."""

from __future__ import annotations

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.errors import InputError
from triage.tables.judgements import Judgement
from triage.tables.reviewing import open_judgements
from triage.tables.writing import safe_cell

ROWS = [
    ("a;b", Judgement(("threat",), 2.5)),
    ('zeg "c"', Judgement(())),
    ("=1+1", Judgement(("insult", "sexual_harassment"))),
    ("é🔪", Judgement(())),
]


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["id"], row["labels"], row["intensity"]) for row in csv.DictReader(file, delimiter=";")]


def plain(key, judgement):
    weight = "" if judgement.intensity is None else str(judgement.intensity).replace(".", ",")
    return safe_cell(key), " ".join(judgement.labels) or "none", weight


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_was_cut_off_costs_one_judgement_at_most(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "c.csv"
    ends = []
    with open_judgements(path) as file:
        ends.append(path.stat().st_size)
        for key, judgement in ROWS:
            file.write(key, judgement)
            ends.append(path.stat().st_size)
    cut = data.draw(st.integers(ends[0], ends[-1]))
    path.write_bytes(path.read_bytes()[:cut])
    with open_judgements(path) as file:
        file.write("nieuw", Judgement(("insult",), 1.0))
    whole = sum(cut >= end - len("\r\n") for end in ends[1:])  # also without its line end
    *kept, new = rows_of(path)
    assert new == ("nieuw", "insult", "1,0")
    assert kept in [[plain(*row) for row in ROWS[:n]] for n in (whole, whole + 1)]  # of the last one only the time may be lost


def test_a_judgement_can_be_taken_back_until_there_is_none(tmp_path):
    path = tmp_path / "c.csv"
    with open_judgements(path) as file:
        for key, judgement in ROWS:
            file.write(key, judgement)
        assert (file.undo(), len(file)) == (True, len(ROWS) - 1)
        assert rows_of(path) == [plain(*row) for row in ROWS[:-1]]
        assert [file.undo() for _ in ROWS] == [True, True, True, False]
    assert rows_of(path) == []
    with open_judgements(path) as file:
        assert file.undo() is False


def test_a_file_that_a_person_saved_otherwise_is_gone_on_with(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("opmerking,oordeel,id\nzie mail,threat,a", encoding="utf-8")
    with open_judgements(path) as file:
        file.write("b", Judgement(("insult",), 2.0))
    assert path.read_text("utf-8").splitlines() == ["opmerking,oordeel,id", "zie mail,threat,a", '"","insult","b"']


def test_what_is_no_file_of_corrections_is_refused_and_left_as_it_is(tmp_path):
    for name, data in (
        ("a.csv", b"naam;adres\nx;y\n"),
        ("b.csv", "id;labels\n1;geen\n".encode("utf-16")),
        ("c.csv", b'{"id": 1, "labels": []}\n'),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(InputError), open_judgements(path):
            pass
        assert path.read_bytes() == data
    for path in (tmp_path / "a.parquet", tmp_path / "weg" / "a.csv", tmp_path):
        with pytest.raises(InputError), open_judgements(path):
            pass
