"""Puts back the spaces of words that are written as one ("jijbentechteenprutser"), and leaves long Dutch compounds whole.

A string of letters longer than most Dutch words is cut where its parts are the likeliest words (Viterbi over word frequencies, as
in Norvig 2009, "Natural Language Corpus Data"). It is cut only where most of it is made of known words and some of these are words of a
sentence, such as "jij" and "niet", which no compound holds. The frequencies are those of the project's own messages:
`python -m triage.training.wordcounts` writes `words.txt`.
"""

from __future__ import annotations

import math
import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_TABLE = tomllib.loads((_FOLDER / "obfuscation.toml").read_text(encoding="utf-8"))["spaces"]
_SENTENCE_WORDS = frozenset(_TABLE["sentence_words"].split())

SHORTEST = 16  # letters of a string that may be several words
_LONGEST_STRING = 300  # beyond that it is no message
_LONGEST_WORD = 18
_LETTER = 2.5  # cost of a letter that belongs to no known word, in nats
_UNKNOWN = 13.0  # and of a stretch of them
_FEWEST_WORDS = 4
_FEWEST_SENTENCE_WORDS = 2
_KNOWN_SHARE = 0.75  # of the letters

_STRING = re.compile(rf"(?<![^\W\d_])[^\W\d_]{{{SHORTEST},{_LONGEST_STRING}}}+(?![^\W\d_])")


def with_spaces(text: str) -> str:
    """The text with spaces between words that are written as one.

    Example:
        >>> with_spaces("Jijbentechteenprutser, geen arbeidsongeschiktheidsverzekeraar")
        'Jij bent echt een prutser, geen arbeidsongeschiktheidsverzekeraar'
    """
    if max(map(len, text.split()), default=0) < SHORTEST:  # a quick look: most texts have no such string
        return text
    return _STRING.sub(lambda found: _cut(found[0]), text)


@lru_cache(1 << 12)  # long words come back, hashtags above all
def _cut(string: str) -> str:
    parts = _likeliest(string)
    known = [part.lower() for part in parts if part.lower() in _costs()]
    sure = sum(word in _SENTENCE_WORDS for word in known)
    enough = len(known) >= _FEWEST_WORDS and sure >= _FEWEST_SENTENCE_WORDS and sum(map(len, known)) >= _KNOWN_SHARE * len(string)
    return " ".join(parts) if enough else string


def _likeliest(string: str) -> list[str]:
    """The parts of the string that cost least together."""
    costs, lower, size = _costs(), string.lower(), len(string)
    if len(lower) != size:  # a letter whose small form is two
        return [string]
    least, begins = [0.0] + [math.inf] * size, [0] * (size + 1)
    for start in range(size):
        for end in range(start + 1, min(size, start + _LONGEST_WORD) + 1):
            cost = least[start] + costs.get(lower[start:end], _UNKNOWN + _LETTER * (end - start))
            if cost < least[end]:
                least[end], begins[end] = cost, start
    ends = [size]
    while begins[ends[-1]]:
        ends.append(begins[ends[-1]])
    starts = [0, *ends[:0:-1]]
    return [string[start:end] for start, end in zip(starts, ends[::-1], strict=True)]


@cache
def _costs() -> dict[str, float]:
    """What each known word costs: the less frequent, the more."""
    lines = (_FOLDER / "words.txt").read_text(encoding="utf-8").splitlines()
    words = [line.rsplit(" ", 1) for line in lines]
    total = sum(int(count) for _, count in words)
    return {word: math.log(total / int(count)) for word, count in words}
