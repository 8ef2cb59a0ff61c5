"""Reads the comments, also those in live chats, in what Google Takeout gives of YouTube, in Dutch and English.

A text is a row of JSON objects, {"text":"Hoi "},{"text":"@jan","mention":{...}}, or plain in older files. The author is the account
whose download it is. Source: d3i-infra/data-donation-task.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from triage.language import Text
from triage.tables.formats.dressing import Maker, Row, TableFormat, first_of
from triage.tables.formats.words import load_words


def spoken(cell: str | None) -> str | None:
    """The text in a cell of JSON objects.

    Example:
        >>> spoken('{"text":"Hoi "},{"text":"@jan"}'), spoken("gewoon")
        ('Hoi @jan', 'gewoon')
    """
    if cell is None or not cell.lstrip().startswith(("{", "[")):
        return cell
    try:
        parts = json.loads(cell if cell.lstrip().startswith("[") else f"[{cell}]")
    except (ValueError, RecursionError):
        return cell
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    found = "".join(text for text in texts if isinstance(text, str)).encode("utf-8", errors="replace").decode()
    return found.replace("\0", "") if any(isinstance(text, str) for text in texts) else cell


def _recognises(names: Collection[str]) -> bool:
    words = load_words().youtube
    return all(any(name in names for name in known) for known in (words.text, words.id, words.channel))


def _makes(names: Collection[str]) -> Mapping[str, Maker]:
    words = load_words().youtube

    def url(row: Row) -> str | None:
        video, comment = first_of(row, words.video), first_of(row, words.id)
        return f"https://www.youtube.com/watch?v={video}&lc={comment}" if video and comment else None

    return {
        "id": lambda row: first_of(row, words.id),
        "text": lambda row: spoken(first_of(row, words.text)),
        "sent_at": lambda row: first_of(row, words.sent_at),
        "author": lambda row: first_of(row, words.channel),
        "platform": lambda _: "youtube",
        "visibility": lambda _: "public",
        "url": url,
    }


FORMAT = TableFormat(name=Text(nl="reacties op YouTube", en="comments on YouTube"), recognises=_recognises, makes=_makes, download=True)
