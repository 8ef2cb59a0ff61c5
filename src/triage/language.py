"""Sentences that people read, in Dutch and in English."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Lang = Literal["nl", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)


class Text(msgspec.Struct, frozen=True):
    """One sentence in both languages.

    Example:
        >>> Text(nl="Bewaar het bewijs.", en="Keep the evidence.").in_("en")
        'Keep the evidence.'
    """

    nl: str
    en: str

    def in_(self, lang: Lang) -> str:
        """The sentence in one language."""
        return self.en if lang == "en" else self.nl

    def format(self, **values: object) -> Text:
        """Fill the `{named}` places of both sentences."""
        return Text(nl=self.nl.format(**values), en=self.en.format(**values))
