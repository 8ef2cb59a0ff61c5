"""Reads the comments and direct messages in what TikTok gives as "download your data" in JSON (user_data.json).

    {"Comment": {"Comments": {"CommentsList": [{"date", "comment", "photo", "url"}]}},
     "Direct Message": {"Direct Messages": {"ChatHistory": {"Chat History with NAME:": [{"Date", "From", "Content"}]}}}, ...}

The parts above these lists, and the capitals of the fields, differ by version. Times are in UTC, as the same download in text form
says. Sources: d3i-infra/data-donation-task, abrignoni/RLEAPP.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from triage.language import Text
from triage.tables.formats.content import read_chunks
from triage.tables.formats.jsonwalk import ITEM, Broken, Found, walk
from triage.tables.formats.rows import Fields, Format, Rows, text_of
from triage.tables.rejects import NOT_AN_OBJECT, Rejects
from triage.tables.sources import Source

_COLUMNS = ("text", "date", "photo", "shared_link", "chat")
_MADE = ("author", "target", "platform", "visibility", "sent_at", "url")
_DEEPEST = 4  # Direct Message > Direct Messages > ChatHistory > Chat History with NAME:
_START = re.compile(r'\s*\{\s*"')
_PARTS = re.compile(
    r'"(CommentsList|ChatHistory|VideoList|FavoriteVideoList|FavoriteEffectsList|FavoriteSoundList|FavoriteHashtagList|ItemFavoriteList|'
    r"FansList|SearchList|ShareHistoryList|LoginHistoryList|ProfileMap|SettingsMap|Favorite Effects|Favorite Videos|App Settings|"
    r'TikTok Shop|Tiktok Live|Direct Messages?|Your Activity|Profile And Settings|Ads and data)"\s*:'
)
_ENOUGH = 2  # of these names, and it is TikTok's
_CHAT = re.compile(r"(?:chat history with|chatgeschiedenis met)\s+(.{1,200}?):?\s*", re.IGNORECASE)


def _recognises(beginning: str) -> bool:
    parts = {match[1] for match in _PARTS.finditer(beginning)} if _START.match(beginning) else set()
    return len(parts) >= _ENOUGH or bool(parts & {"CommentsList", "ChatHistory"})


def _walked(source: Source) -> Iterator[Found]:
    return walk(read_chunks(source), lambda path: len(path) <= _DEEPEST and path[-1:] != (ITEM,))


def _read(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    owner = next((text_of({"": found.value}, "") for found in _walked(source) if found.path[-2:] == ("ProfileMap", "userName")), None)
    number = 0
    for found in _walked(source):
        if isinstance(found.value, Broken):
            number += 1
            rejects.row(source.name, number, found.value.reason, found.value.raw)
        elif len(found.path) >= 2 and found.path[-1] == ITEM and (found.path[-2] == "CommentsList" or "ChatHistory" in found.path):
            number += 1
            if isinstance(found.value, Mapping):
                is_comment = found.path[-2] == "CommentsList"
                yield number, _comment(found.value, owner) if is_comment else _direct_message(found, found.value, owner)
            else:
                rejects.row(source.name, number, NOT_AN_OBJECT, str(found.value))


def _comment(item: Mapping[str, object], owner: str | None) -> Fields:
    return {
        "author": owner,
        "text": text_of(item, "Comment", "comment"),
        "photo": _link(item, "Photo", "photo"),
        "url": _link(item, "Url", "url", "originalPostUrl"),
        "visibility": "public",
        **_shared(item),
    }


def _direct_message(found: Found, item: Mapping[str, object], owner: str | None) -> Fields:
    match = _CHAT.fullmatch(found.path[-2])
    other, author = match[1] if match else found.path[-2], text_of(item, "From", "from")
    group = any("group" in part.lower() for part in found.path[:-2])
    return {
        "author": author,
        "target": None if group else other if author != other else owner,
        "text": text_of(item, "Content", "content"),
        "shared_link": _link(item, "Link", "link"),
        "chat": other,
        "visibility": "group" if group else "direct",
        **_shared(item),
    }


def _shared(item: Mapping[str, object]) -> dict[str, object]:
    date = text_of(item, "Date", "date")
    naive = date is not None and re.fullmatch(r"[\d: T.-]{8,30}", date) and not date.isdigit()
    return {"platform": "tiktok", "date": date, "sent_at": f"{date} UTC" if naive else date}


def _link(item: Mapping[str, object], *names: str) -> str | None:
    link = text_of(item, *names)
    return None if link in ("N/A", "n/a", "None") else link


FORMAT = Format(
    name=Text(nl="TikTok-download", en="TikTok download"),
    recognises=_recognises,
    open=lambda source: Rows(source, _COLUMNS, _MADE, _read),
    download=True,
)
