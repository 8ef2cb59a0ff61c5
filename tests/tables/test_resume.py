"""A run that is killed, out of room or robbed of its input goes on as if nothing had happened, and with nothing else."""

from __future__ import annotations

import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from triage.errors import InputError
from triage.tables import score_files
from triage.tables.workfolder import open_work, work_folder

MODEL = {"version": "woorden@1", "digest": "1"}
ROWS = 18  # with slices of 5 rows


class Mortal:
    """Processes that run `score_files` with slices of 5 rows, and die if they are told to."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("dying.py")
        self._process = subprocess.Popen([sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, **job: object) -> str:
        """How it ended: "done", "killed", or the sentence of an error."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(job, default=str), file=self._process.stdin, flush=True)
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def mortal():
    process = Mortal()
    yield process
    process.close()


@pytest.fixture(scope="module", params=["parquet", "csv"])
def work(request, tmp_path_factory, mortal):
    """Two exports with rows that cannot be read, and what an undisturbed run makes of them."""
    folder = tmp_path_factory.mktemp("werk")
    lines = [f"{row};bericht {row % 17};{'ooit' if row % 7 == 0 else '1-3-2026'}\n" for row in range(ROWS)]
    lines[9:9] = ['99;"open "hier" en\n', "98;;1-3-2026\n"] * 3
    lines.append("97;;te;veel\n")
    (folder / "a.csv").write_text("id;tekst;datum\n" + "".join(lines))
    (folder / "b.jsonl").write_text(
        "".join(json.dumps({"text": f"bericht {row % 11}", "likes": row}) + "\n" for row in range(7)) + "kapot\n"
    )
    paths = [str(folder / "a.csv"), str(folder / "b.jsonl")]
    whole = folder / f"heel.{request.param}"
    assert mortal.run(paths=paths, output=whole) == "done"
    return paths, whole


def made(output: Path) -> list[bytes]:
    """The output, the rejects, and the manifest without its times and name."""
    manifest = json.loads(output.with_name(f"{output.name}.manifest.json").read_text())
    kept = {name: value for name, value in manifest.items() if name not in ("started", "finished")}
    kept["output"].pop("name")
    return [output.read_bytes(), output.with_name(f"{output.name}.rejects.csv").read_bytes(), json.dumps(kept).encode()]


def same(output: Path, whole: Path) -> bool:
    """Did the run make what the undisturbed one made, and leave nothing else?"""
    beside = {f"{output.name}{ending}" for ending in ("", ".rejects.csv", ".manifest.json")}
    return made(output) == made(whole) and {path.name for path in output.parent.iterdir()} == beside


@pytest.mark.parametrize("work", ["parquet"], indirect=True)
def test_killed_at_any_step_a_run_goes_on_as_if_nothing_had_happened(mortal, work, tmp_path):
    paths, whole = work
    output = tmp_path / f"uit{whole.suffix}"
    for step in range(1, 60):
        when = "before" if step % 2 else "after"
        ended = mortal.run(paths=paths, output=output, resume=True, die=[step, when])
        if ended == "done":
            break
        assert ended == "killed"
        assert mortal.run(paths=paths, output=output, resume=True) == "done"
        assert same(output, whole)
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
    else:
        pytest.fail("it never ended by itself")
    assert step > 2 * ROWS // 5
    assert same(output, whole)


def test_killed_again_and_again_it_gets_there(mortal, work, tmp_path):
    paths, whole = work
    output, rng = tmp_path / f"uit{whole.suffix}", random.Random(1)
    ended = "killed"
    while ended == "killed":
        ended = mortal.run(paths=paths, output=output, resume=True, die=[rng.randint(3, 9), rng.choice(("before", "after"))])
    assert ended == "done"
    assert same(output, whole)


@pytest.mark.parametrize("work", ["parquet"], indirect=True)
def test_killed_while_scores_are_taken_over(mortal, work, tmp_path):
    paths, _ = work
    for name in ("oud", "heel", "uit"):
        (tmp_path / name).mkdir()
    previous, whole, output = (tmp_path / name / "x.parquet" for name in ("oud", "heel", "uit"))
    assert mortal.run(paths=paths[1:], output=previous) == "done"
    assert mortal.run(paths=paths, output=whole, previous=previous) == "done"
    assert json.loads(whole.with_name("x.parquet.manifest.json").read_text())["taken_over"] > 7
    while mortal.run(paths=paths, output=output, previous=previous, resume=True, die=[7, "after"]) != "done":
        pass
    assert same(output, whole)


def test_killed_at_random_moments(mortal, work, tmp_path):
    paths, whole = work
    output, rng = tmp_path / f"uit{whole.suffix}", random.Random(2)
    for _ in range(4):
        assert mortal.run(paths=paths, output=output, resume=True, after=rng.uniform(0.01, 0.2)) in ("killed", "done")
    assert mortal.run(paths=paths, output=output, resume=True) == "done"
    assert same(output, whole)


@pytest.mark.parametrize("step", [3, 6, 11])
def test_a_full_disk_is_one_sentence_and_costs_nothing(mortal, work, tmp_path, step):
    paths, whole = work
    output = tmp_path / f"uit{whole.suffix}"
    said = mortal.run(paths=paths, output=output, full=step)
    assert said.startswith(f"The disk is full: make room in {tmp_path}.")
    assert not output.exists()
    if work_folder(output).exists():
        assert said.endswith("go on with the same command and --resume.")
    assert mortal.run(paths=paths, output=output, resume=True) == "done"
    assert same(output, whole)


def test_no_room_for_the_output_itself(mortal, work, tmp_path):
    paths, whole = work
    output = tmp_path / f"uit{whole.suffix}"
    assert mortal.run(paths=paths, output=output, die=[0, "before"]) == "killed"
    said = mortal.run(paths=paths, output=output, resume=True, limit=4_000)
    assert said.startswith("The disk is full")
    assert not output.exists()
    assert mortal.run(paths=paths, output=output, resume=True) == "done"
    assert same(output, whole)


def test_what_is_unpacked_stands_in_the_folder_of_the_run_and_a_full_disk_leaves_no_file_of_a_zip_out(mortal, tmp_path):
    packed, output = tmp_path / "export.zip", tmp_path / "uit.parquet"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "tekst\nbericht a\n")
        archive.writestr("b.csv", "tekst\n" + "bericht b\n" * 2000)
    assert mortal.run(paths=[packed], output=output, limit=10_000) == f"The disk is full: make room in {tmp_path}."
    assert mortal.run(paths=[packed], output=output, die=[2, "after"]) == "killed"
    assert any(b"bericht b" in path.read_bytes() for path in (work_folder(output) / "spool").rglob("*") if path.is_file())
    assert mortal.run(paths=[packed], output=output, resume=True) == "done"
    assert json.loads(output.with_name("uit.parquet.manifest.json").read_text())["scored"] == 2001
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.zip", "uit.parquet", "uit.parquet.manifest.json"]


def test_an_export_that_is_cut_off_meanwhile_can_be_put_back(mortal, work, tmp_path):
    paths, whole = work
    export, content = Path(paths[0]), Path(paths[0]).read_bytes()
    output = tmp_path / f"uit{whole.suffix}"
    said = mortal.run(paths=paths, output=output, cut=[export, 200])
    assert "changed while it was read" in said
    assert "--resume" in said
    assert "has changed since" in mortal.run(paths=paths, output=output, resume=True)
    export.write_bytes(content)
    assert mortal.run(paths=paths, output=output, resume=True) == "done"
    assert same(output, whole)


@pytest.fixture
def stopped(tmp_path, classify, monkeypatch):
    """An export of which the first slice was scored when the model failed."""
    monkeypatch.setattr("triage.tables.engine.BATCH_ROWS", 2)
    export, output = tmp_path / "a.csv", tmp_path / "uit.csv"
    export.write_text("tekst\n" + "".join(f"bericht {row}\n" for row in range(6)))

    def fails(texts):
        if "bericht 2" in texts:
            raise RuntimeError
        return classify(texts)

    with pytest.raises(RuntimeError):
        score_files([export], output, fails, model=MODEL)
    return export, output


def test_an_unfinished_run_is_told_about_and_not_touched(stopped, classify):
    export, output = stopped
    before = sorted(work_folder(output).iterdir())
    with pytest.raises(InputError, match="--resume"):
        score_files([export], output, classify, model=MODEL)
    assert sorted(work_folder(output).iterdir()) == before
    assert not output.exists()


def test_a_run_that_goes_on_scores_only_the_rest(stopped, classify):
    export, output = stopped
    asked = []

    def noted(texts):
        asked.extend(texts)
        return classify(texts)

    assert score_files([export], output, noted, model=MODEL, resume=True).scored == 6
    assert asked == ["bericht 2", "bericht 3", "bericht 4", "bericht 5"]
    assert not work_folder(output).exists()


def test_a_run_that_starts_anew_scores_everything(stopped, classify):
    export, output = stopped
    export.write_text("id;tekst\n1;hoi\n2;\n")
    assert score_files([export], output, classify, model=MODEL, restart=True).scored == 1
    assert not work_folder(output).exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": {**MODEL, "digest": "2"}}, "another model"),
        ({"lang": "en"}, "other settings"),
        ({"mapping": {"text": "tekst"}}, "other settings"),
        ({"more": True}, "other exports"),
        ({"content": "tekst\nhoi\n"}, "has changed since"),
    ],
)
def test_a_run_does_not_go_on_with_something_else(stopped, classify, change, says):
    export, output = stopped
    content, paths = export.read_text(), [export]
    if "content" in change:
        export.write_text(change.pop("content"))
    if change.pop("more", False):
        (export.parent / "b.csv").write_text("tekst\nhoi\n")
        paths.append(export.parent / "b.csv")
    with pytest.raises(InputError, match=says) as caught:
        score_files(paths, output, classify, **{"model": MODEL, **change}, resume=True)
    assert "--restart" in str(caught.value)
    assert "\n" not in str(caught.value)
    export.write_text(content)
    assert score_files([export], output, classify, model=MODEL, resume=True).scored == 6


def test_a_folder_of_somebody_else_is_left_alone(tmp_path, classify):
    (tmp_path / "a.csv").write_text("tekst\nhoi\n")
    (tmp_path / "uit.csv.partial").mkdir()
    (tmp_path / "uit.csv.partial" / "brief.txt").write_text("van mij")
    for how in ({}, {"resume": True}, {"restart": True}):
        with pytest.raises(InputError, match="stands in the way"):
            score_files([tmp_path / "a.csv"], tmp_path / "uit.csv", classify, **how)
    assert [path.name for path in (tmp_path / "uit.csv.partial").iterdir()] == ["brief.txt"]


def test_two_processes_do_not_write_the_same_output(tmp_path, classify):
    (tmp_path / "a.csv").write_text("tekst\nhoi\n")
    with open_work(tmp_path / "uit.csv"), pytest.raises(InputError, match="Another process"):
        score_files([tmp_path / "a.csv"], tmp_path / "uit.csv", classify, resume=True)


def test_standard_input_can_be_given_again(stopped, classify, monkeypatch):
    export, output = stopped
    given = export.read_bytes()
    shutil.rmtree(work_folder(output))

    def stdin(content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    def fails(texts):
        if "bericht 4" in texts:
            raise RuntimeError
        return classify(texts)

    stdin(given)
    with pytest.raises(RuntimeError):
        score_files(["-"], output, fails)
    stdin(b"tekst\niets anders\n")
    with pytest.raises(InputError, match="- has changed since"):
        score_files(["-"], output, classify, resume=True)
    stdin(given)
    assert score_files(["-"], output, classify, resume=True).scored == 6
    assert sorted(path.name for path in output.parent.iterdir()) == ["a.csv", "uit.csv", "uit.csv.manifest.json"]
