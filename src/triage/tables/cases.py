"""Gathers messages into cases; what a jurist or analyst may want to change is in cases.toml.

* The messages of one author toward one target are a case, where at least one is harmful (or carries a flag that matters).
* Harmful messages of many authors toward one target in a burst are a case together, a pile-on. An author whose harm stays within
  bursts has no other case; one who goes on outside them also has a case of their own, with all their messages.
* Nobody knows whether messages without an author come from one person. Those to one target are a case as long as they fall within
  a day of the first; without a target or a time each is a case by itself. They join a pile-on, and never count as authors of it.
* Without a target there is no pile-on: the messages may be meant for different people.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from triage.errors import RulesError
from triage.labels import Flag
from triage.message import HOME_ZONE, Message

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CaseRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What cases.toml says.

    Attributes:
        unknown_names: Names that mean that the author is not known, in small letters.
        unknown_author_hours: How long messages without an author to one target belong together.
        flags: Flags that make a case of a message without a label.
    """

    unknown_names: tuple[str, ...]
    unknown_author_hours: Annotated[float, msgspec.Meta(gt=0)]
    flags: tuple[Flag, ...]


@cache
def load_case_rules() -> CaseRules:
    """Read cases.toml.

    Raises:
        RulesError: if it is not well-formed.
    """
    text = resources.files("triage.tables").joinpath("cases.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), CaseRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"cases.toml: {error}", nl=f"cases.toml: {error}") from None


def person(name: str | None) -> str | None:
    """A name for comparing: without capitals, outer blanks and @; None where it means that nobody is known.

    Example:
        >>> person(" @JanJ"), person("[deleted]")
        ('janj', None)
    """
    plain = unicodedata.normalize("NFKC", name or "").casefold().strip().lstrip("@")
    return None if plain in load_case_rules().unknown_names else plain


def case_name(kind: str, author: str | None, target: str | None, began: int | None, id: str | None = None, text: str | None = None) -> str:
    """The id of a case from what it is: the same at every run, and without a name of a person.

    Args:
        kind: "author", "burst", "unknown" (messages without an author), or "message" (one that is a case by itself).
        author: From whom, as `person` gives it.
        target: To whom, as `person` gives it.
        began: When the first message was sent, in microseconds since 1970.
        id: Of a message that is a case by itself.
        text: Of a message that is a case by itself.

    Example:
        >>> case_name("author", "janj", "piet", None)
        'e81cd6625a80'
    """
    sent_at = None if began is None else _EPOCH + timedelta(microseconds=began)
    what: tuple[str | None, ...]
    if kind == "author":
        what = (kind, author, target)
    elif kind == "message" or sent_at is None:
        what = ("message", Message(text=text or "", id=id, sent_at=sent_at).key)
    else:
        what = (kind, target, sent_at.astimezone(HOME_ZONE).date().isoformat())
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]
