"""A full disk, in one sentence."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.errors import InputError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def is_full(error: BaseException) -> bool:
    """Did something go wrong because there was no room on the disk?

    Example:
        >>> is_full(OSError(errno.ENOSPC, "No space left on device")), is_full(OSError(errno.EACCES, "Permission denied"))
        (True, False)
    """
    return isinstance(error, OSError) and error.errno in _FULL


@contextmanager
def room_in(folder: Path | str) -> Iterator[None]:
    """Let a full disk be told in one sentence.

    Args:
        folder: Where there has to be room.

    Raises:
        InputError: if there is none.
    """
    try:
        yield
    except OSError as error:
        if not is_full(error):
            raise
        raise InputError(f"The disk is full: make room in {folder}.", nl=f"De schijf is vol: maak ruimte in {folder}.") from error
