"""From scored files to all that the report page shows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from triage.assess import assess
from triage.case import Facts, Finding
from triage.errors import InputError
from triage.explanation import Explanation
from triage.message import HOME_ZONE, unique
from triage.report.figures import Report
from triage.report.page import to_explain
from triage.tables.assessing import grouped
from triage.tables.corrections import Corrections, corrected
from triage.tables.scored import findings_of, read_scored

if TYPE_CHECKING:
    from triage.model import Model

MOST_EXPLAINED = 400  # messages; each asks the model as often as it has words
_AT_ONCE = 20  # messages between two signs of progress

Progress = Callable[[str, int, int], None]


def gather(
    scored: Sequence[Path],
    jurisdiction: str = "nl",
    facts: Mapping[str, Facts] | None = None,
    model: Model | None = None,
    progress: Progress = lambda stage, done, total: None,
    corrections: Corrections | None = None,
) -> Report:
    """Read scored files, assess their cases, and ask the model which words counted.

    Args:
        scored: What `triage score` wrote.
        jurisdiction: "nl" or "be".
        facts: What a person knows, by case id.
        model: Explains the messages, where it is the model that scored them; None explains nothing.
        progress: Called with "explaining", messages explained and messages in all.
        corrections: What a person judged otherwise.

    Raises:
        InputError: if a file was not scored, or facts are given for a case that is not there.
    """
    every = [finding for batch in corrected(read_scored(scored), corrections) for finding in findings_of(batch)]
    findings = _without_doubles(every)
    known = facts or {}
    groups = dict(grouped(scored, corrections=corrections))
    if unknown := known.keys() - groups.keys():
        name = min(unknown)
        raise InputError(
            f"There is no case {name} for which facts are given: take ids from the column case_id of the cases.",
            nl=f"Er is geen casus {name} waarvoor feiten zijn gegeven: neem een id uit de kolom case_id van de casussen.",
        )
    assessments = [assess(found, known.get(case_id, Facts()), jurisdiction, case_id=case_id) for case_id, found in groups.items()]
    assessments.sort(key=lambda one: (-one.score.value, -one.score.high, one.case_id or ""))
    rejects = [path.with_name(f"{path.name}.rejects.csv") for path in scored]
    counts = {path.name: rejected for path in rejects if (rejected := _rejected(path))}
    report = Report(
        findings=tuple(findings),
        assessments=tuple(assessments),
        explanations={},
        files=tuple(path.name for path in scored),
        made=datetime.now(HOME_ZONE),
        doubles=len(every) - len(findings),
        rejected=sum(counts.values()),
        rejects_file=", ".join(counts),
        corrections=corrections,
    )
    return _explained(report, model, progress) if model else report


def _without_doubles(findings: Sequence[Finding]) -> list[Finding]:
    """The findings in their order without doubles; of two the one that a person judged is kept, or else the graver."""
    best_first = sorted(findings, key=lambda one: (one.decided_by != "person", -one.intensity))
    kept = {id(message) for message in unique([one.message for one in best_first])}
    return [one for one in findings if id(one.message) in kept]


def _explained(report: Report, model: Model, progress: Progress) -> Report:
    if report.models != (model.version,):
        return msgspec.structs.replace(report, other_model=model.version if report.models else "")
    texts = to_explain(report, MOST_EXPLAINED)
    explanations: dict[str, Explanation] = {}
    for first in range(0, len(texts), _AT_ONCE):
        progress("explaining", first, len(texts))
        part = texts[first : first + _AT_ONCE]
        explanations.update(zip(part, model.explain(part), strict=True))
    return msgspec.structs.replace(report, explanations=explanations)


def _rejected(path: Path) -> int:
    """Rows in a file of rejects that could not be read at all; values that were only repaired do not count."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return sum(row.get("kind") == "row" for row in csv.DictReader(file, delimiter=";"))
    except (OSError, csv.Error):
        return 0
