"""The content of a file as bytes, as chunks of text, and its beginning."""

from __future__ import annotations

import codecs
from collections.abc import Generator
from typing import BinaryIO

from triage.tables.sources import Source
from triage.tables.sources import open_bytes as open_file

_BEGINNING = 1 << 16  # bytes
_CHUNK = 1 << 18  # bytes


def open_bytes(source: Source) -> BinaryIO:
    """Open a file for reading."""
    return open_file(source.name, source.path, source.compression)


def title_of(source: Source) -> str:
    """What a file is called in a sentence."""
    return source.title or source.name


def read_beginning(source: Source) -> str:
    """The first characters of a file of text, without byte order mark and NUL."""
    with open_bytes(source) as stream:
        return decoded_beginning(stream.read(_BEGINNING), source.encoding)


def decoded_beginning(head: bytes, encoding: str) -> str:
    """The first bytes of a file as text; a character that is cut off is left out.

    Example:
        >>> decoded_beginning("\\ufeffé€".encode()[:-1], "utf-8")
        'é'
    """
    return head.decode(encoding, errors="ignore").lstrip("\ufeff").replace("\0", "")


def read_chunks(source: Source) -> Generator[str, None, None]:
    """All of a file as chunks of text, without byte order mark and NUL; bytes that are not in its encoding become U+FFFD."""
    decoder = codecs.getincrementaldecoder(source.encoding)(errors="replace")
    with open_bytes(source) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            yield (text.removeprefix("\ufeff") if first else text).replace("\0", "")
            first = False
        yield decoder.decode(b"", final=True).replace("\0", "")
