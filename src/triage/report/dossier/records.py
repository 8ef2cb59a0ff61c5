"""The messages and the chronology of a dossier as rows, and how they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec

from triage.assessment import Assessment
from triage.language import Lang
from triage.message import HOME_ZONE
from triage.report.content import intensity_word, named_labels
from triage.report.dossier.words import DossierWords
from triage.report.wording import at_home
from triage.tables.origins import Member
from triage.tables.writing import CsvRows


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened, or a day to keep in mind.

    Attributes:
        day: The day (Europe/Amsterdam), or None where it is not known.
        moment: The time, where it is known.
        message: The number of the message, where it is one.
        what: What it is, in words.
    """

    day: date | None
    moment: datetime | None = None
    message: int | None = None
    what: str


def message_rows(members: Sequence[Member]) -> list[dict[str, Any]]:
    """A row a message, in the order of time, with all that is known of it."""
    return [_message_row(number, member) for number, member in enumerate(members, start=1)]


def _message_row(number: int, member: Member) -> dict[str, Any]:
    finding = member.finding
    message = finding.message
    first = member.origins[0] if member.origins else None
    return {
        "number": number,
        "id": message.id,
        "sent_at_utc": message.sent_at and utc(message.sent_at),
        "sent_at_amsterdam": message.sent_at and at_home(message.sent_at).isoformat(),
        "author": message.author,
        "target": message.target,
        "platform": message.platform,
        "visibility": message.visibility,
        "url": message.url,
        "text": message.text,
        "views": message.views,
        "shares": message.shares,
        "followers": message.followers,
        "labels": list(finding.labels),
        "intensity": round(finding.intensity, 4),
        "flags": list(finding.flags),
        "decided_by": finding.decided_by,
        "unsure": finding.unsure,
        "scores": {label: round(score, 6) for label, score in finding.scores.items()},
        "model": finding.model,
        "source_file": first and first.file,
        "source_row": first and first.row,
        "also_in": [{"source_file": one.file, "source_row": one.row} for one in member.origins[1:]],
        "columns": first.columns if first else {},
    }


def utc(moment: datetime) -> str:
    """A time in UTC, as ISO 8601 writes it.

    Example:
        >>> utc(datetime(2026, 7, 1, 12, 0, tzinfo=HOME_ZONE))
        '2026-07-01T10:00:00Z'
    """
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return moment.isoformat()


def chronology(a: Assessment, members: Sequence[Member], words: DossierWords) -> tuple[Event, ...]:
    """What happened when, the earliest first; what has no time comes last."""
    events = [
        Event(
            day=at_home(message.sent_at).date() if message.sent_at else None,
            moment=message.sent_at,
            message=number,
            what=words.say("chronology", "message", n=number, what=found(member, words)),
        )
        for number, member in enumerate(members, start=1)
        for message in (member.finding.message,)
    ]
    if a.facts.known_since:
        events.append(Event(day=a.facts.known_since, what=words.say("chronology", "known_since")))
    deadlines = sorted({suggestion.deadline for suggestion in a.suggestions if suggestion.deadline})
    events += [Event(day=day, what=words.say("chronology", "deadline")) for day in deadlines]
    return tuple(sorted(events, key=_when))


def _when(event: Event) -> tuple[bool, date, bool, datetime]:
    """Of one day what has no time comes first."""
    never = datetime.max.replace(tzinfo=UTC)
    return (event.day is None, event.day or date.max, event.moment is not None, event.moment or never)


def found(member: Member, words: DossierWords) -> str:
    """What was found in a message, in a few words."""
    finding = member.finding
    if finding.labels:
        said = [f"{named_labels(finding.labels, words)} ({intensity_word(finding.intensity, words)})"]
    else:
        said = [words.say("phrase", "no_label")]
    said += [words.say("flag", flag) for flag in finding.flags]
    if finding.unsure:
        said.append(words.say("phrase", "to_review"))
    if finding.decided_by == "person":
        said.append(words.say("phrase", "by_person"))
    return "; ".join(said)


def chronology_rows(events: Sequence[Event]) -> list[dict[str, Any]]:
    """A row an event."""
    return [
        {
            "day": event.day and event.day.isoformat(),
            "moment_utc": event.moment and utc(event.moment),
            "moment_amsterdam": event.moment and event.moment.astimezone(HOME_ZONE).isoformat(),
            "message": event.message,
            "what": event.what,
        }
        for event in events
    ]


def write_jsonl(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write an object a line."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes("".join(lines).encode("utf-8", errors="replace"))


def write_csv(rows: Sequence[Mapping[str, Any]], path: Path, lang: Lang) -> None:
    """Write a table for a spreadsheet; the columns are those of the first row."""
    with path.open("wb") as stream:
        table = CsvRows(stream, list(rows[0]) if rows else [], lang)
        for row in rows:
            table.write_row(row.values())
        table.flush()


def write_json(value: object, path: Path) -> None:
    """Write one value, readable."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2) + "\n"
    path.write_bytes(text.encode("utf-8", errors="replace"))
