"""What is added to a dossier as evidence: files copied as they are, each with its SHA-256."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from triage.errors import InputError
from triage.report.plain import one_line

_CHUNK = 1 << 20
_LONGEST_NAME = 80
_SHOWN = ("PNG", "JPEG", "GIF", "WEBP")  # what browsers show
_MOST_PIXELS = 50_000_000


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """One file of evidence.

    Attributes:
        number: Its place among the attachments, from 1.
        name: What it was called; "" where that is left out.
        file: Where it is in the dossier ("attachments/01-foto.png"), or None where it is not copied.
        size: In bytes.
        sha256: Of its content.
        kind: What it is.
        shown: Can a page show it as a picture?
    """

    number: int
    name: str
    file: str | None
    size: int
    sha256: str
    kind: Literal["image", "pdf", "other"]
    shown: bool = False


def copy_attachments(paths: Sequence[Path], folder: Path) -> tuple[Attachment, ...]:
    """Copy files into `folder`/attachments; files with the same name get different ones.

    Args:
        paths: The files.
        folder: The folder of the dossier.

    Raises:
        InputError: if one cannot be read.
    """
    if paths:
        (folder / "attachments").mkdir()
    return tuple(_copied(path, number, folder) for number, path in enumerate(paths, start=1))


def list_attachments(paths: Sequence[Path]) -> tuple[Attachment, ...]:
    """What the files are, without their names and without copying them.

    Raises:
        InputError: if one cannot be read.
    """
    return tuple(_described(path, number, None) for number, path in enumerate(paths, start=1))


def _copied(path: Path, number: int, folder: Path) -> Attachment:
    file = f"attachments/{number:02}-{safe_name(path.name)}"
    with (folder / file).open("xb") as copy:
        attachment = _described(path, number, copy)
    return msgspec.structs.replace(attachment, name=one_line(path.name), file=file, shown=_is_picture(folder / file))


def _described(path: Path, number: int, copy: BinaryIO | None) -> Attachment:
    """Read a file once: for its size and hash, and into `copy` where there is one."""
    if not path.is_file():  # a pipe or a device would never end
        raise _unreadable(path, "no ordinary file", "geen gewoon bestand")
    hasher, size, head = hashlib.sha256(), 0, b""
    try:
        stream = path.open("rb")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _unreadable(path, reason, reason) from None
    with stream:
        while chunk := _next(stream, path):
            hasher.update(chunk)
            size += len(chunk)
            head = head or chunk[:1024]
            if copy:
                copy.write(chunk)
    kind: Literal["image", "pdf", "other"] = "image" if _is_image(path) else "pdf" if b"%PDF-" in head else "other"
    return Attachment(number=number, name="", file=None, size=size, sha256=hasher.hexdigest(), kind=kind)


def _next(stream: BinaryIO, path: Path) -> bytes:
    try:
        return stream.read(_CHUNK)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _unreadable(path, reason, reason) from None


def _unreadable(path: Path, en: str, nl: str) -> InputError:
    return InputError(f"Attachment {path} cannot be read: {en}.", nl=f"Bijlage {path} is niet te lezen: {nl}.")


def safe_name(name: str) -> str:
    """A name that every system takes and no page reads as anything else.

    Example:
        >>> safe_name("scherm afbeelding (één).PNG"), safe_name("../<b>.")
        ('scherm_afbeelding_een_.PNG', 'b')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub("[^A-Za-z0-9.-]+", "_", plain).strip("._-")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:_LONGEST_NAME] or "bijlage"
    return f"{stem[: _LONGEST_NAME - len(ending)]}.{ending}"


def _is_image(path: Path) -> bool:
    return _format(path) is not None or path.suffix.lower() in (".heic", ".heif", ".svg", ".avif")


def _is_picture(path: Path) -> bool:
    return _format(path) in _SHOWN


def _format(path: Path) -> str | None:
    """The format of an image whose whole content can be read, or None."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return None
                image.load()
                return image.format
    except Exception:  # of a broken file the readers of Pillow raise anything
        return None
