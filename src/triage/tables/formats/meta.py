"""Reads what Facebook and Instagram give as "download your information" in JSON: comments and messages.

Meta writes every byte of UTF-8 as a character of its own ("Ã©" for "é"); this is undone where, and only where, the bytes make sense
as UTF-8 again. Sources: d3i-infra/data-donation-task (comments, names of fields in other languages), NorseKode/Waultar-App
(excerpts of real files).

    message_1.json        {"participants": [{"name": ...}], "messages": [{"sender_name", "timestamp_ms", "content", ...}], "title", ...}
    the same, encrypted   {"participants": ["...", "..."], "threadName", "messages": [{"senderName", "timestamp", "text", ...}]}
    comments.json         {"comments_v2": [{"timestamp", "title", "data": [{"comment": {"timestamp", "comment", "author", "group"}}]}]}
    post_comments_1.json  [{"string_map_data": {"Comment": {"value"}, "Media Owner": {"value"}, "Time": {"timestamp"}}}], or with
                          "label_values": [{"label": "Comment", "value"}], or in an object under "comments_media_comments"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from triage.language import Text
from triage.tables.formats.content import read_beginning, read_chunks, title_of
from triage.tables.formats.jsonwalk import ITEM, Broken, Found, Path, walk
from triage.tables.formats.rows import Fields, Format, Rows, list_of, part_of, text_of
from triage.tables.formats.words import load_words, one_of
from triage.tables.rejects import APP_LINE, CUT_OFF, DELETED, NOT_AN_OBJECT, WITHOUT_WORDS, Rejects
from triage.tables.sources import Source

_MEDIA = ("photos", "videos", "audio_files", "gifs", "sticker", "files", "share", "media")
_MESSAGE = ("messages", ITEM)
_COMMENT_LISTS = ("comments_v2", "group_comments_v2", "group_posts_v2", "comments_media_comments", "comments_reels_comments")
_THREAD = re.compile(r'\s*\{.{0,200}?"participants"\s*:\s*\[', re.DOTALL)
_SENDER = re.compile(r'"(sender_name|senderName)"\s*:')
_NO_MESSAGES = re.compile(r'"messages"\s*:\s*\[\s*\]')
_COMMENTS = re.compile(rf'\s*\{{\s*"({"|".join(_COMMENT_LISTS)})"\s*:\s*\[')
_LIST = re.compile(r"\s*\[\s*\{")


def repaired(value: Any) -> Any:
    """A value with its texts as they were meant.

    Example:
        >>> repaired({"Ã©Ã©n": ["cafÃ©", "café", "€"]})
        {'één': ['café', 'café', '€']}
    """
    if isinstance(value, str):
        if value.isascii():
            return value
        try:
            return value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value
    if isinstance(value, list):
        return [repaired(item) for item in value]
    if isinstance(value, dict):
        return {repaired(name): repaired(item) for name, item in value.items()}
    return value


def platform_of(source: Source) -> str:
    """Which of the two it is; the files are the same, but the folder in the download tells."""
    name = source.name.lower()
    return "instagram" if "instagram" in name else "facebook" if "facebook" in name else "meta"


def _items(source: Source, rejects: Rejects, at: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects at a path, numbered; what is none is rejected."""
    number = 0
    for found in _walked(source, at):
        if found.path != at and not isinstance(found.value, Broken):
            continue
        number += 1
        if isinstance(found.value, dict):
            yield number, repaired(found.value)
        elif isinstance(found.value, Broken):
            rejects.row(source.name, number, found.value.reason if found.path == at else CUT_OFF, found.value.raw)
        else:
            rejects.row(source.name, number, NOT_AN_OBJECT, str(found.value))


def _walked(source: Source, at: Path) -> Iterator[Found]:
    opened = {at[:depth] for depth in range(len(at))}
    return walk(read_chunks(source), opened.__contains__)


# Messages


def _recognises_messages(beginning: str) -> bool:
    return bool(_THREAD.match(beginning)) and bool(_SENDER.search(beginning) or _NO_MESSAGES.search(beginning))


def _read_messages(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    thread = {found.path[0]: repaired(found.value) for found in _walked(source, _MESSAGE) if len(found.path) == 1}
    names = [name for one in list_of(thread, "participants") if (name := one if isinstance(one, str) else text_of(one, "name"))]
    shared = {
        "platform": platform_of(source),
        "visibility": "group" if len(names) > 2 else "direct",
        "thread": text_of(thread, "title", "threadName"),
        "thread_path": text_of(thread, "thread_path"),
    }
    for number, item in _items(source, rejects, _MESSAGE):
        author, text = text_of(item, "sender_name", "senderName"), text_of(item, "content", "text")
        instead = _instead_of_message(item, author or "", text)
        if instead:
            rejects.leave_out(title_of(source), instead)
            continue
        yield (
            number,
            {
                **shared,
                "author": author,
                "text": text,
                "timestamp_ms": text_of(item, "timestamp_ms", "timestamp"),
                "target": next((name for name in names if name != author), None) if len(names) == 2 else None,
                "shared_link": text_of(part_of(item, "share"), "link"),
                "reactions": [text_of(one, "reaction") for one in list_of(item, "reactions")] or None,
                "attachments": [text_of(one, "uri") for name in _MEDIA for one in list_of(item, name)] or None,
            },
        )


def _instead_of_message(item: Mapping[str, Any], author: str, text: str | None) -> Text | None:
    if not text or not text.strip():
        if item.get("is_unsent") or item.get("isUnsent"):
            return DELETED
        if any(item.get(name) for name in _MEDIA):
            return WITHOUT_WORDS
    if item.get("type") in ("Subscribe", "Unsubscribe", "Call") or "call_duration" in item:
        return APP_LINE
    if text and _notices().fullmatch("NAME" + text.removeprefix(author) if author and text.startswith(author) else text):
        return APP_LINE
    return None


@cache
def _notices() -> re.Pattern[str]:
    return one_of(load_words().meta.notices)


# Comments


def _recognises_comments(beginning: str) -> bool:
    return bool(_COMMENTS.match(beginning)) or _is_list_of_comments(beginning)


def _is_list_of_comments(beginning: str) -> bool:
    """Is this a list of comments of Instagram? Its lists of likes and views have the same shape, without a comment."""
    if not _LIST.match(beginning):
        return False
    found = walk([beginning], lambda path: not path)
    items = (repaired(one.value) for one in found if isinstance(one.value, dict))
    return any(_named(_labelled(item), load_words().instagram.comment) for item in items)


def _read_comments(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    match = _COMMENTS.match(read_beginning(source))
    for number, item in _items(source, rejects, (match[1], ITEM) if match else (ITEM,)):
        fields = _facebook_comment(item) if "data" in item else _instagram_comment(item)
        if not (text_of(fields, "text") or "").strip() and fields["attachments"]:
            rejects.leave_out(title_of(source), WITHOUT_WORDS)
        else:
            yield number, fields


def _facebook_comment(item: Mapping[str, Any]) -> dict[str, object]:
    data = [one for one in list_of(item, "data") if isinstance(one, Mapping)]
    comment = next((part for one in data if (part := part_of(one, "comment"))), {})
    post = next((text for one in data if (text := text_of(one, "post"))), None)
    attached = [one for part in list_of(item, "attachments") for one in list_of(part, "data")]
    group = text_of(comment, "group")
    return {
        "platform": "facebook",
        "author": text_of(comment, "author"),
        "text": text_of(comment, "comment") or post,
        "timestamp": text_of(comment, "timestamp") or text_of(item, "timestamp"),
        "title": text_of(item, "title"),
        "group": group,
        "visibility": "group" if group else None,
        "attachments": [text_of(part_of(one, "media", "external_context"), "uri", "url", "name") for one in attached] or None,
    }


def _instagram_comment(item: Mapping[str, Any]) -> dict[str, object]:
    words = load_words().instagram
    parts = _labelled(item)
    comment, owner = (_named(parts, names) for names in (words.comment, words.owner))
    times = [_named(parts, words.time) or "", *parts]
    old = next(iter(list_of(item, "string_list_data")), None)  # until 2021: the text is in here, and the owner is the title
    return {
        "platform": "instagram",
        "text": text_of(parts.get(comment or ""), "value") or text_of(old, "value"),
        "target": text_of(parts.get(owner or ""), "value") or text_of(item, "title"),
        "timestamp": next((time for name in times if (time := text_of(parts.get(name), "timestamp", "timestamp_value"))), None)
        or text_of(old, "timestamp")
        or text_of(item, "timestamp"),
        "attachments": [text_of(one, "uri") for one in (*list_of(item, "media_list_data"), *list_of(item, "media"))] or None,
    }


def _labelled(item: Mapping[str, Any]) -> dict[str, object]:
    """The parts of a comment of Instagram by their names, in either of its two shapes."""
    labelled = {str(text_of(one, "label")): one for one in list_of(item, "label_values")}
    return labelled or dict(part_of(item, "string_map_data"))


def _named(parts: Mapping[str, object], names: Sequence[str]) -> str | None:
    return next((name for name in parts if name.strip().lower() in names), None)


_MESSAGE_COLUMNS = ("author", "text", "timestamp_ms", "thread", "thread_path", "shared_link", "reactions", "attachments")
_COMMENT_COLUMNS = ("author", "text", "timestamp", "title", "group", "attachments")

MESSAGES = Format(
    name=Text(nl="berichten van Facebook of Instagram", en="messages of Facebook or Instagram"),
    recognises=_recognises_messages,
    open=lambda source: Rows(source, _MESSAGE_COLUMNS, ("target", "platform", "visibility"), _read_messages),
    download=True,
)
COMMENTS = Format(
    name=Text(nl="reacties op Facebook of Instagram", en="comments on Facebook or Instagram"),
    recognises=_recognises_comments,
    open=lambda source: Rows(source, _COMMENT_COLUMNS, ("target", "platform", "visibility"), _read_comments),
    download=True,
)
