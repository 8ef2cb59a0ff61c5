"""How good a model is: per label and over all, by a column of the corpus, and beside a TF-IDF baseline.

python benchmarks/quality.py LABELLED... [--standoff FILE --texts FOLDER] [--by register] [--baseline TRAINING...]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import triage
from triage.labels import Classification
from triage.training.corpus import read_labelled
from triage.training.evaluate import Evaluation, compare
from triage.training.ngrams import NGramModel
from triage.training.standoff import join, read_standoff


def line(name: str, one: Evaluation) -> str:
    """One row of the table."""
    each = "  ".join(f"{f.label} P {f.precision:.2f} R {f.recall:.2f} F1 {f.f1:.2f} AP {f.ap:.2f} ECE {f.ece:.2f}" for f in one.labels)
    interval = f"[{one.macro_f1_low:.3f}-{one.macro_f1_high:.3f}]"
    return (
        f"{name:<28}{one.messages:>6}  macro-F1 {one.macro_f1:.3f} {interval}  false alarms {one.false_alarms:.3f}  "
        f"missed {one.missed:.3f}  kappa {one.intensity_kappa:.2f}  review {one.review:.2f}  "
        f"errors kept/all {one.error_kept:.2f}/{one.error_all:.2f}\n"
        f"{'':<34}  {each}"
    )


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="*", help="labelled JSON Lines, files or folders")
    parser.add_argument("--model", help="folder or hub name; the embedded model without it")
    parser.add_argument("--standoff", type=Path, help="stand-off annotations to measure on as well")
    parser.add_argument("--texts", type=Path, help="folder with their texts")
    parser.add_argument("--by", choices=("register", "phenomenon", "recipient", "channel"), help="also by this column")
    parser.add_argument("--baseline", type=Path, nargs="+", help="train the TF-IDF baseline on these labelled messages")
    options = parser.parse_args()
    messages = read_labelled(options.labelled) if options.labelled else []
    if options.standoff and options.texts:
        messages += join(read_standoff(options.standoff), options.texts)
    texts = [message.text for message in messages]
    models: list[tuple[str, list[Classification]]] = [("model", triage.load(options.model).classify(texts))]
    if options.baseline:
        models.append(("tf-idf", NGramModel(read_labelled(options.baseline)).classify(texts)))
    for name, found in models:
        print(line(name, compare(found, messages)))
        if options.by:
            for value in sorted({getattr(message, options.by) for message in messages}):
                rows = [place for place, message in enumerate(messages) if getattr(message, options.by) == value]
                part = compare([found[row] for row in rows], [messages[row] for row in rows], rounds=50)
                print(line(f"  {value or '-'}", part))


if __name__ == "__main__":
    main()
