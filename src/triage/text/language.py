"""Says when a text cannot be read by a model of Dutch."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from triage.labels import ReviewReason
from triage.text.normalise import normalise

_WORD = re.compile(r"[@#]?[^\W\d_]+(?:['’][^\W\d_]+)?")
_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u1f00-\u1fff\u2c00-\ua71f\ua800-\uf8ff]")
_EMOJI = re.compile("[\u203c-\u2049\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_PLACEHOLDERS = frozenset({"http", "https", "www", "email", "tel"})
# Words of two letters that mean something by themselves; other scraps of one or two letters are too short to read.
_SHORT_WORDS = frozenset("af al da ei fk ga ge go ha he hé hè hi ho hm ik ja je jo kk me mm né no nu oh ok op st u uh wa wc we wé ze zo".split())

FEWEST_WORDS = 4  # with fewer words, names and borrowed words decide
FOREIGN_SHARE = 0.25  # of the words; small words are a third to a half of an ordinary text
FOREIGN_LEAD = 3  # foreign small words for each Dutch one


@cache
def _small_words() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """The small words of Dutch, and those of each other language."""
    table = tomllib.loads(Path(__file__).with_name("languages.toml").read_text(encoding="utf-8"))
    return frozenset(table["dutch"]["words"].split()), {name: frozenset(words.split()) for name, words in table["others"].items()}


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
    if not text.isascii():
        text = normalise(text)
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower()) if word[0] not in "@#" and word not in _PLACEHOLDERS]
    if not words:
        return None if _EMOJI.search(text) else "no_text"
    if len(words) == 1 and len(words[0]) < 3 and words[0] not in _SHORT_WORDS:
        return None if _EMOJI.search(text) else "too_short"
    if not text.isascii() and len(_OTHER_SCRIPT.findall(text)) > sum(map(len, words)) / 2:
        return "not_dutch"
    return "not_dutch" if len(words) >= FEWEST_WORDS and _is_foreign(words) else None


def _is_foreign(words: list[str]) -> bool:
    """Whether the small words of another language outnumber those of Dutch by far."""
    dutch, others = _small_words()
    for other in others.values():
        foreign = sum(word in other and word not in dutch for word in words)
        if foreign >= max(2, FOREIGN_SHARE * len(words)):
            own = sum(word in dutch and word not in other for word in words)
            if foreign >= FOREIGN_LEAD * own:
                return True
    return False
