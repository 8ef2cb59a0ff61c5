"""Kills `triage score` at random moments, goes on with --resume, and compares what comes out with an undisturbed run.

python benchmarks/kill.py [--kills 50] [--rows 100000] [--kind csv] [--output parquet] [--previous] [--embedded] [--seed 0]

A round begins anew and is killed and continued until it finishes; rounds go on until there were so many kills. The generated export
holds rows that cannot be read, so that the file of rejects is compared too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rows import SENTENCES, write

from triage.training.tiny import make_tiny

BESIDE = ("", ".rejects.csv", ".manifest.json")


def fingerprint(output: Path) -> tuple[str, ...]:
    """Digests of the output, the rejects and the manifest; the times in the manifest differ from run to run."""
    found = []
    for ending in BESIDE:
        path = output.with_name(output.name + ending)
        content = path.read_bytes() if path.exists() else b""
        if ending == ".manifest.json":
            content = json.dumps({k: v for k, v in json.loads(content).items() if k not in ("started", "finished", "output")}).encode()
        found.append(hashlib.sha256(content).hexdigest())
    return tuple(found)


def main() -> int:
    """Print a line a round, and what it comes to."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=50)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--kind", choices=("csv", "csv.gz", "jsonl", "parquet"), default="csv")
    options.add_argument("--output", choices=("csv", "jsonl", "parquet"), default="parquet")
    options.add_argument("--previous", action="store_true", help="take over scores of an export with half the rows")
    options.add_argument("--embedded", action="store_true", help="the real model instead of a tiny random one")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        export, whole, output = folder / f"export.{given.kind}", folder / f"whole.{given.output}", folder / f"scored.{given.output}"
        write(export, given.kind, given.rows, 0.5)
        if given.kind == "csv":
            with export.open("a", encoding="utf-8") as file:
                file.writelines(f"x{row};ooit;a;b;x;openbaar;-1;{'' if row % 2 else 'tekst'}\n" for row in range(given.rows // 50))
        model = [] if given.embedded else ["--model", str(make_tiny(folder / "tiny", [SENTENCES] * 20))]
        command = [sys.executable, "-m", "triage", "score", str(export), *model]
        if given.previous:
            half, old = folder / f"half.{given.kind}", folder / "old.parquet"
            write(half, given.kind, given.rows // 2, 0.5)
            subprocess.run([*command[:4], str(half), *model, "-o", str(old)], check=True, capture_output=True)
            command += ["--previous", str(old)]
        started = time.monotonic()
        subprocess.run([*command, "-o", str(whole)], check=True, capture_output=True)
        takes = time.monotonic() - started
        wanted, kills, rounds, wrong = fingerprint(whole), 0, 0, 0
        print(f"{given.rows} rows, {given.kind} -> {given.output}, undisturbed in {takes:.1f} s")
        while kills < given.kills:
            here, started = 0, time.monotonic()
            while True:
                child = subprocess.Popen([*command, "-o", str(output), "--resume"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                try:
                    _, said = child.communicate(timeout=rng.uniform(0, takes) if kills + here < given.kills else None)
                    break
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.communicate()
                    here += 1
            if not here:  # the machine has less to do than at first
                takes = min(takes, time.monotonic() - started)
            kills, rounds = kills + here, rounds + 1
            left = {path.name for path in folder.iterdir() if "scored" in path.name} - {output.name + ending for ending in BESIDE}
            same = child.returncode == 0 and fingerprint(output) == wanted and not left
            wrong += not same
            print(f"round {rounds}: killed {here} times, {'the same' if same else f'DIFFERENT {said.decode()} {left}'}", flush=True)
            for ending in BESIDE:
                output.with_name(output.name + ending).unlink(missing_ok=True)
            shutil.rmtree(folder / f"{output.name}.partial", ignore_errors=True)
        print(f"{kills} kills in {rounds} rounds, {wrong} different")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
