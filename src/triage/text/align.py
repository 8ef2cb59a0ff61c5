"""Finds the words of a text back in what `normalise` made of it, so that findings can be shown in the text as it was sent."""

from __future__ import annotations

import re
from typing import NamedTuple

from triage.text.normalise import normalise

Span = tuple[int, int]

_REACH = 24  # words that may be gone or new before both texts are in step again; a letter that stands s p a c e d is a word here
_WORD = re.compile(r"\S+")


class Pair(NamedTuple):
    """One or a few words: where they stand in the original text, and where in the normalised one, in characters."""

    original: Span
    read: Span


def align(original: str, read: str) -> list[Pair]:
    """Pair the words of a text with those of its normalised form.

    Each word is normalised by itself; where the two texts then differ (letters that were spaced, a telephone number), the words
    up to the next that agree are one pair. Words that vanish have no pair.

    Args:
        original: The text as it was sent.
        read: `normalise(original)`, or the original itself.

    Returns:
        The pairs in their order; neither side overlaps.

    Example:
        >>> original = "Jij  h o e r van een k4nt00r"
        >>> [original[slice(*pair.original)] for pair in align(original, normalise(original))]
        ['Jij', 'h o e r', 'van', 'een', 'k4nt00r']
    """
    right = [(word[0], word.span()) for word in _WORD.finditer(read)]
    if original == read:
        return [Pair(span, span) for _, span in right]
    left = [(piece, word.span()) for word in _WORD.finditer(original) for piece in normalise(word[0]).split()]
    pairs: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        gone, new = _out_of_step([piece for piece, _ in left[i : i + _REACH]], [word for word, _ in right[j : j + _REACH]])
        if gone == new == 0:
            gone = new = 1
        if gone and new:
            _add(pairs, Pair((left[i][1][0], left[i + gone - 1][1][1]), (right[j][1][0], right[j + new - 1][1][1])))
        i, j = i + gone, j + new
    return pairs


def _add(pairs: list[Pair], pair: Pair) -> None:
    """Add a pair, as one with the last where both come from the same original word ("bedankt@jan" becomes two words)."""
    if pairs and pair.original[0] < pairs[-1].original[1]:
        last = pairs.pop()
        pair = Pair((last.original[0], max(last.original[1], pair.original[1])), (last.read[0], pair.read[1]))
    pairs.append(pair)


def _out_of_step(left: list[str], right: list[str]) -> tuple[int, int]:
    """How many words are to be skipped on either side until both agree; all of them where they do not."""
    for skipped in range(len(left) + len(right) - 1):
        for gone in range(max(0, skipped - len(right) + 1), min(skipped, len(left) - 1) + 1):
            if left[gone] == right[skipped - gone]:
                return gone, skipped - gone
    return len(left), len(right)
