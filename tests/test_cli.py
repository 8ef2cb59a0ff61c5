"""The command line as its users meet it: outputs, exit codes, one sentence for what goes wrong."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from triage.classify import Classifier
from triage.cli import main

SAMPLE = Path(__file__).parents[1] / "notebooks" / "data" / "comments.csv"
CASE = {
    "messages": [
        {"text": "Ik kom je nog wel tegen", "id": "a", "labels": ["threat"], "intensity": 2, "sent_at": "2026-06-01T10:00"},
        {"text": "Je weet wie ik ben", "id": "b", "labels": ["threat"], "intensity": 2, "sent_at": "2026-06-04T10:00"},
    ],
    "facts": {"perpetrator_known": True, "urgent": True},
    "jurisdiction": "nl",
}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    out = capsys.readouterr()
    return int(stop.value.code or 0), out.out, out.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    code, _, err = run(capsys, *arguments)
    assert code in (1, 2)
    assert "Traceback" not in err
    return err


def read_csv(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("scored") / "scored.parquet"
    with pytest.raises(SystemExit) as stop:
        main(["score", str(SAMPLE), "-o", str(target)])
    assert not stop.value.code
    return target


def test_check_prints_words_or_json(capsys):
    code, out, _ = run(capsys, "check", "Dank u wel voor de hulp!")
    assert code == 0
    assert "bedreiging" in out
    code, out, _ = run(capsys, "check", "Dank u wel voor de hulp!", "--json")
    found = json.loads(out)
    assert set(found["scores"]) == {"insult", "threat", "sexual_harassment"}
    assert {"labels", "primary", "intensity", "needs_review", "model"} <= set(found)


def test_check_reads_standard_input(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Dag \xff meneer")))
    assert run(capsys, "check", "-")[0] == 0


def test_labels_of_another_model_are_asked_for_in_the_words_of_the_command_line(capsys, checkpoint):
    said = refused(capsys, "check", "Dag", "--model", checkpoint)
    assert "heeft eigen labels (TOXIC, MENACE)" in said
    assert "--label TOXIC=insult" in said
    assert "label_map" not in said
    assert "has no label RUDE" in refused(capsys, "check", "Dag", "--model", checkpoint, "--label", "RUDE=insult", "--lang", "en")


def test_a_case_or_chat_that_is_cut_off_says_so(capsys, tmp_path):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE)[:60], encoding="utf-8")
    assert "lijkt afgekapt: het houdt op in regel 1, bij teken 60" in refused(capsys, "assess", file)
    file.write_bytes(b'{"messages": "\xff"}')
    assert "geen JSON in UTF-8: sla het zo op" in refused(capsys, "assess", file)
    message = {"id": 1, "type": "message", "date": "2026-01-01T10:00:00", "from": "Jan", "text": "hallo"}
    chat = json.dumps({"name": "Jan", "type": "personal_chat", "id": 1, "messages": [message]})
    file.write_text(chat[:-10], encoding="utf-8")
    said = refused(capsys, "score", file, "-o", tmp_path / "uit.parquet")
    assert "in deze rij afgekapt of beschadigd" in said
    assert "haal of maak het opnieuw" in said
    assert "exporteer opnieuw" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "dutch", "english"),
    [
        (["score"], "EXPORTS ontbreekt: geef dat mee.", "EXPORTS is missing: give it."),
        (["score", "{file}"], "-o / --output ontbreekt: geef dat mee.", "-o / --output is missing: give it."),
        (["scoor"], "De opdracht scoor bestaat niet: kies uit assess, cases,", "There is no command scoor: choose from assess, cases,"),
        (["cases", "{file}", "--outptu", "x"], "--outptu bestaat niet. Bedoelde u --output?", "no option --outptu. Did you mean --output?"),
        (["cases", "{file}", "--json=3"], "--json heeft geen waarde", "--json takes no value"),
        (["cases", "{file}", "--top", "0"], "geef een heel getal vanaf 1.", "give a whole number from 1 on."),
        (["train", "--base", "x", "--data", "{file}", "-o", "x", "--learning-rate", "0"], "een getal boven 0.", "a number above 0."),
        (["cases", "{file}", "--jurisdiction", "fr"], "De waarde bij --jurisdiction kan niet: kies uit nl, be.", "choose from nl, be."),
        (["dossier", "{file}", "--case", "x", "-o", "x", "--date", "gisteren"], "geef een datum als 2026-03-31.", "such as 2026-03-31."),
        (
            ["cases", "{folder}"],
            "SCORED kan niet: dat is een map, geef een bestand.",
            "SCORED cannot be used: that is a folder, give a file.",
        ),
        (
            ["train", "--base", "x", "--data", "{file}", "-o", "{file}"],
            "dat is een bestand, geef een map.",
            "that is a file, give a folder.",
        ),
        (
            ["cases", "nergens.parquet"],
            "nergens.parquet bestaat niet: controleer de naam",
            "nergens.parquet does not exist: check its name",
        ),
        (["cases", "{file}", "--facts", "{file}"], "--facts hoort bij één casus", "--facts belongs to one case"),
        (["score", "{file}", "-o", "x.csv", "--resume", "--restart"], "gaan niet samen: kies er een.", "exclude each other: choose one."),
        (["score", "{file}", "-o", "x.csv", "--map", "tekst"], "twee namen met een =-teken ertussen", "two names with = between them"),
        (["dossier", "{file}", "--case", "x", "-o", "x", "--mask", "Jan"], "horen bij --pseudonymise", "belong to --pseudonymise"),
    ],
)
def test_wrong_use_is_one_sentence_in_the_language_of_the_user(capsys, tmp_path, arguments, dutch, english):
    (tmp_path / "a.csv").write_text("tekst\nhoi\n")
    given = [word.format(file=tmp_path / "a.csv", folder=tmp_path) for word in arguments]
    for lang, expected in (([], dutch), (["--lang", "en"], english)):
        code, out, err = run(capsys, *given, *lang)
        assert (code, out) == (2, "")
        assert expected in err
        assert err.startswith("triage: ")
        assert err.count("\n") == 1


def test_an_option_at_the_end_without_its_value_is_named(capsys):
    assert refused(capsys, "cases", SAMPLE, "--lang", "en", "--top") == "triage: --top needs a value: give it one.\n"
    assert refused(capsys, "cases", SAMPLE, "--top") == "triage: Achter --top ontbreekt een waarde: geef die mee.\n"


def test_a_message_without_quotes_is_not_repeated(capsys):
    said = refused(capsys, "check", "Ik", "weet", "waar", "je", "woont")
    assert "tussen aanhalingstekens. Zie: triage check --help" in said
    assert "woont" not in said


def test_without_a_command_the_help_is_shown(capsys):
    _, out, err = run(capsys)
    assert "Opdrachten:" in out + err


def test_assess_in_dutch_english_and_json(capsys, tmp_path):
    file = tmp_path / "case.json"
    file.write_text(json.dumps(CASE), encoding="utf-8")
    assert "kort geding tegen de dader" in run(capsys, "assess", file)[1].lower()
    assert "summary proceedings against the perpetrator" in run(capsys, "assess", file, "--lang", "en")[1].lower()
    told = json.loads(run(capsys, "assess", file, "--json")[1])
    assert "summary_proceedings_perpetrator" in [one["step"] for one in told["suggestions"]]
    assert told["severity"] == pytest.approx(sum(part["points"] for part in told["score"]["contributions"]))


def test_the_jurisdiction_of_the_file_counts_unless_another_is_asked_for(capsys, tmp_path):
    file = tmp_path / "case.json"
    file.write_text(json.dumps({**CASE, "jurisdiction": "be"}), encoding="utf-8")
    assert json.loads(run(capsys, "assess", file, "--json")[1])["jurisdiction"] == "be"
    assert json.loads(run(capsys, "assess", file, "--json", "--jurisdiction", "nl")[1])["jurisdiction"] == "nl"


WRONG_CASES = [
    *("", "{", "[]", "3", "null", "{}", "[" * 100_000, '{"messages": 3}', '{"messages": [3]}', '{"messages": [{}]}', '{"messages": []}'),
    *('{"messages": [{"text": 3}]}', '{"messages": [{"text": "x", "views": -1}]}', '{"messages": [{"text": "x", "mood": 1}]}'),
    '{"messages": [{"text": "x", "views": 1' + "0" * 400 + "}]}",
    *('{"messages": [{"text": "x", "sent_at": "gisteren"}]}', '{"messages": [{"text": "x", "sent_at": "9999-12-31T23:59:59Z"}]}'),
    *('{"messages": [], "facts": {"impact": "erg"}}', '{"messages": [], "facts": []}', '{"messages": [], "facts": 3}'),
    '{"messages": [{"text": "x"}], "facts": {"known_since": "9999-12-31"}}',
    *('{"messages": [{"text": "x"}], "jurisdiction": "mars"}', '{"messages": [{"text": "x"}], "jurisdiction": 3}'),
    '{"messages": [], "extra": 1}',
]


@pytest.mark.parametrize("content", WRONG_CASES)
def test_a_case_of_the_wrong_shape_is_one_sentence(capsys, tmp_path, content):
    file = tmp_path / "case.json"
    file.write_text(content, encoding="utf-8")
    err = refused(capsys, "assess", file)
    assert err.startswith("triage: ")
    assert err.count("\n") == 1


def test_score_keeps_every_row_and_column(scored):
    table = pq.read_table(scored)
    assert table.num_rows == 331
    assert {"Bericht-ID", "Sentiment", "text", "insult", "model"} <= set(table.column_names)


def test_cases_are_ranked_printed_and_written(capsys, scored, tmp_path):
    target = tmp_path / "cases.csv"
    code, out, err = run(capsys, "cases", scored, "-o", target, "--top", "3")
    assert code == 0
    assert "aangifte" in out
    rows = read_csv(target)
    assert err == f"Alle casussen ({len(rows)}) geschreven in {target}.\n"
    severities = [float(row["severity"].replace(",", ".")) for row in rows]
    assert severities == sorted(severities, reverse=True)
    code, out, _ = run(capsys, "cases", scored, "--case", rows[0]["case_id"])
    assert code == 0
    assert "Hoe de ernst is opgebouwd" in out
    assert rows[0]["case_id"]
    facts = tmp_path / "facts.json"
    facts.write_text('{"acute_danger": true}', encoding="utf-8")
    known = json.loads(run(capsys, "cases", scored, "--case", rows[0]["case_id"], "--facts", facts, "--json")[1])
    assert known["suggestions"][0]["step"] == "emergency_call"
    assert len(json.loads(run(capsys, "cases", scored, "--json", "--top", "3")[1])) == 3
    assert run(capsys, "cases", scored, "--facts", facts)[0] == 2
    assert "no-such" in refused(capsys, "cases", scored, "--case", "no-such")


def test_evaluate_prints_every_label(capsys, tmp_path):
    file = tmp_path / "labelled.jsonl"
    lines = [{"text": "Wat een prutser", "labels": ["insult"], "intensity": 1}, {"text": "Dank u", "labels": [], "intensity": 0}]
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    code, out, _ = run(capsys, "evaluate", file, "--json")
    assert code == 0
    assert [row["label"] for row in json.loads(out)["labels"]] == ["insult", "threat", "sexual_harassment"]
    assert "NaN" not in out
    assert json.loads(out)["labels"][1]["ap"] is None
    assert run(capsys, "evaluate", file)[0] == 0
    file.write_text('{"text": "x"}', encoding="utf-8")
    assert "1" in refused(capsys, "evaluate", file)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "leeg"),
        (b"naam;datum\nJan;01-06-2026\n", "--map"),
        (b"\x00\x01\x02\x03\xff\xfe\xfd" * 50, ""),
        (b"tekst\n", ""),
    ],
)
def test_an_unusable_export_is_one_sentence_and_leaves_no_file(capsys, tmp_path, content, word):
    file, target = tmp_path / "export.csv", tmp_path / "scored.parquet"
    file.write_bytes(content)
    err = refused(capsys, "score", file, "-o", target)
    assert err.strip().count("\n") == 0
    assert word in err
    assert not target.exists()


def test_good_rows_survive_bad_ones(capsys, tmp_path):
    good = "Dag mevrouw;01-06-2026 10:00;12\r\n"
    bad = ["x\x00y;gisteren;-4\r\n", 'open "quote;01-06-2026;1\r\n', ";02-06-2026;3\r\n", "a;b;c;d;e\r\n"]
    big = "lang " * 200_000 + ";01-06-2026 10:00;1\r\n"
    file, target = tmp_path / "export.csv", tmp_path / "scored.csv"
    file.write_bytes(("Bericht;Datum;Weergaven\r\n" + good + "".join(bad) + big + good).encode("cp1252"))
    code, _, err = run(capsys, "score", file, "-o", target)
    assert code == 0
    texts = [row["text"] for row in read_csv(target)]
    assert texts.count("Dag mevrouw") == 2
    assert any(len(text) > 900_000 for text in texts)
    rejects = target.with_name("scored.csv.rejects.csv")
    assert rejects.exists()
    assert rejects.name in err


def test_a_scored_file_is_never_overwritten_by_its_cases(capsys, scored):
    before = scored.read_bytes()
    assert scored.name in refused(capsys, "cases", scored, "-o", scored)
    assert scored.read_bytes() == before


def test_half_characters_and_control_signs_do_no_harm(capsys, tmp_path):
    assert run(capsys, "check", "hallo \udcff")[0] == 0
    file = tmp_path / "export.csv"
    file.write_text("\x1b[31mrood\x1b[0m;\u202ekset\nx;y\n", encoding="utf-8")
    assert "\x1b" not in refused(capsys, "score", file, "-o", tmp_path / "x.parquet")


def test_an_export_of_which_no_row_can_be_scored_is_no_success(capsys, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text("tekst;auteur\n;jan\n;piet\n", encoding="utf-8")
    code, _, err = run(capsys, "score", file, "-o", tmp_path / "x.parquet")
    assert code == 1
    assert "2" in err


def test_a_run_that_was_stopped_goes_on_and_says_so(capsys, tmp_path, tiny, monkeypatch):
    file, target = tmp_path / "export.csv", tmp_path / "scored.csv"
    file.write_text("tekst\n" + "".join(f"bericht {n}\n" for n in range(5)), encoding="utf-8")
    command = ("score", file, "-o", target, "--model", tiny)
    monkeypatch.setattr("triage.tables.engine.BATCH_ROWS", 2)
    with monkeypatch.context() as patch:
        read = Classifier.classify_all

        def interrupted(self, texts):
            if "bericht 2" in texts:
                raise KeyboardInterrupt
            return read(self, texts)

        patch.setattr(Classifier, "classify_all", interrupted)
        code, _, err = run(capsys, *command)
    assert (code, target.exists()) == (130, False)
    assert "--resume" in err
    assert "--restart" in refused(capsys, *command)
    assert run(capsys, *command, "--resume", "--restart")[0] == 2
    assert run(capsys, *command, "--resume")[0] == 0
    assert [row["text"] for row in read_csv(target)] == [f"bericht {n}" for n in range(5)]
    assert json.loads((tmp_path / "scored.csv.manifest.json").read_text())["model"]["settings"]["thresholds"]["threat"] == 0.5
    assert {path.name for path in tmp_path.iterdir()} == {"export.csv", "scored.csv", "scored.csv.manifest.json"}


def test_scores_are_taken_over_from_earlier_output(capsys, tmp_path, tiny):
    file = tmp_path / "export.jsonl"
    lines = [json.dumps({"text": f"bericht {n}"}) + "\n" for n in range(4)]
    for number, name in ((3, "old.parquet"), (4, "new.parquet")):
        file.write_text("".join(lines[:number]), encoding="utf-8")
        extra = ("--previous", tmp_path / "old.parquet") if number == 4 else ()
        code, _, err = run(capsys, "score", file, "-o", tmp_path / name, "--model", tiny, "--lang", "en", *extra)
        assert code == 0
    assert "earlier output: 3" in err
    assert "--previous" in refused(capsys, "score", file, "-o", tmp_path / "x.csv", "--model", tiny, "--previous", file)


def test_wrong_use_is_exit_code_two(capsys, tmp_path):
    assert run(capsys, "score")[0] == 2
    assert run(capsys, "assess", tmp_path / "none.json")[0] == 2
    assert run(capsys, "check", "x", "--lang", "de")[0] == 2
    assert run(capsys, "score", SAMPLE, "-o", tmp_path / "x.parquet", "--map", "text")[0] == 2


@pytest.mark.parametrize("command", [("score",), ("cases",), ("report",), ("review",), ("dossier", "--case", "x"), ("evaluate",)])
def test_a_file_that_does_not_exist_is_one_sentence_in_the_language_asked_for(capsys, tmp_path, command):
    missing, output = tmp_path / "weg\x1b.csv", () if command == ("evaluate",) else ("-o", tmp_path / "uit.csv")
    for lang, says in (("nl", "bestaat niet: controleer de naam"), ("en", "does not exist: check its name")):
        code, out, err = run(capsys, *command, missing, *output, "--lang", lang)
        assert (code, out, err.count("\n"), "\x1b" in err) == (2, "", 1, False)
        assert says in err


def test_the_help_says_of_each_command_what_it_does(capsys):
    _, out, _ = run(capsys, "--help")
    listed = out.partition("Opdrachten:\n")[2].strip().splitlines()
    assert len(listed) == 9
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


def test_every_command_that_writes_takes_the_same_option_for_it(capsys):
    for command in ("score", "cases", "report", "dossier", "review", "train"):
        assert "-o, --output" in run(capsys, command, "--help")[1]


def test_output_of_an_unknown_kind_is_refused_before_any_work(capsys, tmp_path):
    assert ".parquet" in refused(capsys, "score", SAMPLE, "-o", tmp_path / "x.xyz")


def test_an_ascii_terminal_does_not_stop_it():
    import os

    done = subprocess.run(
        [sys.executable, "-m", "triage", "check", "mooi 😍 één"],
        capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
