"""A linear model on n-grams: the baseline that an encoder must beat to be worth its weight, and its first teacher."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from triage.labels import LABELS, Classification
from triage.text import normalise
from triage.training.corpus import Labelled
from triage.training.finetune import OUTPUTS, targets_of


class NGramModel:
    """TF-IDF over characters (2-5) and words (1-2), with one logistic regression an output.

    Args:
        messages: Labelled messages to learn from.
        strength: Inverse of the regularisation, `C` of scikit-learn.
        balanced: Weigh rare labels up, as for finding them; False for honest probabilities.
    """

    def __init__(self, messages: Sequence[Labelled], strength: float = 20.0, balanced: bool = True) -> None:
        self._characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, dtype=np.float32)
        self._words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)
        texts = [_read(message.text) for message in messages]
        features = hstack([self._characters.fit_transform(texts), self._words.fit_transform(texts)]).tocsr()
        targets = targets_of(messages) > 0
        weight = "balanced" if balanced else None
        self._models = [
            LogisticRegression(C=strength, class_weight=weight, max_iter=500).fit(features, targets[:, column])
            for column in range(len(OUTPUTS))
        ]

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities of shape (texts, outputs): the labels, then "intensity at least 1, 2, 3"."""
        features = self._features(texts)
        return np.stack([model.predict_proba(features)[:, 1] for model in self._models], axis=1).astype(np.float32)

    def classify(self, texts: Sequence[str]) -> list[Classification]:
        """A classification for each text, with 0.5 as the threshold; it never asks for review."""
        return [
            Classification(
                scores=dict(zip(LABELS, map(float, row[: len(LABELS)]), strict=True)),
                labels=tuple(label for label, score in zip(LABELS, row, strict=False) if score >= 0.5),
                intensity=float(row[len(LABELS) :].sum()),
                model="n-grams",
            )
            for row in self.probabilities(texts)
        ]

    def _features(self, texts: Sequence[str]) -> csr_matrix:
        read = [_read(text) for text in texts]
        return hstack([self._characters.transform(read), self._words.transform(read)]).tocsr()


def _read(text: str) -> str:
    return normalise(text).lower()
