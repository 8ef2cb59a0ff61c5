"""What apps write in their exports; the data is in words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources

import msgspec

from triage.errors import RulesError
from triage.language import Text


class WhatsAppWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What WhatsApp writes itself; see words.toml."""

    omitted: tuple[str, ...]
    attached: tuple[str, ...]
    attached_as: tuple[str, ...]
    deleted: tuple[str, ...]
    edited: tuple[str, ...]
    notices: tuple[str, ...]
    first_notices: tuple[str, ...]
    events: tuple[str, ...]
    group: tuple[str, ...]
    before_quote: tuple[str, ...]


class MetaWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What Messenger and Instagram write themselves."""

    notices: tuple[str, ...]


class InstagramWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the fields of a comment are called."""

    comment: tuple[str, ...]
    owner: tuple[str, ...]
    time: tuple[str, ...]


class YouTubeWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the columns of Google Takeout are called."""

    text: tuple[str, ...]
    id: tuple[str, ...]
    sent_at: tuple[str, ...]
    channel: tuple[str, ...]
    video: tuple[str, ...]


class MailWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How mail programs mark what a reply quotes."""

    quoted: tuple[str, ...]
    quoted_on_a_line: tuple[str, ...]
    separators: tuple[str, ...]
    first_header: tuple[str, ...]
    headers: tuple[str, ...]
    forwarded: tuple[str, ...]
    replied: tuple[str, ...]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What words.toml says."""

    looked_for: Text
    whatsapp: WhatsAppWords
    meta: MetaWords
    instagram: InstagramWords
    youtube: YouTubeWords
    mail: MailWords


@cache
def load_words() -> Words:
    """Read words.toml.

    Raises:
        RulesError: if it is not well-formed.
    """
    text = resources.files("triage.tables.formats").joinpath("words.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Words)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"words.toml: {error}", nl=f"words.toml: {error}") from None


def looked_for() -> Text:
    """What a file may be, to end a sentence about one that is none of these."""
    return load_words().looked_for


def one_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for any of these, whatever the capitals.

    Raises:
        RulesError: if one is no regular expression.

    Example:
        >>> bool(one_of(["a", "b"]).fullmatch("B"))
        True
    """
    try:
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
    except re.error as error:
        raise RulesError(f"words.toml: {error}", nl=f"words.toml: {error}") from None
