from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from triage.assessment import STEPS
from triage.policy import load_rules, open_questions, suggest

CASES = [
    case for file in sorted(Path(__file__).parent.glob("golden_*_nl.toml")) for case in tomllib.loads(file.read_text("utf-8"))["cases"]
]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_golden_case(case, situation, situation_of):
    rules = load_rules("nl")
    given = situation(case["messages"], case.get("severity"), case.get("kind", "single"), **case.get("facts", {}))
    suggestions = {one.step: one for one in suggest(rules, given)}
    strengths = {step: one.strength for step, one in suggestions.items()}

    if "only" in case:
        assert set(strengths) == set(case["only"])
    assert {step: strengths.get(step) for step in case.get("steps", {})} == case.get("steps", {})
    assert not set(case.get("never", ())) & set(strengths)
    if "first" in case:
        assert next(iter(suggestions)) == case["first"]
    for step, source in case.get("sources", {}).items():
        assert source in {one.id for one in suggestions[step].sources}
    for field in ("actions", "cautions"):
        for step, words in case.get(field, {}).items():
            assert any(words in text.nl for text in getattr(suggestions[step], field))
    if "deadline" in case:
        _check_deadline(case["deadline"], suggestions)

    questions = {one.about.removeprefix("fact:"): one for one in open_questions(rules, given, situation_of)}
    assert set(case.get("asks", ())) <= set(questions)
    for about, step in case.get("keeps_open", {}).items():
        assert any(step in effect.keeps_open for effect in questions[about].effects)


def _check_deadline(expected, suggestions):
    police = [one for step, one in suggestions.items() if step.startswith("police")]
    assert police
    for one in police:
        if expected == "none":
            assert one.deadline is None
            assert one.deadline_note is None
        elif expected == "undated":
            assert one.deadline is None
            assert "niet bekend" in one.deadline_note.nl
        else:
            assert one.deadline == date.fromisoformat(expected)
            assert f"{one.deadline:%d-%m-%Y}" in one.deadline_note.nl
            assert "tot en met" in one.deadline_note.nl


def test_the_golden_cases_name_only_known_steps():
    named = {step for case in CASES for field in ("steps", "never", "only", "cautions", "actions") for step in case.get(field, ())}
    assert named <= set(STEPS)
    assert set(STEPS) <= named  # every step is expected or excluded somewhere
