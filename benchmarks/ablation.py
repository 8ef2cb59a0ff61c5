"""What each part of a model gives: the encoder alone, the wide part alone, both, and n-grams by themselves.

python benchmarks/ablation.py LABELLED... [--standoff FILE --texts FOLDER] [--baseline TRAINING... [--baseline-standoff FILE]]
    [--also FOLDER...] [--model M] [--json FILE]

Average precision needs no threshold and no calibration, so a part that was never calibrated by itself is measured fairly. "Best macro-F1"
is with the best threshold for each label on these very messages: an upper bound, for comparing parts only. `--also` names further
checkpoints, such as older versions.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

import triage
from tables import Table, figure, keep
from triage.classify.checkpoint import Settings, embedded_folder, read_config
from triage.labels import LABELS
from triage.training.corpus import Labelled, read_labelled
from triage.training.evaluate import Model
from triage.training.export import write_settings
from triage.training.metrics import average_precision, precision_recall_f1
from triage.training.ngrams import NGramModel
from triage.training.standoff import join, read_standoff

MUTED = 1e-6  # weight of a part that is left out; above 0, as a calibration must be


def only(folder: Path, part: str, out: Path) -> Path:
    """A copy of a checkpoint in which one of its parts, "encoder" or "wide", speaks alone."""
    shutil.copytree(folder, out, ignore=shutil.ignore_patterns("corpus", "*.md"))
    settings = msgspec.convert(read_config(folder)["triage"], Settings)
    changes = {"wide": 0.0} if part == "encoder" else {"scale": MUTED}
    calibration = {name: msgspec.structs.replace(one, **changes) for name, one in settings.calibration.items()}
    write_settings(out, msgspec.structs.replace(settings, calibration=calibration))
    return out


def measure(model: Model, messages: Sequence[Labelled]) -> dict[str, Any]:
    """Average precision by label, and macro-F1 at the best thresholds."""
    found = model.classify([message.text for message in messages])
    precision, best = {}, []
    for label in LABELS:
        truth = np.array([label in message.labels for message in messages])
        scores = np.array([one.scores[label] for one in found])
        if truth.any():
            precision[label] = average_precision(truth, scores)
            best.append(max(precision_recall_f1(truth, scores >= threshold)[2] for threshold in np.unique(scores)))
    return {"ap": precision, "best_macro_f1": float(np.mean(best))}


def tables(figures: dict[str, Any]) -> Iterator[Table]:
    """The tables of what `main` kept."""
    for name, models in figures.get("ablation", {}).items():
        heads = ("part", *(f"AP {label}" for label in LABELS), "best macro-F1")
        rows = [(title, *(figure(one["ap"].get(label)) for label in LABELS), figure(one["best_macro_f1"])) for title, one in models.items()]
        yield Table(f"ablation-{name}", f"What each part gives, {name}", heads, rows)


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="+", help="labelled JSON Lines, files or folders")
    parser.add_argument("--model", type=Path, help="checkpoint folder; the embedded model without it")
    parser.add_argument("--also", type=Path, nargs="*", default=[], help="further checkpoint folders")
    parser.add_argument("--standoff", type=Path, help="stand-off annotations to measure on as well")
    parser.add_argument("--texts", type=Path, help="folder with the texts of stand-off annotations")
    parser.add_argument("--baseline", type=Path, nargs="+", help="train TF-IDF with logistic regression on these labelled messages")
    parser.add_argument("--baseline-standoff", type=Path, help="and on these stand-off annotations")
    parser.add_argument("--json", type=Path, help="also keep the figures in this file")
    options = parser.parse_args()
    sets = {"authored": read_labelled(options.labelled)}
    if options.standoff:
        sets["real"] = join(read_standoff(options.standoff), options.texts)
    folder = options.model or embedded_folder()
    with tempfile.TemporaryDirectory() as scratch:
        models: dict[str, Model] = {
            "encoder and wide part": triage.load(folder),
            "encoder alone": triage.load(only(folder, "encoder", Path(scratch) / "encoder")),
            "wide part alone": triage.load(only(folder, "wide", Path(scratch) / "wide")),
            **{path.name: triage.load(path) for path in options.also},
        }
        if options.baseline:
            training = read_labelled(options.baseline)
            if options.baseline_standoff:
                training += join(read_standoff(options.baseline_standoff), options.texts)
            models["TF-IDF with logistic regression"] = NGramModel(training)
        figures = {name: {title: measure(model, messages) for title, model in models.items()} for name, messages in sets.items()}
    for table in tables({"ablation": figures}):
        print(table.text())
    if options.json:
        keep(options.json, "ablation", figures)


if __name__ == "__main__":
    main()
