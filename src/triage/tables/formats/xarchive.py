"""Reads the posts and direct messages in an archive of X (Twitter): JSON behind a line of JavaScript.

    window.YTD.tweets.part0 = [{"tweet": {"id_str", "created_at", "full_text", "favorite_count", "retweet_count", ...}}]
    window.YTD.direct_messages.part0 = [{"dmConversation": {"conversationId", "messages": [{"messageCreate": {"senderId", ...}}]}}]

The same holds for deleted and community posts and for messages in a group. Whose archive it is stands in another file, so posts have
no author; direct messages give the numbers of the accounts. Source: d3i-infra/data-donation-task and public parsers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from triage.language import Text
from triage.tables.formats.content import read_beginning, read_chunks, title_of
from triage.tables.formats.jsonwalk import ITEM, Broken, Path, walk
from triage.tables.formats.rows import Fields, Format, Rows, list_of, part_of, text_of
from triage.tables.rejects import APP_LINE, NOT_AN_OBJECT, WITHOUT_WORDS, Rejects
from triage.tables.sources import Source

_START = re.compile(
    r"\s*window\.YTD\.(?P<kind>tweets?|deleted_tweets?|community_tweets?|direct_messages?(?:_group)?)\.part\d+\s*=\s*(?=\[)"
)
_POST = (ITEM,)
_MESSAGE = (ITEM, "dmConversation", "messages", ITEM)
_COLUMNS = (
    "id", "author", "text", "created_at", "likes", "retweet_count", "lang", "in_reply_to_status_id", "in_reply_to_user", "mentions",
    "conversation", "attachments",
)  # fmt: skip
_MADE = ("target", "platform", "visibility", "url")


def _recognises(beginning: str) -> bool:
    return _START.match(beginning) is not None


def _read(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    start = _START.match(read_beginning(source))
    kind = start["kind"] if start else ""
    private = kind.startswith("direct")
    at = _MESSAGE if private else _POST
    number, conversation = 0, None
    for path, value in _walked(source, at, start.end() if start else 0):
        if path == (ITEM, "dmConversation", "conversationId"):
            conversation = str(value)
        if path != at and not isinstance(value, Broken):
            continue
        number += 1
        if isinstance(value, Broken):
            rejects.row(source.name, number, value.reason, value.raw)
        elif not isinstance(value, Mapping):
            rejects.row(source.name, number, NOT_AN_OBJECT, str(value))
        else:
            fields = _direct_message(value, conversation, "group" if kind.endswith("group") else "direct") if private else _post(value)
            if isinstance(fields, Text):
                rejects.leave_out(title_of(source), fields)
            else:
                yield number, {"platform": "x", **fields}


def _walked(source: Source, at: Path, start: int) -> Iterator[tuple[Path, object]]:
    """The values of the list that starts after so many characters."""

    def chunks() -> Iterator[str]:
        skipped = 0
        for chunk in read_chunks(source):
            yield chunk[max(0, start - skipped) :]
            skipped += len(chunk)

    opened = {at[:depth] for depth in range(len(at))}
    return ((found.path, found.value) for found in walk(chunks(), opened.__contains__))


def _post(item: Mapping[str, Any]) -> Fields | Text:
    tweet = part_of(item, "tweet") or item
    number = text_of(tweet, "id_str", "id")
    mentions = [name for one in list_of(part_of(tweet, "entities"), "user_mentions") if (name := text_of(one, "screen_name"))]
    return {
        "id": number,
        "text": unescape(text_of(tweet, "full_text", "text") or ""),
        "created_at": text_of(tweet, "created_at"),
        "target": text_of(tweet, "in_reply_to_screen_name"),
        "visibility": "public",
        "url": f"https://x.com/i/web/status/{number}" if number and number.isdigit() else None,
        "likes": text_of(tweet, "favorite_count"),
        "retweet_count": text_of(tweet, "retweet_count"),
        "lang": text_of(tweet, "lang"),
        "in_reply_to_status_id": text_of(tweet, "in_reply_to_status_id_str", "in_reply_to_status_id"),
        "in_reply_to_user": text_of(tweet, "in_reply_to_screen_name"),
        "mentions": " ".join(mentions) or None,
    }


def _direct_message(item: Mapping[str, Any], conversation: str | None, visibility: str) -> Fields | Text:
    message = part_of(item, "messageCreate", "welcomeMessageCreate")
    if not message:
        return APP_LINE  # someone joined, left or named the group
    if not (text_of(message, "text") or "").strip() and list_of(message, "mediaUrls"):
        return WITHOUT_WORDS
    return {
        "id": text_of(message, "id"),
        "author": text_of(message, "senderId"),
        "target": text_of(message, "recipientId") if visibility == "direct" else None,
        "text": text_of(message, "text"),
        "created_at": text_of(message, "createdAt"),
        "visibility": visibility,
        "conversation": conversation,
        "attachments": list_of(message, "mediaUrls") or None,
    }


FORMAT = Format(
    name=Text(nl="archief van X", en="archive of X"),
    recognises=_recognises,
    open=lambda source: Rows(source, _COLUMNS, _MADE, _read),
    download=True,
)
