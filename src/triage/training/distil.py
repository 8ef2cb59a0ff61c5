"""Distillation: what a teacher thinks of many unlabelled texts, for an encoder to learn before it sees the labels.

    python -m triage.training.distil --base ENCODER --data LABELLED... --raw RAW_FOLDER --out FOLDER [--standoff FILE --texts FOLDER]

A small encoder with little pretraining overfits a few thousand labelled messages; a linear model on n-grams does not. So the encoder first
learns the probabilities that such a model (`triage.training.ngrams`) gives to many unlabelled texts (Hinton et al. 2015), and only then the
labels. Half of the texts are raw lines; the other half are runs of words from the labelled messages, alone or two after another (Tang et
al. 2019), which lie close to what the model will read.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from triage.training.corpus import Labelled, read_labelled
from triage.training.finetune import OUTPUTS, Recipe, fine_tune
from triage.training.ngrams import NGramModel
from triage.training.rawtext import sources, weighted_lines
from triage.training.standoff import join, read_standoff

log = logging.getLogger(__name__)

LONGEST = 400  # characters of a raw line: longer ones cost much and teach little about messages
PLAN = Recipe(epochs=1, learning_rate=5e-4, augment_share=0.2, positive_weight=1.0, dropout=0.0, max_length=96)


def spliced(messages: Sequence[Labelled], count: int, rng: random.Random) -> list[str]:
    """Runs of words from messages, half of them followed by a run from another message.

    Example:
        >>> one = Labelled(text="u bent een held", labels=(), intensity=0)
        >>> all(set(text.split()) <= set(one.text.split()) for text in spliced([one], 20, random.Random(1)))
        True
    """

    def run() -> str:
        words = rng.choice(messages).text.split()
        length = rng.randint(1, len(words))
        start = rng.randint(0, len(words) - length)
        return " ".join(words[start : start + length])

    return [run() if rng.random() < 0.5 else f"{run()} {run()}" for _ in range(count)]


def raw_lines(folder: Path, count: int, seed: int) -> list[str]:
    """Different raw lines of moderate length, weighed as for pretraining."""
    lines = dict.fromkeys(line for line in weighted_lines(sources(folder), seed) if len(line) <= LONGEST)
    return list(lines)[:count]


def distil(base: str | Path, messages: Sequence[Labelled], raw: Path, out: Path, texts: int = 80_000, recipe: Recipe = PLAN) -> Path:
    """Teach an encoder what a linear model on n-grams knows.

    Args:
        base: Folder or hub name of an encoder.
        messages: Labelled messages for the teacher. Keep what you measure on out of them.
        raw: Folder of raw text, as for pretraining.
        out: Folder to write; the teacher's answers are kept there, so that a second run need not ask again.
        texts: How many texts to learn from.
        recipe: Settings of the training.

    Returns:
        The folder of the taught encoder, a base for `triage.training.train`.
    """
    rng = random.Random(recipe.seed)
    asked = [*raw_lines(raw, texts // 2, recipe.seed), *spliced(messages, texts - texts // 2, rng)]
    answers = out / "teacher.npy"
    if not answers.exists():
        out.mkdir(parents=True, exist_ok=True)
        teacher = NGramModel(messages)
        log.info("the teacher has learned from %d messages", len(messages))
        np.save(answers, np.concatenate([teacher.probabilities(asked[i : i + 5000]) for i in range(0, len(asked), 5000)]))
    unlabelled = [Labelled(text=text, labels=(), intensity=0) for text in asked]
    model, tokenizer = fine_tune(base, unlabelled, recipe, taught=np.load(answers))
    model.save_pretrained(out / "encoder")
    tokenizer.save_pretrained(out / "encoder")
    log.info("taught %d outputs on %d texts", len(OUTPUTS), len(asked))
    return out / "encoder"


def main() -> None:
    """Read the command line and distil."""
    parser = argparse.ArgumentParser(description="Teach an encoder what a linear model on n-grams knows.")
    parser.add_argument("--base", required=True, help="folder or hub name of an encoder")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="labelled JSON Lines, files or folders")
    parser.add_argument("--standoff", type=Path, help="stand-off annotations (JSON Lines)")
    parser.add_argument("--texts", type=Path, help="folder with the texts of the stand-off annotations")
    parser.add_argument("--raw", type=Path, required=True, help="folder of raw text")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--count", type=int, default=80_000, help="how many texts to learn from")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    messages = read_labelled(options.data)
    if options.standoff and options.texts:
        messages += join(read_standoff(options.standoff), options.texts)
    distil(options.base, messages, options.raw, options.out, options.count)


if __name__ == "__main__":
    main()
