"""What a report is about, and the counts that its overview shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from triage.assessment import STRENGTHS, Assessment, Band, Step, Strength
from triage.case import Finding
from triage.explanation import Explanation
from triage.labels import LABELS, Label
from triage.report.wording import at_home

if TYPE_CHECKING:
    from triage.tables.corrections import Corrections

Unit = Literal["day", "week", "month", "year"]

_MOST_PERIODS = 60
_UNIT_DAYS: dict[Unit, float] = {"day": 1, "week": 7, "month": 30.4, "year": 365.25}
_MOST_DRAWN = 2_000  # points of a scatter plot; the gravest cases are drawn


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the report page is made from.

    Attributes:
        findings: All different messages with what was found in each, of cases or not.
        assessments: The cases, the most severe first.
        explanations: Which words counted, by the text of a message; not every message has one.
        files: The names of the scored files.
        made: When the report is made.
        doubles: How many rows were doubles of another.
        rejected: How many rows could not be read when scoring.
        rejects_file: Where those stand, "" where there are none.
        other_model: The model at hand, where it is another than the one that scored and so could explain nothing; else "".
        corrections: What people judged afterwards, where they did.
    """

    findings: tuple[Finding, ...]
    assessments: tuple[Assessment, ...]
    explanations: Mapping[str, Explanation]
    files: tuple[str, ...]
    made: datetime
    doubles: int = 0
    rejected: int = 0
    rejects_file: str = ""
    other_model: str = ""
    corrections: Corrections | None = None

    @property
    def models(self) -> tuple[str, ...]:
        """Names and versions of the models that scored."""
        return tuple(sorted({finding.model for finding in self.findings if finding.model}))


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of an overview.

    Attributes:
        messages, harmful, unsure, judged: Messages: all, with a label, for a person to look at, judged by a person.
        targets: Different names of those written to.
        undated: Messages with a label and without a time.
        labels: Messages by label; one may have several.
        gravity: Messages with a label by intensity 1, 2, 3.
        bands: Cases by band, the lowest first.
        steps: Cases by step and strength.
        writers_in_danger: Names of the cases in which a writer may be in danger.
    """

    messages: int
    harmful: int
    unsure: int
    judged: int
    targets: int
    undated: int
    labels: dict[Label, int]
    gravity: dict[int, int]
    bands: dict[Band, int]
    steps: dict[Step, dict[Strength, int]]
    writers_in_danger: tuple[str, ...]


class Periods(msgspec.Struct, frozen=True, kw_only=True):
    """Messages with a label over time.

    Attributes:
        unit: How long a period is.
        starts: The first day of each period, without gaps.
        counts: Messages by label in each period.
    """

    unit: Unit
    starts: tuple[date, ...]
    counts: dict[Label, tuple[int, ...]]


def figures(report: Report) -> Figures:
    """Count what the overview shows."""
    harmful = [finding for finding in report.findings if finding.harmful]
    steps: dict[Step, Counter[Strength]] = {}
    for assessment in report.assessments:
        for suggestion in assessment.suggestions:
            steps.setdefault(suggestion.step, Counter())[suggestion.strength] += 1
    gravity = Counter(min(3, max(1, round(finding.intensity))) for finding in harmful)
    bands = Counter(assessment.score.band for assessment in report.assessments)
    return Figures(
        messages=len(report.findings),
        harmful=len(harmful),
        unsure=sum(finding.unsure for finding in report.findings),
        judged=sum(finding.decided_by == "person" for finding in report.findings),
        targets=len({finding.message.target for finding in report.findings if finding.message.target}),
        undated=sum(finding.message.sent_at is None for finding in harmful),
        labels={label: sum(label in finding.labels for finding in harmful) for label in LABELS},
        gravity={level: gravity[level] for level in (1, 2, 3)},
        bands={band: bands[band] for band in ("low", "medium", "high", "critical")},
        steps={
            step: {strength: counts[strength] for strength in reversed(STRENGTHS)}
            for step, counts in sorted(steps.items(), key=lambda item: [-item[1][strength] for strength in reversed(STRENGTHS)])
        },
        writers_in_danger=tuple(
            assessment.case_id or ""
            for assessment in report.assessments
            if any("self_harm" in finding.flags for finding in assessment.findings)
        ),
    )


def periods(findings: Sequence[Finding]) -> Periods | None:
    """Messages with a label by day, week, month or year, whichever gives no more than sixty; None where no message has a time.

    Args:
        findings: Messages, of which those with a label and a time count.
    """
    dated = [(at_home(finding.message.sent_at).date(), finding) for finding in findings if finding.harmful and finding.message.sent_at]
    if not dated:
        return None
    first, last = min(day for day, _ in dated), max(day for day, _ in dated)
    days = (last - first).days + 1
    unit: Unit = next((unit for unit, length in _UNIT_DAYS.items() if days / length <= _MOST_PERIODS), "year")
    starts = [_start(first, unit)]
    while (after := _next(starts[-1], unit)) <= last:
        starts.append(after)
    place = {start: number for number, start in enumerate(starts)}
    counts = {label: [0] * len(starts) for label in LABELS}
    for day, finding in dated:
        for label in finding.labels:
            counts[label][place[_start(day, unit)]] += 1
    return Periods(unit=unit, starts=tuple(starts), counts={label: tuple(row) for label, row in counts.items()})


def drawn(assessments: Sequence[Assessment]) -> list[Assessment]:
    """The cases that a plot of reach and frequency draws: those with a known reach, the gravest where there are very many."""
    return [one for one in assessments if one.reach.people is not None and one.frequency.harmful][:_MOST_DRAWN]


def _start(day: date, unit: Unit) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _next(start: date, unit: Unit) -> date:
    if unit == "month":
        return (start + timedelta(days=32)).replace(day=1)
    return start.replace(year=start.year + 1) if unit == "year" else start + timedelta(days=7 if unit == "week" else 1)
