"""Reads what Telegram Desktop exports as JSON: one chat, or all of them.

    {"name", "type", "id", "messages": [{"id", "type": "message", "date", "date_unixtime", "from", "from_id", "text", ...}]}
    {"about", "personal_information", ..., "chats": {"list": [{"name", "type", "id", "messages": [...]}]}, "left_chats": ...}

`text` is a text, or a list of texts and objects with a text. Source: core.telegram.org/import-export.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from triage.language import Text
from triage.tables.formats.content import read_chunks, title_of
from triage.tables.formats.jsonwalk import ITEM, Broken, walk
from triage.tables.formats.rows import Fields, Format, Rows, part_of, text_of
from triage.tables.rejects import APP_LINE, NOT_AN_OBJECT, WITHOUT_WORDS, Rejects
from triage.tables.sources import Source

_COLUMNS = (
    "author", "text", "message_id", "chat", "chat_type", "chat_id", "from_id", "date", "edited", "reply_to_message_id", "forwarded_from",
    "media_type", "attachment",
)  # fmt: skip
_MADE = ("id", "sent_at", "target", "platform", "visibility")
_VISIBILITY = {
    "personal_chat": "direct",
    "bot_chat": "direct",
    "saved_messages": "direct",
    "private_group": "group",
    "private_supergroup": "group",
    "private_channel": "group",
    "public_supergroup": "public",
    "public_channel": "public",
}
_CHATS = (("chats", "list", ITEM), ("left_chats", "list", ITEM))
_OPENED = {(), ("messages",)} | {place for path in _CHATS for place in (path[:1], path[:2], path, (*path, "messages"))}
_KIND = re.compile(rf'"type"\s*:\s*"({"|".join(_VISIBILITY)})"')
_WHOLE = re.compile(r'\s*\{\s*"about"\s*:\s*"[^"]{0,400}Telegram', re.IGNORECASE)
_START = re.compile(r"\s*\{\s*\"")


def _recognises(beginning: str) -> bool:
    if not _START.match(beginning):
        return False
    return bool(_WHOLE.match(beginning)) or (bool(_KIND.search(beginning[:2000])) and '"messages"' in beginning[:2000])


def _read(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    owner = _owner(source)
    for number, (chat, item) in enumerate(_messages(source), start=1):
        if isinstance(item, Broken):
            rejects.row(source.name, number, item.reason, item.raw)
        elif not isinstance(item, Mapping):
            rejects.row(source.name, number, NOT_AN_OBJECT, str(item))
        elif text := _instead_of_message(item):
            rejects.leave_out(title_of(source), text)
        else:
            yield number, _fields(chat, item, owner)


def _messages(source: Source) -> Iterator[tuple[dict[str, Any], object]]:
    """Each message with what is known of its chat; a chat says so before its messages."""
    chat: dict[str, Any] = {}
    for found in walk(read_chunks(source), _OPENED.__contains__):
        *above, last = found.path or ("",)
        if (above and last == ITEM and above[-1] == "messages") or isinstance(found.value, Broken):
            yield chat, found.value
        elif last in ("name", "type", "id") and tuple(above) in ((), *_CHATS):
            if last in (*chat, "name"):  # the name comes first; a few chats have none
                chat = {}
            chat[last] = found.value


def _owner(source: Source) -> str | None:
    """The name of whose export it is: as it says itself, or as the one in a chat of two who is not the other."""
    for found in walk(read_chunks(source), lambda path: path == ()):
        if found.path == ("personal_information",):
            names = (text_of(found.value, "first_name"), text_of(found.value, "last_name"))
            return " ".join(filter(None, names)) or None
        if found.path == ("type",) and found.value != "personal_chat":
            return None
        if found.path in (("chats",), ("messages",)):
            break
    for chat, item in _messages(source):
        if isinstance(item, Mapping) and chat.get("type") == "personal_chat" and not _is_other(chat, item) and text_of(item, "from"):
            return text_of(item, "from")
    return None


def _is_other(chat: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    """Did the other one of a chat of two write this?"""
    return text_of(item, "from_id") in (f"user{chat.get('id')}", str(chat.get("id"))) or text_of(item, "from") == chat.get("name")


def _instead_of_message(item: Mapping[str, Any]) -> Text | None:
    if item.get("type") not in (None, "message"):
        return APP_LINE
    media = ("photo", "file", "media_type", "location_information", "contact_information", "dice_emoji", "game_title")
    return WITHOUT_WORDS if not _text(item).strip() and any(item.get(name) for name in media) else None


def _fields(chat: Mapping[str, Any], item: Mapping[str, Any], owner: str | None) -> Fields:
    kind, author = text_of(chat, "type"), text_of(item, "from")
    other = text_of(chat, "name") if kind in ("personal_chat", "bot_chat") else None
    return {
        "id": f"{chat.get('id')}/{item.get('id')}" if chat.get("id") and item.get("id") else None,
        "author": author or text_of(item, "from_id"),
        "text": _text(item),
        "target": None if other is None else owner if _is_other(chat, item) else other,
        "platform": "telegram",
        "visibility": _VISIBILITY.get(kind or ""),
        "sent_at": text_of(item, "date_unixtime", "date"),
        "message_id": text_of(item, "id"),
        "chat": text_of(chat, "name"),
        "chat_type": kind,
        "chat_id": text_of(chat, "id"),
        "attachment": text_of(item, "photo", "file"),
        **{name: text_of(item, name) for name in ("from_id", "date", "edited", "reply_to_message_id", "forwarded_from", "media_type")},
    }


def _text(item: Mapping[str, Any]) -> str:
    """All text of a message, and the question of a poll."""
    text = item.get("text")
    parts = text if isinstance(text, list) else [text]
    said = "".join(part if isinstance(part, str) else text_of(part, "text") or "" for part in parts)
    return said or text_of(part_of(item, "poll"), "question") or ""


FORMAT = Format(
    name=Text(nl="Telegram-export", en="Telegram export"),
    recognises=_recognises,
    open=lambda source: Rows(source, _COLUMNS, _MADE, _read),
    download=True,
)
