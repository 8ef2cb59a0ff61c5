"""`triage dossier` as its users meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import bagit
import pytest

from triage.cli import main
from triage.tables import cases_of

SAMPLE = Path(__file__).parents[1] / "notebooks" / "data" / "comments.csv"


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    target = tmp_path_factory.mktemp("scored") / "scored.parquet"
    with pytest.raises(SystemExit):
        main(["score", str(SAMPLE), "-o", str(target)])
    return target


@pytest.fixture(scope="module")
def gravest(sample):
    return cases_of(sample).to_pylist()[0]


def test_a_dossier_of_the_sample(capsys, sample, gravest, tmp_path):
    facts, proof = tmp_path / "facts.json", tmp_path / "verzoek.eml"
    facts.write_text('{"perpetrator_known": true, "removal_status": "refused"}', encoding="utf-8")
    proof.write_text("Graag verwijderen", encoding="utf-8")
    folder = tmp_path / "dossier"
    code, out, err = run(
        capsys, "dossier", sample, "--case", gravest["case_id"], "-o", folder, "--facts", facts, "--attach", proof, "--date", "2026-09-01"
    )
    assert (code, err) == (0, "")
    assert str(folder) in out
    assert bagit.Bag(str(folder)).is_valid()
    assert bagit.Bag(str(folder)).info["Bagging-Date"] == "2026-09-01"
    told = json.loads((folder / "data" / "assessment.json").read_text("utf-8"))
    assert "summary_proceedings_platform" in [one["step"] for one in told["suggestions"]]
    rows = [json.loads(line) for line in (folder / "data" / "messages.jsonl").read_text("utf-8").split("\n") if line]
    assert len(rows) == gravest["messages"]
    assert all(row["source_file"].endswith("comments.csv") and row["source_row"] > 1 for row in rows)


def test_a_pseudonymised_dossier_of_the_sample_holds_no_name(capsys, sample, gravest, tmp_path):
    folder = tmp_path / "dossier"
    assert run(capsys, "dossier", sample, "--case", gravest["case_id"], "-o", folder, "--pseudonymise", "--mask", "Marjo")[0] == 0
    files = ("messages.jsonl", "messages.csv", "chronology.csv", "dossier.html", "README.txt")  # others hold English: "harm"
    said = set(re.findall(r"\w+", "".join((folder / "data" / name).read_text("utf-8") for name in files).casefold()))
    known = [gravest["target"], *gravest["authors"], "Marjo"]
    # "Els de Wit": the small word between is in every Dutch text.
    names = [word.casefold() for name in known for word in name.split() if name == word or not word.islower()]
    assert names
    assert [name for name in names if name in said] == []


def test_wrong_use_and_refusals_are_one_sentence(capsys, sample, gravest, tmp_path):
    folder = tmp_path / "dossier"
    asked = ("dossier", sample, "--case", gravest["case_id"], "-o", folder)
    assert run(capsys, "dossier", sample, "-o", folder)[0] == 2
    assert run(capsys, *asked, "--mask", "Jan")[0] == 2
    assert run(capsys, *asked, "--date", "gisteren")[0] == 2
    key = tmp_path / "key"
    key.write_bytes(b"kort")
    facts = tmp_path / "facts.json"
    facts.write_text('{"impact": "enorm"}', encoding="utf-8")
    for wrong in (
        ("dossier", sample, "--case", "no-such", "-o", folder),
        ("dossier", SAMPLE, "--case", "x", "-o", folder),
        (*asked, "--pseudonymise", "--key", key),
        (*asked, "--facts", facts),
        ("dossier", sample, "--case", gravest["case_id"], "-o", tmp_path),
    ):
        code, out, err = run(capsys, *wrong)
        assert (code, out) == (1, "")
        assert err.startswith("triage: ")
        assert err.count("\n") == 1
    assert run(capsys, *asked, "--attach", tmp_path / "no.png")[0] == 2
    assert not folder.exists()


def test_the_language_of_a_refusal_can_be_chosen(capsys, sample, tmp_path):
    assert "Er is geen casus" in run(capsys, "dossier", sample, "--case", "x", "-o", tmp_path / "d")[2]
    assert "There is no case" in run(capsys, "dossier", sample, "--case", "x", "-o", tmp_path / "d", "--lang", "en")[2]


def test_an_english_dossier_is_english_on_the_outside_too(capsys, sample, gravest, tmp_path):
    folder = tmp_path / "file"
    assert run(capsys, "dossier", sample, "--case", gravest["case_id"], "-o", folder, "--lang", "en")[0] == 0
    assert bagit.Bag(str(folder)).info["External-Description"] == "File on a case, triage: a suggestion, no verdict"
