"""Text from outside, made fit for one line of a terminal, an e-mail or a page.

A message can carry escape sequences that recolour or erase a terminal, and direction marks that reorder what is read
(Unicode Technical Report 36, section 3.2). Both are made visible here.
"""

from __future__ import annotations

import unicodedata

_KEPT = "\u200d\n\t"  # the joiner holds emoji such as a family together; it moves nothing by itself
_MAX_MARKS = 3  # marks on one letter; more would spill over the lines above and below


def one_line(text: str) -> str:
    """The text on one line: white space becomes single spaces, control and direction characters become visible.

    Example:
        >>> one_line("hoi\\n\\x1b[2Jdaar \\u202eom")
        'hoi <U+001B>[2Jdaar <U+202E>om'
    """
    return visible(" ".join(text.split()))


def visible(text: str) -> str:
    """The text with its control and direction characters made visible; line breaks and tabs stay.

    Example:
        >>> visible("hoi\\n\\x1b[2Jdaar")
        'hoi\\n<U+001B>[2Jdaar'
    """
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if char not in _KEPT and category in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            kept.append(f"<U+{ord(char):04X}>")
        elif marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def cells(text: str) -> int:
    """How many columns a line takes on a terminal; wide characters take two.

    Example:
        >>> cells("a🔫")
        3
    """
    return sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """The text on one line of at most `width` columns, with … where something was left off.

    Example:
        >>> shorten("Ik weet waar je woont", 12)
        'Ik weet waa…'
    """
    line = one_line(text)
    if cells(line) <= width:
        return line
    used, kept = 1, []
    for char in line:
        used += _cells(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Fold one line of text between words, counting columns and not characters.

    Args:
        text: The text; it is made one line first.
        width: Columns a line may take, indent included.
        first: What the first line starts with.
        rest: What the other lines start with; without it, as many spaces as `first` takes.

    Example:
        >>> wrap("een twee drie", 10, "- ")
        ['- een twee', '  drie']
    """
    rest = " " * cells(first) if rest is None else rest
    lines, line, empty = [], first, True
    for word in one_line(text).split(" "):
        for piece in _pieces(word, max(1, width - cells(rest))):
            gap = "" if empty else " "
            if not empty and cells(line) + 1 + cells(piece) > width:
                lines.append(line)
                line, gap = rest, ""
            line, empty = line + gap + piece, False
    return [*lines, line]


def _pieces(word: str, width: int) -> list[str]:
    """A word longer than a line, cut into pieces that fit."""
    if cells(word) <= width:
        return [word]
    pieces, piece = [], ""
    for char in word:
        if piece and cells(piece) + _cells(char) > width:
            pieces.append(piece)
            piece = ""
        piece += char
    return [*pieces, piece]
