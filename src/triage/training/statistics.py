"""Describes the corpus in figures: how much, how long, how varied, and how far two annotators agree.

python -m triage.training.statistics models/triage-nl/corpus
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np

from triage.labels import LABELS
from triage.training.corpus import Labelled, read_labelled
from triage.training.metrics import cohen_kappa, weighted_kappa
from triage.training.standoff import read_standoff


def describe(messages: Sequence[Labelled]) -> Iterator[str]:
    """Lines about the size, the labels, the lengths and the variety of labelled messages."""
    harmful = [message for message in messages if message.labels]
    harmless = [message for message in messages if not message.labels]
    yield f"messages {len(messages)}, without a label {len(harmless) / len(messages):.1%}, minimal pairs {_pairs(messages)}"
    yield "labels " + ", ".join(f"{label} {sum(label in message.labels for message in messages)}" for label in LABELS)
    yield "intensity " + ", ".join(f"{level}: {sum(message.intensity == level for message in messages)}" for level in range(4))
    yield "registers " + ", ".join(f"{name} {count}" for name, count in Counter(message.register for message in messages).most_common())
    for name, part in (("with a label", harmful), ("without", harmless)):
        shares = np.percentile([len(message.text.split()) for message in part], [10, 25, 50, 75, 90, 100])
        yield f"words, {name}: " + ", ".join(f"p{p} {value:.0f}" for p, value in zip((10, 25, 50, 75, 90, 100), shares, strict=True))
    openings = Counter(" ".join(message.text.lower().split()[:2]) for message in messages)
    yield f"different openings of two words {len(openings) / len(messages):.1%}, the commonest {openings.most_common(1)[0][1]} times"
    yield f"near-duplicates outside minimal pairs {near_duplicates(messages)}"


def near_duplicates(messages: Sequence[Labelled], share: float = 0.6) -> int:
    """Messages that share most of their word pairs with an earlier one that is not the other side of their minimal pair.

    Args:
        messages: Labelled messages.
        share: From which overlap (intersection over union of word pairs, 0.0-1.0) two messages are near-duplicates.
    """
    grams = [_word_pairs(message.text) for message in messages]
    holders: dict[tuple[str, str], list[int]] = {}
    found = 0
    for index, own in enumerate(grams):
        candidates = Counter(other for gram in own for other in holders.get(gram, ()))
        found += any(
            common / len(own | grams[other]) >= share and (not messages[index].pair or messages[index].pair != messages[other].pair)
            for other, common in candidates.items()
        )
        for gram in own:
            holders.setdefault(gram, []).append(index)
    return found


def _word_pairs(text: str) -> set[tuple[str, str]]:
    words = text.lower().split()
    return set(itertools.pairwise(words))


def _pairs(messages: Sequence[Labelled]) -> int:
    sizes = Counter(message.pair for message in messages if message.pair)
    return sum(size >= 2 for size in sizes.values())


def agreement(path: Path) -> Iterator[str]:
    """Lines on how far the first and the second annotation agree."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for label in LABELS:
        first, second = (np.array([label in row[key] for row in rows], dtype=np.int64) for key in ("first_labels", "labels"))
        yield f"agreement on {label}: kappa {cohen_kappa(first, second):.2f}"
    first, second = (np.array([row[key] for row in rows], dtype=np.int64) for key in ("first_intensity", "intensity"))
    yield f"agreement on intensity: weighted kappa {weighted_kappa(first, second):.2f} ({len(rows)} messages)"


def main() -> None:
    """Print the figures of a corpus folder."""
    parser = argparse.ArgumentParser(description="Describe a corpus folder in figures.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for part in ("authored", "heldout"):
        click.echo(f"## {part}")
        for line in describe(read_labelled([folder / part])):
            click.echo(line)
    for part in ("train", "development"):
        rows = read_standoff(folder / "real" / f"{part}.jsonl")
        counts = ", ".join(f"{label} {sum(label in row.labels for row in rows)}" for label in LABELS)
        click.echo(f"## real {part}\nmessages {len(rows)}, {counts}, doubtful {sum(row.doubtful for row in rows)}")
    click.echo("## second annotation")
    for line in agreement(folder / "second-annotation.jsonl"):
        click.echo(line)


if __name__ == "__main__":
    main()
