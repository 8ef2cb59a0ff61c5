"""Reads a chat that WhatsApp exported as text, from Android or an iPhone, in Dutch or English.

    12-03-26 14:05 - Jan: hoi                      Android
    [12-03-2026 14:05:33] Jan: hoi                 iPhone

Day, month and clock are written as the phone does, so the layout of the first line is the layout of all. A line that has another
layout goes on with the message before it. WhatsApp does not mark where a message ends: a message with a line of the very layout in
it is read as two. Times are those of the phone, without a zone. Sources: whatsapp-export-inconsistencies (public domain) for the
shapes, chats in Dutch for the words, which are in words.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache

import msgspec

from triage.language import Text
from triage.tables.formats.content import title_of
from triage.tables.formats.rows import Fields, Format, Rows
from triage.tables.formats.words import load_words, one_of
from triage.tables.rejects import APP_LINE, DELETED, WITHOUT_WORDS, Rejects
from triage.tables.sources import Source, read_lines

_COLUMNS = ("author", "text", "timestamp", "attachment", "edited")
_MADE = ("target", "platform", "visibility")
_MARK = "\u200e"  # an iPhone puts it before what the app writes
_INVISIBLE = "\u200e\u200f\u202a\u202c\ufeff"
_START = re.compile(
    rf"[{_INVISIBLE}]*(?P<bracket>\[)?(?P<date>\d{{1,4}}(?P<sign>[-/.])\d{{1,2}}[-/.]\d{{1,4}})(?P<comma>,?)\s{{1,3}}"
    r"(?P<time>\d{1,2}[:.]\d{2}(?P<second>[:.]\d{2})?(?:\s?[ap]\.?\s?m\.?)?)(?(bracket)\]|\s[-–])(?:\s|$)",
    re.IGNORECASE,
)
_AUTHOR = re.compile(r"(?P<name>[^:\n]{1,200}):(?:[ \n]|$)")
_EDGES = f"{_INVISIBLE} \n"
_FIRST = 5  # lines
_PAGES = re.compile(r"(?P<file>.{1,300}) • \d+ (?:pagina.{0,3}|pages?)", re.IGNORECASE)
_LONGEST = 1 << 20  # characters of one message; WhatsApp itself allows 65,536


class Line(msgspec.Struct, frozen=True):
    """One message or notice of a chat.

    Attributes:
        number: The line of the file on which it starts.
        timestamp: When, as it stands there.
        text: All that comes after the time.
    """

    number: int
    timestamp: str
    text: str


class _Chat(msgspec.Struct, frozen=True):
    """What holds for a whole chat: a few of its authors, and whether it is a group."""

    authors: tuple[str, ...]
    group: bool

    def other(self, author: object) -> str | None:
        """To whom a message of this author is, where there are only two."""
        return next((name for name in self.authors if name != author), None) if not self.group else None


def _recognises(beginning: str) -> bool:
    first = next((line for line in beginning.splitlines() if line.strip()), "")
    return _START.match(first) is not None


def _read(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    chat = _survey(source)
    title = title_of(source)
    for line in read_chat(source, rejects):
        found = _message(line)
        if isinstance(found, Text):
            rejects.leave_out(title, found)
            continue
        visibility = "group" if chat.group else "direct"
        yield line.number, {**found, "platform": "whatsapp", "visibility": visibility, "target": chat.other(found["author"])}


def _survey(source: Source) -> _Chat:
    authors: dict[str, None] = {}
    group = False
    for line in read_chat(source, Rejects()):
        found = _message(line)
        if not isinstance(found, Text):
            authors |= {str(found["author"]): None} if found["author"] else {}
        elif found is APP_LINE and _author_of(line.text) is None:
            group = group or _patterns()["group"].search(line.text) is not None
        if len(authors) > 2:
            group = True
        if group:
            break
    return _Chat(tuple(authors), group)


def read_chat(source: Source, rejects: Rejects) -> Iterator[Line]:
    """Cut a chat into its messages and notices.

    Args:
        source: The file.
        rejects: Takes note of repaired lines.
    """
    layout: tuple[object, ...] | None = None
    held: list[str] = []
    number, timestamp, size = 0, "", 0
    with closing(read_lines(source, rejects)) as lines:
        for place, line in enumerate(lines, start=1):
            start = _START.match(line)
            if start and layout in (None, _layout(start)):
                layout = _layout(start)
                if held:
                    yield Line(number, timestamp, "".join(held).rstrip("\r\n"))
                number, held, size = place, [], 0
                timestamp = " ".join(f"{start['date']} {start['time']}".split())
                line = line[start.end() :] if not start[0].endswith("\n") else ""
            elif size > _LONGEST:  # this is no chat any more; it is kept, in parts
                yield Line(number, timestamp, "".join(held).rstrip("\r\n"))
                number, held, size = place, [_continued(held[0]) if held else ""], 0
            held.append(line.replace("\r\n", "\n"))
            size += len(line)
    if held:
        yield Line(number, timestamp, "".join(held).rstrip("\r\n"))


def _layout(start: re.Match[str]) -> tuple[object, ...]:
    return start["bracket"], start["sign"], start["comma"], start["second"] is not None


def _continued(text: str) -> str:
    author = _AUTHOR.match(text)
    return f"{author['name']}: " if author else ""


def _message(line: Line) -> Fields | Text:
    """The fields of a message, or what it is instead."""
    author = _author_of(line.text)
    patterns = _patterns()
    if author is None and patterns["events"].search(line.text):
        return APP_LINE
    name = author["name"].strip(_INVISIBLE).removeprefix("~").strip() if author else None
    text, edited = line.text[author.end() if author else 0 :], None
    if (match := patterns["edited"].search(text)) and not text[match.end() :].strip():
        text, edited = text[: match.start()].rstrip(f" {_MARK}"), "true"
    plain = text.strip(_EDGES)
    if patterns["deleted"].fullmatch(plain):
        return DELETED
    if name and text.startswith(_MARK):
        said = plain.replace(name, "NAME")
        if patterns["notices"].fullmatch(said) or (line.number <= _FIRST and patterns["first_notices"].fullmatch(said)):
            return APP_LINE
    text, attachment = _without_attachment(text)
    if attachment and not text.strip(_EDGES):
        return WITHOUT_WORDS
    return {"author": name, "text": text, "timestamp": line.timestamp, "attachment": attachment, "edited": edited}


def _without_attachment(text: str) -> tuple[str, str | None]:
    """The words of a message, and the file that came along or what stands for it; the name of a file may be words, too."""
    patterns = _patterns()
    if match := patterns["attached"].fullmatch(text.strip(_EDGES)):
        name, caption = match["file"], match["caption"] or ""
        if caption.strip() == name.rpartition(".")[0]:  # Android repeats the name of a document
            caption = ""
    elif match := patterns["attached_as"].search(text):
        name, caption = match["file"], text[: match.start()]
    else:
        before, _, after = text.rpartition(_MARK)
        marked = _MARK in text or text.strip(_EDGES).startswith("<") or text.strip(_EDGES) == "null"
        if not (marked and patterns["omitted"].fullmatch(after.strip())):
            return text.lstrip(_INVISIBLE), None
        name, caption = after.strip(" <>\n"), before
        if match := _PAGES.fullmatch(before.strip(_EDGES)):
            name, caption = match["file"], ""
        elif before.strip(_EDGES) or len(name.split()) == 2:  # "afbeelding weggelaten"
            return before.lstrip(_INVISIBLE), name
    spoken = name if len(name.split()) > 1 and not caption.strip(_EDGES) else caption
    return spoken.lstrip(_INVISIBLE), name


def _author_of(text: str) -> re.Match[str] | None:
    author = _AUTHOR.match(text)
    if author is None or not author["name"].strip(f"{_INVISIBLE} ~"):
        return None
    # The name of a person who is not in the phone book is their own choice: it must not make notices of what they write.
    chosen = author["name"].lstrip(_INVISIBLE)[:1] in ("~", "+")
    quoted = any(sign in author["name"] for sign in "\"“”„«'")
    return None if quoted and not chosen and _patterns()["before_quote"].fullmatch(author["name"]) else author


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    words = load_words().whatsapp
    attached = "|".join(words.attached)
    attached_as = "|".join(words.attached_as)
    return {
        "omitted": one_of(words.omitted),
        "deleted": one_of(words.deleted),
        "edited": one_of(words.edited),
        "notices": one_of(words.notices),
        "first_notices": one_of(words.first_notices),
        "events": one_of(words.events),
        "group": one_of(words.group),
        "before_quote": one_of(words.before_quote),
        "attached": one_of([rf"(?P<file>[^\n]{{1,255}}) \((?:{attached})\)(?:\n(?P<caption>(?s:.*)))?"]),
        "attached_as": one_of([rf"{_MARK}?<(?:{attached_as}): (?P<file>[^>\n]{{1,255}})>\s*\Z"]),
    }


FORMAT = Format(
    name=Text(nl="WhatsApp-chat", en="WhatsApp chat"),
    recognises=_recognises,
    open=lambda source: Rows(source, _COLUMNS, _MADE, _read),
)
