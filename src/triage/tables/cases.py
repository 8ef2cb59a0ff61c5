"""Gathers messages into cases; what a jurist or analyst may want to change is in cases.toml.

* The messages of one author toward one target are a case, where at least one is harmful (or carries a flag that matters).
* Harmful messages of many authors toward one target in a burst are a case together, a pile-on. An author whose harm stays within
  bursts has no other case; one who goes on outside them also has a case of their own, with all their messages.
* Nobody knows whether messages without an author come from one person. Those to one target are a case as long as they fall within
  a day of the first; without a target or a time each is a case by itself. They join a pile-on, and never count as authors of it.
* Without a target there is no pile-on: the messages may be meant for different people.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from triage.case import Case, Finding
from triage.errors import RulesError
from triage.labels import Flag
from triage.message import HOME_ZONE, unique
from triage.severity import load_weights
from triage.severity.weights import PileOn

Group = tuple[Case, tuple[Finding, ...]]


class CaseRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What cases.toml says.

    Attributes:
        unknown_names: Names that mean that the author is not known, in small letters.
        unknown_author_hours: How long messages without an author to one target belong together.
        flags: Flags that make a case of a message without a label.
    """

    unknown_names: tuple[str, ...]
    unknown_author_hours: Annotated[float, msgspec.Meta(gt=0)]
    flags: tuple[Flag, ...]


@cache
def load_case_rules() -> CaseRules:
    """Read cases.toml.

    Raises:
        RulesError: if it is not well-formed.
    """
    text = resources.files("triage.tables").joinpath("cases.toml").read_text(encoding="utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), CaseRules)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise RulesError(f"cases.toml: {error}", nl=f"cases.toml: {error}") from None


def person(name: str | None) -> str | None:
    """A name for comparing: without capitals, outer blanks and @; None where it means that nobody is known.

    Example:
        >>> person(" @JanJ"), person("[deleted]")
        ('janj', None)
    """
    plain = unicodedata.normalize("NFKC", name or "").casefold().strip().lstrip("@")
    return None if plain in load_case_rules().unknown_names else plain


def group_findings(findings: Sequence[Finding], rules: CaseRules | None = None, pile_on: PileOn | None = None) -> list[Group]:
    """Gather findings into cases.

    Args:
        findings: The messages with what was found in each, in any order; doubles count once, and of two the one that a person
            judged is kept, or else the graver.
        rules: None takes cases.toml.
        pile_on: How many authors within how many hours make a pile-on; None takes the severity weights.

    Returns:
        Each case with its findings in the order of time. Case ids are the same at every run and hold no name.
    """
    rules = rules or load_case_rules()
    pile_on = pile_on or load_weights().pile_on
    names = Counter[str]()
    groups: list[Group] = []

    def add(members: Iterable[Finding], *what: str | None) -> None:
        name = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:12]
        names[name] += 1
        ordered = tuple(sorted(members, key=_when))
        case = Case(messages=tuple(one.message for one in ordered), id=name if names[name] == 1 else f"{name}-{names[name]}")
        groups.append((case, ordered))

    by_target: defaultdict[str | None, list[Finding]] = defaultdict(list)
    for finding in sorted(without_doubles(findings), key=_when):
        by_target[person(finding.message.target)].append(finding)
    for target, received in by_target.items():
        in_bursts: set[int] = set()
        for burst in _bursts(received, pile_on) if target is not None else ():
            in_bursts |= {id(one) for one in burst}
            add(burst, "burst", target, _day(burst[0]))
        by_author: defaultdict[str | None, list[Finding]] = defaultdict(list)
        for finding in received:
            by_author[person(finding.message.author)].append(finding)
        unknown = by_author.pop(None, [])
        for author, sent in by_author.items():
            if any(_matters(one, rules) and id(one) not in in_bursts for one in sent):
                add(sent, "author", author, target)
        loose = [one for one in unknown if _matters(one, rules) and id(one) not in in_bursts]
        for together in _windows(loose, timedelta(hours=rules.unknown_author_hours)) if target is not None else ([one] for one in loose):
            if together[0].message.sent_at is None or target is None:
                add(together, "message", together[0].message.key)
            else:
                add(together, "unknown", target, _day(together[0]))
    return groups


def without_doubles(findings: Sequence[Finding]) -> list[Finding]:
    """The findings in their order without doubles; of two the one that a person judged is kept, or else the graver."""
    best_first = sorted(findings, key=lambda one: (one.decided_by != "person", -one.intensity))
    kept = {id(message) for message in unique([one.message for one in best_first])}
    return [one for one in findings if id(one.message) in kept]


def _matters(finding: Finding, rules: CaseRules) -> bool:
    return finding.harmful or any(flag in rules.flags for flag in finding.flags)


def _bursts(received: Sequence[Finding], pile_on: PileOn) -> list[list[Finding]]:
    """The harmful messages of every pile-on toward one target; windows that overlap are one.

    Args:
        received: The messages to one target, in the order of time.
        pile_on: How many authors within how many hours.
    """
    timed = [one for one in received if one.harmful and one.message.sent_at is not None]
    authors = [person(one.message.author) for one in timed]
    bursts: list[list[Finding]] = []
    inside: Counter[str | None] = Counter()
    first = taken = 0  # the window is timed[first : last + 1]; what comes before `taken` is in a burst already
    for last, finding in enumerate(timed):
        inside[authors[last]] += 1
        while _time(finding) - _time(timed[first]) > timedelta(hours=pile_on.hours):
            inside[authors[first]] -= 1
            if not inside[authors[first]]:
                del inside[authors[first]]
            first += 1
        if len(inside) - (None in inside) < pile_on.authors:
            continue
        if bursts and first < taken:
            bursts[-1] += timed[taken : last + 1]
        else:
            bursts.append(timed[max(first, taken) : last + 1])
        taken = last + 1
    return bursts


def _windows(findings: Sequence[Finding], length: timedelta) -> list[list[Finding]]:
    """Findings in the order of time, cut where they are further than `length` from the first; those without a time stay alone."""
    windows: list[list[Finding]] = []
    for finding in findings:
        first = windows[-1][0] if windows else None
        if first and first.message.sent_at and finding.message.sent_at and _time(finding) - _time(first) <= length:
            windows[-1].append(finding)
        else:
            windows.append([finding])
    return windows


def _time(finding: Finding) -> datetime:
    return finding.message.sent_at or datetime.max.replace(tzinfo=UTC)


def _when(finding: Finding) -> tuple[datetime, str]:
    return _time(finding), finding.message.key


def _day(finding: Finding) -> str:
    return _time(finding).astimezone(HOME_ZONE).date().isoformat()
