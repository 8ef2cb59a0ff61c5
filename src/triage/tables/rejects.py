"""Rows and values that could not be read: counted by reason, and saved for the user, never lost and never logged."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from triage.language import Text
from triage.tables.writing import CsvRows, unfinished

Kind = Literal["row", "value"]

# kind "row": the row is not scored.
NO_TEXT = Text(nl="De rij heeft geen tekst.", en="The row has no text.")
BROKEN_QUOTES = Text(nl="De aanhalingstekens kloppen niet; de rij is niet te lezen.", en="The quotes do not match; the row cannot be read.")
TOO_MANY_FIELDS = Text(nl="De rij heeft meer velden dan de kopregel.", en="The row has more fields than the header.")
BROKEN_JSON = Text(nl="Dit is geen geldige JSON.", en="This is not valid JSON.")
NOT_AN_OBJECT = Text(nl="Dit is geen JSON-object met velden.", en="This is not a JSON object with fields.")
# kind "value": the row is scored; the value is left empty or was repaired.
TOO_FEW_FIELDS = Text(
    nl="De rij heeft minder velden dan de kopregel; de rest is leeg.", en="The row has fewer fields than the header; the rest is empty."
)
BESIDE_TABLE = Text(
    nl="De rij heeft waarden buiten de kolommen van de tabel; die zijn weggelaten.",
    en="The row has values outside the columns of the table; they were left out.",
)
STRAY_QUOTE = Text(nl="Een los aanhalingsteken is als gewoon teken gelezen.", en="A stray quote was read as an ordinary character.")
OTHER_ENCODING = Text(
    nl="De regel heeft een andere tekencodering dan de rest van het bestand.", en="The line is encoded otherwise than the rest of the file."
)
NUL_REMOVED = Text(nl="Nultekens zijn verwijderd.", en="NUL characters were removed.")
BAD_TIME = Text(nl="Dit tijdstip is niet te lezen.", en="This time cannot be read.")
NEGATIVE = Text(nl="Een aantal kan niet negatief zijn.", en="A count cannot be negative.")
BAD_COUNT = Text(nl="Dit aantal is niet te lezen.", en="This count cannot be read.")
BAD_INTENSITY = Text(nl="Dit is geen intensiteit van 0 tot en met 3.", en="This is not an intensity from 0 to 3.")
CUT_OFF = Text(
    nl="Het bestand is in deze rij afgekapt of beschadigd, en wat volgt is niet te lezen: haal of maak het opnieuw.",
    en="The file is cut off or damaged in this row, and what follows cannot be read: fetch or make it again.",
)
BAD_MAIL = Text(nl="Deze e-mail is niet te lezen.", en="This e-mail cannot be read.")
UNKNOWN_VALUE = Text(nl="Deze waarde is onbekend; zie columns.toml.", en="This value is unknown; see columns.toml.")
# What is no message: neither scored nor rejected, but counted.
APP_LINE = Text(nl="meldingen van de app", en="notices of the app")
WITHOUT_WORDS = Text(nl="foto's, video's en andere bijlagen zonder tekst", en="photos, videos and other attachments without text")
DELETED = Text(nl="verwijderde berichten", en="deleted messages")
ABOVE_TABLE = Text(nl="rijen boven de kopregel", en="rows above the header")

_HEADER = ("kind", "file", "row", "column", "reden", "reason", "raw")


class Tally(msgspec.Struct, frozen=True):
    """What a `Rejects` held at one moment.

    Attributes:
        rejected: Rows that were not read.
        warnings: Values that were left empty or repaired.
        reasons: How often each reason occurred, of both kinds, in the order in which they first did.
        size: Bytes in its file.
    """

    rejected: int = 0
    warnings: int = 0
    reasons: tuple[tuple[Text, int], ...] = ()
    size: int = 0


class Rejects:
    """Counts what could not be read and writes it to a CSV file, with the raw line. The file is made at the first entry.

    Args:
        path: Where to write; None counts only.

    Attributes:
        rejected: Rows that were not read.
        warnings: Values that were left empty or repaired.
        reasons: How often each reason occurred, of both kinds.
        muted: While it is True, entries are passed over: they were counted in an earlier run.
        left_out: How many lines of a file were no messages, by file and what they were.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.rejected = 0
        self.warnings = 0
        self.reasons: Counter[Text] = Counter()
        self.muted = False
        self.left_out: Counter[tuple[str, Text]] = Counter()
        self._notices: list[Text] = []
        self._path = path
        self._stream: BinaryIO | None = None
        self._size = 0  # bytes of the file that are on disk for certain
        self._rows: CsvRows | None = None

    def row(self, file: str, row: int, reason: Text, raw: str) -> None:
        """Count and save a row that could not be read.

        Args:
            file: The file as the user named it.
            row: Its row there; the header is row 1.
            reason: Why.
            raw: The row as it stands in the file.
        """
        if not self.muted:
            self.rejected += 1
            self._save("row", file, row, "", reason, raw)

    def value(self, file: str, row: int, column: str, reason: Text, raw: str) -> None:
        """Count and save a value that could not be read; its row is kept."""
        if not self.muted:
            self.warnings += 1
            self._save("value", file, row, column, reason, raw)

    def notice(self, text: Text) -> None:
        """Keep a remark on a whole file, once."""
        if text not in self._notices:
            self._notices.append(text)

    def leave_out(self, file: str, what: Text, number: int = 1) -> None:
        """Count lines of a file that are no messages of a person: they are neither scored nor rejected.

        Args:
            file: What the file is called in a sentence.
            what: What they are, in the plural.
            number: How many.
        """
        self.left_out[file, what] += number

    @property
    def notices(self) -> list[Text]:
        """Remarks on whole files: how dates were read, and what was left out."""
        said = list(self._notices)
        for file in dict.fromkeys(file for file, _ in self.left_out):
            parts = [(what, number) for (where, what), number in self.left_out.items() if where == file and number]
            nl = ", ".join(f"{what.nl} ({number})" for what, number in parts)
            en = ", ".join(f"{what.en} ({number})" for what, number in parts)
            said.append(Text(nl=f"{file}: geen berichten en dus niet meegeteld: {nl}.", en=f"{file}: no messages, so not counted: {en}."))
        return said

    def tally(self) -> Tally:
        """What it holds now; all of it is on disk then."""
        if self._stream is not None and self._rows is not None:
            self._rows.flush()
            self._stream.flush()
            if self._stream.tell() > self._size:
                os.fsync(self._stream.fileno())
            self._size = self._stream.tell()
        return Tally(self.rejected, self.warnings, tuple(self.reasons.items()), self._size)

    def go_back(self, tally: Tally) -> None:
        """Hold what it held at an earlier moment, and no more."""
        self.rejected, self.warnings, self.reasons = tally.rejected, tally.warnings, Counter(dict(tally.reasons))
        if self._path is not None and tally.size:
            self._stream = self._path.open("r+b")
            self._stream.truncate(tally.size)
            self._stream.seek(tally.size)
            self._rows = CsvRows(self._stream, None)

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    def _save(self, kind: Kind, file: str, row: int, column: str, reason: Text, raw: str) -> None:
        self.reasons[reason] += 1
        if self._path is None:
            return
        if self._rows is None:
            self._stream = self._path.open("wb")
            self._rows = CsvRows(self._stream, _HEADER)
        self._rows.write_row([kind, file, row, column, reason.nl, reason.en, raw])


def put_rejects(made: Path, path: Path, part: Path) -> None:
    """Put a copy of the file of a run in its place; after a run without entries no file of an earlier run is left there.

    Args:
        made: What `Rejects` wrote, if it wrote anything.
        path: The place.
        part: Where the copy grows, on the same disk.
    """
    if made.exists():
        with unfinished(path, part) as target, made.open("rb") as source:
            shutil.copyfileobj(source, target)
    elif _is_ours(path):
        path.unlink(missing_ok=True)


def _is_ours(path: Path) -> bool:
    """Did triage write this file? Another file that happens to have the name is the user's."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return re.findall(r"\w+", file.readline(200)) == list(_HEADER)
    except OSError:
        return False
