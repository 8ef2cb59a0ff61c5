"""Reads e-mail: one message (.eml), or a box of them (mbox).

A message is its subject, unless it answers another mail, and its plain text, or else its HTML as text; what an answer quotes goes into a
column of its own. What a forwarded mail quotes stays: that is what came in. Source: RFC 5322, RFC 2046, RFC 4155.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import cache

from triage.language import Text
from triage.tables.formats.content import open_bytes, title_of
from triage.tables.formats.htmltext import html_to_text
from triage.tables.formats.quotes import without_quote
from triage.tables.formats.rows import Fields, Format, Rows
from triage.tables.formats.words import load_words, one_of
from triage.tables.rejects import BAD_MAIL, WITHOUT_WORDS, Rejects
from triage.tables.sources import Source

_COLUMNS = ("message_id", "from", "to", "cc", "subject", "date", "in_reply_to", "attachments", "quoted")
_MADE = ("text", "author", "target", "platform", "visibility", "sent_at")
_LARGEST = 1 << 25  # bytes of one mail; the text comes before the attachments, so nothing of it is lost
_LONGEST_LINE = 1 << 20  # bytes
_LONGEST_HEADER = 20_000  # bytes; the functions that read headers do not bear any length
_SHOWN = 2000  # characters of a mail that cannot be read
_ENVELOPE = re.compile(rb"From \S.{0,300}\d{1,2}:\d{2}.{0,60}\d{4}")
_PARSED = re.compile(rb"(?:content-[a-z-]+|from|to|cc|subject|date):", re.IGNORECASE)  # headers of which the parts are looked at
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):")
_KNOWN = frozenset(
    ("from", "to", "cc", "subject", "date", "message-id", "received", "return-path", "mime-version", "content-type", "delivered-to",
     "reply-to")
)  # fmt: skip


def _recognises(beginning: str) -> bool:
    lines = beginning.lstrip().split("\n")
    if _ENVELOPE.match(lines[0].encode(errors="replace")):
        lines = lines[1:]
    names: set[str] = set()
    for line in lines:
        if line[:1] in (" ", "\t") and names:
            continue
        match = _HEADER.match(line)
        if not match:
            break
        names.add(match[1].lower())
    return "from" in names and len(names & _KNOWN) >= 3


def _read(source: Source, rejects: Rejects) -> Iterator[tuple[int, Fields]]:
    for number, raw in enumerate(read_box(source), start=1):
        try:
            fields = _fields(message_from_bytes(raw))
        except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError):
            fields = None  # there is no end to what the headers of spam do to parsers
        if fields is None:
            rejects.row(source.name, number, BAD_MAIL, raw[:_SHOWN].decode("utf-8", errors="replace"))
        elif not fields["text"] and fields["attachments"]:
            rejects.leave_out(title_of(source), WITHOUT_WORDS)
        else:
            yield number, fields


def read_box(source: Source) -> Iterator[bytes]:
    """The mails of a file one by one; one that is too large is cut off just past the limit, and so is a header."""
    held: list[bytes] = []
    size, box, after_blank = 0, False, True
    header, starts = 0, True  # bytes of the header that this line belongs to, and whether it is the beginning of a line
    with open_bytes(source) as stream:
        for line in iter(lambda: stream.readline(_LONGEST_LINE), b""):
            if not held and not size:
                line = line.removeprefix(b"\xef\xbb\xbf").lstrip() or line
                box = box or _ENVELOPE.match(line) is not None
            if box and after_blank and starts and _ENVELOPE.match(line):
                if held:
                    yield b"".join(held)
                held, size, after_blank = [], 0, False
                continue
            goes_on = header and (not starts or line[:1] in (b" ", b"\t"))
            header = header + len(line) if goes_on else len(line) if starts and _PARSED.match(line) else 0
            after_blank, starts = not line.strip(), line.endswith(b"\n")
            if header > _LONGEST_HEADER:
                line = line[: max(0, len(line) - (header - _LONGEST_HEADER))]
                line += b"\n" if line else b""
            if size <= _LARGEST:
                held.append(line[1:] if box and line.startswith(b">From ") else line)
                size += len(line)
    if held:
        yield b"".join(held)


def _fields(mail: Message) -> dict[str, object]:
    sender, to, cc, subject = (_decoded_header(_header(mail, name)) for name in ("From", "To", "Cc", "Subject"))
    body, attachments = _content(mail)
    replied = bool(_marks()["replied"].match(subject))
    refers = bool(_header(mail, "In-Reply-To") or _header(mail, "References"))
    answers = (replied or refers) and not _marks()["forwarded"].match(subject)
    text, quoted = without_quote(body) if answers else (body.strip(), "")
    if subject and not (replied and refers):  # anyone can write "Re:" before anything
        text = f"{subject}\n\n{text}".strip()
    # Addresses are read before names are decoded: a name may hold a comma.
    receivers = [address for _, address in getaddresses([_header(mail, "To"), _header(mail, "Cc")]) if address]
    senders = [address for _, address in getaddresses([_header(mail, "From")]) if address]
    return {
        "text": text,
        "author": senders[0].lower() if senders else sender,
        "target": receivers[0].lower() if receivers else None,
        "platform": "email",
        "visibility": "group" if len(receivers) > 1 else "direct",
        "sent_at": _time(mail),
        "message_id": _header(mail, "Message-ID").strip("<> "),
        "from": sender,
        "to": to,
        "cc": cc,
        "subject": subject,
        "date": _header(mail, "Date"),
        "in_reply_to": _header(mail, "In-Reply-To").strip("<> "),
        "attachments": attachments or None,
        "quoted": quoted,
    }


def _header(mail: Message, name: str) -> str:
    """A header as it stands in the mail, on one line."""
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")[:_LONGEST_HEADER]
    return " ".join(raw.encode("utf-8", errors="surrogateescape").decode("utf-8", errors="replace").split())


def _decoded_header(raw: str) -> str:
    """A header as people read it."""
    try:
        return str(make_header(decode_header(raw)))
    except (MessageError, ValueError, LookupError):
        return raw


def _time(mail: Message) -> str | None:
    """When it was sent, with its zone; as it stands there where that is no time."""
    raw = _header(mail, "Date")
    try:
        time = parsedate_to_datetime(raw)
    except (ValueError, TypeError, IndexError, OverflowError):
        return raw or None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).isoformat()  # "-0000": the zone is not known, the time is UTC


def _content(mail: Message) -> tuple[str, list[str]]:
    """The text of a mail, and the names of its attachments."""
    texts: dict[str, str] = {}
    attachments, attached = [], ""
    for part in mail.walk():
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart" and not part.is_multipart():
            kind = "text/plain"  # its parts are not where it says
        name = part.get_filename()
        if name or part.get_content_disposition() == "attachment":
            attachments.append(" ".join(str(name or kind).split()))
            attached = attached or (_decoded(part) if kind == "text/plain" else "")
        elif kind in ("text/plain", "text/html") and not texts.get(kind, "").strip():
            texts[kind] = _decoded(part)
    plain, page = texts.get("text/plain", ""), html_to_text(texts.get("text/html", ""))
    return next((text for text in (plain, page, attached) if text.strip()), ""), attachments


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    for encoding in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", errors="replace")


@cache
def _marks() -> dict[str, re.Pattern[str]]:
    words = load_words().mail
    marks = {"forwarded": words.forwarded, "replied": words.replied}
    return {name: one_of([rf"(?:{'|'.join(given)}) ?(?:\[\d+\])?:"]) for name, given in marks.items()}


FORMAT = Format(
    name=Text(nl="e-mail", en="e-mail"),
    recognises=_recognises,
    open=lambda source: Rows(source, _COLUMNS, _MADE, _read),
)
