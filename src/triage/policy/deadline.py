"""The last day for a complaint, where an offence is prosecuted only on complaint."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import msgspec

from triage.assessment import Step
from triage.case import Finding
from triage.language import Text
from triage.message import HOME_ZONE
from triage.policy.conditions import Reading
from triage.policy.rules import ComplaintTerm
from triage.policy.situation import Situation

# Art. 88 Sr; whether it governs the term of art. 66 Sr is to be verified, so the earlier day is told as well.
_DAYS_IN_A_MONTH = 30


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """The term for a complaint in one situation.

    Attributes:
        last_day: The last day, or None where no date is known to count from.
        steps: The steps that carry it.
        start: The day it is counted from.
        words: What the term is and how it was reckoned, with places for the days.
        months: Its length in calendar months.
    """

    last_day: date | None
    steps: tuple[Step, ...]
    words: Text
    start: date | None = None
    months: int

    @property
    def note(self) -> Text:
        """What the term is and how it was reckoned."""
        if self.last_day is None or self.start is None:
            return self.words
        careful = min(self.last_day, self.start + timedelta(days=_DAYS_IN_A_MONTH * self.months))
        return self.words.format(date=self.last_day, start=self.start, careful=careful)


def complaint_deadline(term: ComplaintTerm, situation: Situation, reading: Reading) -> Deadline:
    """The last day for a complaint, where one may be needed.

    The term runs from the day on which the victim learned of it (art. 66 Sr). Where that day is unknown, the day of the earliest
    harmful message (Europe/Amsterdam) is taken: nobody can have known earlier, so the true last day is never before this one.

    Args:
        term: The term of the jurisdiction.
        situation: The situation.
        reading: What its conditions say.
    """
    known_since, first = situation.facts.known_since, reading.of_findings(_first_day)
    if known_since:
        # Nobody can have learned of a message before it was sent.
        start, words = max(known_since, first or known_since), term.counted
    elif first:
        start, words = first, term.estimated
    else:
        return Deadline(last_day=None, steps=term.steps, words=term.undated, months=term.months)
    return Deadline(last_day=months_after(start, term.months), steps=term.steps, words=words, start=start, months=term.months)


@lru_cache(maxsize=4096)
def months_after(day: date, months: int) -> date:
    """The same day of the month some calendar months later, or the last day of a shorter month.

    Example:
        >>> months_after(date(2026, 11, 30), 3)
        datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _first_day(findings: Sequence[Finding]) -> date | None:
    """The day of the first message that may need a complaint: an insult or blackmail; for stalking every harmful one counts."""
    harmful = [finding for finding in findings if finding.harmful or "extortion" in finding.flags]
    offences = [finding for finding in harmful if "insult" in finding.labels or "extortion" in finding.flags]
    times = (finding.message.sent_at for finding in offences or harmful)
    return min((time.astimezone(HOME_ZONE).date() for time in times if time is not None), default=None)
