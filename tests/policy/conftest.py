"""Situations made by hand, with a simple severity that grows with everything that makes a case graver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log10
from typing import Any

import pytest
from hypothesis import settings

from triage.assessment import Frequency, Reach
from triage.case import Facts, Finding, find
from triage.labels import LABELS
from triage.language import Text
from triage.message import Message
from triage.policy import Situation

settings.register_profile("triage", deadline=None)
settings.load_profile("triage")

MakeSituation = Callable[..., Situation]
_NO_WORDS = Text(nl="-", en="-")


def make_finding(place: int, fields: Mapping[str, Any]) -> Finding:
    """One finding from the fields of a message, and `unsure` for a model that doubts."""
    fields = {"text": f"bericht {place}", "id": f"m{place}", **fields}
    unsure = fields.pop("unsure", False)
    finding = find(Message(**fields), None)
    if not unsure:
        return finding
    scores = {label: 0.6 if label in finding.labels else 0.1 for label in LABELS}
    return Finding(
        message=finding.message, scores=scores, labels=finding.labels, intensity=finding.intensity, flags=finding.flags, unsure=True
    )


def make_situation(findings: Sequence[Finding], facts: Facts, severity: float | None = None, kind: str = "single") -> Situation:
    """A situation whose reach and frequency are those of the facts, or else small."""
    harmful = [finding for finding in findings if finding.harmful]
    times = [finding.message.sent_at for finding in harmful if finding.message.sent_at is not None]
    people = facts.reach
    if severity is None and harmful:
        impact = {None: 0, "none": 0, "low": 4, "medium": 9, "high": 15}[facts.impact]
        spread = 3 * log10(1 + (people or 0))
        severity = min(
            100.0, 15 * max(one.intensity for one in harmful) + impact + spread + min(18, 2 * max(len(harmful), facts.frequency or 0))
        )
    return Situation(
        findings=tuple(findings),
        facts=facts,
        reach=Reach(people=people, low=people or 0, high=people or 10**6, basis=_NO_WORDS, guess=people is None),
        frequency=Frequency(
            messages=len(findings),
            harmful=len(harmful),
            active_days=len({time.date() for time in times}),
            span_days=None,
            per_week=None,
            last_30_days=facts.frequency if facts.frequency is not None else len(harmful),
            reported=facts.frequency is not None,
        ),
        severity=severity or 0.0,
        kind=kind,
    )


@pytest.fixture(scope="session")
def situation() -> MakeSituation:
    """Makes a situation: `situation([{"labels": ["threat"], "intensity": 2}], perpetrator_known=True)`."""

    def make(messages: Sequence[Mapping[str, Any]], severity: float | None = None, kind: str = "single", **facts: Any) -> Situation:
        findings = [make_finding(place, fields) for place, fields in enumerate(messages, start=1)]
        return make_situation(findings, Facts(**facts), severity, kind)

    return make


@pytest.fixture(scope="session")
def situation_of() -> Callable[[tuple[Finding, ...], Facts], Situation]:
    """What `open_questions` needs to try an answer."""
    return lambda findings, facts: make_situation(findings, facts)
