"""`triage review` as its users meet it, and what cases, report and dossier make of its answers."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.case import Finding
from triage.cli import main
from triage.labels import LABELS, Classification
from triage.message import Message
from triage.report.review import labels_of, pending_text, review
from triage.tables import cases_of, read_corrections, score_table, write_table
from triage.tables.reviewing import Pending, open_judgements, to_review

DOUBT = {"insult": 0.3, "threat": 0.45, "sexual_harassment": 0.1}


def classify(texts: list[str]) -> list[Classification]:
    """A threat where there is an exclamation mark, doubt where there is a question mark."""
    found = []
    for text in texts:
        labels = ("threat",) if "!" in text else ()
        scores = DOUBT if "?" in text else {label: 0.95 if label in labels else 0.02 for label in LABELS}
        found.append(
            Classification(scores=scores, labels=labels, intensity=2.0 if labels else 0.0, needs_review="?" in text, model="toets@1")
        )
    return found


ROWS = [
    {"id": "a", "text": "Dag mevrouw", "author": "Els", "target": "Mirjam", "sent_at": "2026-06-01T10:00"},
    {"id": "b", "text": "Wat bedoel je \x1b[2J\u202e precies?", "author": "Els", "target": "Mirjam", "sent_at": "2026-06-01T11:00"},
    {"id": "c", "text": "Ik weet je te vinden!", "author": "Karel", "target": "Mirjam", "sent_at": "2026-06-02T10:00"},
    {"id": None, "text": "Slaap je wel goed?", "author": "Karel", "target": "Mirjam", "sent_at": "2026-06-03T10:00"},
]


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    write_table(score_table(pa.Table.from_pylist(ROWS), classify), tmp_path / "scored.parquet")
    return tmp_path / "scored.parquet"


@pytest.fixture
def run(capsys, monkeypatch):
    def ran(*arguments, typed=""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode() if isinstance(typed, str) else typed)))
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out = capsys.readouterr()
        return int(stop.value.code or 0), out.out, out.err

    return ran


def rows_of(path: Path) -> list[tuple[str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [(row["id"], row["labels"], row["intensity"]) for row in csv.DictReader(file, delimiter=";")]


def test_what_decides_a_suggestion_is_asked_first_and_answers_are_written(run, scored, tmp_path):
    target = tmp_path / "c.csv"
    code, out, err = run("review", scored, "-o", target, "--no-explain", typed="bd\n3\n0\n")
    assert (code, err) == (0, "")
    assert out.index("Slaap je wel goed?") < out.index("Wat bedoel je")
    assert "bedreiging             45%" in out
    assert "2 oordelen geschreven" in out
    decisive = to_review([scored])[0]
    assert decisive.case_id is not None
    assert rows_of(target) == [(decisive.finding.message.key, "insult threat", "3,0"), ("b", "none", "")]
    assert not any(row["text"][:8] in target.read_text("utf-8") for row in ROWS)
    assert [column.split("T")[0][:2] for column in target.read_text("utf-8").splitlines()[1].split(";")[-1:]] == ['"2']


def test_signs_that_alter_a_terminal_are_made_visible(run, scored, tmp_path):
    out = run("review", scored, "-o", tmp_path / "c.csv", "--no-explain", typed="\n")[1]
    assert "<U+001B>[2J<U+202E>" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_it_goes_on_where_it_stopped_and_then_there_is_nothing_to_do(run, scored, tmp_path):
    target = tmp_path / "c.csv"
    assert run("review", scored, "-o", target, "--no-explain", typed="0\nq\n")[0] == 0
    code, out, _ = run("review", scored, "-o", target, "--no-explain", typed="")
    assert (code, "Slaap" in out, "Wat bedoel je" in out) == (0, False, True)
    assert run("review", scored, "-o", target, "--no-explain", typed="\n")[0] == 0
    assert [labels for _, labels, _ in rows_of(target)] == ["none", "none"]
    code, _, err = run("review", scored, "-o", target, "--no-explain", "--lang", "en")
    assert (code, "No message is left" in err) == (1, True)


def test_back_help_and_what_is_no_answer(run, scored, tmp_path):
    target = tmp_path / "c.csv"
    code, out, _ = run("review", scored, "-o", target, "--no-explain", typed="u\n?\nxyz\nd\nu\nb\n4\n1\nu\ns\n\nq\n")
    assert code == 0
    assert "Er is geen vorig bericht" in out
    assert "het model heeft gelijk" in out
    assert out.count("Dat is geen antwoord") == 2
    assert [row[1:] for row in rows_of(target)] == [("sexual_harassment", "")]


def test_ctrl_c_keeps_what_was_judged(run, scored, tmp_path, monkeypatch):
    from triage.cli import review as command

    answers = iter(["0"])

    def ask(question):
        for answer in answers:
            return answer
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules[command.callback.__module__], "_ask", ask)
    target = tmp_path / "c.csv"
    code, out, err = run("review", scored, "-o", target, "--no-explain")
    assert (code, err.strip(), "1 oordeel geschreven" in out) == (130, "", True)
    assert len(rows_of(target)) == 1


def test_the_words_that_counted_are_named_where_the_model_is_here(run, model, tmp_path):
    scored = tmp_path / "scored.parquet"
    rows = [{**row, "labels": None} for row in ROWS]
    write_table(model.score_table(pa.Table.from_pylist(rows)), scored)
    if not to_review([scored]):
        pytest.fail("the model is sure of all")
    assert "telden het meest" in run("review", scored, "-o", tmp_path / "c.csv")[1]


def test_another_model_than_the_one_that_scored_explains_nothing(run, scored, tmp_path):
    code, out, err = run("review", scored, "-o", tmp_path / "c.csv", typed="q\n")
    assert (code, "Zonder de woorden die telden" in err) == (0, True)
    assert "Geen oordeel geschreven" in out
    assert "telden het meest" not in out


def test_answers_that_are_no_utf8_and_refusals(run, scored, tmp_path):
    assert run("review", scored, "-o", tmp_path / "c.csv", "--no-explain", typed=b"\xff\n0\n")[0] == 0
    assert len(rows_of(tmp_path / "c.csv")) == 1
    assert run("review", scored, "-o", scored, "--no-explain")[0] == 1
    assert run("review", scored, "-o", tmp_path / "c.parquet")[0] == 1
    assert run("review", scored)[0] == 2


def test_cases_report_and_dossier_follow_the_judgements_and_say_so(run, scored, tmp_path):
    judged = tmp_path / "c.csv"
    run("review", scored, "-o", judged, "--no-explain", typed="b\n1\n0\n")
    with judged.open("ab") as file:
        file.write(b'"weg";"threat";"";""\r\n')
    code, out, err = run("cases", scored, "--corrections", judged, "--json")
    [case] = json.loads(out)
    assert (code, case["labels"], case["needs_review"]) == (0, ["insult", "threat"], 0)
    assert err.startswith("2 berichten door een mens beoordeeld")
    assert "rij 4, kolom id: Dit id is van geen bericht" in err
    assert "beoordeeld door een mens" in run("cases", scored, "--corrections", judged, "--case", case["case_id"])[1]

    page = tmp_path / "r.html"
    assert run("report", scored, "--corrections", judged, "-o", page, "--no-explain")[0] == 0
    told = page.read_text("utf-8")
    assert "Van 2 berichten komt het oordeel van een mens." in told
    assert "2 oordelen komen uit c.csv;" in told
    assert "1 rij in" in told
    assert "licht); beoordeeld door een mens" in told

    folder = tmp_path / "dossier"
    assert run("dossier", scored, "--case", case["case_id"], "--corrections", judged, "-o", folder)[0] == 0
    told, digest = (folder / "data" / "dossier.html").read_text("utf-8"), hashlib.sha256(judged.read_bytes()).hexdigest()
    assert f"in c.csv, SHA-256 {digest}" in told
    assert "Wie dat oordeelde</bdi></dt><dd><bdi>een mens" in told
    assert "Wie dat oordeelde</bdi></dt><dd><bdi>het model" in told
    kept = json.loads((folder / "data" / "settings.json").read_text("utf-8"))["corrections"]
    assert kept == [{"name": "c.csv", "sha256": digest}]


def test_a_file_that_judges_none_of_the_messages_says_that_it_changes_nothing(run, scored, tmp_path):
    judged = tmp_path / "c.csv"
    judged.write_text("id;labels\n", encoding="utf-8")
    assert run("cases", scored, "--corrections", judged)[2] == f"In {judged} staat geen oordeel over deze berichten: er verandert niets.\n"


def test_judgements_are_not_overwritten_by_cases(run, scored, tmp_path):
    judged = tmp_path / "c.csv"
    judged.write_text("id;labels\nc;geen\n", encoding="utf-8")
    assert run("cases", scored, "--corrections", judged, "-o", judged)[0] == 1
    assert judged.read_text("utf-8") == "id;labels\nc;geen\n"
    assert cases_of(scored, corrections=read_corrections(judged, scored)).num_rows == 0


QUEUE = [
    Pending(
        Finding(message=Message(text=f"tekst {n}", id=str(n)), scores=DOUBT, labels=("threat",) if n % 2 else (), intensity=float(n % 2))
    )
    for n in range(5)
]
ANSWERS = st.lists(st.sampled_from(["", "b", "bd", "S", "0", "n", "u", "?", "1", "2,5", "9", "b0", "zz", " d i "]), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS, st.booleans())
def test_whatever_is_typed_each_message_is_judged_once_and_in_order(tmp_path_factory, answers, stops):
    path = tmp_path_factory.mktemp("typed") / "c.csv"
    typed = iter([*answers, *(["q"] if stops else [])])
    with open_judgements(path) as file:
        review(QUEUE, file, lambda question: next(typed, None), lambda text: None, lambda finding: None)
        count = len(file)
    rows = rows_of(path)
    assert [row[0] for row in rows] == [str(n) for n in range(count)]
    assert all(labels == "none" or set(labels.split()) <= set(LABELS) for _, labels, _ in rows)


@given(st.text(max_size=6))
def test_letters_stand_for_labels_or_for_nothing(answer):
    labels = labels_of(answer)
    assert labels is None or labels == tuple(label for label in LABELS if label in labels)


@settings(max_examples=50)
@given(st.text(max_size=40))
def test_no_text_reaches_the_terminal_as_it_is(text):
    finding = Finding(message=Message(text=text, author=text, target=text), scores=DOUBT, labels=(), intensity=0.0, unsure=True)
    shown = pending_text(Pending(finding), 1, 1, None)
    assert all(line.isprintable() or "\u200d" in line or not line.isascii() for line in shown.split("\n"))
    assert not {"\x1b", "\r", "\x9b", "\u202e", "\u2066"} & set(shown)
