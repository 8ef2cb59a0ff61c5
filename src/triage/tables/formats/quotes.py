"""Takes what a mail quotes off a reply, line by line; the words that mail programs use are in words.toml.

The libraries for it were tried: mail-parser-reply matches whole mails with patterns that do not bear hostile text and also removes
greetings and signatures, and quotequail needs lxml and takes a reply from Outlook for a forwarded mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from triage.tables.formats.words import load_words, one_of

_LONGEST = 300  # characters of a line that may announce a quote
_MOST_LINES = 5000  # that are looked at
_WRAPPED = 3  # lines over which such a line may run
_HEADERS = 4  # lines at the head of a quoted message that are looked at


def without_quote(text: str) -> tuple[str, str]:
    """Split a mail into what was written now and what it quotes; a mail that is nothing but a quote is left whole.

    Args:
        text: The text of a mail.

    Example:
        >>> without_quote("Nee.\\n\\nOp ma 2 mrt 2026 om 10:00 schreef Jan <jan@voorbeeld.nl>:\\n> Mag dat?\\n")
        ('Nee.', 'Op ma 2 mrt 2026 om 10:00 schreef Jan <jan@voorbeeld.nl>:\\n> Mag dat?')
        >>> without_quote("> Mag dat?\\nNee.")
        ('Nee.', '> Mag dat?')
    """
    lines = text.replace("\r\n", "\n").split("\n")
    quoted = [line.lstrip().startswith(">") for line in lines]
    place = 0
    while place < min(len(lines), _MOST_LINES):
        length = _announces(lines, place)
        if length:
            after = next((n for n in range(place + length, len(lines)) if lines[n].strip()), len(lines))
            end = place + length if after < len(lines) and quoted[after] else len(lines)  # without marks all that follows is quoted
            quoted[place:end] = [True] * (end - place)
            place = end
        else:
            place += 1
    own = "\n".join(line for line, old in zip(lines, quoted, strict=True) if not old).strip()
    if not own:
        return text.strip(), ""
    return own, "\n".join(line for line, old in zip(lines, quoted, strict=True) if old).strip()


def _announces(lines: Sequence[str], place: int) -> int:
    """How many lines from here say that a quote follows; 0 where they do not."""
    patterns = _patterns()
    first = _plain(lines[place])
    if not first:
        return 0
    if patterns["separator"].fullmatch(first):
        headers = sum(bool(patterns["any_header"].match(_plain(line))) for line in lines[place + 1 : place + 1 + _HEADERS])
        return 1 if headers or first.startswith("--") else 0
    if patterns["first_header"].match(first):
        others = sum(bool(patterns["header"].match(_plain(line))) for line in lines[place + 1 : place + 1 + _HEADERS])
        return 1 if others >= 2 else 0
    if patterns["on_a_line"].fullmatch(first):
        return 1
    for length in range(1, _WRAPPED + 1):
        joined = " ".join(_plain(line) for line in lines[place : place + length])
        if len(joined) <= _LONGEST and joined.endswith(":") and patterns["quoted"].fullmatch(joined):
            return length
    return 0


def _plain(line: str) -> str:
    """The line without marks of quotes and bold type; nothing where it is too long to announce anything."""
    return line.strip().lstrip("> ").replace("*", "").strip() if len(line) <= _LONGEST else ""


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_words().mail
    first, other = "|".join(words.first_header), "|".join(words.headers)
    return {
        "quoted": one_of(words.quoted),
        "on_a_line": one_of(words.quoted_on_a_line),
        "separator": one_of(words.separators),
        "first_header": one_of([rf"(?:{first}) ?: ?\S"]),
        "header": one_of([rf"(?:{other}) ?:"]),
        "any_header": one_of([rf"(?:{first}|{other}) ?:"]),
    }
