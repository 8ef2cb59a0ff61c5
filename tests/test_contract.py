"""The contract that others build on: names, shapes, what import costs, what reaches logs."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from datetime import date

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import triage
from triage.assessment import Assessment
from triage.severity.weights import BUILT_IN

SECRET = "Geheime Hendrik de Vries, ik weet je te vinden"


def a_case(**facts: object) -> triage.Case:
    messages = [
        triage.Message(text=SECRET, id="m1", sent_at="2026-06-01T10:00", author="x", target="y", labels=["threat"], intensity=2),
        triage.Message(text="Wat een prutser", id="m2", sent_at="2026-06-02T10:00", author="x", target="y", labels=["insult"], intensity=1),
    ]
    return triage.Case(messages=messages, facts=triage.Facts(**facts))


def test_importing_loads_no_model_and_no_heavy_library():
    code = "import sys, triage; print([m for m in ('torch', 'transformers', 'onnxruntime', 'numpy', 'pyarrow') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_embedded_model_needs_no_torch_and_no_connection():
    code = (
        "import sys, socket; sys.modules['torch'] = sys.modules['transformers'] = None\n"
        "socket.socket = None\n"
        "import triage; print(triage.load().classify('Dag mevrouw').model)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.startswith("triage-nl@")


def test_an_assessment_round_trips_through_json(model):
    for jurisdiction in ("nl", "be"):
        made = model.assess(a_case(perpetrator_known=True, known_since=date(2026, 6, 2)), jurisdiction=jurisdiction)
        assert Assessment.from_dict(json.loads(json.dumps(made.to_dict()))) == made
        assert made.severity == pytest.approx(sum(part.points for part in made.contributions))


def test_a_persons_judgement_wins(model):
    threat = "Ik sla je morgen helemaal in elkaar, vuile hond."
    harmless = triage.Case(messages=[triage.Message(text=threat, labels=[])])
    assert model.assess(harmless).severity == 0.0
    assert model.assess(harmless).suggestions == ()
    graver = triage.Case(messages=[triage.Message(text="Dag mevrouw", labels=["threat"], intensity=3)])
    assert model.assess(graver).severity > 50


def test_an_unknown_jurisdiction_is_refused(model):
    with pytest.raises(triage.RulesError, match="mars"):
        model.assess(a_case(), jurisdiction="mars")


def test_frames_of_every_kind_give_the_same_scores_as_single_calls(model):
    rows = {"Bericht": ["Dag mevrouw", "Wat een prutser ben jij", ""], "Afzender": ["a", "b", None]}
    expected = [model.classify(text).scores["insult"] for text in rows["Bericht"]]
    for frame in (pa.table(rows), pd.DataFrame(rows), pl.DataFrame(rows)):
        scored = model.score_table(frame)
        assert scored.column("insult").to_pylist() == pytest.approx(expected, abs=1e-5)
        assert scored.column("Bericht").to_pylist() == rows["Bericht"]


def test_own_weights_count_in_a_table_of_cases_and_in_one_case_of_it(model, tmp_path):
    weights = tmp_path / "weights.toml"
    weights.write_text(BUILT_IN.read_text(encoding="utf-8").replace("\nunknown = 4\n", "\nunknown = 14\n"), encoding="utf-8")
    scored = model.score_table(pl.DataFrame({"text": ["Wat een prutser ben jij"], "labels": [["insult"]], "intensity": [1.0]}))
    for one in (model, triage.load(weights=weights)):
        [row] = one.assess_table(scored).to_pylist()
        assert one.assess_case(scored, row["case_id"]).severity == row["severity"]
    assert row["severity"] == pytest.approx(model.assess_table(scored).column("severity")[0].as_py() + 10)


def test_the_thresholds_of_a_model_are_there_to_read(model):
    assert set(model.settings.thresholds) == set(triage.LABELS)
    texts = ["Wat een prutser ben jij", "Ik sla je op je bek", "Dag mevrouw"]
    for found in model.classify(texts):
        assert {label for label in triage.LABELS if found.scores[label] > model.settings.thresholds[label]} == set(found.labels)


def test_one_case_and_a_table_agree(model):
    case = a_case()
    rows = [
        {
            "id": m.id,
            "text": m.text,
            "sent_at": m.sent_at,
            "author": m.author,
            "target": m.target,
            "labels": list(m.labels),
            "intensity": m.intensity,
        }
        for m in case.messages
    ]
    table = model.assess_table(model.score_table(pa.Table.from_pylist(rows)))
    single = model.assess(case)
    assert table.num_rows == 1
    assert table.column("severity")[0].as_py() == pytest.approx(single.severity, abs=1e-6)
    assert table.column("suggestions")[0].as_py() == [suggestion.step for suggestion in single.suggestions]


def test_no_text_and_no_name_reaches_logs_or_errors(model, caplog, capfd, tmp_path):
    caplog.set_level(logging.DEBUG)
    model.assess(a_case())
    for broken in (
        {"text": SECRET, "views": -1},
        {"text": SECRET, "sent_at": SECRET},
        {"text": SECRET, "labels": [SECRET]},
        {"text": SECRET, SECRET: 1},
    ):
        with pytest.raises(triage.InputError) as caught:
            triage.Case.from_dict({"messages": [broken]})
        if SECRET not in broken:
            assert "Hendrik" not in str(caught.value)
            assert "Hendrik" not in caught.value.nl
    out = capfd.readouterr()
    assert "Hendrik" not in caplog.text + out.out + out.err
