"""A message: one text with what is known about it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import force_setattr

from triage.checking import check_fields
from triage.errors import InputError
from triage.labels import FLAGS, LABELS, Flag, Label

Visibility = Literal["direct", "group", "public"]
# No message reaches more people than this; a larger number is a mistake.
MOST = 10**12
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]

HOME_ZONE = ZoneInfo("Europe/Amsterdam")  # where a time names no zone
_EARLIEST, _LATEST = 1900, 2200
_SURROGATES = re.compile("[\ud800-\udfff]")


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One text that reached a person in their work.

    Attributes:
        text: The text as it was sent. Half characters (lone surrogates) become U+FFFD.
        id: The name of the message in its source; without one, `key` makes one from its content.
        sent_at: When it was sent; without a zone it is read as Europe/Amsterdam. ISO 8601 text is taken too.
        author, target: Who wrote it, and to whom.
        platform: Where ("facebook", "email", "letter", ...). It never changes the gravity of the text (guidance, R24).
        visibility: "direct" (one reader), "group" or "public".
        views, shares, followers: Counts of 0 or more.
        url: Where it stands.
        labels, intensity, flags: A person's own judgement, which wins over the model's. `labels=()` says: harmless.

    Raises:
        InputError: if a value is of the wrong kind or out of range.

    Example:
        >>> Message(text="Goedemiddag", sent_at="2026-03-01T10:00").sent_at.isoformat()
        '2026-03-01T10:00:00+01:00'
    """

    text: str
    id: str | None = None
    sent_at: datetime | None = None
    author: str | None = None
    target: str | None = None
    platform: str | None = None
    visibility: Visibility | None = None
    views: Count | None = None
    shares: Count | None = None
    followers: Count | None = None
    url: str | None = None
    labels: tuple[Label, ...] | None = None
    intensity: Annotated[float, msgspec.Meta(ge=0, le=3)] | None = None
    flags: tuple[Flag, ...] | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "sent_at", moment(self.sent_at))
        check_fields(self)
        for name in ("text", "id", "author", "target", "platform", "url"):
            if (value := getattr(self, name)) is not None and _SURROGATES.search(value):
                force_setattr(self, name, _SURROGATES.sub("\ufffd", value))
        if self.id is not None and not self.id.strip():
            force_setattr(self, "id", None)
        if self.sent_at is not None and not _EARLIEST <= self.sent_at.year <= _LATEST:
            raise InputError(
                f"Field sent_at must lie between {_EARLIEST} and {_LATEST}.",
                nl=f"Veld sent_at moet tussen {_EARLIEST} en {_LATEST} liggen.",
            )
        if self.labels is not None:
            force_setattr(self, "labels", tuple(label for label in LABELS if label in self.labels))
        if self.flags is not None:
            force_setattr(self, "flags", tuple(flag for flag in FLAGS if flag in self.flags))

    @property
    def key(self) -> str:
        """What makes this message the same as another: its id, or else its text, author and time."""
        return content_key(self.text, self.author, self.sent_at) if self.id is None else self.id


def content_key(text: str, author: str | None, sent_at: datetime | None) -> str:
    """What names a message without an id: a digest of its text, author and time, that tells nothing of them.

    Example:
        >>> content_key("Dag mevrouw", "Jan", None)
        '6ab74d911f5b'
    """
    content = "\0".join((text.strip(), author or "", sent_at.isoformat() if sent_at else ""))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def unique(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The messages without the doubles of an overlapping export, in their order.

    Two messages are one where they share an id, or text, author and time. Where a time or an author is missing, two
    messages without an id are taken for one only if all that is known of them is the same.

    Example:
        >>> len(unique([Message(text="a", id="1"), Message(text="a", id="1"), Message(text="a", id="2")]))
        2
    """
    seen_ids: set[str] = set()
    seen_content: set[tuple[object, ...]] = set()
    kept = []
    for message in messages:
        content = (message.text.strip(), message.author, message.target, message.sent_at)
        known = message.author is not None and message.sent_at is not None
        if message.id is not None and message.id in seen_ids:
            continue
        if (known or message.id is None) and content in seen_content:
            continue
        if message.id is not None:
            seen_ids.add(message.id)
        if known or message.id is None:
            seen_content.add(content)
        kept.append(message)
    return tuple(kept)


def moment(value: object) -> object:
    """A time with its zone; text is read as ISO 8601, and a time without a zone as Europe/Amsterdam."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise InputError(
                "Field sent_at must be a time such as 2026-03-01T10:00.",
                nl="Veld sent_at moet een tijdstip zijn, zoals 2026-03-01T10:00.",
            ) from None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=HOME_ZONE)
    return value
