"""The local engine: scores exports of any size as a stream, in memory that does not grow with their rows.

Exports are read twice. The first pass finds the columns, the order of day and month, and how many rows there are; it keeps nothing
else. The second scores slice after slice and keeps each in the folder of the run (`workfolder`), which makes the run one that can be
killed and continued. At the end the slices become the output, and the output gets its name when it is whole.

What is scored together is decided by the exports alone, never by where a run was stopped: a run that goes on first hands its memory of
scored texts the parts that are done, in their order. So the output of a run that was stopped equals that of one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from triage.classify.classifications import Classifications
from triage.errors import InputError
from triage.language import Lang, Text
from triage.tables.ahead import ahead
from triage.tables.manifest import Manifest, Reason, manifest_path, rejects_path
from triage.tables.memory import Classify, Memory, digests, distinct_texts
from triage.tables.modelcolumns import model_columns, model_rows
from triage.tables.previous import Previous, model_metadata, open_previous, unusable
from triage.tables.reading import BATCH_ROWS, Survey, fit, messages_of, survey_exports, united_schema
from triage.tables.rejects import Rejects, Tally, put_rejects
from triage.tables.schema import MODEL_SCHEMA
from triage.tables.workfolder import FileMark, Run, State, WorkFolder, open_work
from triage.tables.writing import check_output, open_writer

Stage = Literal["reading", "scoring", "writing"]
Progress = Callable[[Stage, int, int], None]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the rows of a run: read == scored + rejected.

    Attributes:
        read: Rows in all exports, the headers and blank lines aside.
        scored: Rows that were scored and written.
        rejected: Rows that could not be read or have no text.
        warnings: Values that were left empty or repaired; their rows are among those scored.
        taken_over: Rows, among those scored, whose scores were taken over from an earlier output.
        reasons: How often each reason of both kinds occurred, the most frequent first.
        notices: Remarks on whole files.
        needs_review: Messages in which the model should not be trusted alone.
        rejects_file: Where rejected rows and values were written; None where there were none.
        manifest_file: Where it is written what was scored, by what and how.
        seconds: How long it took; of a run that was continued, the last part.
    """

    read: int
    scored: int
    rejected: int
    warnings: int
    taken_over: int
    reasons: tuple[tuple[Text, int], ...]
    notices: tuple[Text, ...]
    needs_review: int
    rejects_file: Path | None
    manifest_file: Path
    seconds: float


def score_files(
    paths: Sequence[Path | str],
    output: Path | str,
    classify: Classify,
    mapping: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    lang: Lang = "nl",
    *,
    model: Mapping[str, Any] | None = None,
    resume: bool = False,
    restart: bool = False,
    previous: Path | str | None = None,
) -> Summary:
    """Score the messages of one or many exports in a stream; every row is accounted for.

    Args:
        paths: Files; "-" is standard input.
        output: The file to write: .parquet, .csv or .jsonl. Beside it come OUTPUT.manifest.json, for what could not be read
            OUTPUT.rejects.csv, and while it runs the folder OUTPUT.partial.
        classify: Texts -> classifications, in their order.
        mapping: Field -> column, for every export.
        progress: Called with the stage, rows done, and rows in all (0 where they are not known yet).
        lang: For .csv only; see `open_writer`.
        model: What decides the scores, as `Classifier.identity` gives it.
        resume: Go on with a run that was stopped; without one, begin.
        restart: Throw away what a run that was stopped has done.
        previous: What `triage score` made of an earlier export (.parquet): texts that stand in it keep the scores that they have there.

    Raises:
        InputError: if an export, the output or `previous` cannot be used, or if there is an unfinished run that is not to be continued or
            cannot be. The output is not touched then.
    """
    started = time.monotonic()
    output = Path(output)
    check_output(output)
    _check_apart(paths, output, previous)
    report = progress or _no_report
    with open_work(output, resume, restart) as work, ExitStack() as stack:
        rejects = Rejects(work.rejects)
        stack.callback(rejects.close)
        surveys = survey_exports(paths, mapping, rejects, stack, work.spool, lambda rows: report("reading", rows, 0))
        run = Run(
            triage=version("triage"),
            model=dict(model or {}),
            settings={"mapping": dict(mapping or {}), "lang": lang, "output": output.suffix.lower()},
            inputs=tuple(FileMark.of(survey.source.name, survey.source.given) for survey in surveys),
            previous=None if previous is None else FileMark.of(str(previous), Path(previous)),
        )
        work.begin(run)
        metadata = model_metadata(str(run.model.get("version", "")), str(run.model.get("digest", "")))
        old = stack.enter_context(open_previous(Path(previous), work.spool, metadata)) if previous is not None else None
        if old is not None and old.notice:
            rejects.notice(old.notice)
        engine = _Engine(work, run, surveys, rejects, classify, report, metadata, old)
        engine.write(output, engine.score())
    return _summary(output, time.monotonic() - started)


class _Slice(NamedTuple):
    """What is read of a slice of an export; no messages where they were scored before this process."""

    survey: Survey
    messages: pa.RecordBatch | None
    tally: Tally


class _Engine:
    """One run, once it is clear what it is."""

    def __init__(
        self,
        work: WorkFolder,
        run: Run,
        surveys: Sequence[Survey],
        rejects: Rejects,
        classify: Classify,
        report: Progress,
        metadata: dict[bytes, bytes],
        previous: Previous | None,
    ) -> None:
        self._work, self._run, self._surveys, self._rejects = work, run, surveys, rejects
        self._classify, self._report = classify, report
        self._previous = previous
        self._memory = Memory()
        self._messages = united_schema(surveys)
        self._schema = pa.schema([*self._messages, *MODEL_SCHEMA], metadata=metadata)
        self._total = sum(survey.rows for survey in surveys)
        self._stamps = {id(survey): _stamp(survey) for survey in surveys}

    def score(self) -> Tally:
        """Score the slices that no earlier process scored, and keep each; gives what could not be read, also behind the last slice."""
        with closing(ahead(self._slices(self._work.state))) as slices:
            for number, part in enumerate(slices):
                if part.messages is None:
                    self._recall(self._work.part(number, ("text", *MODEL_SCHEMA.names)))
                else:
                    self._score(part.survey, part.messages, part.tally)
                self._report("scoring", self._work.state.scored + self._work.state.rejects.rejected, self._total)
        tally = self._rejects.tally()
        if self._work.state.scored + tally.rejected != self._total:
            raise _changed(", ".join(survey.source.name for survey in self._surveys))
        return tally

    def write(self, output: Path, tally: Tally) -> None:
        """Put the output in its place, and what belongs to it."""
        state, written = self._work.state, 0
        lang: Lang = "en" if self._run.settings["lang"] == "en" else "nl"
        with open_writer(output, self._schema, lang, self._work.output) as writer:
            for number in range(state.parts):
                part = self._work.part(number)
                writer.write(part)
                written += part.num_rows
                self._report("writing", written, state.scored)
        put_rejects(self._work.rejects, rejects_path(output), self._work.output)
        reasons = sorted(tally.reasons, key=lambda pair: -pair[1])
        Manifest(
            triage=self._run.triage,
            model=self._run.model,
            settings=self._run.settings,
            inputs=self._run.inputs,
            previous=self._run.previous,
            output=FileMark.of(output.name, output),
            read=self._total,
            scored=state.scored,
            rejected=tally.rejected,
            warnings=tally.warnings,
            taken_over=state.taken_over,
            needs_review=state.needs_review,
            reasons=tuple(Reason(text.nl, text.en, count) for text, count in reasons),
            notices=tuple(self._rejects.notices),
            started=state.started,
            finished=datetime.now(UTC),
        ).write(manifest_path(output), self._work.output)

    def _slices(self, state: State) -> Iterator[_Slice]:
        """All slices of all exports; of those that are done only that they are there."""
        self._rejects.muted = state.parts > 0
        number = 0
        for survey in self._surveys:
            for part in survey.export.slices(BATCH_ROWS, self._rejects):
                number += 1
                if number > state.parts:
                    messages = fit(messages_of(survey, part, self._rejects), self._messages)
                    yield _Slice(survey, messages, self._rejects.tally())
                    continue
                if number == state.parts:
                    self._rejects.muted = False
                    self._rejects.go_back(state.rejects)
                yield _Slice(survey, None, state.rejects)

    def _score(self, survey: Survey, messages: pa.RecordBatch, tally: Tally) -> None:
        texts, places = distinct_texts(messages.column("text"))
        different, known = self._found(texts, self._classify)
        found = different.take(places)
        batch = pa.RecordBatch.from_arrays([*messages.columns, *model_columns(found)], schema=self._schema)
        if _stamp(survey) != self._stamps[id(survey)]:  # then this slice may be another than the same slice of the whole export
            raise _changed(survey.source.name)
        state = self._work.state
        self._work.add(
            batch,
            msgspec.structs.replace(
                state,
                parts=state.parts + 1,
                scored=state.scored + batch.num_rows,
                needs_review=state.needs_review + int(found.rows["needs_review"].sum()),
                taken_over=state.taken_over + int(known[places].sum()),
                rejects=tally,
            ),
        )

    def _recall(self, part: pa.RecordBatch) -> None:
        """Let the memory see a part that is done as it saw it when it was scored."""
        texts, places = distinct_texts(part.column("text"))
        rows = model_rows(part.take(pa.array(np.unique(places, return_index=True)[1])))
        row_of = dict(zip(texts, range(len(texts)), strict=True))
        self._found(texts, lambda asked: Classifications(rows[[row_of[text] for text in asked]], part.column("model")[0].as_py()))

    def _found(self, texts: list[str], classify: Classify) -> tuple[Classifications, NDArray[np.bool_]]:
        """What is found in different texts, and for which of them the previous output knew it."""
        keys = digests(texts)
        if self._previous is None:
            return self._memory.classify(texts, classify, keys), np.zeros(len(texts), np.bool_)
        rows, known = self._previous.find(keys)
        new = np.flatnonzero(~known).tolist()
        found = self._memory.classify([texts[place] for place in new], classify, [keys[place] for place in new])
        rows[new] = found.rows
        return Classifications(rows, found.model or str(self._run.model.get("version", ""))), known


def _no_report(stage: Stage, done: int, total: int) -> None:
    """For who does not want to know."""


def _summary(output: Path, seconds: float) -> Summary:
    manifest = Manifest.read_from(manifest_path(output))
    return Summary(
        read=manifest.read,
        scored=manifest.scored,
        rejected=manifest.rejected,
        warnings=manifest.warnings,
        taken_over=manifest.taken_over,
        reasons=tuple((Text(nl=reason.nl, en=reason.en), reason.count) for reason in manifest.reasons),
        notices=manifest.notices,
        needs_review=manifest.needs_review,
        rejects_file=rejects_path(output) if manifest.reasons else None,
        manifest_file=manifest_path(output),
        seconds=seconds,
    )


def _stamp(survey: Survey) -> tuple[int, int]:
    """What changes when somebody writes to an export."""
    status = survey.source.given.stat()
    return status.st_size, status.st_mtime_ns


def _changed(name: str) -> InputError:
    return InputError(
        f"{name} changed while it was read: put it back as it was.",
        nl=f"{name} is tijdens het lezen veranderd: zet het terug zoals het was.",
    )


def _check_apart(paths: Sequence[Path | str], output: Path, previous: Path | str | None) -> None:
    """No export may be overwritten by what is made of it, and none counts twice."""
    files = [Path(path).resolve() for path in paths if str(path) != "-"]
    if not paths:
        raise InputError("Name at least one export.", nl="Noem minstens een export.")
    for made in (output, rejects_path(output), manifest_path(output)):
        if made.resolve() in files:
            raise InputError(
                f"{made} is one of the exports: write to another file.",
                nl=f"{made} is een van de exports: schrijf naar een ander bestand.",
            )
    if previous is not None and not Path(previous).is_file():
        raise unusable(Path(previous))
    if previous is not None and Path(previous).resolve() == output.resolve():
        raise InputError(
            f"{output} is the file of --previous: write to another file.",
            nl=f"{output} is het bestand van --previous: schrijf naar een ander bestand.",
        )
    if len(set(files)) < len(files) or [str(path) for path in paths].count("-") > 1:
        raise InputError("The same export is named twice: name it once.", nl="Dezelfde export is twee keer genoemd: noem hem een keer.")
