"""From a path to bytes, a format and lines of text, whatever the file is called and however it is encoded."""

from __future__ import annotations

import codecs
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from triage.errors import InputError
from triage.tables.formats.words import looked_for
from triage.tables.rejects import NUL_REMOVED, OTHER_ENCODING, Rejects

Format = Literal["parquet", "zip", "json", "csv"]

_SAMPLE = 1 << 16
_CHUNK = 1 << 20
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf", b"\xfd7zXZ", b"Rar!", b"\x28\xb5\x2f\xfd")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Source(msgspec.Struct, frozen=True):
    """A file that was looked at.

    Attributes:
        name: As the user named it; "-" is standard input.
        path: Where its bytes are.
        format: What its content is.
        encoding: "utf-8", "utf-16-le", "utf-16-be" or "cp1252"; of text only.
        old_line_ends: True where lines end in a lone carriage return.
        title: What it is called in a sentence, where that is not its name: the file that holds it.
    """

    name: str
    path: Path
    format: Format
    encoding: str = "utf-8"
    old_line_ends: bool = False
    title: str = ""


@contextmanager
def open_source(name: str | Path) -> Iterator[Source]:
    """Look at a file; what can be read only once (standard input, a pipe) is kept in a temporary file meanwhile.

    Args:
        name: A path, or "-" for standard input.

    Raises:
        InputError: if it does not exist, is a folder, is empty, or is in a form that triage does not read.
    """
    name = str(name)
    path = Path(name)
    if name != "-" and path.is_dir():
        raise InputError(f"{name} is a folder: name the files in it.", nl=f"{name} is een map: noem de bestanden daarin.")
    with ExitStack() as stack:
        try:
            if name == "-" or not path.is_file():
                path = _copied(name, stack)
            source = look_at(name, path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise InputError(f"{name} cannot be opened: {reason}.", nl=f"{name} kan niet geopend worden: {reason}.") from None
        yield source


def _copied(name: str, stack: ExitStack) -> Path:
    copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-")), "copy")
    with copy.open("wb") as target, sys.stdin.buffer if name == "-" else open(name, "rb") as stream:
        shutil.copyfileobj(stream, target)
    return copy


def look_at(name: str, path: Path) -> Source:
    """Recognise format and encoding from the first bytes.

    Raises:
        InputError: if the file is empty or cannot be read as a table.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    if head.startswith(b"PAR1"):
        return Source(name, path, "parquet")
    if head.startswith(_ZIP):
        return Source(name, path, "zip")
    if head.startswith(_OLD_EXCEL):
        raise InputError(
            f"{name} is a workbook of an old Excel: save it as .xlsx and give that file.",
            nl=f"{name} is een werkmap van een oude Excel: sla die op als .xlsx en geef dat bestand.",
        )
    if head.startswith(_PACKED):
        raise InputError(f"{name} is packed: unpack it first.", nl=f"{name} is ingepakt: pak het eerst uit.")
    encoding = _encoding(head)
    text = head.decode(encoding, errors="ignore").lstrip("\ufeff")
    if not text.replace("\0", "").strip():
        raise InputError(f"{name} is empty.", nl=f"{name} is leeg.")
    if len(_CONTROL.findall(text)) + text.count("\0") > max(8, len(text) // 20):
        raise InputError(
            f"{name} is not in a form that triage reads; looked for {looked_for().en}.",
            nl=f"{name} heeft geen vorm die triage leest; gezocht is naar {looked_for().nl}.",
        )
    return Source(name, path, "json" if _is_json(text) else "csv", encoding, "\r" in text and "\n" not in text)


def _encoding(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5 and min(even, odd) * 4 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    lines = head.split(b"\n")
    if len(lines) > 1 and len(head) == _SAMPLE:
        lines.pop()  # it may end inside a character
    foreign = [line for line in lines if not line.isascii()]
    return "cp1252" if foreign and not any(_is_utf8(line) for line in foreign) else "utf-8"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_json(text: str) -> bool:
    start = text.lstrip()
    if start.startswith("{"):
        return bool(re.match(r'\{\s*("|\})', start))
    if not start.startswith("["):
        return False
    if re.match(r"\[\s*(\{|\])", start):
        return True
    try:
        return isinstance(json.loads(start.partition("\n")[0]), list)
    except (ValueError, RecursionError):
        return False


def read_lines(source: Source, rejects: Rejects) -> Generator[str, None, None]:
    """The lines of a text file with their line ends, without NUL characters and byte order mark.

    A line that is not in the encoding of the file is read as Windows-1252 (or utf-8), and counted by the number of the line.
    """
    with source.path.open("rb") as stream:
        lines = _wide_lines(stream, source) if source.encoding.startswith("utf-16") else _narrow_lines(stream, source, rejects)
        for number, line in enumerate(lines, start=1):
            if number == 1:
                line = line.removeprefix("\ufeff")
            if "\0" in line:
                rejects.value(source.name, number, "", NUL_REMOVED, line)
                line = line.replace("\0", "")
            yield line


def _wide_lines(stream: BinaryIO, source: Source) -> Iterator[str]:
    with io.TextIOWrapper(stream, source.encoding, errors="replace", newline="\r" if source.old_line_ends else "\n") as lines:
        yield from lines


def _narrow_lines(stream: BinaryIO, source: Source, rejects: Rejects) -> Iterator[str]:
    for number, line in enumerate(_old_lines(stream) if source.old_line_ends else stream, start=1):
        try:
            text, used = line.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, used = line.decode("cp1252", errors="replace"), "cp1252"
        if used != source.encoding and not line.isascii():
            rejects.value(source.name, number, "", OTHER_ENCODING, text)
        yield text


def _old_lines(stream: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\r")
        yield from (line + b"\r" for line in whole)
    if rest:
        yield rest
