"""All structures that triage recognises by their content."""

from __future__ import annotations

from triage.tables.columns import plain_name
from triage.tables.formats import exportcomments, fourcat, mail, meta, telegram, tiktok, whatsapp, xarchive, youtube
from triage.tables.formats.dressing import TableFormat
from triage.tables.formats.rows import Format

FORMATS: tuple[Format, ...] = (xarchive.FORMAT, meta.MESSAGES, meta.COMMENTS, telegram.FORMAT, tiktok.FORMAT, whatsapp.FORMAT, mail.FORMAT)
TABLE_FORMATS: tuple[TableFormat, ...] = (youtube.FORMAT, fourcat.FORMAT, exportcomments.FORMAT)


def recognise(beginning: str) -> Format | None:
    """The structure of a file that begins with this text; None where it is none of those known."""
    return next((one for one in FORMATS if one.recognises(beginning)), None)


def recognise_table(names: list[str]) -> TableFormat | None:
    """The maker of a table with these columns; None for any other."""
    plain = [plain_name(name) for name in names]
    return next((one for one in TABLE_FORMATS if one.recognises(plain)), None)
