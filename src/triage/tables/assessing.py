"""From scored messages to a table of cases, the most severe first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from triage.assess import assess as assess_findings
from triage.assessment import STRENGTHS, Assessment
from triage.case import Case, Facts, Finding
from triage.errors import InputError
from triage.labels import LABELS, primary
from triage.severity.weights import PileOn
from triage.tables.cases import group_findings
from triage.tables.schema import CASE_SCHEMA
from triage.tables.scored import findings_of, read_scored
from triage.tables.scoring import as_table

Assess = Callable[[Case, tuple[Finding, ...]], Assessment]

_POLICE = ("emergency_call", "police_report", "police_notification")  # the gravest first


def assess_table(scored: Any, assess: Assess, pile_on: PileOn | None = None) -> pa.Table:
    """Gather scored messages into cases and assess each.

    Args:
        scored: What `score_table` or `triage score` made, as any frame that speaks Arrow.
        assess: A case and its findings -> assessment.
        pile_on: How many authors within how many hours make a pile-on; None takes the severity weights.

    Returns:
        A row a case with the columns of `CASE_SCHEMA`, the most severe first.

    Raises:
        InputError: if the table was not scored.
    """
    groups = group_findings(findings_of(as_table(scored)), pile_on=pile_on)
    return _ranked(assess(case, findings) for case, findings in groups)


def cases_of(scored: Path | str | Sequence[Path | str], jurisdiction: str = "nl") -> pa.Table:
    """Gather the messages of scored files into cases; messages that stand in several files count once.

    Args:
        scored: What `triage score` wrote, in one file or more.
        jurisdiction: "nl" or "be".

    Raises:
        InputError: if a file was not scored.
    """
    groups = group_findings(findings_of(read_scored(_paths(scored))))
    return _ranked(assess_findings(findings, case.facts, jurisdiction, case_id=case.id) for case, findings in groups)


def case_of(scored: Path | str | Sequence[Path | str], case_id: str, jurisdiction: str = "nl", facts: Facts | None = None) -> Assessment:
    """Assess the one case with this id in full.

    Args:
        scored: What `triage score` wrote, in one file or more.
        case_id: As it stands in the table of cases.
        jurisdiction: "nl" or "be".
        facts: What a person knows of it.

    Raises:
        InputError: if there is no such case, or a file was not scored.
    """
    for case, findings in group_findings(findings_of(read_scored(_paths(scored)))):
        if case.id == case_id:
            return assess_findings(findings, facts or case.facts, jurisdiction, case_id=case.id)
    raise InputError(
        f"There is no case {case_id}: take an id from the column case_id of the cases.",
        nl=f"Er is geen casus {case_id}: neem een id uit de kolom case_id van de casussen.",
    )


def _paths(scored: Path | str | Sequence[Path | str]) -> Sequence[Path | str]:
    return [scored] if isinstance(scored, Path | str) else scored


def _ranked(assessments: Iterator[Assessment]) -> pa.Table:
    rows = sorted(map(_row, assessments), key=lambda row: (-row["severity"], -row["severity_high"], row["case_id"] or ""))
    return pa.Table.from_pylist(rows, schema=CASE_SCHEMA)


def _row(assessment: Assessment) -> Mapping[str, Any]:
    findings, frequency, score = assessment.findings, assessment.frequency, assessment.score
    labels = [label for label in LABELS if any(label in one.labels for one in findings)]
    return {
        "case_id": assessment.case_id,
        "kind": assessment.kind,
        "target": next((one.message.target for one in findings if one.message.target), None),
        "authors": list(dict.fromkeys(one.message.author for one in findings if one.message.author)),
        "messages": frequency.messages,
        "harmful": frequency.harmful,
        "first": frequency.first,
        "last": frequency.last,
        "active_days": frequency.active_days,
        "reach": assessment.reach.people,
        "severity": score.value,
        "severity_low": score.low,
        "severity_high": score.high,
        "band": score.band,
        "labels": labels,
        "gravest": primary(labels),
        "police": _police(assessment),
        "suggestions": [suggestion.step for suggestion in assessment.suggestions],
        "strengths": [suggestion.strength for suggestion in assessment.suggestions],
        "open_questions": len(assessment.open_questions),
        "open_about": [question.about for question in assessment.open_questions],
        "needs_review": sum(one.unsure for one in findings),
        "model": ", ".join(sorted({one.model for one in findings if one.model})) or None,
    }


def _police(assessment: Assessment) -> str | None:
    """The strongest step to the police; of two that are equally strong the gravest."""
    steps = [one for one in assessment.suggestions if one.step in _POLICE]
    strongest = min(steps, key=lambda one: (-STRENGTHS.index(one.strength), _POLICE.index(one.step)), default=None)
    return strongest.step if strongest else None
