"""Fine-tuning: an encoder and labelled messages in, a checkpoint folder that `triage.load` and `transformers` take out.

The head has six outputs side by side, each a sigmoid: the three labels, and "intensity at least 1, 2, 3" (ordinal regression by
cumulative targets: Frank & Hall 2001), so that one ordinary sequence-classification checkpoint carries both.
"""

from __future__ import annotations

import hashlib
import logging
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from triage.labels import LABELS
from triage.text import normalise
from triage.training.augment import augment
from triage.training.corpus import Labelled
from triage.training.precision import autocast

log = logging.getLogger(__name__)

INTENSITY_OUTPUTS = ("intensity_1", "intensity_2", "intensity_3")
OUTPUTS = (*LABELS, *INTENSITY_OUTPUTS)
SECONDS_BETWEEN_SAVES = 300.0


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides a fine-tuning run."""

    epochs: int = 8  # 0 leaves a checkpoint that was fine-tuned before as it is
    batch: int = 32
    learning_rate: float = 2e-4
    layer_decay: float = 0.95  # each layer below the top learns this much slower
    weight_decay: float = 0.01
    warmup_share: float = 0.06
    augment_share: float = 0.2
    smoothing: float = 0.02
    max_length: int = 128
    dropout: float = 0.1  # for encoders whose configuration names it
    positive_weight: float = 1.3  # labels are rarer than their absence
    consistency: float = 0.0  # weight of agreement between two dropout passes (R-Drop: Liang et al. 2021); doubles the time
    seed: int = 1


def targets_of(messages: Sequence[Labelled]) -> NDArray[np.float32]:
    """Targets of shape (messages, outputs): 1.0 where an output holds."""
    rows = [[*(label in message.labels for label in LABELS), *(message.intensity >= level for level in (1, 2, 3))] for message in messages]
    return np.asarray(rows, dtype=np.float32)


def fine_tune(
    base: str | Path,
    messages: Sequence[Labelled],
    recipe: Recipe,
    taught: NDArray[np.float32] | None = None,
    progress: Path | None = None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Fine-tune an encoder.

    Args:
        base: Folder or hub name of any encoder that `transformers` loads.
        messages: Labelled messages to train on.
        recipe: The settings.
        taught: Probabilities of a teacher to learn instead of the labels, shape (messages, outputs); see `triage.training.distil`.
        progress: File that keeps how far the run is. The same call with the same file goes on from there, on a CPU to the same weights
            (on a GPU the dropout after that differs); a file of another run (other messages, recipe or teacher) is written over.

    Returns:
        The model in evaluation mode on the CPU, and its tokenizer.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)  # every seed starts from the same head, or the runs could not be averaged
    tokenizer = AutoTokenizer.from_pretrained(base)
    config = AutoConfig.from_pretrained(base)
    dropout = {name: recipe.dropout for name in ("hidden_dropout_prob", "attention_probs_dropout_prob") if hasattr(config, name)}
    model = AutoModelForSequenceClassification.from_pretrained(
        base,
        num_labels=len(OUTPUTS),
        problem_type="multi_label_classification",
        id2label=dict(enumerate(OUTPUTS)),
        label2id={name: index for index, name in enumerate(OUTPUTS)},
        dtype=torch.float32,
        ignore_mismatched_sizes=True,
        **dropout,
    ).to(device)
    if not recipe.epochs:
        return model.cpu().eval(), tokenizer
    torch.manual_seed(recipe.seed)
    smoothed = targets_of(messages) * (1 - 2 * recipe.smoothing) + recipe.smoothing
    targets = torch.from_numpy(smoothed if taught is None else taught)
    # All epochs are dealt beforehand: how many batches one makes depends on how its pairs fall.
    dealt = random.Random(recipe.seed)
    batches = [batch for _ in range(recipe.epochs) for batch in _batches(messages, recipe.batch, dealt)]
    optimiser = torch.optim.AdamW(_parameter_groups(model, recipe), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        [group["lr"] for group in optimiser.param_groups],
        total_steps=len(batches),
        pct_start=recipe.warmup_share,
        anneal_strategy="linear",
    )
    run = _Progress(progress, _digest(str(base), messages, recipe, targets), model, optimiser, schedule)
    positive = torch.full((len(OUTPUTS),), recipe.positive_weight, device=device)
    model.train()
    losses: list[float] = []
    for step in range(run.resume(), len(batches)):
        batch, rng = batches[step], random.Random(f"{recipe.seed} {step}")  # of its own, so that a run that goes on draws the same
        texts = [normalise(augment(messages[index].text, rng, recipe.augment_share)) for index in batch]
        encoded = tokenizer(texts, truncation=True, max_length=recipe.max_length, padding=True, return_tensors="pt").to(device)
        with autocast(device):
            loss = _loss(model, encoded, targets[batch].to(device), positive, recipe.consistency)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if len(losses) == 100 or step + 1 == len(batches):
            log.info("%d of %d steps, loss %.4f", step + 1, len(batches), float(np.mean(losses)))
            losses.clear()
        run.save(step + 1, finished=step + 1 == len(batches))
    return model.cpu().eval(), tokenizer


def _digest(base: str, messages: Sequence[Labelled], recipe: Recipe, targets: torch.Tensor) -> str:
    """What tells one run from another."""
    return hashlib.sha256(msgspec.json.encode([base, recipe, messages, targets.tolist()])).hexdigest()


class _Progress:
    """How far a run is, in a file, so that it can go on where it was broken off."""

    def __init__(
        self,
        path: Path | None,
        digest: str,
        model: PreTrainedModel,
        optimiser: torch.optim.Optimizer,
        schedule: torch.optim.lr_scheduler.LRScheduler,
    ) -> None:
        self._path, self._digest = path, digest
        self._parts = {"model": model, "optimiser": optimiser, "schedule": schedule}
        self._saved = time.monotonic()

    def resume(self) -> int:
        """Take up what the file keeps, and return how many steps are done."""
        if self._path is None or not self._path.exists():
            return 0
        kept = torch.load(self._path, map_location="cpu", weights_only=True)
        if kept["digest"] != self._digest:
            log.info("%s belongs to another run; starting anew", self._path)
            return 0
        for name, part in self._parts.items():
            part.load_state_dict(kept[name])
        torch.set_rng_state(kept["chance"])
        return int(kept["step"])

    def save(self, step: int, finished: bool) -> None:
        """Keep what was reached, at most every few minutes and at the end."""
        if self._path is None or not (finished or time.monotonic() - self._saved >= SECONDS_BETWEEN_SAVES):
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".part")
        state = {name: part.state_dict() for name, part in self._parts.items()}
        torch.save({**state, "digest": self._digest, "step": step, "chance": torch.get_rng_state()}, partial)
        partial.replace(self._path)
        self._saved = time.monotonic()


def _loss(
    model: PreTrainedModel,
    encoded: dict[str, torch.Tensor],
    wanted: torch.Tensor,
    positive: torch.Tensor,
    consistency: float,
) -> torch.Tensor:
    def one_pass() -> tuple[torch.Tensor, torch.Tensor]:
        logits: torch.Tensor = model(**encoded).logits.float()
        return logits, nn.functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=positive)

    first, loss = one_pass()
    if not consistency:
        return loss
    second, again = one_pass()
    apart = (torch.sigmoid(first) - torch.sigmoid(second)) * (first - second)  # symmetric divergence of two Bernoullis
    return (loss + again) / 2 + consistency * apart.mean() / 2


def _batches(messages: Sequence[Labelled], size: int, rng: random.Random) -> Iterator[list[int]]:
    """Shuffled batches in which the sides of a minimal pair stand together, of texts of like length."""
    groups: dict[str, list[int]] = {}
    for index, message in enumerate(messages):
        groups.setdefault(message.pair or f"#{index}", []).append(index)
    order = list(groups.values())
    rng.shuffle(order)
    # Like lengths side by side within stretches of 16 batches: little padding, and still a mixed order.
    stretch = 16 * size
    flat: list[list[int]] = []
    for start in range(0, len(order), stretch):
        flat.extend(sorted(order[start : start + stretch], key=lambda group: len(messages[group[0]].text)))
    batches: list[list[int]] = [[]]
    for group in flat:
        if len(batches[-1]) >= size:
            batches.append([])
        batches[-1].extend(group)
    rng.shuffle(batches)
    yield from (batch for batch in batches if batch)


def _parameter_groups(model: PreTrainedModel, recipe: Recipe) -> list[dict[str, object]]:
    """Parameters with a learning rate that falls from the head down to the embeddings."""
    depth = int(model.config.num_hidden_layers)
    groups: dict[int, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        if "embeddings" in parts:
            level = 0
        elif "layer" in parts:
            level = int(parts[parts.index("layer") + 1]) + 1
        else:
            level = depth + 1
        groups.setdefault(level, []).append(parameter)
    return [
        {"params": parameters, "lr": recipe.learning_rate * recipe.layer_decay ** (depth + 1 - level)}
        for level, parameters in sorted(groups.items())
    ]


def predict(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], max_length: int) -> NDArray[np.float32]:
    """Logits of shape (texts, outputs), for calibration; use `triage.load` for anything else."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    logits = np.zeros((len(texts), len(OUTPUTS)), dtype=np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            encoded = tokenizer(
                [normalise(texts[index]) for index in batch], truncation=True, max_length=max_length, padding=True, return_tensors="pt"
            )
            logits[batch] = model(**encoded).logits.float().numpy()
    return logits
