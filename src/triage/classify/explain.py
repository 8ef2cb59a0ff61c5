"""Word contributions by asking the model again: without a word, and with nothing else.

The contribution of a word is the mean of two differences, in log-odds: what a label loses when the word is left out of the text,
and what it gains when the word alone is put in an empty one. The first is occlusion (Zeiler and Fergus 2014; on words Li, Monroe
and Jurafsky 2016, "Understanding Neural Networks through Representation Erasure"), the second "include individual" of Covert,
Lundberg and Lee (2021, "Explaining by Removing"); they are the last and the first term of the word's Shapley value. Occlusion by
itself gives every word next to nothing where several each suffice, which is common in abuse; the second sees those, and costs
little, since its texts are one word long. A long text is not asked again for each of its words: runs of neighbours are left out
together and share what is lost.

Both need forward passes only, so this works with every backend, and gives the same at every run. Log-odds do not level off near 0
and 1, as probabilities do. Gaps are closed and not filled with likely words, which is no more faithful (Pham et al. 2022, "Double
Trouble"). `benchmarks/explain.py` measures it, beside occlusion of every word and sampled Shapley values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from triage.classify.batching import Window, frame, windows_of
from triage.explanation import Explanation, Word, foremost
from triage.labels import LABELS, Classification
from triage.text.align import Pair, Span, align

RUNS = 8  # that a text is left out in at most; by the deletion test 12 or 24 gain next to nothing, and cost as much more
_LEAST = 1e-6  # probabilities nearer to 0 or 1 than this count as this, so that log-odds stay finite

Scores = NDArray[np.float64]


class _Piece(NamedTuple):
    """A word of a window: its place in the original text, and its subwords."""

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
    runs: int = RUNS,
) -> list[Explanation]:
    """Weigh the words of each text; whatever is asked about all texts shares the forward passes.

    Of a text that is read in windows, the one that is gravest for its foremost label is explained: that one gave the label.

    Args:
        texts: The original texts.
        read: The same as the model reads them.
        found: What the model found in them.
        tokenizer: The checkpoint's tokenizer.
        max_length: Subwords in one window, the special ones included.
        scores: Windows -> probabilities of shape (windows, labels).
        runs: In how many runs of neighbours a text is left out at most.
    """
    prefix, suffix = frame(tokenizer)
    windows = windows_of(tokenizer, read, max_length).windows
    chosen = _gravest(windows, scores(windows), found)
    encodings = [tokenizer.encode(text, add_special_tokens=False) for text in read]
    own = [window.ids[len(prefix) : len(window.ids) - len(suffix)] for window in chosen]
    pieces = [
        _pieces(align(text, seen), encoding.offsets[window.start : window.start + len(ids)])
        for text, seen, encoding, window, ids in zip(texts, read, encodings, chosen, own, strict=True)
    ]
    neighbours = [_runs(one, runs) for one in pieces]
    without = [[*ids[: run[0].first], *ids[run[-1].end :]] for ids, parts in zip(own, neighbours, strict=True) for run in parts]
    alone = [ids[piece.first : piece.end] for ids, one in zip(own, pieces, strict=True) for piece in one]
    asked = [[], *own, *without, *alone]
    odds = _log_odds(scored := scores([Window(0, [*prefix, *ids, *suffix]) for ids in asked]))
    nothing, whole, left_out, put_in = np.split(odds, list(accumulate((1, len(own), len(without)))))
    made = []
    words_before = runs_before = 0
    for place, (text, one, parts) in enumerate(zip(texts, pieces, neighbours, strict=True)):
        sizes = [len(run) for run in parts]
        lost = (whole[place] - left_out[runs_before : runs_before + len(parts)]) / np.reshape(sizes, (-1, 1))
        gained = put_in[words_before : words_before + len(one)] - nothing
        weights = (np.repeat(lost, sizes, axis=0) + gained) / 2
        made.append(_explanation(text, one, weights, scored[1 + place], found[place]))
        words_before += len(one)
        runs_before += len(parts)
    return made


def _explanation(text: str, pieces: Iterable[_Piece], weights: Scores, scores: Scores, found: Classification) -> Explanation:
    return Explanation(
        text=text,
        words=tuple(Word(text=text[slice(*piece.original)], start=piece.original[0], end=piece.original[1]) for piece in pieces),
        contributions={label: tuple(weights[:, column].tolist()) for column, label in enumerate(LABELS)},
        scores=dict(zip(LABELS, scores.tolist(), strict=True)),
        labels=found.labels,
        model=found.model,
    )


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
    """The words of a window with their subwords.

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
    return pieces


def _runs(pieces: Sequence[_Piece], most: int) -> list[Sequence[_Piece]]:
    """The words in runs of neighbours of one length; each word by itself where there are few."""
    length = -(-len(pieces) // most)
    return [pieces[first : first + length] for first in range(0, len(pieces), max(1, length))]


def _log_odds(scores: Scores) -> Scores:
    sure = np.clip(scores, _LEAST, 1 - _LEAST)
    odds: Scores = np.log(sure / (1 - sure))
    return odds
