"""Finds names in a text: of people who are known, and words that are likely a name by their shape.

Dutch writes a capital at the start of a sentence and of a name, and hardly anywhere else. So a capital inside a sentence is taken for a
name, and at its start a word that a dictionary of Dutch does not know. Without a capital only known names, common first names, and
what follows a title ("mevrouw") are found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from triage.report.dossier.lists import load_lists
from triage.report.dossier.pseudonyms import Found, Kind, plain_name

_TOKEN = re.compile(r"\w+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_FURTHEST = 3  # signs between two parts of one name
_OPENING = frozenset("\"'“”„‘’«»([")
_LEAST_PART = 3  # a shorter part of a name is too often a word


@lru_cache(maxsize=1 << 16)
def is_word(word: str) -> bool:
    """Is this an ordinary Dutch word?

    Example:
        >>> is_word("belediging"), is_word("Jeroen")
        (True, False)
    """
    import simplemma

    return simplemma.is_known(word.lower(), lang="nl")


class Names:
    """The names that a text is searched for.

    Args:
        people: The people of the case, with their part in it; also single parts of their names are masked.
        others: Other names: of people elsewhere in the files, or given by the user.
    """

    def __init__(self, people: Mapping[str, Kind], others: Iterable[str] = ()) -> None:
        lists = load_lists()
        self._keep = frozenset(lists.keep.split())
        self._particles = frozenset(lists.particles.split())
        self._titles = frozenset(lists.titles.split())
        self._first_names = frozenset(lists.first_names.split())
        self._any_first_names = self._first_names | frozenset(lists.first_names_with_capital.split())
        self._known: dict[tuple[str, ...], tuple[Kind, str]] = {}
        for name, kind in people.items():
            self._add(name, kind, own=True)
        for name in others:
            self._add(name, "person", own=False)
        self._longest = max(map(len, self._known), default=0)

    def _add(self, name: str, kind: Kind, *, own: bool) -> None:
        tokens = tuple(_TOKEN.findall(plain_name(name)))
        if any(len(token) >= _LEAST_PART for token in tokens):
            self._known.setdefault(tokens, (kind, name))
        for part in re.findall(r"[^\W\d_]+", name):
            plain = part.casefold()
            if len(plain) < _LEAST_PART or plain in self._particles or plain in self._keep:
                continue
            if not is_word(plain) or (own and part[0].isupper()):
                self._known.setdefault((plain,), (kind, name))

    def known_in(self, text: str) -> Iterator[Found]:
        """Names of people who are known, in any casing; the longest first."""
        tokens = list(_TOKEN.finditer(text))
        plain = [token.group().casefold() for token in tokens]
        place = 0
        while place < len(tokens):
            for length in range(min(self._longest, len(tokens) - place), 0, -1):
                known = self._known.get(tuple(plain[place : place + length]))
                if known and _together(tokens[place : place + length]):
                    yield Found(_start(text, tokens[place]), tokens[place + length - 1].end(), *known)
                    place += length - 1
                    break
            place += 1

    def likely_in(self, text: str) -> Iterator[Found]:
        """Words that are likely a name by their shape, with the parts that belong to it."""
        words = list(_WORD.finditer(text))
        shouted = _mostly_capitals(words)
        place = 0
        while place < len(words):
            if not self._likely(text, words, place, shouted):
                place += 1
                continue
            last = self._end(text, words, place, shouted)
            start, end = words[place].start(), words[last].end()
            yield Found(start, end, "name", text[start:end])
            place = last + 1

    def _end(self, text: str, words: list[re.Match[str]], place: int, shouted: bool) -> int:
        """The last word of the name that begins here: "Sanne" also takes "de Boer" after it."""
        last = place
        follow = place + 1
        while follow < len(words) and _together(words[follow - 1 : follow + 1], blank=True):
            if words[follow].group().casefold() in self._particles:
                follow += 1
            elif self._likely(text, words, follow, shouted) or self._surname(words, last, follow):
                last, follow = follow, follow + 1
            else:
                break
        return last

    def _surname(self, words: list[re.Match[str]], last: int, follow: int) -> bool:
        """Is this word, that no dictionary knows, part of the name before it: "jan jansen", "el khatib"?"""
        after_particle = follow > last + 1
        return not is_word(words[follow].group()) and (after_particle or words[last].group().casefold() in self._any_first_names)

    def _likely(self, text: str, words: list[re.Match[str]], place: int, shouted: bool) -> bool:
        word = words[place].group()
        plain = word.casefold()
        if len(word) < 2 or plain in self._keep or plain in self._particles:
            return False
        if plain in self._first_names:
            return True
        if plain in self._any_first_names and self._before_unknown(words, place):
            return True
        after_title = place > 0 and words[place - 1].group().casefold() in self._titles and _together(words[place - 1 : place + 1])
        if not word[0].isupper():
            return after_title and not is_word(word)
        if after_title or plain in self._any_first_names:
            return True
        if word.isupper():  # shouted, or an abbreviation
            return len(word) > 3 and not is_word(word)
        return not is_word(word) or not (shouted or _begins_sentence(text, words[place].start()))

    def _before_unknown(self, words: list[re.Match[str]], place: int) -> bool:
        """Does a word follow that no dictionary knows, as in "jan jansen"?"""
        following = words[place + 1 : place + 2]
        return bool(following) and _together(words[place : place + 2], blank=True) and not is_word(following[0].group())


def _start(text: str, token: re.Match[str]) -> int:
    """Where a name begins, with the @ before it."""
    return token.start() - (text[token.start() - 1 : token.start()] == "@")


def _begins_sentence(text: str, place: int) -> bool:
    """Does nothing stand before this place in its sentence?"""
    before = place - 1
    while before >= 0 and (text[before].isspace() or text[before] in _OPENING):
        if text[before] == "\n":
            return True
        before -= 1
    return before < 0 or not (text[before].isalnum() or text[before] in ",]")


def _together(found: list[re.Match[str]], *, blank: bool = False) -> bool:
    """Do these stand so close that they can be one name?"""
    gaps = [right.string[left.end() : right.start()] for left, right in pairwise(found)]
    if blank:
        return all(gap in (" ", "  ") for gap in gaps)
    return all(len(gap) <= _FURTHEST and "\n" not in gap for gap in gaps)


def _mostly_capitals(words: list[re.Match[str]]) -> bool:
    """Does nearly every word begin with a capital, so that a capital says nothing?"""
    capitals = sum(word.group()[0].isupper() for word in words)
    return len(words) > 3 and capitals > 0.6 * len(words)
