"""The folder: a valid bag, whole or not at all, and the same bytes each time."""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
from datetime import date
from importlib.util import find_spec

import bagit
import pytest

from triage.case import Facts
from triage.errors import InputError, TriageError
from triage.report.dossier import making


def test_the_bag_passes_the_validator_of_the_library(make, scored):
    folder = make(scored).folder
    assert bagit.Bag(str(folder)).is_valid()
    done = subprocess.run([sys.executable, "-m", "bagit", "--validate", str(folder)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_manifest_names_every_file_with_its_sha256(make, scored, tmp_path):
    (tmp_path / "foto.bin").write_bytes(b"x")
    files = make(scored, attachments=(tmp_path / "foto.bin",)).files
    listed = dict(reversed(line.split(maxsplit=1)) for line in files["manifest-sha256.txt"].decode().splitlines())
    payload = {name: data for name, data in files.items() if name.startswith("data/")}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in payload.items()}
    assert {name.removeprefix("data/") for name in payload} == {
        *("README.txt", "assessment.json", "attachments.json", "attachments/01-foto.bin", "checklist.json", "chronology.csv"),
        *("dossier.html", "dossier.pdf", "messages.csv", "messages.jsonl", "settings.json"),
    }


def test_a_changed_file_is_found_out(make, scored):
    folder = make(scored).folder
    with (folder / "data" / "messages.jsonl").open("ab") as file:
        file.write(b" ")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def test_the_same_input_gives_the_same_bytes(make, scored):
    assert make(scored, "one").files == make(scored, "other").files


def test_another_process_gives_the_same_bytes(make, opened, scored, first_case, tmp_path):
    command = ["dossier", str(scored), "--case", first_case(scored), "-o", str(tmp_path / "other"), "--pseudonymise"]
    elsewhere = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "America/New_York"}
    subprocess.run([sys.executable, "-m", "triage", *command], check=True, capture_output=True, env=elsewhere)
    assert make(scored, pseudonymise=True).files == opened(tmp_path / "other").files


def test_messages_are_verbatim_with_time_in_both_zones_and_their_origin(make, write, message):
    text = "! ik wéét\r\n\tje te vinden \u202e🔪 =SUM(1) 'x'"
    scored = write(message(1, text), source_file=["export.csv"], source_row=[17], Kleur=["blauw"])
    (row,) = make(scored).messages
    assert row["text"] == text
    assert (row["author"], row["target"], row["platform"], row["url"]) == (
        "Karel Stoffelink", "Mirjam Oosterveld", "facebook", "https://example.org/1"
    )  # fmt: skip
    assert (row["sent_at_utc"], row["sent_at_amsterdam"]) == ("2026-06-01T08:01:00Z", "2026-06-01T10:01:00+02:00")
    assert (row["source_file"], row["source_row"], row["columns"]["Kleur"]) == ("export.csv", 17, "blauw")


def test_the_spreadsheet_executes_nothing_and_holds_every_message(make, write, message):
    rows = make(write(message(1, "=HYPERLINK(1)"), message(2, "! pas maar op"))).csv("messages")
    assert [row["text"] for row in rows] == ["'=HYPERLINK(1)", "! pas maar op"]


def test_the_chronology_has_the_messages_and_the_days_that_count(make, scored):
    rows = make(scored, facts=Facts(known_since=date(2026, 5, 30))).csv("chronology")
    assert [row["message"] for row in rows if row["message"]] == ["1", "2", "3"]
    assert rows[0]["day"] == "2026-05-30"
    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)


def test_messages_without_a_time_come_last(make, write, message):
    made = make(write(message(1, "! eerst", sent_at=None), message(2, "! later")))
    assert [row["day"] for row in made.csv("chronology") if row["message"]] == ["2026-06-01", ""]
    assert [row["text"] for row in made.messages] == ["! later", "! eerst"]


def test_every_setting_is_written_down(make, scored):
    facts = Facts(impact="high", perpetrator_known=True)
    settings = make(scored, facts=facts, day=date(2026, 7, 1)).json("settings")
    assert settings["models"] == ["test@1"]
    assert settings["facts"]["impact"] == "high"
    assert settings["rules"].startswith("nl ")
    assert settings["weights"]["reach"]
    assert settings["scored"] == [{"name": scored.name, "sha256": hashlib.sha256(scored.read_bytes()).hexdigest()}]
    assert (settings["day"], settings["day_given"], settings["pseudonymised"]) == ("2026-07-01", True, False)
    assert {"bagit", "fpdf2"} <= set(settings["libraries"])


def test_the_facts_change_the_suggestion(make, scored):
    steps = [
        [one["step"] for one in make(scored, name, facts=facts).json("assessment")["suggestions"]]
        for name, facts in (("a", Facts()), ("b", Facts(acute_danger=True)))
    ]
    assert "emergency_call" not in steps[0]
    assert steps[1][0] == "emergency_call"


@pytest.mark.parametrize(("day", "expected"), [(None, "2026-06-01"), (date(2027, 1, 2), "2027-01-02")])
def test_the_date_comes_from_the_data_or_is_given(make, scored, first_case, day, expected):
    info = bagit.Bag(str(make(scored, day=day).folder)).info
    assert info["Bagging-Date"] == expected
    assert info["External-Identifier"] == first_case(scored)


def test_without_any_time_a_date_is_asked_for(make, write, message):
    scored = write(message(1, "! pas maar op", sent_at=None))
    with pytest.raises(InputError, match="--date"):
        make(scored)
    assert bagit.Bag(str(make(scored, day=date(2026, 6, 1)).folder)).is_valid()


def test_an_existing_folder_or_file_is_refused_and_left_alone(make, opened, scored, tmp_path):
    (tmp_path / "dossier").mkdir()
    (tmp_path / "dossier" / "mine.txt").write_text("x")
    with pytest.raises(InputError, match="exists already"):
        make(scored)
    assert opened(tmp_path / "dossier").files == {"mine.txt": b"x"}
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="exists already"):
        make(scored, "file")


def test_a_folder_that_cannot_be_made_is_one_sentence(make, scored):
    with pytest.raises(InputError, match="does not exist"):
        make(scored, "no/such/folder")
    with pytest.raises(InputError, match="Cannot write"):
        make(scored, "x" * 250)


@pytest.mark.parametrize("failing", ["make_bag", "_write"])
def test_nothing_is_left_where_it_goes_wrong(make, scored, tmp_path, monkeypatch, failing):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, failing, fail)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        make(scored)
    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_appears_meanwhile_is_left_alone(make, opened, scored, tmp_path, monkeypatch):
    real = making.make_bag

    def slow(folder, info):
        real(folder, info)
        (tmp_path / "dossier").mkdir()

    monkeypatch.setattr(making, "make_bag", slow)
    with pytest.raises(InputError, match="exists already"):
        make(scored)
    assert opened(tmp_path / "dossier").files == {}


def test_the_working_folder_is_where_it_was(make, scored, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make(scored)
    assert os.getcwd() == str(tmp_path)


@pytest.mark.parametrize("case_id", ["no-such", "", "\x1b[31m"])
def test_a_broken_case_id_leaves_nothing(make, scored, tmp_path, case_id):
    with pytest.raises(InputError):
        make(scored, case_id=case_id)
    assert not (tmp_path / "dossier").exists()


def test_a_file_with_missing_columns_is_named(make, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("tekst;auteur\n! pas op;x\n", encoding="utf-8")
    with pytest.raises(InputError, match="triage score"):
        make(file, case_id="x")


def test_messages_with_only_a_text_make_a_dossier(make, write):
    assert bagit.Bag(str(make(write({"text": "! pas maar op"}), day=date(2026, 6, 1)).folder)).is_valid()


@pytest.mark.parametrize("module", ["bagit", "fpdf"])
def test_without_the_extra_the_command_to_install_it_is_named(make, scored, tmp_path, monkeypatch, module):
    monkeypatch.setattr(making, "find_spec", lambda name: None if name == module else find_spec(name))
    with pytest.raises(TriageError, match=r"pip install 'triage\[dossier\]'"):
        make(scored)
    assert not (tmp_path / "dossier").exists()


def test_the_masking_libraries_are_only_needed_for_masking(make, scored, monkeypatch):
    monkeypatch.setattr(making, "find_spec", lambda name: None if name == "phonenumbers" else find_spec(name))
    make(scored)
    with pytest.raises(TriageError, match="pip install"):
        make(scored, "masked", pseudonymise=True)


def test_nothing_is_logged_of_a_message(make, scored, caplog):
    with caplog.at_level(logging.WARNING):
        make(scored)
    assert not [record for record in caplog.records if "weet" in record.getMessage()]
