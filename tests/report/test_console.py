"""The cases as a table on a terminal."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from triage.errors import InputError
from triage.language import Text
from triage.report import console
from triage.report.console import cases_table, print_cases, progress_bar, scoring_summary
from triage.report.plain import cells
from triage.tables import Summary
from triage.tables.schema import CASE_SCHEMA

CASE = {
    "case_id": "3f9a2b7c11",
    "kind": "single",
    "target": "Samira Blom",
    "authors": ["Kees Zandstra"],
    "messages": 7,
    "harmful": 5,
    "active_days": 3,
    "reach": 1200,
    "severity": 62.4,
    "severity_low": 48.2,
    "severity_high": 71.3,
    "band": "high",
    "labels": ["insult", "threat"],
    "suggestions": ["register_incident", "preserve_evidence", "police_report", "trace_perpetrator"],
    "strengths": ["advised", "advised", "urgent", "consider"],
    "open_questions": 2,
    "needs_review": 1,
}


def table(*cases: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist([{**CASE, **case} for case in cases], schema=CASE_SCHEMA)


def printed(cases: pa.Table, width: int, lang: str = "nl") -> str:
    screen = io.StringIO()
    Console(file=screen, width=width, force_terminal=False, color_system=None).print(cases_table(cases, lang, width))
    return screen.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_case_can_be_read_at_every_width(width, lang):
    text = printed(table({}, {"band": "low", "reach": None}), width, lang)
    assert all(cells(line) <= width for line in text.splitlines())
    together = " ".join(text.split())
    words = {"nl": ("62 hoog", "dringend:", "1.200", "5 in 3 dagen", "2 vragen open"), "en": ("62 high", "urgent:", "1,200", "5 in 3 days")}
    for said in (*words[lang], "3f9a2b7c11", "48–71", "Kees", "Samira", "?"):
        assert said in together


def test_the_strongest_and_most_telling_steps_come_first():
    text = " ".join(printed(table({}), 160).split())
    assert text.index("aangifte") < text.index("intern registreren")
    assert "en nog 1" in text
    assert "dader laten opsporen" not in text


def test_many_senders_are_counted():
    assert "3 afzenders" in printed(table({"authors": ["a", "b", "c"]}), 120)


def test_a_case_without_a_range_steps_or_names_is_shown_too():
    bare = {"authors": [], "target": None, "labels": [], "suggestions": [], "strengths": [], "open_questions": 0, "needs_review": 0}
    text = printed(table({**bare, "severity": 0.0, "severity_low": 0.0, "severity_high": 0.0, "band": "low"}), 80)
    assert "0 laag" in text
    assert "→ ?" in text
    assert "–" not in text


def test_no_cases():
    assert "Geen casussen." in printed(table(), 80)


def test_hostile_names_are_shown_as_they_are(hostile):
    hostile = hostile.encode(errors="replace").decode()  # Arrow holds no half characters
    text = printed(table({"authors": [hostile], "target": hostile, "case_id": hostile}), 100)
    assert {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")} <= {"\n", "\u200d"}
    assert all(cells(line) <= 100 for line in text.splitlines())
    assert ("[bold" in text) == ("[bold" in hostile)


def test_how_many_of_how_many_is_said(capsys):
    print_cases(table({}, {}), "en", total=1400)
    assert "2 of 1,400 cases" in capsys.readouterr().out


def test_another_language_is_refused():
    with pytest.raises(InputError):
        cases_table(table({}), "fr")


def summary(**given: object) -> Summary:
    known = {"read": 1240, "scored": 1234, "rejected": 6, "warnings": 0, "needs_review": 120, "seconds": 12.34}
    reasons = ((Text(nl="geen tekst", en="no text"), 6),)
    files = {"rejects_file": Path("scored.rejects.csv"), "manifest_file": Path("scored.manifest.json")}
    return Summary(**{**known, **files, "taken_over": 0, "reasons": reasons, "notices": (), **given})


def test_what_became_of_the_rows_is_said():
    assert scoring_summary(summary(), Path("scored.parquet")).splitlines() == [
        "1.234 van 1.240 rijen gescoord in 12,3 seconden: scored.parquet",
        "Door een mens te bekijken: 120",
        "Niet te gebruiken rijen: 6",
        "        6  geen tekst",
        "Die staan in scored.rejects.csv",
    ]


def test_a_clean_run_is_one_line_and_file_names_are_harmless():
    clean = summary(read=3, scored=3, rejected=0, needs_review=0, reasons=(), rejects_file=None)
    assert scoring_summary(clean, Path("a\x1b[2J.csv"), "en") == "3 of 3 rows scored in 12.3 seconds: a<U+001B>[2J.csv"


def test_progress_names_the_stage_and_the_rate(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(console, "Console", lambda **given: Console(file=screen, force_terminal=True, width=100))
    with progress_bar("en") as progress:
        progress("reading", 5000, 0)
        for done in range(0, 11_000, 1000):
            progress("scoring", done, 20_000)
    shown = screen.getvalue()
    assert "Going through the exports" in shown
    assert "50%" in shown
    assert re.search(r"\d rows/s", shown)


def test_progress_stays_silent_where_there_is_no_terminal(capsys):
    with progress_bar("en") as progress:
        progress("scoring", 1, 2)
    assert capsys.readouterr() == ("", "")
