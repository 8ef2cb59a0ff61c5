"""Says when a text cannot be read by a model of Dutch.

Small words tell the language: 10 kB of data and no library. py3langid 0.4 (4.5 MB, some seconds to load) misses fewer short foreign
texts, but it called 9 of 25 Frisian sentences and up to 1% of Dutch messages another language.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

import msgspec

from triage.labels import ReviewReason
from triage.text.normalise import normalise

_WORD = re.compile(r"[@#]?[^\W\d_]+(?:['’][^\W\d_]+)?")
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u1f00-\u1fff\u2c00-\ua71f\ua800-\uf8ff]")
_EMOJI = re.compile("[\u203c-\u2049\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_PLACEHOLDERS = frozenset({"http", "https", "www", "email", "tel"})
FEWEST_WORDS = 4  # with fewer words, names and borrowed words decide
DUTCH_SHARE = 0.35  # small words are a third to a half of an ordinary text; with so many it is Dutch
FOREIGN_SHARE = 0.15
FOREIGN_LEAD = 3  # foreign small words for each Dutch one


class _SmallWords(msgspec.Struct, frozen=True):
    dutch: frozenset[str]
    short: frozenset[str]
    others: tuple[frozenset[str], ...]
    letters: frozenset[str]


@cache
def _small_words() -> _SmallWords:
    table = tomllib.loads(Path(__file__).with_name("languages.toml").read_text(encoding="utf-8"))
    others = tuple(frozenset(words.split()) for words in table["others"].values())
    dutch, short = (frozenset(table["dutch"][name].split()) for name in ("words", "short"))
    return _SmallWords(dutch, short, others, frozenset(table["foreign"]["letters"]))


def review_reason(text: str) -> ReviewReason | None:
    """Why a person should look at a text before the model is trusted, as far as the text itself shows.

    Frisian, dialect, Flemish, street language and Dutch with foreign words count as Dutch. So does what is too short or too
    strange to tell: only a text that is clearly in another language is "not_dutch".

    Args:
        text: Any text, as it was sent.

    Returns:
        "no_text" where there are no letters and no emoji, "too_short" for a scrap of one or two letters, "not_dutch", or None.

    Example:
        >>> review_reason("I know where you live and I will find you")
        'not_dutch'
        >>> review_reason("12345 ..."), review_reason("x?"), review_reason("👍"), review_reason("lol wtf gast")
        ('no_text', 'too_short', None, None)
    """
    return reason_of(normalise(text))


def reason_of(text: str) -> ReviewReason | None:
    """`review_reason` of a text that went through `normalise` already."""
    words = list(chain.from_iterable(map(_words, text.lower().split())))
    if not words:
        return None if _EMOJI.search(text) else "no_text"
    if len(words) == 1 and len(words[0]) < 3 and words[0] not in _small_words().short:
        return None if _EMOJI.search(text) else "too_short"
    if not text.isascii() and len(_OTHER_SCRIPT.findall(text)) > sum(map(len, words)) / 2:
        return "not_dutch"
    return "not_dutch" if len(words) >= FEWEST_WORDS and _is_foreign(words) else None


@lru_cache(1 << 14)  # in bulk work nine in ten come back
def _words(piece: str) -> tuple[str, ...]:
    """The words in a piece of text without blanks."""
    return tuple(word.replace("’", "'") for word in _WORD.findall(piece) if word[0] not in "@#" and word not in _PLACEHOLDERS)


def _is_foreign(words: list[str]) -> bool:
    """Whether the small words of another language outnumber those of Dutch by far."""
    small = _small_words()
    unknown = [word for word in words if word not in small.dutch]
    if len(words) - len(unknown) >= DUTCH_SHARE * len(words):
        return False
    strange = sum(not word.isascii() and not small.letters.isdisjoint(word) for word in unknown)
    for other in small.others:
        foreign = strange + sum(word in other for word in unknown)
        own = sum(word in small.dutch and word not in other for word in words)
        if foreign >= max(2 if own else 1, FOREIGN_SHARE * len(words)) and foreign >= FOREIGN_LEAD * own:
            return True
    return False
