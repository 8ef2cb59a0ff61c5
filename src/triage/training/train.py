"""The whole recipe: labelled messages and an encoder in, a calibrated checkpoint that `triage.load` takes out.

    python -m triage.training.train --base ENCODER --data LABELLED... --out FOLDER [--standoff FILE --texts FOLDER]

Several seeds are trained; their weights are averaged (model soup: Wortsman et al. 2022). A development part, whole minimal pairs at a
time, is kept out of training for calibration, thresholds and the range of doubt.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoTokenizer, PreTrainedModel

from triage.classify.checkpoint import Settings
from triage.errors import InputError
from triage.labels import LABELS
from triage.training.augment import surrounded
from triage.training.calibrate import apply_platt, choose_threshold, doubt_range, fit_platt
from triage.training.corpus import Labelled, read_labelled, split, without_label
from triage.training.counterfactual import about_others
from triage.training.export import export, plain_tokenizer
from triage.training.finetune import INTENSITY_OUTPUTS, OUTPUTS, Recipe, fine_tune, predict, targets_of
from triage.training.rawtext import ordinary_lines, read_lines
from triage.training.standoff import join, read_standoff
from triage.training.wide import Taught, fit_wide, read_taught, subwords, with_ordinary

log = logging.getLogger(__name__)

LINES_A_LETTER = 3  # ordinary lines for each message that is put between some of them
OTHER_GROUPS = 5  # copies of a message about a group of people, each about another group
# Of the development messages with this label so many are to be found, at the price of false alarms: a missed threat is worse than a false
# alarm, which a person sees in a second. The thresholds of the other labels are those of the best F1.
RECALL = {"threat": 0.8}


def soup(models: Sequence[PreTrainedModel]) -> PreTrainedModel:
    """The first model with the mean of all weights."""
    states = [model.state_dict() for model in models]
    mean = {name: torch.stack([state[name].float() for state in states]).mean(dim=0).to(value.dtype) for name, value in states[0].items()}
    models[0].load_state_dict(mean)
    return models[0]


def train(
    base: str | Path,
    messages: Sequence[Labelled],
    out: Path,
    version: str,
    recipe: Recipe | None = None,
    seeds: int = 3,
    max_length: int = 128,
    ordinary: Sequence[str] = (),
    taught: Taught | None = None,
) -> Settings:
    """Fine-tune, average, calibrate, export.

    A run that was broken off goes on when it is called again: `out` keeps how far each seed is until the checkpoint is written.

    Args:
        base: Folder or hub name of an encoder.
        messages: Labelled messages; a share of them is kept for calibration.
        out: Checkpoint folder to write.
        version: Version that every score of this model will name.
        recipe: Settings of the fine-tuning.
        seeds: How many runs are averaged.
        max_length: Subwords in a window when the model is used, or fewer where the encoder takes fewer.
        ordinary: Lines that are taken to carry no label, to learn besides, and to put around messages so that they look like letters;
            nothing is calibrated on them.
        taught: Texts with the answers of teachers, which the wide part learns from besides.

    Returns:
        The settings that were written.

    Raises:
        InputError: if the messages are too few to calibrate on.
    """
    recipe = recipe or Recipe()
    longest = AutoTokenizer.from_pretrained(base).model_max_length
    max_length = min(max_length, longest)
    recipe = msgspec.structs.replace(recipe, max_length=min(recipe.max_length, longest))
    training, development = split(messages)
    training += about_others(training, OTHER_GROUPS, random.Random(recipe.seed))
    letters = surrounded(training, ordinary, len(ordinary) // LINES_A_LETTER, random.Random(recipe.seed)) if ordinary else []
    _check_calibration(development)
    log.info("%d messages to train on, %d to calibrate on", len(training), len(development))
    models, progress = [], [out / f"training-{seed + 1}.pt" for seed in range(seeds)]
    for seed in range(seeds):
        rows = [*training, *without_label(ordinary), *letters]
        model, tokenizer = fine_tune(base, rows, msgspec.structs.replace(recipe, seed=seed + 1), progress=progress[seed])
        models.append(model)
    model = soup(models)
    wide = fit_wide(plain_tokenizer(tokenizer), training, with_ordinary(taught, ordinary))
    texts = [message.text for message in development]
    logits = predict(model, tokenizer, texts, recipe.max_length)
    beside = wide.logits(subwords(plain_tokenizer(tokenizer), texts))
    settings = export(model, tokenizer, wide, calibrated(logits, beside, development, version, max_length), out, development)
    for file in progress:
        file.unlink(missing_ok=True)
    return settings


def _check_calibration(development: Sequence[Labelled]) -> None:
    """Refuse before hours of training what cannot be calibrated after it."""
    truth = targets_of(development) > 0
    if lacking := [name for k, name in enumerate(OUTPUTS) if len(truth) == 0 or truth[:, k].all() or not truth[:, k].any()]:
        names = ", ".join(lacking)
        raise InputError(
            f"The part kept for calibration ({len(development)} messages) does not hold messages with and without {names}; give more data.",
            nl=f"Het deel voor de kalibratie ({len(development)} berichten) bevat geen berichten met én zonder {names}; geef meer data.",
        )


def calibrated(
    logits: NDArray[np.float32], wide: NDArray[np.float32], development: Sequence[Labelled], version: str, max_length: int
) -> Settings:
    """Calibration, thresholds and the range of doubt, from logits of encoder and wide part on development messages (messages, outputs)."""
    truth = targets_of(development).astype(bool)
    deep, beside = logits.astype(np.float64), wide.astype(np.float64)
    platt = {name: fit_platt(deep[:, k], truth[:, k], beside[:, k]) for k, name in enumerate(OUTPUTS)}
    thresholds, doubt = {}, {}
    for k, label in enumerate(LABELS):
        probability = apply_platt(deep[:, k], platt[label], beside[:, k])
        thresholds[label] = choose_threshold(probability, truth[:, k], RECALL.get(label))
        doubt[label] = doubt_range(probability, truth[:, k], thresholds[label])
    return Settings(
        version=version,
        label_map={label: label for label in LABELS},
        intensity_labels=INTENSITY_OUTPUTS,
        calibration=platt,
        thresholds=thresholds,
        doubt=doubt,
        max_length=max_length,
    )


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description="Fine-tune an encoder on labelled messages and write a checkpoint.")
    parser.add_argument("--base", required=True, help="folder or hub name of an encoder")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="labelled JSON Lines, files or folders")
    parser.add_argument("--standoff", type=Path, help="stand-off annotations (JSON Lines)")
    parser.add_argument("--texts", type=Path, help="folder with the texts of the stand-off annotations")
    parser.add_argument("--ordinary", type=Path, nargs="*", default=[], help="raw text files, whose lines are taken to carry no label")
    parser.add_argument("--ordinary-count", type=int, default=7_000, help="how many lines of them")
    parser.add_argument("--hard", type=Path, help="what `triage.training.hard` found, to learn with the ordinary lines")
    parser.add_argument("--taught", type=Path, help="what `triage.training.distil` made, for the wide part")
    parser.add_argument("--out", type=Path, required=True, help="checkpoint folder to write")
    parser.add_argument("--version", default="0", help="version that every score will name")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--learning-rate", type=float, default=Recipe().learning_rate)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    messages = read_labelled(options.data)
    if options.standoff and options.texts:
        messages += join(read_standoff(options.standoff), options.texts)
    recipe = Recipe(epochs=options.epochs, learning_rate=options.learning_rate)
    ordinary = ordinary_lines(options.ordinary, options.ordinary_count, {message.text for message in messages})
    if options.hard:
        ordinary = list(dict.fromkeys([*ordinary, *read_lines(options.hard)]))
    taught = read_taught(options.taught) if options.taught else None
    settings = train(options.base, messages, options.out, options.version, recipe, options.seeds, ordinary=ordinary, taught=taught)
    log.info("%s", json.dumps(msgspec.to_builtins(settings)))


if __name__ == "__main__":
    main()
