"""The benchmarks of speed run and keep ratios, and the guard tells which of them have become worse."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("tables", "measuring", "forward", "startup", "guard")
TEXTS = ["Dag mevrouw", "Ik weet waar je woont", "Wat een stelletje prutsers zijn jullie toch", "lang " * 300]


@pytest.fixture
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)
    return {name: importlib.import_module(name) for name in NAMES}


def run(monkeypatch: pytest.MonkeyPatch, module: ModuleType, *arguments: object) -> int | None:
    monkeypatch.setattr(sys, "argv", [f"{module.__name__}.py", *map(str, arguments)])
    return module.main()


def test_every_way_has_its_turn_in_every_round(benchmarks):
    order: list[str] = []
    costs = {"quick": iter([1.0, 2.0, 4.0]), "slow": iter([3.0, 8.0, 8.0])}
    times = benchmarks["measuring"].race({name: lambda name=name: order.append(name) or next(costs[name]) for name in costs}, 3)
    assert order == ["quick", "slow", "slow", "quick", "quick", "slow"]
    found = benchmarks["measuring"].ratio(times, "slow over quick", "quick", "slow")
    assert (found.median, found.low, found.high) == (3.0, 2.0, 4.0)


def test_the_kernel_is_all_windows_and_hardly_anything_else(benchmarks):
    texts = benchmarks["forward"].varied(TEXTS, 60)
    assert len(set(texts)) == 60
    kernel = benchmarks["forward"].Kernel(texts)
    assert sum(mask.sum() for _, mask in kernel.batches) == kernel.subwords
    assert sum(ids.size for ids, _ in kernel.batches) < 1.2 * kernel.subwords
    assert [ids.shape[1] for ids, _ in kernel.batches] == sorted(ids.shape[1] for ids, _ in kernel.batches)
    kernel.run()


def test_ratios_of_a_run_are_kept_and_guarded(benchmarks, monkeypatch, capsys, tmp_path: Path):
    texts, kept, recorded = tmp_path / "texts.txt", tmp_path / "figures.json", tmp_path / "recorded.json"
    texts.write_text("\n".join(TEXTS), encoding="utf-8")
    away = ("pipeline", "detoxify", "robbert", "xlmr", "command", "length")
    run(
        monkeypatch,
        benchmarks["forward"],
        "--texts",
        texts,
        "--messages",
        20,
        "--sample",
        3,
        "--rounds",
        1,
        "--json",
        kept,
        "--skip",
        *away,
    )
    monkeypatch.setattr(benchmarks["startup"], "PROCESSES", {"triage check": ("-c", ""), "plain": ("-c", "import json")})
    run(monkeypatch, benchmarks["startup"], "--rounds", 2, "--json", kept)
    assert "score: share of kernel time" in capsys.readouterr().out
    figures = json.loads(kept.read_text(encoding="utf-8"))
    assert {"score: share of kernel time", "calls/s of 16 threads over 1"} <= figures["forward"]["ratios"].keys()
    assert figures["startup"]["seconds"]["plain"] > 0
    assert run(monkeypatch, benchmarks["guard"], kept, "--recorded", recorded, "--record") == 0
    assert run(monkeypatch, benchmarks["guard"], kept, "--recorded", recorded) == 0


@pytest.mark.parametrize(
    ("found", "cores", "code", "verdict"),
    [
        (1.0, 2, 0, "good"),
        (0.86, 2, 0, "good"),
        (0.84, 2, 1, "WORSE"),
        (0.84, 1, 0, "other cores"),
        (2.0, 2, 0, "good"),
        (None, 2, 0, "not measured"),
    ],
)
def test_only_what_fell_clearly_is_worse(benchmarks, monkeypatch, capsys, tmp_path: Path, found, cores, code, verdict):
    old, new = tmp_path / "recorded.json", tmp_path / "figures.json"
    old.write_text(json.dumps({"forward": {"cores": 2, "ratios": {"share": 1.0}}}), encoding="utf-8")
    figures = {"forward": {"cores": cores, "ratios": {} if found is None else {"share": found}}, "quality": {"model": "m"}}
    new.write_text(json.dumps(figures), encoding="utf-8")
    assert run(monkeypatch, benchmarks["guard"], new, "--recorded", old) == code
    assert verdict in capsys.readouterr().out


def test_peak_memory_is_that_of_the_process_alone(benchmarks):
    held = bytearray(300 << 20)
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    _, _, peak = benchmarks["measuring"].child("-S", "-c", "")
    assert peak < 100
    with pytest.raises(SystemExit, match="failed"):
        benchmarks["measuring"].child("-c", "raise SystemExit(3)")
