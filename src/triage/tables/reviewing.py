"""Which messages a person had better judge, and the file in which their judgements grow."""

from __future__ import annotations

import csv
import errno
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa

from triage.case import Finding
from triage.errors import InputError
from triage.language import Lang
from triage.policy import load_rules
from triage.severity import load_weights
from triage.tables.assessing import case_rows, findings_by_case, findings_in, whole_cases
from triage.tables.cases import load_case_rules
from triage.tables.columns import load_words, plain_name
from triage.tables.corrections import Corrections, corrected
from triage.tables.delimited import find_delimiter, read_records
from triage.tables.grouping import Gathered, gather
from triage.tables.judgements import Judgement, columns_of
from triage.tables.rejects import Rejects
from triage.tables.scored import read_scored
from triage.tables.sources import Source, open_source, read_lines
from triage.tables.writing import CSV_STYLE, cell_text, safe_cell

_COLUMNS = ("id", "labels", "intensity", "judged_at")
_SAMPLE_LINES = 200
_MESSAGE = "message:"


class Pending(msgspec.Struct, frozen=True):
    """A message that a person had better judge.

    Attributes:
        finding: The message with what the model found.
        case_id: The case in which another judgement would change a suggestion; None where the model is only in doubt.
    """

    finding: Finding
    case_id: str | None = None


def to_review(
    scored: Sequence[Path | str], corrections: Corrections | None = None, most: int = 100, jurisdiction: str = "nl"
) -> tuple[Pending, ...]:
    """The messages to judge first: those whose label decides a suggestion, of the most severe case first, then those the model doubts.

    Within each the graver message comes first. What a person judged is not among them.

    Args:
        scored: What `triage score` wrote.
        corrections: What was judged already.
        most: How many messages at most.
        jurisdiction: Whose rules suggest: "nl" or "be".

    Raises:
        InputError: if a file was not scored.
    """
    rules, weights = load_rules(jurisdiction), load_weights()
    with gather(corrected(read_scored(scored), corrections), load_case_rules(), weights.pile_on) as gathered:
        gathered.keep(case_rows(cases, rules, weights) for cases in whole_cases(gathered.cases()))
        queue: dict[str, Pending] = {}
        for one in (*islice(_pivotal(gathered), most), *islice(_unsure(gathered), 2 * most)):  # what decides is in doubt too
            queue.setdefault(one.finding.message.key, one)
    return tuple(queue.values())[:most]


def _pivotal(gathered: Gathered) -> Iterator[Pending]:
    seen: set[str] = set()
    for batch in gathered.ranked():
        for case_id, about in zip(batch.column("case_id").to_pylist(), batch.column("open_about").to_pylist(), strict=True):
            asked = {one.removeprefix(_MESSAGE) for one in about if one.startswith(_MESSAGE)} - seen
            if not asked:
                continue
            seen |= asked
            found = [
                one
                for cases in whole_cases(gathered.case(case_id))
                for _, findings in findings_by_case(cases)
                for one in findings
                if one.message.key in asked
            ]
            yield from (Pending(one, case_id) for one in sorted(found, key=_gravest_first))


def _unsure(gathered: Gathered) -> Iterator[Pending]:
    for batch in gathered.unsettled():
        if batch.num_rows:
            yield from (Pending(one) for one in findings_in(pa.Table.from_batches([batch])) if one.unsure)


def _gravest_first(finding: Finding) -> tuple[float, float]:
    return -finding.intensity, -max(finding.scores.values(), default=0.0)


class JudgementFile:
    """A file of corrections that grows by a row a judgement, each on disk before the next is asked; made by `open_judgements`.

    It holds no text of a message. Columns that a person added stay, and are empty in new rows.

    Args:
        stream: The file, open at its end.
        fields: What goes into each column; "" for a column of others.
        delimiter: What separates the columns.
        path: The file.
    """

    def __init__(self, stream: BinaryIO, fields: Sequence[str], delimiter: str, path: Path) -> None:
        self._stream, self._fields, self._delimiter, self._path = stream, fields, delimiter, path
        self._starts: list[int] = []

    def __len__(self) -> int:
        """How many judgements were written since it was opened."""
        return len(self._starts)

    def write(self, key: str, judgement: Judgement) -> None:
        """Add a judgement.

        Args:
            key: The key of the message.
            judgement: How a person judged it.

        Raises:
            InputError: if the disk is full; what stood there still does.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        values = {"id": key, "labels": list(judgement.labels), "intensity": judgement.intensity, "judged_at": now}
        decimal = "," if self._delimiter == ";" else "."
        start = self._stream.tell()
        self._add([safe_cell(cell_text(values.get(field), decimal)) for field in self._fields])
        self._starts.append(start)

    def undo(self) -> bool:
        """Take the last judgement back; False where there is none."""
        if not self._starts:
            return False
        self._stream.truncate(self._starts[-1])
        self._stream.seek(self._starts.pop())
        return True

    def _add(self, row: Sequence[str]) -> None:
        text = io.StringIO()
        csv.writer(text, delimiter=self._delimiter, quoting=csv.QUOTE_ALL).writerow(row)
        start = self._stream.tell()
        try:
            row_bytes = text.getvalue().encode("utf-8", errors="replace")
            if self._stream.write(row_bytes) < len(row_bytes):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._stream.fileno())
        except OSError as error:
            self._stream.truncate(start)
            raise _cannot_write(self._path, error) from None

    @classmethod
    def _new(cls, stream: BinaryIO, path: Path, lang: Lang) -> JudgementFile:
        made = cls(stream, _COLUMNS, CSV_STYLE[lang][0], path)
        stream.write(b"\xef\xbb\xbf")
        made._add(_COLUMNS)
        return made


@contextmanager
def open_judgements(path: Path, lang: Lang = "nl") -> Iterator[JudgementFile]:
    """Open a file of corrections to add judgements to it; a row that was not finished is dropped.

    Args:
        path: The file (.csv); it is made where it does not exist.
        lang: For a new file: `;` and a decimal comma ("nl"), or `,` and a decimal point ("en").

    Raises:
        InputError: if it cannot be written, or is no file of corrections.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open_judgements(Path(folder, "c.csv")) as file:
        ...         file.write("a", Judgement(("threat",), 2.0))
        ...     Path(folder, "c.csv").read_text("utf-8-sig").split(";")[:5]
        ['"id"', '"labels"', '"intensity"', '"judged_at"\\n"a"', '"threat"']
    """
    if path.suffix.lower() != ".csv":
        raise InputError(
            f"Judgements go into a table: end {path} in .csv.", nl=f"Oordelen komen in een tabel: laat {path} eindigen op .csv."
        )
    if path.exists() and path.stat().st_size:
        fields, delimiter = _form_of(path)
        with _opened(path, "r+b") as stream:
            _finish(stream, len(fields), delimiter)
            yield JudgementFile(stream, fields, delimiter, path)
    else:
        with _opened(path, "wb") as stream:
            yield JudgementFile._new(stream, path, lang)


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[BinaryIO]:
    try:
        stream: BinaryIO = open(path, mode, buffering=0)  # type: ignore[assignment]  # noqa: SIM115 - it is closed below
    except OSError as error:
        raise _cannot_write(path, error) from None
    with stream:
        yield stream


def _cannot_write(path: Path, error: OSError) -> InputError:
    reason = error.strerror or type(error).__name__
    return InputError(f"Cannot write {path}: {reason}.", nl=f"Kan {path} niet schrijven: {reason}.")


def _form_of(path: Path) -> tuple[list[str], str]:
    """What goes into the columns of a file that exists, and what separates them."""
    with open_source(path) as source:
        if source.format != "csv" or source.compression or source.encoding.startswith("utf-16"):
            raise InputError(
                f"{path} is no CSV in UTF-8 to add to: name another file.",
                nl=f"{path} is geen CSV in UTF-8 waar iets bij kan: noem een ander bestand.",
            )
        names, delimiter = _header(source)
    columns = {name: field for field, name in columns_of(names, str(path)).items()}
    return [columns.get(name, "judged_at" if name == "judged_at" else "") for name in names], delimiter


def _header(source: Source) -> tuple[list[str], str]:
    known = {plain_name(alias) for aliases in load_words().columns.values() for alias in aliases}
    with closing(read_lines(source, Rejects())) as lines:
        delimiter = find_delimiter(islice(lines, _SAMPLE_LINES), known)
    with closing(read_lines(source, Rejects())) as lines:
        return read_records(lines, delimiter)[0], delimiter


def _finish(stream: BinaryIO, width: int, delimiter: str) -> None:
    """Drop a last row that was not finished, and go to the end of the last line."""
    data = stream.read()
    end = data.rfind(b"\n") + 1
    last = data[end:].decode("utf-8", errors="replace").rstrip("\r")
    if data.count(b'"') % 2 or len(next(csv.reader([last], delimiter=delimiter), ())) < width:
        stream.truncate(end)
        stream.seek(end)
    else:
        stream.truncate(len(data.rstrip(b"\r")))
        stream.seek(0, os.SEEK_END)
        stream.write(b"\r\n")
