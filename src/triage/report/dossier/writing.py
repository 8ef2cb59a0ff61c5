"""A folder that appears whole or not at all, as a BagIt bag (RFC 8493)."""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from triage.errors import InputError


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder under a hidden name beside its later place; it gets its name when all went well, and nothing is left after an error.

    Args:
        path: The folder to make.

    Raises:
        InputError: if it exists already, or cannot be made.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as parent:
        ...     with new_folder(Path(parent, "dossier")) as part:
        ...         _ = (part / "a.txt").write_text("hoi")
        ...     Path(parent, "dossier", "a.txt").read_text()
        'hoi'
    """
    check_new(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.mkdir()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"Cannot write {path}: {reason}.", nl=f"Kan {path} niet schrijven: {reason}.") from None
    try:
        yield part
        check_new(path)
        part.rename(path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def check_new(path: Path) -> None:
    """Can a folder be made here?

    Raises:
        InputError: if something has that name already, or the folder it would be in does not exist.
    """
    if path.exists() or path.is_symlink():
        raise InputError(f"{path} exists already: name a new folder.", nl=f"{path} bestaat al: noem een nieuwe map.")
    if not path.parent.is_dir():
        raise InputError(f"Folder {path.parent} does not exist: make it first.", nl=f"Map {path.parent} bestaat niet: maak die eerst.")


def make_bag(folder: Path, info: Mapping[str, str]) -> None:
    """Turn a folder into a bag: its files go into data/, with a SHA-256 manifest; the bag is validated before it is given away.

    Args:
        folder: The folder.
        info: What goes into bag-info.txt; it must hold Bagging-Date and Bag-Software-Agent, or the library fills in its own.
    """
    import bagit

    logging.getLogger("bagit").addHandler(logging.NullHandler())  # else it prints a traceback of its own
    bagit.make_bag(str(folder.resolve()), dict(info), checksums=["sha256"]).validate()
