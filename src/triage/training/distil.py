"""Distillation: what teachers think of many unlabelled texts, for the small model to learn besides the labels.

    python -m triage.training.distil --base CHECKPOINT --data LABELLED... --raw RAW_FOLDER --out FOLDER [--standoff FILE --texts FOLDER]

The teachers are a large multilingual sentence encoder fine-tuned on the same messages (`triage.training.sentences`), and the checkpoint
itself, encoder and wide part; a logistic regression on development messages weighs their answers. They are asked for the probabilities
(Hinton et al. 2015) of variants of the labelled messages with some words replaced by neighbours (Jiao et al. 2020, "TinyBERT"), of runs of
words from them (Tang et al. 2019), and of raw lines. The encoder learns the answers and the labels here, the wide part when
`triage.training.train` is given them with `--taught`.
"""

from __future__ import annotations

import argparse
import logging
import random
from collections import Counter
from collections.abc import Container, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from triage.classify.wide import Wide
from triage.training.augment import surrounded
from triage.training.corpus import Labelled, read_labelled, split, without_label
from triage.training.export import plain_tokenizer
from triage.training.finetune import OUTPUTS, Recipe, fine_tune, predict, targets_of
from triage.training.rawtext import is_for_training, ordinary_lines, sources, weighted_lines
from triage.training.sentences import WORD, Neighbours, SentenceTeacher
from triage.training.standoff import join, read_standoff
from triage.training.wide import Taught, read_taught, subwords, write_taught

log = logging.getLogger(__name__)

LONGEST = 400  # characters of a raw line: longer ones cost much and teach little about messages
PLAN = Recipe(epochs=1, learning_rate=3e-4, augment_share=0.2, positive_weight=1.0, dropout=0.0, max_length=96)
FEWEST = 3  # times that a word has to stand in the messages to be replaced or put in place
MESSAGES_A_LETTER = 8  # labelled messages for each one that is put between ordinary lines
ORDINARY = 4_000  # lines to draw those from, and to learn besides
PARTS = {"variants": 0.5, "runs": 0.2, "lines": 0.3}  # of the texts that the teachers are asked


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


def raw_lines(folder: Path, count: int, seed: int, without: Container[str] = ()) -> list[str]:
    """Different raw lines of moderate length, weighed as for pretraining; none on which `benchmarks/ordinary.py` measures."""
    drawn = (line for line in weighted_lines(sources(folder), seed) if len(line) <= LONGEST)
    return list(dict.fromkeys(line for line in drawn if is_for_training(line) and line not in without))[:count]


def questions(
    messages: Sequence[Labelled], teacher: SentenceTeacher, raw: Path, count: int, seed: int, without: Container[str] = ()
) -> list[str]:
    """The texts that the teachers are asked, shuffled.

    Args:
        messages: Labelled messages to train on.
        teacher: Whose vectors say which words are alike; before it is fine-tuned.
        raw: Folder of raw text.
        count: About how many texts.
        seed: Decides which.
        without: Lines that are left out, such as those that something is measured on.
    """
    rng = random.Random(seed)
    counts = Counter(word for message in messages for word in WORD.findall(message.text.lower()))
    neighbours = Neighbours(teacher, [word for word, times in counts.items() if times >= FEWEST])
    drawn = [rng.choice(messages).text for _ in range(int(count * PARTS["variants"]))]
    asked = [neighbours.variant(text, rng) for text in drawn]
    asked += spliced(messages, int(count * PARTS["runs"]), rng)
    asked += raw_lines(raw, int(count * PARTS["lines"]), seed, without)
    asked = [text for text in asked if text.strip()]
    rng.shuffle(asked)
    return asked


class Committee:
    """Teachers whose logits are weighed by a logistic regression an output, fitted on development messages.

    Args:
        base: Checkpoint folder, whose encoder and wide part are teachers.
        teacher: Fine-tuned on the same messages.
        development: Messages that neither has learned from.
    """

    def __init__(self, base: Path, teacher: SentenceTeacher, development: Sequence[Labelled]) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(base)
        self._encoder = AutoModelForSequenceClassification.from_pretrained(base).float().eval()
        self._wide = Wide.load(base, plain_tokenizer(self._tokenizer), len(OUTPUTS))
        self._teacher = teacher
        truth = targets_of(development) > 0
        logits = self._logits([message.text for message in development])
        self._judges = [LogisticRegression(C=100.0).fit(logits[:, :, column], truth[:, column]) for column in range(len(OUTPUTS))]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities of shape (texts, outputs)."""
        logits = self._logits(texts)
        columns = [judge.predict_proba(logits[:, :, column])[:, 1] for column, judge in enumerate(self._judges)]
        return np.stack(columns, axis=1).astype(np.float32)

    def _logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, teachers, outputs)."""
        found = [predict(self._encoder, self._tokenizer, texts, PLAN.max_length), self._teacher.logits(texts)]
        if self._wide:
            found.append(self._wide.logits(subwords(plain_tokenizer(self._tokenizer), texts)))
        return np.stack(found, axis=1)


def distil(
    base: Path,
    messages: Sequence[Labelled],
    raw: Path,
    out: Path,
    texts: int = 100_000,
    recipe: Recipe = PLAN,
    without: Container[str] = (),
    ordinary: Sequence[str] = (),
) -> Path:
    """Teach an encoder what the committee knows, and the labels.

    Args:
        base: Folder of a checkpoint that `triage.training.train` wrote.
        messages: Labelled messages; the share that training keeps for calibration weighs the teachers, and the rest teaches them.
        raw: Folder of raw text, as for pretraining.
        out: Folder to write; the answers are kept there, and how far the training is, so that a run that was broken off goes on.
        texts: About how many texts to learn from.
        recipe: Settings of the encoder's training; without epochs only the answers are made.
        without: Raw lines that are left out.
        ordinary: Lines that are taken to carry no label, to learn besides, and to put around messages so that they look like letters.

    Returns:
        The folder of the taught encoder, a base for `triage.training.train`.
    """
    training, development = split(messages)
    answers = out / "taught.parquet"
    if not answers.exists():
        out.mkdir(parents=True, exist_ok=True)
        teacher = SentenceTeacher()
        asked = questions(training, teacher, raw, texts, recipe.seed, without)
        committee = Committee(base, teacher.fit(training), development)
        write_taught(answers, Taught(asked, committee.probabilities(asked)))
        log.info("the teachers have answered %d texts", len(asked))
    taught = read_taught(answers)
    letters = surrounded(training, ordinary, len(training) // MESSAGES_A_LETTER, random.Random(recipe.seed)) if ordinary else []
    labelled = [*training, *without_label(ordinary), *letters]
    answered = without_label(taught.texts)  # what the teachers think takes the place of labels
    progress = out / "training.pt"
    targets = np.concatenate([targets_of(labelled), taught.probabilities])
    model, tokenizer = fine_tune(base, [*labelled, *answered], recipe, targets, progress)
    model.save_pretrained(out / "encoder")
    tokenizer.save_pretrained(out / "encoder")
    progress.unlink(missing_ok=True)
    return out / "encoder"


def main() -> None:
    """Read the command line and distil."""
    parser = argparse.ArgumentParser(description="Teach the encoder of a checkpoint what larger teachers know.")
    parser.add_argument("--base", type=Path, required=True, help="folder of a checkpoint")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="labelled JSON Lines, files or folders")
    parser.add_argument("--standoff", type=Path, help="stand-off annotations (JSON Lines)")
    parser.add_argument("--measured", type=Path, help="stand-off annotations whose texts are measured on, and so are not asked")
    parser.add_argument("--texts", type=Path, help="folder with the texts of the stand-off annotations")
    parser.add_argument("--raw", type=Path, required=True, help="folder of raw text")
    parser.add_argument("--ordinary", type=Path, nargs="*", default=[], help="raw text files, whose lines are taken to carry no label")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--count", type=int, default=100_000, help="how many texts to learn from")
    parser.add_argument("--epochs", type=int, default=PLAN.epochs, help="of the encoder; 0 for the answers alone")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    messages = read_labelled(options.data)
    without: set[str] = set()
    if options.texts and options.standoff:
        messages += join(read_standoff(options.standoff), options.texts)
    if options.texts and options.measured:
        without = {message.text for message in join(read_standoff(options.measured), options.texts)}
    recipe = msgspec.structs.replace(PLAN, epochs=options.epochs)
    ordinary = ordinary_lines(options.ordinary, ORDINARY, {message.text for message in messages})
    distil(options.base, messages, options.raw, options.out, options.count, recipe, without, ordinary)


if __name__ == "__main__":
    main()
