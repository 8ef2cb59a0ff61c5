"""How often: harmful messages, over how many days, how fast, and whether many authors came at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from triage.assessment import Frequency
from triage.case import Facts, Finding
from triage.message import HOME_ZONE
from triage.severity.weights import Weights, load_weights

_DAY = timedelta(days=1)
_RECENT = timedelta(days=30)


def measure_frequency(findings: Sequence[Finding], facts: Facts) -> Frequency:
    """Count the harmful messages of a case and the days they span.

    Harmless messages are in `messages` only. A harmful message without a time counts as recent in `last_30_days` and makes
    no day. Spans are real time; days are calendar days in Europe/Amsterdam.

    Args:
        findings: The messages of the case, in any order.
        facts: `frequency`, where a person gave it, is taken for `last_30_days`.

    Returns:
        The frequency.

    Example:
        >>> from triage.message import Message
        >>> found = Finding(message=Message(text="prutser"), scores={"insult": 0.9}, labels=("insult",), intensity=1.0)
        >>> measure_frequency([found], Facts()).harmful
        1
    """
    harmful = [finding.message for finding in findings if finding.harmful]
    times = sorted(message.sent_at.astimezone(UTC) for message in harmful if message.sent_at is not None)
    span = (times[-1] - times[0]) / _DAY if times else None
    recent = sum(times[-1] - time <= _RECENT for time in times)
    return Frequency(
        messages=len(findings),
        harmful=len(harmful),
        active_days=len({time.astimezone(HOME_ZONE).date() for time in times}),
        span_days=span,
        per_week=None if span is None else 7 * len(times) / max(span, 1.0),
        last_30_days=recent + len(harmful) - len(times) if facts.frequency is None else facts.frequency,
        first=times[0].astimezone(HOME_ZONE) if times else None,
        last=times[-1].astimezone(HOME_ZONE) if times else None,
        reported=facts.frequency is not None,
    )


def is_pile_on(findings: Sequence[Finding], weights: Weights | None = None) -> bool:
    """Say whether many authors sent harmful messages to one target in a burst.

    Only harmful messages with a known author and time count; those without a target are taken to share one.

    Args:
        findings: The messages, in any order.
        weights: `pile_on.authors` within `pile_on.hours`; None takes the built-in ones.

    Returns:
        True for a pile-on.

    Example:
        >>> is_pile_on([])
        False
    """
    limits = (weights or load_weights()).pile_on
    sent: defaultdict[str | None, list[tuple[datetime, str]]] = defaultdict(list)
    for finding in findings:
        message = finding.message
        if finding.harmful and message.author is not None and message.sent_at is not None:
            sent[message.target].append((message.sent_at.astimezone(UTC), message.author))
    window = timedelta(hours=limits.hours)
    crowds = (posts for posts in sent.values() if len(posts) >= limits.authors)
    return any(_most_authors(sorted(posts), window) >= limits.authors for posts in crowds)


def _most_authors(posts: Sequence[tuple[datetime, str]], window: timedelta) -> int:
    """The most different authors within any window of this length."""
    inside: Counter[str] = Counter()
    most = first = 0
    for time, author in posts:
        inside[author] += 1
        while time - posts[first][0] > window:
            left = posts[first][1]
            inside[left] -= 1
            if not inside[left]:
                del inside[left]
            first += 1
        most = max(most, len(inside))
    return most
