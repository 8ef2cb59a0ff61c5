"""Where a JSON text of which nothing could be read breaks off or goes wrong, in words of those who have to fetch it again."""

from __future__ import annotations

import json

from triage.errors import InputError
from triage.tables.formats.jsonwalk import is_unfinished


def json_trouble(name: str, text: str) -> InputError | None:
    """What is wrong with a JSON text, and what to do; None for a whole one, and for lines of JSON.

    Args:
        name: What the file is called in a sentence.
        text: All of it.

    Example:
        >>> str(json_trouble("a.json", '[\\n {"text": "hal'))
        'a.json seems to be cut off: it ends in line 2, at character 14, before it is complete. Fetch or make it again.'
        >>> str(json_trouble("a.json", '[{"text": hallo}]'))
        'a.json is not valid JSON: it goes wrong in line 1, at character 11. Export it again, or give one object a line.'
    """
    text = text.rstrip()
    try:
        json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return None
        if is_unfinished(text, error):
            return _cut_off(name, text.count("\n") + 1, len(text) - text.rfind("\n") - 1)
        return InputError(
            f"{name} is not valid JSON: it goes wrong in line {error.lineno}, at character {error.colno}. "
            "Export it again, or give one object a line.",
            nl=f"{name} is geen geldige JSON: het gaat mis in regel {error.lineno}, bij teken {error.colno}. "
            "Exporteer opnieuw, of geef een object per regel.",
        )
    except (ValueError, RecursionError):
        pass
    return None


def _cut_off(name: str, line: int, character: int) -> InputError:
    return InputError(
        f"{name} seems to be cut off: it ends in line {line}, at character {character}, before it is complete. Fetch or make it again.",
        nl=f"{name} lijkt afgekapt: het houdt op in regel {line}, bij teken {character}, voor het compleet is. Haal of maak het opnieuw.",
    )
