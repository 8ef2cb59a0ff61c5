"""The benchmarks run, keep their figures in one file, and documents are filled from it."""

from __future__ import annotations

import importlib
import itertools
import json
import lzma
import sys
from pathlib import Path
from types import ModuleType

import pytest

from triage.training.rawtext import is_for_training, ordinary_lines

ROOT = Path(__file__).parents[1]
NAMES = ("tables", "quality", "functional", "ordinary", "card")
ROWS = [
    {"text": "Wat een stelletje prutsers zijn jullie", "labels": ["insult"], "intensity": 1, "register": "street", "phenomenon": "a"},
    {"text": "Ik sla je op je bek", "labels": ["threat"], "intensity": 3, "register": "street", "phenomenon": "a"},
    {"text": "Stuur eens een foto zonder kleren", "labels": ["sexual_harassment"], "intensity": 2, "register": "nl-NL", "phenomenon": "b"},
    {"text": "Dank u wel voor de hulp", "labels": [], "intensity": 0, "register": "nl-NL", "phenomenon": "b"},
] * 3


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    return {name: importlib.import_module(name) for name in NAMES}


def run(monkeypatch: pytest.MonkeyPatch, module: ModuleType, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", [f"{module.__name__}.py", *map(str, arguments)])
    module.main()


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_figures_of_all_benchmarks_fill_one_card(benchmarks, monkeypatch, capsys, tmp_path: Path):
    kept, labelled = tmp_path / "figures.json", write_rows(tmp_path / "labelled.jsonl", ROWS)
    (tmp_path / "words.txt").write_text("prutsers\n", encoding="utf-8")
    (tmp_path / "pairs.csv").write_text("sent_more,sent_less,bias_type\nEen Fries.,Een Zeeuw.,region\n", encoding="utf-8")
    (tmp_path / "raw.txt").write_text("\n".join(f"De trein van {n} uur rijdt vandaag niet." for n in range(90)), encoding="utf-8")
    suite = write_rows(tmp_path / "suite" / "cases.jsonl", ROWS).parent
    extra = ("--baseline", labelled, "--word-list", tmp_path / "words.txt", "--crows-pairs", tmp_path / "pairs.csv")
    run(monkeypatch, benchmarks["quality"], labelled, *extra, "--rounds", 10, "--json", kept)
    run(monkeypatch, benchmarks["functional"], "--suite", suite, "--json", kept)
    run(monkeypatch, benchmarks["ordinary"], tmp_path / "raw.txt", "--count", 20, "--json", kept)
    printed = capsys.readouterr().out
    for said in ("word list: insult", "By register", "street", "spaced", "50% kept", "religion", "een moslim", "region", "raw.txt"):
        assert said in printed
    figures = json.loads(kept.read_text(encoding="utf-8"))
    assert set(figures) == {"quality", "functional", "ordinary"}
    card = tmp_path / "card.md"
    card.write_text(
        "Before\n<!-- table: overall-authored -->old<!-- end -->\n<!-- table: summary --><!-- end -->\n"
        "share <!-- figure: functional.functionalities.-1.cases -->?<!-- end --> by <!-- figure: quality.model --><!-- end -->\nAfter\n",
        encoding="utf-8",
    )
    run(monkeypatch, benchmarks["card"], kept, card)
    filled = card.read_text(encoding="utf-8")
    assert "old" not in filled
    assert "| n-grams |" in filled
    assert "| 20 ordinary sentences: flagged |" in filled
    assert "cases -->12<!-- end --> by" in filled
    assert filled.startswith("Before\n")
    assert filled.endswith("After\n")
    run(monkeypatch, benchmarks["card"], kept, card)
    assert card.read_text(encoding="utf-8") == filled  # filling again changes nothing
    run(monkeypatch, benchmarks["card"], kept)
    assert "<!-- table: robustness-authored -->" in capsys.readouterr().out


def test_a_card_that_asks_for_an_unknown_table_is_refused(benchmarks):
    with pytest.raises(KeyError, match="nothing"):
        benchmarks["card"].fill("<!-- table: nothing --><!-- end -->", {})


def test_sentences_are_drawn_evenly_and_always_the_same(benchmarks, tmp_path: Path):
    draw = benchmarks["ordinary"].draw
    few, many = tmp_path / "few.txt", tmp_path / "many.txt.xz"
    ours = [line for line in (f"dit is zin nummer {n}" for n in range(40)) if not is_for_training(line)][:5]
    few.write_text("\n".join([*ours, "te kort", "woord " * 99]), encoding="utf-8")
    with lzma.open(many, "wt", encoding="utf-8") as handle:
        handle.write("\n".join(f"en dit is regel {n}" for n in [*range(200), *range(200)]))
    (tmp_path / "notes.md").write_text("dit is geen ruwe tekst", encoding="utf-8")
    files = benchmarks["ordinary"].raw_files([tmp_path])
    assert files == [few, many]
    drawn = draw(files, 40)
    assert (len(drawn[few]), len(set(drawn[many]))) == (5, 35)
    assert draw(files, 40) == drawn
    assert not set(itertools.chain.from_iterable(drawn.values())) & set(ordinary_lines(files, 500))
    assert {len(lines) for lines in draw(files, 8).values()} == {4}
