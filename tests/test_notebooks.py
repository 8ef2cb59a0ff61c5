"""The notebooks run from top to bottom, and what is stored in them is what they give.

A cell with the tag "stable" gives the same everywhere; one with "near" depends on the scores of the model, which differ a little between
kinds of processors: the same words, and nearly the same numbers.
"""

from __future__ import annotations

import getpass
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

import triage

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 300_000
PATHS = re.compile(r"(?<![\w./:])/(?:home|root|Users|tmp|private|var|opt|usr|mnt|srv|work)/|\b[A-Z]:\\")
of_each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def kinds(cell: Any) -> list[list[str]]:
    """What a cell gives: names of streams and media types."""
    return [[output.name] if output.output_type == "stream" else sorted(output.get("data", {})) for output in cell.outputs]


def said(cell: Any) -> list[str]:
    """The words and numbers of a cell's plain text."""
    texts = [output.text if output.output_type == "stream" else output.data.get("text/plain", "") for output in cell.outputs]
    return re.findall(r"[\w.,:%-]+", " ".join(texts))


def alike(one: str, other: str) -> bool:
    """Are these the same word, or numbers that differ no more than by a twentieth or two points?"""
    if not (re.fullmatch(r"[\d.]+", one) and re.fullmatch(r"[\d.]+", other)):
        return one == other
    return float(one) == pytest.approx(float(other), rel=0.05, abs=2)


def run(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, path.parent / "run.py", path], capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The notebooks in a working copy of their own, with the labelled messages beside them."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    shutil.copytree(ROOT / "models/triage-nl/corpus", tmp_path / "models/triage-nl/corpus")
    return tmp_path / "notebooks"


@of_each
def test_it_runs_from_top_to_bottom_and_gives_what_is_stored(path: Path, copy: Path):
    before = {file.relative_to(copy) for file in copy.rglob("*")}
    ran = run(copy / path.name)
    assert ran.returncode == 0, ran.stderr
    assert {file.relative_to(copy) for file in copy.rglob("*")} == before  # it leaves nothing behind
    for stored, fresh in zip(cells(path), cells(copy / path.name), strict=True):
        assert kinds(stored) == kinds(fresh), stored.source
        if "stable" in stored.metadata.get("tags", ()):
            assert said(stored) == said(fresh), stored.source
        if "near" in stored.metadata.get("tags", ()):
            pairs = zip(said(stored), said(fresh), strict=True)
            assert [pair for pair in pairs if not alike(*pair)] == [], stored.source


@of_each
def test_it_is_stored_as_one_run_without_remarks(path: Path):
    stored = cells(path)
    assert [cell.execution_count for cell in stored] == list(range(1, len(stored) + 1))
    given = [kind for cell in stored for outputs in kinds(cell) for kind in outputs]
    assert "stderr" not in given
    assert "image/svg+xml" in given
    assert any("stable" in cell.metadata.get("tags", ()) and cell.outputs for cell in stored)
    assert path.stat().st_size < MOST_BYTES


@of_each
def test_it_tells_nothing_of_the_machine_it_ran_on(path: Path):
    text = path.read_text(encoding="utf-8")
    user, host = getpass.getuser(), socket.gethostname()
    assert PATHS.findall(text) == []
    assert not re.search(rf"\b{re.escape(host)}\b|/{re.escape(user)}/|\b{re.escape(user)}@|{re.escape(str(ROOT))}", text)


@of_each
def test_its_figures_are_those_of_the_embedded_model(path: Path, model: triage.Model):
    """After another model came in, `python notebooks/run.py` makes this hold again."""
    given = " ".join(str(output) for cell in cells(path) for output in cell.outputs)
    assert set(re.findall(r"triage-nl@\d[\d.]*\d", given)) <= {model.version}


def test_a_cell_that_fails_is_named_and_the_notebook_stays_as_it_was(tmp_path: Path):
    shutil.copy(ROOT / "notebooks/run.py", tmp_path)
    path = tmp_path / "broken.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1)"), nbformat.v4.new_code_cell("1 / 0")]), path)
    before = path.read_bytes()
    ran = run(path)
    assert ran.returncode == 1
    assert "broken.ipynb" in ran.stderr
    assert "ZeroDivisionError" in ran.stderr
    assert path.read_bytes() == before
