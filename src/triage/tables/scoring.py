"""Scores messages: one Arrow function for every engine, for frames in memory and for files of any size."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from triage.errors import InputError
from triage.labels import LABELS, Classification
from triage.language import Text
from triage.tables.cells import cells
from triage.tables.look import Look
from triage.tables.messages import to_messages
from triage.tables.reading import BATCH_ROWS, fit, read_surveyed, survey_exports, united_schema
from triage.tables.rejects import Rejects
from triage.tables.schema import MODEL_SCHEMA, distinct
from triage.tables.writing import check_output, open_writer

Classify = Callable[[list[str]], Sequence[Classification]]
Progress = Callable[[int, int], None]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of a run: read == scored + rejected.

    Attributes:
        read: Rows in all exports, the headers and blank lines aside.
        scored: Rows that were scored and written.
        rejected: Rows that could not be read or have no text.
        warnings: Values that were left empty or repaired; their rows are among those scored.
        reasons: How often each reason of both kinds occurred, the most frequent first.
        notices: Remarks on whole files.
        needs_review: Messages in which the model should not be trusted alone.
        rejects_file: Where rejected rows and values were written; None where there were none.
        seconds: How long it took.
    """

    read: int
    scored: int
    rejected: int
    warnings: int
    reasons: tuple[tuple[Text, int], ...]
    notices: tuple[Text, ...]
    needs_review: int
    rejects_file: Path | None
    seconds: float


def score_batch(batch: pa.RecordBatch, classify: Classify) -> pa.RecordBatch:
    """Add the model columns to a batch of messages; all that the engines do is call this.

    Args:
        batch: Any batch with a `text` column.
        classify: Texts -> classifications, in their order.

    Returns:
        The batch with the columns of `MODEL_SCHEMA`.

    Example:
        >>> found = Classification(scores=dict.fromkeys(LABELS, 0.0), labels=(), intensity=0.0)
        >>> scored = score_batch(pa.RecordBatch.from_pydict({"text": ["hoi"]}), lambda texts: [found for _ in texts])
        >>> scored.column("model_labels").to_pylist()
        [[]]
    """
    found = list(classify([text or "" for text in cells(batch.column("text"))]))
    if len(found) != batch.num_rows:
        raise ValueError(f"classify gave {len(found)} results for {batch.num_rows} texts")
    values: dict[str, list[Any]] = {
        **{label: [one.scores[label] for one in found] for label in LABELS},
        "model_labels": [one.labels for one in found],
        "primary": [one.primary for one in found],
        "model_intensity": [one.intensity for one in found],
        "model_flags": [one.flags for one in found],
        "needs_review": [one.needs_review for one in found],
        "review_reasons": [one.review_reasons for one in found],
        "model": [one.model for one in found],
        "windows": [one.windows for one in found],
    }
    arrays = [*batch.columns, *(pa.array(values[field.name], field.type) for field in MODEL_SCHEMA)]
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema([*batch.schema, *MODEL_SCHEMA]))


def score_table(table: Any, classify: Classify, mapping: Mapping[str, str] | None = None) -> pa.Table:
    """Score every row of a table, in its order; a row without text is scored as an empty text, which asks for review.

    Args:
        table: Any frame that speaks Arrow: pandas, polars, duckdb, pyarrow, datasets.
        classify: Texts -> classifications, in their order.
        mapping: Field -> column, where they are not found.

    Returns:
        The original columns, the message columns and the model columns; see `triage.tables.schema`.

    Raises:
        InputError: if it is no table, or no column holds text.

    Warns:
        UserWarning: where dates may be meant otherwise, a column of labels was passed over, or values could not be read.
    """
    original = as_table(table)
    look, rejects = Look(original.schema.names, mapping), Rejects()
    parts = original.to_batches(max_chunksize=BATCH_ROWS)
    for batch in parts:
        look.see(batch)
    plan = look.plan(original.schema)
    batches, row = [], 0
    for batch in parts:
        messages = to_messages(batch, plan, list(range(row, row + batch.num_rows)), "", rejects)
        batches.append(score_batch(messages, classify))
        row += batch.num_rows
    remarks = [notice.en for notice in look.notices()]
    remarks += [f"{count} values are null: {reason.en}" for reason, count in rejects.reasons.most_common()]
    for remark in remarks:
        warnings.warn(remark, stacklevel=2)
    return pa.Table.from_batches(batches, schema=pa.schema([*plan.schema, *MODEL_SCHEMA]))


def as_table(table: Any) -> pa.Table:
    """Any frame that speaks Arrow as a pyarrow table with different column names.

    Raises:
        InputError: if it does not.
    """
    if hasattr(table, "with_format"):  # datasets.Dataset: this way its selection and order are respected
        table = table.with_format("arrow")[:]
    if not (hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__")):
        kind = type(table).__name__
        raise InputError(
            f"Expected a table that speaks Arrow (pandas, polars, duckdb, pyarrow, datasets), got {kind}.",
            nl=f"Verwacht een tabel die Arrow spreekt (pandas, polars, duckdb, pyarrow, datasets), niet {kind}.",
        )
    try:
        arrow = pa.table(table)
        return arrow.rename_columns(distinct(arrow.schema.names)).replace_schema_metadata(None)
    except (pa.ArrowException, ValueError, TypeError, AttributeError, OverflowError):  # whose words may hold a message
        raise InputError(
            "The table cannot be read as Arrow: give a table of columns, each with values of one kind and sound text.",
            nl="De tabel is niet als Arrow te lezen: geef een tabel met kolommen, elk met waarden van een soort en gave tekst.",
        ) from None


def score_files(
    paths: Sequence[Path | str],
    output: Path | str,
    classify: Classify,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    lang: str = "nl",
) -> Summary:
    """Score the messages of one or many exports in a stream; every row is accounted for.

    Args:
        paths: Files; "-" is standard input.
        output: The file to write: .parquet, .csv or .jsonl. What could not be read goes to a file beside it, OUTPUT.rejects.csv.
        classify: Texts -> classifications, in their order.
        mapping: Field -> column, for every export.
        progress: Called with rows done and rows in all.
        lang: For .csv only; see `open_writer`.

    Raises:
        InputError: if an export or the output cannot be used; nothing is written then.
    """
    started = time.monotonic()
    output = Path(output)
    check_output(output)
    rejects_path = output.with_name(f"{output.name}.rejects.csv")
    _check_apart(paths, output, rejects_path)
    scored = needs_review = 0
    with ExitStack() as stack:
        rejects = stack.enter_context(Rejects(rejects_path))
        surveys = survey_exports(paths, mapping, rejects, stack)
        total = sum(survey.rows for survey in surveys)
        schema = united_schema(surveys)
        writer = stack.enter_context(open_writer(output, pa.schema([*schema, *MODEL_SCHEMA]), "en" if lang == "en" else "nl"))
        for survey in surveys:
            for batch in read_surveyed(survey, BATCH_ROWS, rejects):
                result = score_batch(fit(batch, schema), classify)
                writer.write(result)
                scored += result.num_rows
                needs_review += result.column("needs_review").to_pylist().count(True)
                if progress:
                    progress(scored + rejects.rejected, total)
        if scored + rejects.rejected != total:
            raise InputError(
                "An export changed while it was read: start again.", nl="Een export is tijdens het lezen veranderd: begin opnieuw."
            )
    return Summary(
        read=total,
        scored=scored,
        rejected=rejects.rejected,
        warnings=rejects.warnings,
        reasons=tuple(rejects.reasons.most_common()),
        notices=tuple(rejects.notices),
        needs_review=needs_review,
        rejects_file=rejects_path if rejects.reasons else None,
        seconds=time.monotonic() - started,
    )


def _check_apart(paths: Sequence[Path | str], *outputs: Path) -> None:
    """No export may be overwritten by what is made of it, and none counts twice."""
    files = [Path(path).resolve() for path in paths if str(path) != "-"]
    if not paths:
        raise InputError("Name at least one export.", nl="Noem minstens een export.")
    for output in outputs:
        if output.resolve() in files:
            raise InputError(
                f"{output} is one of the exports: write to another file.",
                nl=f"{output} is een van de exports: schrijf naar een ander bestand.",
            )
    if len(set(files)) < len(files) or [str(path) for path in paths].count("-") > 1:
        raise InputError("The same export is named twice: name it once.", nl="Dezelfde export is twee keer genoemd: noem hem een keer.")
