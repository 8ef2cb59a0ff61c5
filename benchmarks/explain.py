"""How faithful the word contributions are, by deletion, and how fast: the fall of the probability without the words said to drive it.

python benchmarks/explain.py LABELLED... [--compare] [--messages N] [--threads N]

Of each message with a label, the words that are said to speak most for it are deleted from the original text, and the model is asked
again. The fall of the label's probability is its comprehensiveness (DeYoung et al. 2020, "ERASER"); the mean over 1, 5, 10, 20 and 50% of
the words is the AOPC of that paper. Deleting as many random words is the base line. Beside it stand two costlier methods: occlusion of
every word, which favours itself where one word is deleted, and Shapley values by sampled permutations (Castro et al. 2009).
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import triage
from triage.explanation import Explanation
from triage.training.corpus import read_labelled

BINS = (0.01, 0.05, 0.1, 0.2, 0.5)
COUNTS = (1, 2, 3, 5)
DRAWS = 2
PERMUTATIONS = 6

Weights = Sequence[float]


def without(explained: Explanation, places: set[int]) -> str:
    """The original text without some of its words."""
    kept, end = [], 0
    for place, word in enumerate(explained.words):
        if place in places:
            kept.append(explained.text[end : word.start])
            end = word.end
    return " ".join("".join([*kept, explained.text[end:]]).split())


def falls(model: triage.Model, explained: Sequence[Explanation], weights: Sequence[Weights]) -> dict[float | int, float]:
    """How far the probability falls on average without the share (below 1) or number of words with the greatest weights."""
    kinds: tuple[float | int, ...] = (*BINS, *COUNTS)
    texts = []
    for one, own in zip(explained, weights, strict=True):
        order = np.argsort(own)[::-1].tolist()
        for kind in kinds:
            count = kind if isinstance(kind, int) else int(np.ceil(kind * len(order)))
            texts.append(without(one, set(order[:count])))
    left = iter(model.classify(texts))
    fallen = np.array([[one.scores[one.label] - next(left).scores[one.label] for _ in kinds] for one in explained])
    return dict(zip(kinds, fallen.mean(axis=0).tolist(), strict=True))


def occlusion(model: triage.Model, one: Explanation) -> Weights:
    """The fall of the log-odds when each word by itself is deleted."""
    found = model.classify([without(one, {place}) for place in range(len(one.words))])
    return [-log_odds(left.scores[one.label]) for left in found]


def log_odds(probability: float) -> float:
    """The log-odds of a probability, within bounds."""
    sure = min(1 - 1e-6, max(1e-6, probability))
    return math.log(sure / (1 - sure))


def shapley(model: triage.Model, one: Explanation, random: np.random.Generator) -> Weights:
    """The mean fall of the log-odds that a word brings about, over orders in which the words are deleted, each also backwards."""
    orders = [random.permutation(len(one.words)) for _ in range(PERMUTATIONS // 2)]
    orders += [order[::-1] for order in orders]
    texts = [without(one, set(order[:count].tolist())) for order in orders for count in range(1, len(order) + 1)]
    odds = np.array([log_odds(found.scores[one.label]) for found in model.classify(texts)]).reshape(len(orders), -1)
    steps = -np.diff(odds, axis=1, prepend=log_odds(one.scores[one.label]))
    weights = np.zeros(len(one.words))
    for order, step in zip(orders, steps, strict=True):
        weights[order] += step / len(orders)
    return weights.tolist()


def line(name: str, fallen: dict[float | int, float]) -> str:
    """One row of the table."""
    shares = "  ".join(f"{fallen[share]:>6.3f}" for share in BINS)
    counts = "  ".join(f"{fallen[count]:>7.3f}" for count in COUNTS)
    return f"{name:<16}{np.mean([fallen[share] for share in BINS]):>6.3f}   {shares}   {counts}"


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path, nargs="+", help="labelled JSON Lines, files or folders")
    parser.add_argument("--messages", type=int, default=200, help="messages with a label to test at most")
    parser.add_argument("--compare", action="store_true", help="occlusion and Shapley values too; takes long")
    parser.add_argument("--threads", type=int, help="threads for one forward pass")
    options = parser.parse_args()
    model = triage.load(threads=options.threads)
    random = np.random.default_rng(0)
    texts = [message.text for message in read_labelled(options.labelled)]
    texts = [texts[place] for place in random.permutation(len(texts))]

    page = texts[:200]
    words = sum(len(text.split()) for text in page)
    begin, used = time.perf_counter(), time.process_time()
    model.explain(page)
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    print(f"{model.version}: {len(page)} messages, {words} words explained in {seconds:.1f} s ({used:.1f} s of processor time)")
    print(f"{len(page) / seconds:.1f} messages a second, {words / seconds:.0f} words a second\n")

    held = [text for text, found in zip(texts, model.classify(texts), strict=True) if found.labels and len(text.split()) > 3]
    explained = model.explain(held[: options.messages])
    mean = np.mean([one.scores[one.label] for one in explained])
    print(f"Fall of the probability of the primary label, {len(explained)} messages, mean probability {mean:.3f}")
    shares, counts = "  ".join(f"{share:>6.0%}" for share in BINS), "  ".join(f"{count:>2} word" for count in COUNTS)
    print(f"{'deleted first':<16}{'AOPC':>6}   {shares}   {counts}")
    print(line("contributions", falls(model, explained, [one.contributions[one.label] for one in explained])))
    if options.compare:
        print(line("occlusion", falls(model, explained, [occlusion(model, one) for one in explained])))
        print(line("Shapley", falls(model, explained, [shapley(model, one, random) for one in explained])))
    draws = [falls(model, explained, [random.random(len(one.words)).tolist() for one in explained]) for _ in range(DRAWS)]
    print(line("random", {kind: float(np.mean([draw[kind] for draw in draws])) for kind in draws[0]}))


if __name__ == "__main__":
    main()
