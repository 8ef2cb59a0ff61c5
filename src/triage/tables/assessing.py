"""From scored messages to a table of cases, the most severe first; of any size, with what does not fit in memory on disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from triage.assess import Outline, assess, outline
from triage.assessment import STRENGTHS, Assessment, Step, Strength
from triage.case import Facts, Finding
from triage.errors import InputError
from triage.labels import LABELS, primary
from triage.policy import Rules, load_rules
from triage.severity import Weights, load_weights
from triage.tables.cases import load_case_rules
from triage.tables.corrections import Corrections, corrected, is_files, paths_of
from triage.tables.schema import CASE_SCHEMA, MOMENT
from triage.tables.scored import batches_of, findings_of, read_scored
from triage.tables.scoring import as_table

if TYPE_CHECKING:
    from triage.tables.grouping import Gathered

_POLICE: tuple[Step, ...] = ("emergency_call", "police_report", "police_notification")  # the gravest first


class RankedCases:
    """Assessed cases, the most severe first; made by `ranked_cases`.

    Args:
        gathered: The database that holds them.

    Attributes:
        total: How many cases there are.
    """

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self.total = gathered.count()

    def top(self, count: int) -> pa.Table:
        """The first `count` cases."""
        return pa.Table.from_batches(self._gathered.ranked(count), CASE_SCHEMA)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All cases."""
        return self._gathered.ranked()


@contextmanager
def ranked_cases(
    messages: Iterable[pa.RecordBatch], jurisdiction: str = "nl", rules: Rules | None = None, weights: Weights | None = None
) -> Iterator[RankedCases]:
    """Gather scored messages into cases and assess each.

    Args:
        messages: Scored messages, as `read_scored` gives them.
        jurisdiction: "nl" or "be"; ignored where `rules` are given.
        rules: Rules of your own instead of the packaged ones.
        weights: Weights of your own instead of the packaged ones.

    Yields:
        The cases; they are gone afterwards.
    """
    from triage.tables.grouping import gather

    rules, weights = rules or load_rules(jurisdiction), weights or load_weights()
    with gather(messages, load_case_rules(), weights.pile_on) as gathered:
        gathered.keep(case_rows(cases, rules, weights) for cases in whole_cases(gathered.cases()))
        yield RankedCases(gathered)


def assess_table(
    scored: Any,
    jurisdiction: str = "nl",
    rules: Rules | None = None,
    weights: Weights | None = None,
    corrections: Corrections | None = None,
) -> pa.Table:
    """Gather scored messages into cases and assess each.

    Args:
        scored: What `score_table` or `triage score` made, as any frame that speaks Arrow.
        jurisdiction: "nl" or "be"; ignored where `rules` are given.
        rules: Rules of your own instead of the packaged ones.
        weights: Weights of your own instead of the packaged ones.
        corrections: What a person judged otherwise (`read_corrections`).

    Returns:
        A row a case with the columns of `CASE_SCHEMA`, the most severe first.

    Raises:
        InputError: if the table was not scored.
    """
    with ranked_cases(corrected(batches_of(as_table(scored)), corrections), jurisdiction, rules, weights) as cases:
        return pa.Table.from_batches(cases.batches(), CASE_SCHEMA)


def cases_of(scored: Path | str | Sequence[Path | str], jurisdiction: str = "nl", corrections: Corrections | None = None) -> pa.Table:
    """Gather the messages of scored files into cases; messages that stand in several files count once.

    Args:
        scored: What `triage score` wrote, in one file or more.
        jurisdiction: "nl" or "be".
        corrections: What a person judged otherwise (`read_corrections`).

    Raises:
        InputError: if a file was not scored.
    """
    with ranked_cases(corrected(read_scored(paths_of(scored)), corrections), jurisdiction) as cases:
        return pa.Table.from_batches(cases.batches(), CASE_SCHEMA)


def case_of(
    scored: Any,
    case_id: str,
    jurisdiction: str = "nl",
    facts: Facts | None = None,
    rules: Rules | None = None,
    weights: Weights | None = None,
    corrections: Corrections | None = None,
) -> Assessment:
    """Assess the one case with this id in full.

    Args:
        scored: What `triage score` wrote, in one file or more; or what `score_table` made, as any frame that speaks Arrow.
        case_id: As it stands in the table of cases.
        jurisdiction: "nl" or "be"; ignored where `rules` are given.
        facts: What a person knows of it.
        rules: Rules of your own instead of the packaged ones.
        weights: Weights of your own instead of the packaged ones.
        corrections: What a person judged otherwise (`read_corrections`).

    Raises:
        InputError: if there is no such case, or the messages were not scored.
    """
    for _, findings in grouped(scored, case_id, weights, corrections):
        return assess(findings, facts or Facts(), jurisdiction, case_id=case_id, rules=rules, weights=weights)
    raise InputError(
        f"There is no case {case_id}: take an id from the column case_id of the cases.",
        nl=f"Er is geen casus {case_id}: neem een id uit de kolom case_id van de casussen.",
    )


def grouped(
    scored: Any, case_id: str | None = None, weights: Weights | None = None, corrections: Corrections | None = None
) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Scored messages by case, each with what was found in it.

    Args:
        scored: What `triage score` wrote, in one file or more; or what `score_table` made, as any frame that speaks Arrow.
        case_id: The only case that is asked for; None for all.
        weights: Weights of your own, for what makes a pile-on.
        corrections: What a person judged otherwise (`read_corrections`).

    Yields:
        The id of a case and its findings in the order of time.

    Raises:
        InputError: if the messages were not scored.
    """
    from triage.tables.grouping import gather

    messages = read_scored(paths_of(scored)) if is_files(scored) else batches_of(as_table(scored))
    with gather(corrected(messages, corrections), load_case_rules(), (weights or load_weights()).pile_on) as gathered:
        for cases in whole_cases(gathered.cases() if case_id is None else gathered.case(case_id)):
            yield from findings_by_case(cases)


def whole_cases(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Cut batches between cases.

    Args:
        batches: Messages with a column `case_id`; those of one case stand together.

    Yields:
        Tables with whole cases only.

    Example:
        >>> parts = [pa.RecordBatch.from_pydict({"case_id": cases}) for cases in (["a", "a", "b"], ["b"], ["b", "c"])]
        >>> [part.column("case_id").to_pylist() for part in whole_cases(parts)]
        [['a', 'a'], ['b', 'b', 'b'], ['c']]
    """
    waiting: list[pa.RecordBatch] = []  # the messages of one case that may go on
    for batch in batches:
        if not batch.num_rows:
            continue
        cases = batch.column("case_id")
        if waiting and waiting[-1].column("case_id")[-1] != cases[0]:
            yield pa.Table.from_batches(waiting)
            waiting = []
        if last := pc.index(cases, cases[-1]).as_py():  # where the last case begins
            yield pa.Table.from_batches([*waiting, batch.slice(0, last)])
            waiting = []
        waiting.append(batch.slice(last))
    if waiting:
        yield pa.Table.from_batches(waiting)


def case_rows(cases: pa.Table, rules: Rules, weights: Weights) -> pa.RecordBatch:
    """Assess whole cases; all that an engine has to call.

    Args:
        cases: The messages of one case or more, with the columns of `GROUPED_SCHEMA`; those of one case stand together.
        rules: The rules.
        weights: The weights.

    Returns:
        A row a case, in their order, with the columns of `CASE_SCHEMA`.
    """
    rows = [_row(case_id, findings, outline(findings, Facts(), rules, weights)) for case_id, findings in findings_by_case(cases)]
    return pa.RecordBatch.from_pylist(rows, CASE_SCHEMA)


def findings_by_case(messages: pa.Table) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """Each case with its findings in the order of time.

    Args:
        messages: The messages of whole cases, with the columns of `GROUPED_SCHEMA`; those of one case stand together.
    """
    found = zip(messages.column("case_id").to_pylist(), findings_in(messages), strict=True)
    for case_id, of_case in groupby(found, key=itemgetter(0)):
        yield case_id, tuple(sorted((finding for _, finding in of_case), key=_when))


def findings_in(messages: pa.Table) -> list[Finding]:
    """The findings of gathered messages in their order.

    Args:
        messages: Messages with the columns of `GROUPED_SCHEMA`.
    """
    place = messages.schema.get_field_index("sent_at")
    messages = messages.set_column(place, "sent_at", messages.column(place).cast(MOMENT)).combine_chunks()
    return [finding for batch in messages.to_batches() for finding in findings_of(batch)]


def _when(finding: Finding) -> tuple[datetime, str, str]:
    message = finding.message
    return message.sent_at or datetime.max.replace(tzinfo=UTC), message.key, message.target or ""


def _row(case_id: str, findings: Sequence[Finding], made: Outline) -> Mapping[str, Any]:
    labels = [label for label in LABELS if any(label in one.labels for one in findings)]
    return {
        "case_id": case_id,
        "kind": made.kind,
        "target": next((one.message.target for one in findings if one.message.target), None),
        "authors": list(dict.fromkeys(one.message.author for one in findings if one.message.author)),
        "messages": made.frequency.messages,
        "harmful": made.frequency.harmful,
        "first": made.frequency.first,
        "last": made.frequency.last,
        "active_days": made.frequency.active_days,
        "reach": made.reach.people,
        "severity": made.severity,
        "severity_low": made.severity_low,
        "severity_high": made.severity_high,
        "band": made.band,
        "labels": labels,
        "gravest": primary(labels),
        "police": _police(made.steps),
        "suggestions": list(made.steps),
        "strengths": list(made.steps.values()),
        "open_questions": len(made.open_about),
        "open_about": made.open_about,
        "needs_review": sum(one.unsure for one in findings),
        "model": ", ".join(sorted({one.model for one in findings if one.model})) or None,
    }


def _police(steps: Mapping[Step, Strength]) -> str | None:
    """The strongest step to the police; of two that are equally strong the gravest."""
    return min((step for step in _POLICE if step in steps), key=lambda step: -STRENGTHS.index(steps[step]), default=None)
