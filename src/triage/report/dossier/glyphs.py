"""Signs that a typeface lacks, as words.

The typeface of the PDF has Latin, Greek, Cyrillic, Arabic, Hebrew, Thai and Devanagari; it has no emoji and no Chinese, Japanese or
Korean. A sign that it lacks is named, because a weapon in a message may not become an empty box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from triage.report.dossier.words import DossierWords

_SILENT = frozenset("\u200d\ufe0e\ufe0f")  # they only choose the form of the sign beside them


def drawable(text: str, glyphs: Collection[int], words: DossierWords) -> str:
    """The text with only signs that the typeface has.

    Args:
        text: The text.
        glyphs: The code points that the typeface has.
        words: The language.

    Example:
        >>> drawable("pas op 🔫", range(128), DossierWords("nl"))
        'pas op <U+1F52B pistool>'
    """
    return "".join(sign if ord(sign) in glyphs else "" if sign in _SILENT else _named(sign, words) for sign in text)


def _named(sign: str, words: DossierWords) -> str:
    code = f"U+{ord(sign):04X}"
    name = words.sign(sign) or unicodedata.name(sign, "").lower()
    tells = name and not name.endswith(f"{ord(sign):x}")  # "cjk unified ideograph-4e2d" tells nothing more
    return f"<{code} {name}>" if tells else f"<{code}>"
