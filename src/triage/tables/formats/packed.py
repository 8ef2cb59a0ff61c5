"""Takes files out of a zip within bounds, so that a bomb fills neither disk nor memory; names in it never become paths."""

from __future__ import annotations

import lzma
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator

from triage.errors import InputError
from triage.tables.sources import Source

MOST_FILES = 200_000
MOST_BYTES = 1 << 31  # of one file
MOST_TOGETHER = 1 << 33  # bytes of all files that are taken out
MOST_TIMES = 250  # larger than it was in the zip; text is packed to a tenth, repetitive JSON to a fiftieth
_FREELY = 1 << 24  # bytes; up to here the factor does not matter
_CHUNK = 1 << 20
_NAME = 200  # characters
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # a password; NotImplementedError is one, too
    struct.error,
    ValueError,
    LookupError,
)


class Budget:
    """How much may still be taken out of one zip.

    Args:
        left: Bytes.
    """

    def __init__(self, left: int = MOST_TOGETHER) -> None:
        self.left = left


def open_zip(source: Source) -> zipfile.ZipFile:
    """Open a zip file for reading.

    Raises:
        InputError: if it is damaged, or holds more files than any export.
    """
    try:
        archive = zipfile.ZipFile(source.path)
    except DAMAGE:
        raise InputError(
            f"{source.name} is damaged or cut off: fetch or make it again.",
            nl=f"{source.name} is beschadigd of afgekapt: haal of maak het opnieuw.",
        ) from None
    if len(archive.infolist()) > MOST_FILES:
        archive.close()
        raise InputError(
            f"{source.name} holds more files than an export has: unpack it and give the files with messages.",
            nl=f"{source.name} bevat meer bestanden dan een export heeft: pak het uit en geef de bestanden met berichten.",
        )
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> Iterator[bytes]:
    """The content of one file of a zip, piece by piece.

    Raises:
        InputError: if it is larger than is allowed.
        DAMAGE: if it is damaged or locked.
    """
    size = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            budget.left -= len(chunk)
            if size > MOST_BYTES or budget.left < 0 or (size > _FREELY and size > MOST_TIMES * member.compress_size):
                raise InputError(
                    "A file in the zip becomes too large when it is unpacked: unpack it and give that file by itself.",
                    nl="Een bestand in de zip wordt bij het uitpakken te groot: pak het uit en geef dat bestand apart.",
                )
            yield chunk


def clean_name(name: str) -> str:
    """The name of a file in a zip as it can be shown: one line, no signs that hide or turn text, not too long.

    Example:
        >>> clean_name("a\\\\b\\x1b[31m\\u202ec.txt")
        'a/b[31mc.txt'
    """
    shown = "".join(sign for sign in name.replace("\\", "/") if unicodedata.category(sign)[0] != "C")
    return shown[-_NAME:]
