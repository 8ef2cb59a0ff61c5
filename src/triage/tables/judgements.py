"""Reads the judgements of people from a table with ids and labels; a row that cannot be used is told and costs no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pyarrow as pa

from triage.errors import InputError
from triage.labels import LABELS, Label
from triage.language import Text
from triage.tables.cells import cells
from triage.tables.columns import load_words, plain_name
from triage.tables.exports import open_export
from triage.tables.rejects import TOO_FEW_FIELDS, Rejects
from triage.tables.schema import MODEL_SCHEMA
from triage.tables.sources import open_source
from triage.tables.values import UnreadableError, read_intensity, read_labels
from triage.tables.writing import cell_text, unsafe_cell

_BATCH_ROWS = 8192
_FIELDS = ("id", "labels", "intensity")

NO_ID = Text(
    nl="De rij heeft geen id en is niet gebruikt: neem het over uit de kolom id van de gescoorde berichten.",
    en="The row has no id and was not used: take it from the column id of the scored messages.",
)
BAD_LABEL = Text(
    nl="Dit label is onbekend; het oordeel is niet gebruikt: schrijf belediging, bedreiging, seksuele intimidatie of geen.",
    en="This label is unknown; the judgement was not used: write insult, threat, sexual_harassment or none.",
)
CUT_ROW = Text(
    nl="De rij is afgebroken voor het label en is niet gebruikt: vul haar aan.",
    en="The row ends before its label and was not used: complete it.",
)
BAD_INTENSITY = Text(
    nl="Dit is geen intensiteit van 0 tot en met 3; die van het model telt: verbeter haar.",
    en="This is not an intensity from 0 to 3; that of the model counts: correct it.",
)


class Judgement(msgspec.Struct, frozen=True):
    """How a person judged a message.

    Attributes:
        labels: The labels that hold; () for none.
        intensity: 0.0-3.0; None leaves it to the model.
    """

    labels: tuple[Label, ...]
    intensity: float | None = None


class Trouble(msgspec.Struct, frozen=True):
    """Something in a file of corrections that could not be used, or that a person had better look at.

    Attributes:
        file: The file as the user named it.
        row: Its row there; the header is row 1.
        column: Its column, or "" for the whole row.
        reason: What it is and what to do.
    """

    file: str
    row: int
    column: str
    reason: Text


class Given(msgspec.Struct, frozen=True):
    """A row of a file that holds a judgement.

    Attributes:
        key: What names the message.
        judgement: How a person judged it.
        file: The file as the user named it.
        row: Its row there.
        column: The column of the key.
    """

    key: str
    judgement: Judgement
    file: str
    row: int
    column: str


class _Noting(Rejects):
    """Keeps where something is wrong, without what stands there."""

    def __init__(self, troubles: list[Trouble]) -> None:
        super().__init__()
        self._troubles = troubles
        self.cut: set[int] = set()

    def row(self, file: str, row: int, reason: Text, raw: str) -> None:
        self._troubles.append(Trouble(file, row, "", reason))

    def value(self, file: str, row: int, column: str, reason: Text, raw: str) -> None:
        if reason == TOO_FEW_FIELDS:  # no matter where only a remark is missing
            self.cut.add(row)
        else:
            self._troubles.append(Trouble(file, row, column, reason))


def read_judgements(path: Path | str, troubles: list[Trouble]) -> Iterator[Given]:
    """The judgements in a file, row by row.

    Args:
        path: The file.
        troubles: Takes what cannot be used.

    Raises:
        InputError: if the file cannot be read, or has no column of ids or of labels.
    """
    noting = _Noting(troubles)
    with open_source(path) as source:
        if source.format == "zip":
            raise InputError(
                f"{path} is a workbook or is packed: save it as CSV.", nl=f"{path} is een werkmap of ingepakt: sla het op als CSV."
            )
        export = open_export(source)
        columns = columns_of(export.schema.names, str(path))
        was_scored = set(MODEL_SCHEMA.names) <= set(export.schema.names)
        for part in export.slices(_BATCH_ROWS, noting):
            values = [_texts(part.batch, columns.get(field), source.format == "csv") for field in _FIELDS]
            for row, id, labels, intensity in zip(part.rows, *values, strict=True):
                if was_scored and not labels:
                    continue
                wrong, judgement = _judged(id, labels, intensity, cut=row in noting.cut)
                if wrong:
                    troubles.append(Trouble(str(path), row, columns[wrong[0]], wrong[1]))
                if judgement:
                    yield Given(id, judgement, str(path), row, columns["id"])


def _judged(id: str, labels: str, intensity: str, *, cut: bool) -> tuple[tuple[str, Text] | None, Judgement | None]:
    """What is wrong with a row (a field and why), and the judgement, where there still is one."""
    if not id:
        return ("id", NO_ID), None
    if cut and not labels:
        return ("labels", CUT_ROW), None
    held = _labels(labels)
    if held is None:
        return ("labels", BAD_LABEL), None
    try:
        return None, Judgement(held, read_intensity(intensity) if held else None)
    except UnreadableError:
        return ("intensity", BAD_INTENSITY), Judgement(held)


def columns_of(names: Sequence[str], file: str) -> dict[str, str]:
    """Which columns hold the id, the labels and, where it is there, the intensity.

    Args:
        names: The columns of a file of corrections.
        file: What it is called in a refusal.

    Raises:
        InputError: if there is no id, or there are no labels.

    Example:
        >>> columns_of(["Oordeel", "Berichtnummer", "opmerking"], "a.csv")
        {'id': 'Berichtnummer', 'labels': 'Oordeel'}
    """
    by_name = {plain_name(name): name for name in reversed(names)}
    found = {}
    for field in _FIELDS:
        aliases = [plain_name(alias) for alias in load_words().columns[field]]
        if column := next((by_name[alias] for alias in aliases if alias in by_name), None):
            found[field] = column
        elif field != "intensity":
            raise InputError(
                f"{file} has no column {field}: corrections need a header row with id and labels.",
                nl=f"{file} heeft geen kolom {field}: correcties hebben een kopregel nodig met id en labels.",
            )
    return found


def _texts(batch: pa.RecordBatch, column: str | None, from_csv: bool) -> list[str]:
    if column is None:
        return [""] * batch.num_rows
    texts = [cell_text(value).strip() for value in cells(batch.column(column))]
    return [unsafe_cell(text) for text in texts] if from_csv else texts


def _labels(text: str) -> tuple[Label, ...] | None:
    """The labels in a cell, () for none; None where it cannot be read."""
    if not text:
        return ()
    try:
        held = read_labels(text)
    except UnreadableError:
        return None
    return None if held is None else tuple(label for label in LABELS if label in held)
