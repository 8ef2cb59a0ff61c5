"""What the faces of a dossier show, before it is laid out: sections of plain blocks.

Every text in it is plain already (`triage.report.plain`): no control or direction characters. The faces only lay it out, so that both
say the same and each escapes in one place.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from triage.language import Lang


class Paragraph(msgspec.Struct, frozen=True):
    """Running text; `note` is set smaller."""

    text: str
    role: Literal["plain", "note", "lead"] = "plain"


class Rows(msgspec.Struct, frozen=True):
    """Names with what is said of them, a row each."""

    rows: tuple[tuple[str, str], ...]


class Grid(msgspec.Struct, frozen=True):
    """A table; `shares` says how the columns divide the width."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]


class Bar(msgspec.Struct, frozen=True):
    """One bar: its name, its value in words, how much of the whole width it takes (0.0-1.0), and a remark."""

    name: str
    value: str
    share: float
    note: str = ""


class Bars(msgspec.Struct, frozen=True):
    """Bars below each other."""

    title: str
    bars: tuple[Bar, ...]


class Quote(msgspec.Struct, frozen=True):
    """A message: its lines, and what is known of it."""

    title: str
    about: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]


class Heading(msgspec.Struct, frozen=True):
    """The title of a part of a section, with a word beside it."""

    text: str
    mark: str = ""


class Bullets(msgspec.Struct, frozen=True):
    """A list below a few words; `small` for sources."""

    title: str
    items: tuple[str, ...]
    small: bool = False


class Check(msgspec.Struct, frozen=True):
    """Something still to do, to tick off: what it is, and where that comes from."""

    text: str
    source: str


class Picture(msgspec.Struct, frozen=True):
    """An image among the attachments, by its file."""

    file: str
    caption: str


Block: TypeAlias = Paragraph | Rows | Grid | Bars | Quote | Heading | Bullets | Check | Picture


class Section(msgspec.Struct, frozen=True):
    """A section."""

    title: str
    blocks: tuple[Block, ...]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it."""

    title: str
    subtitle: str
    lang: Lang
    footer: str
    page: str
    sections: tuple[Section, ...]
