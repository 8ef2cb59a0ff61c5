"""Ordinary lines in which a model nearly or wrongly finds something: the next one learns most from these (hard negative mining).

    python -m triage.training.hard --ordinary RAW... --out HARD.txt [--model MODEL] [--without LABELLED...]

`python -m triage.training.train --hard HARD.txt` learns them as lines that carry no label. Give files whose text is ordinary: in what a
file holds of real abuse, a label is no mistake. Lines on which `benchmarks/ordinary.py` measures are never taken.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import triage
from triage.classify.checkpoint import DEFAULT_THRESHOLD
from triage.labels import LABELS
from triage.training.corpus import read_labelled
from triage.training.rawtext import ordinary_lines

log = logging.getLogger(__name__)

# Times the threshold of a label. Below the first a line teaches little; above the second it may be the abuse that it is taken for.
LEAST, MOST = 0.5, 3.0
LINES_A_FILE = 15_000  # that the model reads


def hard_negatives(model: triage.Model, lines: Sequence[str]) -> list[str]:
    """The lines with a highest probability of `LEAST` to `MOST` times the threshold of its label.

    Args:
        model: What mistakes them.
        lines: Lines that carry no label.

    Returns:
        Those lines, in their order.

    Example:
        >>> hard_negatives(triage.load(), ["De trein naar Utrecht vertrekt om tien uur.", "Ik maak je af, vieze kankerhoer."])
        []
    """
    thresholds = [model.settings.thresholds.get(label, DEFAULT_THRESHOLD) for label in LABELS]
    found = model.classify(list(lines))
    nearness = (max(one.scores[label] / threshold for label, threshold in zip(LABELS, thresholds, strict=True)) for one in found)
    return [line for line, near in zip(lines, nearness, strict=True) if LEAST <= near <= MOST]


def main() -> None:
    """Read the command line and write the lines."""
    parser = argparse.ArgumentParser(description="Find ordinary lines that a model nearly or wrongly gives a label.")
    parser.add_argument("--ordinary", type=Path, nargs="+", required=True, help="raw text files, whose lines are taken to carry no label")
    parser.add_argument("--out", type=Path, required=True, help="text file to write, a line each")
    parser.add_argument("--model", help="folder or hub name; the embedded model without it")
    parser.add_argument("--without", type=Path, nargs="*", default=[], help="labelled JSON Lines, whose texts are left out")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    known = {message.text for message in read_labelled(options.without)} if options.without else set()
    lines = ordinary_lines(options.ordinary, LINES_A_FILE * len(options.ordinary), known)
    hard = hard_negatives(triage.load(options.model), lines)
    options.out.write_text("".join(f"{line}\n" for line in hard), encoding="utf-8")
    log.info("%d of %d lines", len(hard), len(lines))


if __name__ == "__main__":
    main()
