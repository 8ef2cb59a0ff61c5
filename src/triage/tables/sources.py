"""From a path to bytes, a format and lines of text, whatever the file is called and however it is encoded or compressed."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import msgspec
import pyarrow as pa

from triage.errors import InputError
from triage.tables.disk import is_full
from triage.tables.formats.words import looked_for
from triage.tables.rejects import NUL_REMOVED, OTHER_ENCODING, Rejects

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Format = Literal["parquet", "zip", "json", "csv"]
Compression = Literal["gzip", "bz2", "xz", "zstd"]

_SAMPLE = 1 << 16
_CHUNK = 1 << 20
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_COMPRESSED: dict[bytes, Compression] = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_DECOMPRESS: dict[Compression, Callable[[Path], Any]] = {
    "gzip": gzip.GzipFile,
    "bz2": bz2.BZ2File,
    "xz": lzma.LZMAFile,
    "zstd": lambda path: pa.input_stream(str(path), compression="zstd"),
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = (b"7z\xbc\xaf", b"Rar!")
_PDF = b"%PDF-"  # it may be text through and through
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


class Source(msgspec.Struct, frozen=True):
    """A file that was looked at.

    Attributes:
        name: As the user named it; "-" is standard input.
        given: Where its bytes are, as they were given.
        path: Where the bytes are that are read.
        format: What its content is.
        compression: How the bytes at `path` are compressed; None where they are not.
        encoding: "utf-8", "utf-16-le", "utf-16-be" or "cp1252"; of text only.
        old_line_ends: True where lines end in a lone carriage return.
        title: What it is called in a sentence, where that is not its name: the file that holds it.
    """

    name: str
    given: Path
    path: Path
    format: Format
    compression: Compression | None = None
    encoding: str = "utf-8"
    old_line_ends: bool = False
    title: str = ""


@contextmanager
def open_source(name: str | Path, spool: Path | None = None) -> Iterator[Source]:
    """Look at a file; what can be read only once (standard input, a pipe) is kept on disk meanwhile.

    Args:
        name: A path, or "-" for standard input.
        spool: An existing folder in which to keep it; None takes the system's folder for temporary files.

    Raises:
        InputError: if it does not exist, is a folder, is empty, or is in a form that triage does not read.
        OSError: if the disk is full.
    """
    name = str(name)
    path = Path(name)
    if name != "-" and path.is_dir():
        raise InputError(f"{name} is a folder: name the files in it.", nl=f"{name} is een map: noem de bestanden daarin.")
    with ExitStack() as stack:
        try:
            if name == "-" or not path.is_file():
                path = _copied(sys.stdin.buffer if name == "-" else path.open("rb"), spool, stack)
            source = look_at(name, path)
            if source.format in ("parquet", "zip") and source.compression:  # these are read from their end on
                unpacked = _copied(open_bytes(name, path, source.compression), spool, stack)
                source = msgspec.structs.replace(source, path=unpacked, compression=None)
        except OSError as error:
            if is_full(error):  # it was not the file
                raise
            reason = error.strerror or type(error).__name__
            raise InputError(f"{name} cannot be opened: {reason}.", nl=f"{name} kan niet geopend worden: {reason}.") from None
        yield source


def _copied(stream: BinaryIO, spool: Path | None, stack: ExitStack) -> Path:
    copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-", dir=spool)), "copy")
    with copy.open("wb") as target, stream:
        shutil.copyfileobj(stream, target, _CHUNK)
    return copy


class _Decompressed(io.RawIOBase):
    """The bytes of a compressed file; damage in it becomes one sentence.

    Args:
        name: The file as the user named it.
        stream: What decompresses it.
    """

    def __init__(self, name: str, stream: Any) -> None:
        self._name = name
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        try:
            return int(self._stream.readinto(buffer))
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            raise InputError(
                f"{self._name} is damaged or cut off: fetch or make it again.",
                nl=f"{self._name} is beschadigd of afgekapt: haal of maak het opnieuw.",
            ) from error

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_bytes(name: str, path: Path, compression: Compression | None) -> BinaryIO:
    """Open a file for reading; it is decompressed meanwhile.

    Args:
        name: The file as the user named it.
        path: Where it is.
        compression: How it is compressed, or None.
    """
    if compression is None:
        return path.open("rb")
    return io.BufferedReader(_Decompressed(name, _DECOMPRESS[compression](path)), _CHUNK)


def look_at(name: str, path: Path) -> Source:
    """Recognise format, compression and encoding from the first bytes.

    Raises:
        InputError: if the file is empty or cannot be read as a table.
    """
    with path.open("rb") as raw:
        start = raw.read(8)
    compression = next((kind for magic, kind in _COMPRESSED.items() if start.startswith(magic)), None)
    with open_bytes(name, path, compression) as stream:
        head = stream.read(_SAMPLE)
    if head.startswith(b"PAR1"):
        return Source(name, path, path, "parquet", compression)
    if head.startswith(_ZIP):
        return Source(name, path, path, "zip", compression)
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
        raise InputError(
            f"{name} is empty: export it again, with its messages.", nl=f"{name} is leeg: exporteer opnieuw, met de berichten erbij."
        )
    if head.startswith(_PDF) or len(_CONTROL.findall(text)) + text.count("\0") > max(8, len(text) // 20):
        raise InputError(
            f"{name} is not in a form that triage reads; looked for {looked_for().en}.",
            nl=f"{name} heeft geen vorm die triage leest; gezocht is naar {looked_for().nl}.",
        )
    return Source(name, path, path, "json" if _is_json(text) else "csv", compression, encoding, "\r" in text and "\n" not in text)


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


def read_lines(source: Source, rejects: Rejects, longest: int = -1) -> Generator[str, None, None]:
    """The lines of a text file with their line ends, without NUL characters and byte order mark.

    A line that is not in the encoding of the file is read as Windows-1252 (or utf-8), and counted by the number of the line.

    Args:
        source: The file.
        rejects: Takes note of repaired lines.
        longest: Cut lines into pieces of about so many characters; -1 keeps them whole.
    """
    with open_bytes(source.name, source.path, source.compression) as stream:
        if source.encoding.startswith("utf-16"):
            lines = _wide_lines(stream, source, longest)
        else:
            lines = _narrow_lines(stream, source, rejects, longest)
        for number, line in enumerate(lines, start=1):
            if number == 1:
                line = line.removeprefix("\ufeff")
            if "\0" in line:
                rejects.value(source.name, number, "", NUL_REMOVED, line)
                line = line.replace("\0", "")
            yield line


def _wide_lines(stream: BinaryIO, source: Source, longest: int) -> Iterator[str]:
    with io.TextIOWrapper(stream, source.encoding, errors="replace", newline="\r" if source.old_line_ends else "\n") as lines:
        yield from iter(partial(lines.readline, longest), "")


def _narrow_lines(stream: BinaryIO, source: Source, rejects: Rejects, longest: int) -> Iterator[str]:
    lines = _old_lines(stream) if source.old_line_ends else stream if longest < 0 else _pieces(stream, longest)
    for number, line in enumerate(lines, start=1):
        try:
            text, used = line.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, used = line.decode("cp1252", errors="replace"), "cp1252"
        if used != source.encoding and not line.isascii():
            rejects.value(source.name, number, "", OTHER_ENCODING, text)
        yield text


def _pieces(stream: BinaryIO, longest: int) -> Iterator[bytes]:
    """Lines, and long ones in pieces that do not end inside a character."""
    while piece := stream.readline(longest):
        while len(piece) >= longest and b"\x80" <= stream.peek(1)[:1] < b"\xc0":  # type: ignore[attr-defined]  # it is buffered
            piece += stream.read(1)
        yield piece


def _old_lines(stream: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\r")
        yield from (line + b"\r" for line in whole)
    if rest:
        yield rest
