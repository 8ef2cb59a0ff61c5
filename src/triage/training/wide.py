"""Fits the wide part of a model (`triage.classify.wide`): one logistic regression an output, on hashed n-grams."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from triage.classify.batching import frame
from triage.classify.wide import Features, Wide, strengths
from triage.text import normalise
from triage.training.augment import augment
from triage.training.corpus import Labelled
from triage.training.finetune import OUTPUTS, targets_of

log = logging.getLogger(__name__)

BITS = 19  # 524,288 rows: with more the table grows and the accuracy hardly
STRENGTH = 20.0  # inverse of the regularisation, on features as `_matrix` scales them
SPREAD = 4.0  # brings the length of a feature vector near 1, where the strength above was chosen
STEPS = 127  # the weights of an output are so many steps up or down at most, for a byte each
LEAST = 2  # messages that an n-gram must stand in
LEAST_TAUGHT = 5  # or texts that teachers have answered
TAUGHT_WEIGHT = 0.3  # of such a text, beside 1 of a message


class Taught(NamedTuple):
    """Texts without labels, and what teachers think of them (`triage.training.distil`)."""

    texts: list[str]
    probabilities: NDArray[np.float32]  # of shape (texts, outputs)


def with_ordinary(taught: Taught | None, lines: Sequence[str]) -> Taught | None:
    """The taught texts, and ordinary lines as texts in which the teachers would find nothing."""
    if not lines:
        return taught
    nothing = np.zeros((len(lines), len(OUTPUTS)), dtype=np.float32)
    if taught is None:
        return Taught(list(lines), nothing)
    return Taught([*taught.texts, *lines], np.concatenate([taught.probabilities, nothing]))


def fit_wide(tokenizer: Tokenizer, messages: Sequence[Labelled], taught: Taught | None = None, seed: int = 1) -> Wide:
    """Learn the table from labelled messages, each as it is and once more with its spelling changed.

    Args:
        tokenizer: Of the encoder that stands beside it.
        messages: Labelled messages to train on.
        taught: More texts, which weigh less.
        seed: Decides which spellings are changed, and how.
    """
    rng = random.Random(seed)
    texts = [message.text for message in messages]
    features = Features(tokenizer, BITS)
    counts = _matrix(features, subwords(tokenizer, [*texts, *(augment(text, rng, 1.0) for text in texts)]))
    others = _matrix(features, subwords(tokenizer, taught.texts)) if taught else None
    frequency = _frequency(counts[: len(texts)])  # of messages as they are
    known = (frequency >= LEAST) | (_frequency(others) >= LEAST_TAUGHT if others is not None else False)
    kept = np.flatnonzero(known)
    # The weight of a rare n-gram in TF-IDF: with it the regularisation holds frequent ones back less than rare ones.
    rarity = (np.log((1 + len(texts)) / (1 + np.maximum(frequency[kept], 1))) + 1) / SPREAD
    weighed = _weighed(counts, kept, rarity)
    truth = np.tile(targets_of(messages) > 0, (2, 1))
    if taught and others is not None:
        weighed = vstack([weighed, _weighed(others, kept, rarity)]).tocsr()
    fitted = [_fitted(weighed, truth[:, column], taught and taught.probabilities[:, column]) for column in range(len(OUTPUTS))]
    weights = np.stack([one.coef_[0] * rarity for one in fitted], axis=1)
    step = np.maximum(np.abs(weights).max(axis=0), 1e-6) / STEPS
    table = np.zeros((1 << BITS, len(OUTPUTS)), dtype=np.int8)
    table[kept] = np.round(weights / step)
    bias = np.array([one.intercept_[0] for one in fitted], dtype=np.float32)
    log.info("wide part: %d n-grams of %d messages", len(kept), len(messages))
    return Wide(features, table, step.astype(np.float32), bias)


def _fitted(rows: csr_matrix, truth: NDArray[np.bool_], believed: NDArray[np.float32] | None) -> LogisticRegression:
    """One output: both answers weigh alike among the messages; a taught text counts for "yes" as far as its teachers believe it."""
    share = truth.mean()
    given = np.where(truth, 0.5 / share, 0.5 / (1 - share))
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    if believed is None:
        return model.fit(rows, truth, sample_weight=given)
    doubled = vstack([rows, rows[len(truth) :]]).tocsr()
    answers = np.concatenate([truth, np.ones(len(believed), np.bool_), np.zeros(len(believed), np.bool_)])
    yes, no = TAUGHT_WEIGHT * 0.5 / share * believed, TAUGHT_WEIGHT * 0.5 / (1 - share) * (1 - believed)
    return model.fit(doubled, answers, sample_weight=np.concatenate([given, yes, no]))


def _frequency(counts: csr_matrix) -> NDArray[np.int64]:
    """Texts that each n-gram stands in."""
    return np.bincount(counts.indices, minlength=counts.shape[1])


def _weighed(counts: csr_matrix, kept: NDArray[np.int64], rarity: NDArray[np.float64]) -> csr_matrix:
    return counts[:, kept].multiply(rarity.astype(np.float32)).tocsr()


def subwords(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The subwords of whole texts, special ones included, as the wide part reads them."""
    prefix, suffix = frame(tokenizer)
    encoded = tokenizer.encode_batch([normalise(text) for text in texts], add_special_tokens=False)
    return [[*prefix, *one.ids, *suffix] for one in encoded]


def write_taught(path: Path, taught: Taught) -> None:
    """Keep texts and probabilities. The texts are other people's: keep the file to yourself."""
    columns = {name: taught.probabilities[:, column] for column, name in enumerate(OUTPUTS)}
    pq.write_table(pa.table({"text": taught.texts, **columns}), path, compression="zstd")


def read_taught(path: Path) -> Taught:
    """What `write_taught` kept."""
    table = pq.read_table(path)
    return Taught(table["text"].to_pylist(), np.stack([table[name].to_numpy() for name in OUTPUTS], axis=1))


def _matrix(features: Features, rows: Sequence[Sequence[int]]) -> csr_matrix:
    """Strengths of n-grams, of shape (rows, numbers): what `Wide.logits` multiplies with its table."""
    found = features.of(rows)
    values = strengths(found, len(rows)).astype(np.float32)
    return csr_matrix((values, (found.owners, found.numbers)), shape=(len(rows), 1 << BITS))
