"""The situation that rules are held against."""

from __future__ import annotations

from functools import cached_property

import msgspec

from triage.assessment import Frequency, Kind, Reach
from triage.case import Facts, Finding


class Situation(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that the rules may look at: one case with what was found in it and estimated from it.

    Attributes:
        findings: The messages with what was found in each.
        facts: What a person knows.
        reach: How many people the harmful messages plausibly reached.
        frequency: How many harmful messages, over how many days.
        severity: The severity, 0.0-100.0.
        kind: "single", or "pile_on" where many authors turn on one target.
    """

    findings: tuple[Finding, ...]
    facts: Facts
    reach: Reach
    frequency: Frequency
    severity: float
    kind: Kind = "single"

    @cached_property
    def harmful(self) -> tuple[Finding, ...]:
        """The findings with a label."""
        return tuple(finding for finding in self.findings if finding.labels)

    @cached_property
    def flagged(self) -> tuple[Finding, ...]:
        """The findings with a flag."""
        return tuple(finding for finding in self.findings if finding.flags)
