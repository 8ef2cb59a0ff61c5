"""Fits the wide part of a model (`triage.classify.wide`): one logistic regression an output, on hashed n-grams."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from tokenizers import Tokenizer

from triage.classify.batching import frame
from triage.classify.wide import Features, Wide
from triage.text import normalise
from triage.training.augment import augment
from triage.training.corpus import Labelled
from triage.training.finetune import OUTPUTS, targets_of

log = logging.getLogger(__name__)

BITS = 18  # 262,144 rows: beyond that the table grows and the accuracy hardly
STRENGTH = 20.0  # inverse of the regularisation, on features as `_matrix` scales them
SPREAD = 4.0  # brings the length of a feature vector near 1, where the strength above was chosen
STEP = 1 / 64  # weights are multiples of this: a logit is off by 0.005 or so, and the file packs to half the size
LEAST = 2  # messages that an n-gram must stand in


def fit_wide(tokenizer: Tokenizer, messages: Sequence[Labelled], seed: int = 1) -> Wide:
    """Learn the table from labelled messages, each as it is and once more with its spelling changed.

    Args:
        tokenizer: Of the encoder that stands beside it.
        messages: Labelled messages to train on.
        seed: Decides which spellings are changed, and how.
    """
    rng = random.Random(seed)
    texts = [message.text for message in messages]
    rows = subwords(tokenizer, [*texts, *(augment(text, rng, 1.0) for text in texts)])
    features = Features(tokenizer, BITS)
    counts = _matrix(features, rows)
    frequency = np.bincount(counts[: len(texts)].indices, minlength=1 << BITS)  # of messages as they are
    kept = np.flatnonzero(frequency >= LEAST)
    # The weight of a rare n-gram in TF-IDF: with it the regularisation holds frequent ones back less than rare ones.
    rarity = (np.log((1 + len(texts)) / (1 + frequency[kept])) + 1) / SPREAD
    weighed = counts[:, kept].multiply(rarity.astype(np.float32)).tocsr()
    truth = np.tile(targets_of(messages) > 0, (2, 1))
    fitted = [
        LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300).fit(weighed, truth[:, column])
        for column in range(len(OUTPUTS))
    ]
    table = np.zeros((1 << BITS, len(OUTPUTS)), dtype=np.float16)
    table[kept] = np.round(np.stack([one.coef_[0] * rarity for one in fitted], axis=1) / STEP) * STEP
    bias = np.array([one.intercept_[0] for one in fitted], dtype=np.float32)
    log.info("wide part: %d n-grams of %d messages", len(kept), len(messages))
    return Wide(features, table, bias)


def subwords(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The subwords of whole texts, special ones included, as the wide part reads them."""
    prefix, suffix = frame(tokenizer)
    encoded = tokenizer.encode_batch([normalise(text) for text in texts], add_special_tokens=False)
    return [[*prefix, *one.ids, *suffix] for one in encoded]


def _matrix(features: Features, rows: Sequence[Sequence[int]]) -> csr_matrix:
    """Counts of n-grams over the root of their number, of shape (rows, numbers): what `Wide.logits` multiplies with its table."""
    places, numbers = (np.concatenate(one) for one in zip(*features.of(rows), strict=True))
    totals = np.bincount(places, minlength=len(rows))
    values = 1 / np.sqrt(totals[places])
    made = csr_matrix((values.astype(np.float32), (places, numbers)), shape=(len(rows), 1 << BITS))
    made.sum_duplicates()
    return made
