"""Reads exports as a stream of messages: two passes over each file, one to look and one to read.

The first pass finds the columns, the order of day and month from the whole column, and how many rows there are; the second gives
batches. So exports with different columns come out with the union of their columns (null where one has none), in one stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pyarrow as pa

from triage.errors import InputError
from triage.tables.cells import cells
from triage.tables.columns import check_mapping
from triage.tables.exports import Export, Slice
from triage.tables.look import Look
from triage.tables.messages import Plan, to_messages, without_textless
from triage.tables.opening import open_exports
from triage.tables.rejects import Rejects
from triage.tables.schema import MESSAGE_SCHEMA, SOURCE_SCHEMA
from triage.tables.sources import Source, open_source
from triage.tables.writing import cell_text

BATCH_ROWS = 8192


class Survey(msgspec.Struct, frozen=True):
    """What the first pass over an export found.

    Attributes:
        source: The file.
        export: What stands in it.
        plan: How its columns become messages.
        rows: How many rows it has, those that cannot be read included.
    """

    source: Source
    export: Export
    plan: Plan
    rows: int


def read_messages(
    path: Path | str, mapping: Mapping[str, str] | None = None, batch_rows: int = BATCH_ROWS, rejects: Rejects | None = None
) -> Iterator[pa.RecordBatch]:
    """Read the messages of one export.

    Args:
        path: A file of any name, of any structure that triage knows; "-" is standard input.
        mapping: Field -> column, where the columns are not found by themselves.
        batch_rows: Rows in a batch, at most.
        rejects: Takes what cannot be read.

    Yields:
        Batches of one schema: the original columns, those of `MESSAGE_SCHEMA`, and those of `SOURCE_SCHEMA`. Rows without text are
        not among them; they are counted in `rejects`.

    Raises:
        InputError: if the file cannot be used at all.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.csv").write_text("Datum;Bericht\\n1-3-2026 10:00;Goedemiddag\\n")
        ...     [batch] = read_messages(Path(folder, "a.csv"))
        >>> batch.column("text")[0].as_py(), batch.column("sent_at")[0].as_py().isoformat()
        ('Goedemiddag', '2026-03-01T09:00:00+00:00')
    """
    rejects = rejects if rejects is not None else Rejects()
    with ExitStack() as stack:
        surveys = survey_exports([path], mapping, rejects, stack)
        schema = united_schema(surveys)
        for survey in surveys:
            for batch in read_surveyed(survey, batch_rows, rejects):
                yield fit(batch, schema)


def survey_exports(
    paths: Sequence[Path | str],
    mapping: Mapping[str, str] | None,
    rejects: Rejects,
    stack: ExitStack,
    spool: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Survey]:
    """Make the first pass over exports; nothing is scored before all of them are found fit.

    Args:
        paths: Files; "-" is standard input.
        mapping: Field -> column, for every export.
        rejects: Takes the remarks on whole files.
        stack: Keeps what is needed of the files until they are read.
        spool: Where to keep what can be read only once; None takes the system's folder for temporary files.
        progress: Called with how many rows were seen in all.

    Raises:
        InputError: naming the file that cannot be used, and why.
    """
    check_mapping(mapping or {})
    surveys: list[Survey] = []
    for path in paths:
        source = stack.enter_context(open_source(path, spool))
        for export in open_exports(source, mapping or {}, rejects, stack, spool):
            before = sum(survey.rows for survey in surveys)
            surveys.append(_survey(source, export, mapping, rejects, before, progress))
    return surveys


def _survey(
    source: Source,
    export: Export,
    mapping: Mapping[str, str] | None,
    rejects: Rejects,
    before: int,
    progress: Callable[[int], None] | None,
) -> Survey:
    try:
        look = Look(export.schema.names, mapping)
    except InputError as error:
        raise InputError(f"{export.title}: {error}", nl=f"{export.title}: {error.nl}") from None
    unread, rows = Rejects(), 0
    for part in export.slices(BATCH_ROWS, unread, look.columns):
        rows += len(part.rows)
        look.see(part.batch)
        if progress:
            progress(before + rows)
    rows += unread.rejected
    if not rows:
        raise InputError(
            f"{export.title} has no rows with messages: export it again with its messages.",
            nl=f"{export.title} heeft geen rijen met berichten: exporteer opnieuw, met de berichten erbij.",
        )
    for notice in look.notices(export.title):
        rejects.notice(notice)
    return Survey(source, export, look.plan(export.schema, export.made), rows)


def read_surveyed(survey: Survey, batch_rows: int, rejects: Rejects) -> Iterator[pa.RecordBatch]:
    """Make the second pass: the messages of one export; see `read_messages`."""
    for part in survey.export.slices(batch_rows, rejects):
        messages = messages_of(survey, part, rejects)
        if messages.num_rows:
            yield messages


def messages_of(survey: Survey, part: Slice, rejects: Rejects) -> pa.RecordBatch:
    """The messages of a slice of an export, with where each came from; see `read_messages`."""
    name = survey.export.name
    part = without_textless(part, survey.plan.columns["text"], name, rejects)
    messages = to_messages(part.batch, survey.plan, part.rows, name, rejects)
    source = [pa.repeat(pa.scalar(name, pa.string()), len(part.rows)), pa.array(part.rows, pa.int64())]
    return pa.RecordBatch.from_arrays([*messages.columns, *source], schema=pa.schema([*survey.plan.schema, *SOURCE_SCHEMA]))


def united_schema(surveys: Sequence[Survey]) -> pa.Schema:
    """All original columns of all exports, then the message and its source.

    A column that has different types in different exports becomes text.
    """
    kinds: dict[str, pa.DataType] = {}
    for survey in surveys:
        for field in survey.plan.schema:
            if field.name not in MESSAGE_SCHEMA.names:
                same = kinds.setdefault(field.name, field.type) == field.type
                kinds[field.name] = field.type if same else pa.string()
    return pa.schema([*kinds.items(), *MESSAGE_SCHEMA, *SOURCE_SCHEMA])


def fit(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch with the columns of `schema`: null where it has none, text where types differ."""
    arrays = []
    for field in schema:
        place = batch.schema.get_field_index(field.name)
        column = batch.column(place) if place >= 0 else pa.nulls(batch.num_rows, field.type)
        if column.type != field.type:
            column = pa.array([None if value is None else cell_text(value) for value in cells(column)], pa.string())
        arrays.append(column)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
