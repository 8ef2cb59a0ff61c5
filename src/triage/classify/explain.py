"""Word contributions by leaving words out: what the model itself answers without each of them.

Occlusion (Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks"), on words (Li, Monroe and Jurafsky 2016,
"Understanding Neural Networks through Representation Erasure"). It needs forward passes only, so it works with every backend;
it is deterministic; and its number is what it says: how far the log-odds of a label fall without the word. They are weighed as
log-odds because these do not level off near 0 and 1, as probabilities do. Filling the gap with likely words instead of closing it
is no more faithful (Pham et al. 2022, "Double Trouble"), and sampled Shapley values are little better at twelve times the passes
(`benchmarks/explain.py`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triage.classify.batching import Window, frame, windows_of
from triage.explanation import Explanation, Word, foremost
from triage.labels import LABELS, Classification
from triage.text.align import Pair, Span, align

MAX_WORDS = 128  # a window with more words than this has neighbours left out together; one of the embedded model has fewer
_LEAST = 1e-6  # probabilities nearer to 0 or 1 than this count as this, so that log-odds stay finite

Scores = NDArray[np.float64]


class _Piece(NamedTuple):
    """Words that are left out together: their place in the original text, and their subwords in the window."""

    original: Span
    first: int
    end: int


def explain(
    texts: Sequence[str],
    read: Sequence[str],
    found: Sequence[Classification],
    tokenizer: Tokenizer,
    max_length: int,
    scores: Callable[[Sequence[Window]], Scores],
) -> list[Explanation]:
    """Weigh the words of each text; all that is left out of all texts shares the forward passes.

    Of a text that is read in windows, the one that is gravest for its foremost label is explained: that one gave the label.

    Args:
        texts: The original texts.
        read: The same as the model reads them.
        found: What the model found in them.
        tokenizer: The checkpoint's tokenizer.
        max_length: Subwords in one window, the special ones included.
        scores: Windows -> probabilities of shape (windows, labels).
    """
    prefix, suffix = frame(tokenizer)
    windows = windows_of(tokenizer, read, max_length).windows
    chosen = _gravest(windows, scores(windows), found)
    pieces = [
        _pieces(align(text, seen), encoding.offsets[window.start :][: len(window.ids) - len(prefix) - len(suffix)])
        for text, seen, encoding, window in zip(
            texts, read, tokenizer.encode_batch(list(read), add_special_tokens=False), chosen, strict=True
        )
    ]
    without = [
        window._replace(ids=[*window.ids[: len(prefix) + piece.first], *window.ids[len(prefix) + piece.end :]])
        for window, own in zip(chosen, pieces, strict=True)
        for piece in own
    ]
    whole = scores(chosen)
    lost = np.repeat(_log_odds(whole), [len(own) for own in pieces], axis=0) - _log_odds(scores(without))
    ends = np.cumsum([len(own) for own in pieces], dtype=np.int64)
    return [
        Explanation(
            text=text,
            words=tuple(Word(text=text[slice(*piece.original)], start=piece.original[0], end=piece.original[1]) for piece in own),
            contributions={label: tuple(lost[end - len(own) : end, column].tolist()) for column, label in enumerate(LABELS)},
            scores=dict(zip(LABELS, row.tolist(), strict=True)),
            labels=one.labels,
            model=one.model,
        )
        for text, one, own, row, end in zip(texts, found, pieces, whole, ends, strict=True)
    ]


def _gravest(windows: Sequence[Window], scores: Scores, found: Sequence[Classification]) -> list[Window]:
    """Of each text the window with the highest score for its foremost label."""
    best: dict[int, int] = {}
    columns = [LABELS.index(foremost(one.labels, one.scores)) for one in found]
    for place, window in enumerate(windows):
        column = columns[window.text]
        if window.text not in best or scores[place, column] > scores[best[window.text], column]:
            best[window.text] = place
    return [windows[best[text]] for text in range(len(found))]


def _pieces(words: Sequence[Pair], offsets: Sequence[Span]) -> list[_Piece]:
    """The words of a window with their subwords; neighbours are taken together where there are very many.

    Args:
        words: The words of the whole text.
        offsets: Of each subword of the window, where it stands in the text as it is read.
    """
    if not words:
        return []
    starts = [word.read[0] for word in words]
    # A subword may take in the blank before its word, so its last character tells whose it is.
    owners = [max(0, bisect_right(starts, max(start, end - 1)) - 1) for start, end in offsets]
    pieces = []
    for owner, places in groupby(range(len(owners)), key=owners.__getitem__):
        inside = list(places)
        pieces.append(_Piece(words[owner].original, inside[0], inside[-1] + 1))
    together = -(-len(pieces) // MAX_WORDS)
    runs = [pieces[first : first + together] for first in range(0, len(pieces), max(1, together))]
    return [_Piece((run[0].original[0], run[-1].original[1]), run[0].first, run[-1].end) for run in runs]


def _log_odds(scores: Scores) -> Scores:
    sure = np.clip(scores, _LEAST, 1 - _LEAST)
    odds: Scores = np.log(sure / (1 - sure))
    return odds
