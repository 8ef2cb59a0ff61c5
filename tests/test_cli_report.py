"""`triage report` as its users meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import triage
from triage.cli import main
from triage.tables import write_table

ROWS = [
    {"id": "1", "text": "Wat een ongelooflijke prutser ben jij.", "author": "jan", "target": "Samira", "sent_at": "2026-06-01T10:00"},
    {"id": "2", "text": "Ik maak je kapot, ik weet waar je woont", "author": "piet", "target": "Thijs", "sent_at": "2026-06-02T10:00"},
    {"id": "2", "text": "Ik maak je kapot, ik weet waar je woont", "author": "piet", "target": "Thijs", "sent_at": "2026-06-02T10:00"},
    {"id": "3", "text": "Dank u wel voor de hulp!", "author": "kees", "target": "Thijs", "sent_at": "2026-06-03T10:00"},
]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return int(stop.value.code or 0), capsys.readouterr().err


@pytest.fixture
def scored(model: triage.Model, tmp_path: Path) -> Path:
    target = tmp_path / "scored.parquet"
    write_table(model.score_table(pa.Table.from_pylist(ROWS)), target)
    return target


def case_of(scored: Path, author: str) -> str:
    cases = triage.load().assess_table(pq.read_table(scored)).to_pylist()
    return str(next(case["case_id"] for case in cases if case["authors"] == [author]))


def test_the_report_marks_words_and_counts_doubles_once(capsys, scored, tmp_path):
    target = tmp_path / "report.html"
    assert run(capsys, "report", scored, "-o", target) == (0, "")
    page = target.read_text(encoding="utf-8")
    assert "prutser</mark>" in page
    assert "1 dubbel bericht telde één keer." in page
    assert "<b>3</b> berichten gelezen" in page
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_it_can_do_without_the_model_and_in_english(capsys, scored, tmp_path, monkeypatch):
    monkeypatch.setattr("triage.model.load", lambda *_, **__: pytest.fail("no model is needed"))
    target = tmp_path / "report.html"
    assert run(capsys, "report", scored, "-o", target, "--no-explain", "--lang", "en")[0] == 0
    page = target.read_text(encoding="utf-8")
    assert "<mark" not in page
    assert "people decide" in page


def test_facts_change_the_cases_they_are_about(capsys, scored, tmp_path):
    target, facts = tmp_path / "report.html", tmp_path / "facts.json"
    facts.write_text(json.dumps({case_of(scored, "piet"): {"acute_danger": True}}), encoding="utf-8")
    assert run(capsys, "report", scored, "-o", target, "--no-explain", "--facts", facts)[0] == 0
    assert "dringend: 112 bellen" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ['{"no-such-case": {"urgent": true}}', "[]", '{"x": 3}', "{"])
def test_facts_that_fit_no_case_are_one_sentence(capsys, scored, tmp_path, content):
    target, facts = tmp_path / "report.html", tmp_path / "facts.json"
    facts.write_text(content, encoding="utf-8")
    code, err = run(capsys, "report", scored, "-o", target, "--no-explain", "--facts", facts)
    assert (code, err.count("\n")) == (1, 1)
    assert not target.exists()


def test_facts_without_the_name_of_their_case_are_told_how_to_get_one(capsys, scored, tmp_path):
    facts = tmp_path / "facts.json"
    facts.write_text('{"impact": "high"}', encoding="utf-8")
    assert '{"CASUS": {"impact": "high"}}' in run(capsys, "report", scored, "-o", tmp_path / "r.html", "--no-explain", "--facts", facts)[1]


def test_messages_of_another_model_are_not_marked_by_this_one(capsys, scored, tmp_path):
    table = pq.read_table(scored)
    column = table.schema.get_field_index("model")
    other = table.set_column(column, "model", pa.array(["oud@1"] * table.num_rows))
    pq.write_table(other, scored)
    target = tmp_path / "report.html"
    assert run(capsys, "report", scored, "-o", target)[0] == 0
    page = target.read_text(encoding="utf-8")
    assert "<mark" not in page
    assert "met een ander model gescoord (oud@1)" in page


def test_rows_that_could_not_be_read_are_counted(capsys, tmp_path):
    export, scored, target = tmp_path / "export.csv", tmp_path / "scored.csv", tmp_path / "report.html"
    export.write_text("tekst;auteur\nDag mevrouw;jan\n;piet\n", encoding="utf-8")
    assert run(capsys, "score", export, "-o", scored)[0] == 0
    assert run(capsys, "report", scored, "-o", target, "--no-explain")[0] == 0
    assert "1 rij kon bij het scoren niet worden gelezen; die staat met de reden in scored.csv.rejects.csv." in target.read_text("utf-8")


def test_what_is_no_page_or_cannot_be_written_is_one_sentence(capsys, scored, tmp_path):
    code, err = run(capsys, "report", scored, "-o", scored)
    assert (code, ".html" in err) == (1, True)
    code, err = run(capsys, "report", scored, "-o", tmp_path / "no" / "report.html", "--no-explain")
    assert (code, err.count("\n"), "bestaat niet: maak die eerst" in err) == (1, 1, True)
    assert run(capsys, "report", scored)[0] == 2
