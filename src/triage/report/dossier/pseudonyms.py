"""One name in place of another, the same each time.

Without a key the pseudonyms are numbers in the order in which they are asked for, so that nothing can be reckoned back and two runs
over the same case give the same ones. With a key they are a keyed hash (BLAKE2b, RFC 7693), the same in every dossier made with
that key; whoever has the key can test whether a name belongs to a pseudonym, and nobody else.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

Kind = Literal["author", "target", "person", "name", "handle", "phone", "email", "iban", "bsn", "address", "url", "number", "file", "case"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LEAST_KEY = 16  # bytes; a shorter secret can be guessed
_PEOPLE: frozenset[Kind] = frozenset({"author", "target", "person", "name", "handle"})
_DIGEST = 5  # bytes: ten signs, with room for a hundred thousand names


class Found(msgspec.Struct, frozen=True):
    """A part of a text that is masked.

    Attributes:
        start, end: Where it is.
        kind: What it is.
        name: What its pseudonym is reckoned from.
    """

    start: int
    end: int
    kind: Kind
    name: str


def plain_name(name: str) -> str:
    """A name for comparing: without capitals, invisible signs, outer blanks and @.

    Example:
        >>> plain_name(" @Jan\\u200b Jansen ")
        'jan jansen'
    """
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", name) if unicodedata.category(sign) != "Cf")
    return " ".join(visible.casefold().split()).lstrip("@")


class Pseudonyms:
    """Gives each name its pseudonym.

    Args:
        words: What each kind is called ("afzender").
        key: A secret of at least `LEAST_KEY` bytes, or None for numbers.

    Example:
        >>> given = Pseudonyms({"author": "afzender", "phone": "telefoon"})
        >>> given.of("author", "Jan Jansen"), given.of("author", "@piet"), given.of("author", "JAN JANSEN")
        ('afzender 1', 'afzender 2', 'afzender 1')
    """

    def __init__(self, words: Mapping[Kind, str], key: bytes | None = None) -> None:
        self._words = words
        self._key = None if key is None else hashlib.blake2b(key).digest()
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[Kind, int] = {}

    def of(self, kind: Kind, name: str) -> str:
        """The pseudonym of a name.

        Args:
            kind: What kind of name; a person keeps the pseudonym under which they were met first, whatever their part.
            name: The name; capitals, outer blanks and @ make no difference.
        """
        plain = plain_name(name)
        place = ("person" if kind in _PEOPLE else kind, plain)
        if place not in self._given:
            self._given[place] = f"{self._words[kind]} {self._code(kind, plain)}"
        return self._given[place]

    def _code(self, kind: Kind, plain: str) -> str:
        if self._key is not None:
            return hashlib.blake2b(plain.encode(), key=self._key, digest_size=_DIGEST).hexdigest()
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return str(self._counts[kind])
