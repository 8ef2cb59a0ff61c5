"""What a report of one case says, in one language; text and HTML only lay it out.

Everything here is already plain: one line a string, control and direction characters visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from triage.assessment import Assessment, Effect, OpenQuestion, Reason, Source, Step, Strength, Suggestion
from triage.case import Finding
from triage.labels import FLAGS, PRIMARY_ORDER
from triage.report.plain import one_line, shorten
from triage.report.wording import Words, at_home

# These fit nearly every case, so of two steps that are equally strong the other one tells more.
EVERYWHERE: frozenset[Step] = frozenset({"register_incident", "preserve_evidence", "hold_reply", "aftercare"})

_SHOWN_MESSAGES = 5
_SHOWN_NUMBERS = 4
_QUOTE_WIDTH = 300
_NAME_WIDTH = 60
_CHANGES = ("adds", "drops", "strengthens", "weakens", "keeps_open", "moves_deadline")


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One contribution: its points, what they may be ("" where they are certain), and why."""

    name: str
    share: float
    points: str
    range: str
    reason: str


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it is shown."""

    finding: Finding
    number: int
    about: str
    who: str
    text: str
    url: str | None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """A source, how it was checked ("" where it was read), and the sentences of it that count with their names."""

    title: str
    mark: str
    sentences: tuple[tuple[str, str], ...]


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """One suggestion in words."""

    title: str
    strength: Strength
    strength_word: str
    reasons: tuple[str, ...]
    actions: tuple[str, ...]
    cautions: tuple[str, ...]
    deadline: str
    deadline_note: str
    sources: tuple[Origin, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One open question and what each answer would change."""

    text: str
    effects: tuple[str, ...]


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a report of one case says."""

    title: str
    value: int
    total: str
    low: int
    high: int
    severity: str
    band_word: str
    range: str
    rows: tuple[tuple[str, str], ...]
    messages: tuple[Quoted, ...]
    left: int
    more_messages: str
    parts: tuple[Part, ...]
    advice: tuple[Advice, ...]
    questions: tuple[Question, ...]
    closing: tuple[str, ...]


def content(a: Assessment, words: Words, most: int = _SHOWN_MESSAGES, numbers: Mapping[str, int] | None = None) -> Content:
    """Put an assessment into words.

    Args:
        a: The assessment.
        words: The language.
        most: How many messages are shown; those that a question is about come on top of them.
        numbers: By which number the reader knows each message, by its key; without it, the gravest is 1.
    """
    value, low, high = (round(number) for number in (a.score.value, a.score.low, a.score.high))
    ordered = _in_order(a)
    numbers = numbers or {finding.message.key: number for number, finding in reversed(list(enumerate(ordered, 1)))}
    asked = {question.about for question in a.open_questions}
    shown = [
        _quoted(finding, number, a, words)
        for number, finding in enumerate(ordered, 1)
        if number <= most or f"message:{finding.message.key}" in asked
    ]
    left = len(ordered) - len(shown)
    return Content(
        title=words.say("heading", "case", id=one_line(a.case_id)) if a.case_id else "",
        value=value,
        total=words.decimal(a.score.value),
        low=low,
        high=high,
        severity=words.say("phrase", "severity", value=value),
        band_word=words.say("band", a.score.band),
        range=words.say("phrase", "range", low=low, high=high) if low != high else "",
        rows=_rows(a, words),
        messages=tuple(shown),
        left=left,
        more_messages=words.say("phrase", "more_messages", n=words.some("message", left)) if left else "",
        parts=_parts(a, words),
        advice=tuple(_advice(suggestion, a, numbers, words) for suggestion in a.suggestions),
        questions=tuple(_question(question, numbers, words) for question in a.open_questions),
        closing=_closing(a, words),
    )


def _in_order(a: Assessment) -> list[Finding]:
    """The messages that matter, the gravest first: harmful, unsure, or asked about."""
    asked = {question.about for question in a.open_questions}
    chosen = [f for f in a.findings if f.harmful or f.unsure or f"message:{f.message.key}" in asked]
    return sorted(chosen, key=lambda f: (-f.intensity, PRIMARY_ORDER.index(f.primary) if f.primary else len(PRIMARY_ORDER)))


def _rows(a: Assessment, words: Words) -> tuple[tuple[str, str], ...]:
    rows = [
        ("what", _what(a, words)),
        ("flags", _flags(a, words)),
        ("who", _who(a, words)),
        ("count", _count(a, words)),
        ("period", _period(a, words)),
        ("reach", _reach(a, words)),
        ("known", _known(a, words)),
    ]
    return tuple((words.say("row", name), text) for name, text in rows if text)


def _what(a: Assessment, words: Words) -> str:
    held = {label for finding in a.findings for label in finding.labels}
    return named_labels(held, words) or words.say("phrase", "nothing_found")


def named_labels(labels: Iterable[str], words: Words) -> str:
    """The labels in words, the one that counts most first; "" where there are none."""
    held = set(labels)
    return ", ".join(words.say("label", label) for label in PRIMARY_ORDER if label in held)


def _flags(a: Assessment, words: Words) -> str:
    held = {flag for finding in a.findings for flag in finding.flags}
    return ", ".join(words.say("flag", flag) for flag in FLAGS if flag in held)


def _who(a: Assessment, words: Words) -> str:
    authors = {f.message.author for f in a.findings if f.message.author}
    targets = {f.message.target for f in a.findings if f.message.target}
    return words.say("phrase", "from_to", author=_named(authors, "sender", words), target=_named(targets, "target", words)) + (
        f" ({words.say('kind', a.kind)})" if a.kind == "pile_on" else ""
    )


def _named(names: set[str], noun: str, words: Words) -> str:
    if not names:
        return words.say("phrase", f"unknown_{noun}")
    if len(names) == 1:
        return shorten(names.pop(), _NAME_WIDTH)
    return words.some(noun, len(names))


def _count(a: Assessment, words: Words) -> str:
    f = a.frequency
    messages, harmful = words.some("message", f.messages), words.some("harmful", f.harmful)
    if f.harmful == 0:
        said = [words.say("phrase", "harmful_none", messages=messages)]
    elif f.harmful == f.messages:
        said = [harmful]
    else:
        said = [words.say("phrase", "harmful_some", messages=messages, harmful=words.number(f.harmful))]
    if f.reported:
        said.append(words.say("phrase", "last_30_days_reported", n=words.number(f.last_30_days)))
    elif f.last_30_days != f.harmful:
        said.append(words.say("phrase", "last_30_days", n=words.number(f.last_30_days)))
    if unsure := sum(finding.unsure for finding in a.findings):
        said.append(words.say("phrase", "unsure", n=words.number(unsure)))
    return "; ".join(said)


def _period(a: Assessment, words: Words) -> str:
    first, last = a.frequency.first, a.frequency.last
    if first is None or last is None:
        return words.say("phrase", "period_unknown") if a.frequency.harmful else ""
    days = words.some("day", a.frequency.active_days)
    start, end = at_home(first).date(), at_home(last).date()
    if start == end:
        return words.day(start)
    first_day = words.day(start, year=start.year != end.year)
    return words.say("phrase", "period", first=first_day, last=words.day(end), days=days)


def _reach(a: Assessment, words: Words) -> str:
    reach, basis = a.reach, one_line(a.reach.basis.in_(words.lang))
    if not a.frequency.harmful:
        return ""
    if reach.people is None:
        return basis or words.say("phrase", "reach_unknown")
    people = words.some("people", reach.people)
    if reach.guess:
        people = words.say("phrase", "reach_guess", people=people, low=words.number(reach.low), high=words.number(reach.high))
    return f"{people}. {basis}" if basis else people


def _known(a: Assessment, words: Words) -> str:
    return "; ".join(_given(a, words).values())


def _given(a: Assessment, words: Words) -> dict[str, str]:
    """The facts that are known, in words, by name."""
    facts = {name: getattr(a.facts, name) for name in a.facts.__struct_fields__}
    return {name: f"{words.say('fact', name)}: {words.fact(value)}" for name, value in facts.items() if value is not None}


def _quoted(finding: Finding, number: int, a: Assessment, words: Words) -> Quoted:
    message = finding.message
    who = shorten(message.author, _NAME_WIDTH) if message.author and a.kind == "pile_on" else ""
    about = [words.moment(message.sent_at) if message.sent_at else words.say("phrase", "no_date")]
    if finding.labels:
        about.append(f"{named_labels(finding.labels, words)} ({intensity_word(finding.intensity, words)})")
    else:
        about.append(words.say("phrase", "no_label"))
    about += [words.say("flag", flag) for flag in finding.flags]
    if finding.unsure:
        about.append(words.say("phrase", "to_review"))
    if finding.decided_by == "person":
        about.append(words.say("phrase", "by_person"))
    return Quoted(
        finding=finding,
        number=number,
        about="; ".join(about),
        who=who,
        text=shorten(message.text, _QUOTE_WIDTH),
        url=message.url,
    )


def intensity_word(intensity: float, words: Words) -> str:
    """The intensity in words: 0 none, 1 mild, 2 serious, 3 grave; a label never sinks to "none"."""
    return words.say("intensity", str(min(3, max(1, round(intensity)))))


def _parts(a: Assessment, words: Words) -> tuple[Part, ...]:
    return tuple(
        Part(
            name=words.say("component", c.component),
            share=c.points,
            points=words.decimal(c.points),
            range=f"{words.decimal(c.low)}\u2013{words.decimal(c.high)}" if c.low != c.high else "",
            reason=one_line(c.reason.in_(words.lang)),
        )
        for c in a.contributions
    )


def _advice(suggestion: Suggestion, a: Assessment, numbers: Mapping[str, int], words: Words) -> Advice:
    return Advice(
        title=one_line(suggestion.title.in_(words.lang)),
        strength=suggestion.strength,
        strength_word=words.say("strength", suggestion.strength),
        reasons=tuple(_reason(reason, a, numbers, words) for reason in suggestion.reasons),
        actions=tuple(one_line(action.in_(words.lang)) for action in suggestion.actions),
        cautions=tuple(one_line(caution.in_(words.lang)) for caution in suggestion.cautions),
        deadline=words.say("phrase", "by", date=words.weekday(suggestion.deadline)) if suggestion.deadline else "",
        deadline_note=one_line(suggestion.deadline_note.in_(words.lang)) if suggestion.deadline_note else "",
        sources=_origins(suggestion.sources, words),
    )


def _reason(reason: Reason, a: Assessment, numbers: Mapping[str, int], words: Words) -> str:
    text, grounds = one_line(reason.text.in_(words.lang)), _grounds(reason.rests_on, a, numbers, words)
    return f"{text.removesuffix('.')} ({grounds})." if grounds else text


def _grounds(rests_on: Iterable[str], a: Assessment, numbers: Mapping[str, int], words: Words) -> str:
    """The facts and messages a reason rests on; all harmful messages together go without saying."""
    given = _given(a, words)
    facts, places = [], set()
    for ground in rests_on:
        kind, _, name = ground.partition(":")
        if kind == "fact" and name in given:
            facts.append(given[name])
        elif kind == "message" and name in numbers:
            places.add(numbers[name])
    if places and not places >= {numbers[finding.message.key] for finding in a.findings if finding.harmful}:
        facts.append(_places(sorted(places), words))
    return "; ".join(facts)


def _places(places: list[int], words: Words) -> str:
    shown, left = words.some_of("message_ref", places[:_SHOWN_NUMBERS]), len(places) - _SHOWN_NUMBERS
    return words.say("phrase", "and_more", list=shown, n=left) if left > 0 else shown


def _origins(sources: Iterable[Source], words: Words) -> tuple[Origin, ...]:
    """The sources, with the quoted sentences of one source together."""
    sentences: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for source in sources:
        mark = "" if source.confidence == "sourced" else words.say("confidence", source.confidence)
        quoted = sentences.setdefault((one_line(source.title.in_(words.lang)), mark), [])
        if source.quote:
            quoted.append((one_line(source.id), one_line(source.quote)))
    return tuple(
        # The rules can say in the title itself how it was checked.
        Origin(title=title if mark in title else f"{title} ({mark})", mark=mark, sentences=tuple(quoted))
        for (title, mark), quoted in sentences.items()
    )


def _question(question: OpenQuestion, numbers: Mapping[str, int], words: Words) -> Question:
    text = question.question.in_(words.lang)
    kind, _, key = question.about.partition(":")
    if kind == "message" and (number := numbers.get(key)):
        # The reader knows the message by its number in this report, not by its key.
        text, found = re.subn(rf"(?<!\w){re.escape(key)}(?!\w)", str(number), text, count=1)
        text = text if found else f"{text} ({_places([number], words)})"
    same: dict[Effect, list[str]] = {}
    for effect in question.effects:
        same.setdefault(msgspec.structs.replace(effect, answer=""), []).append(effect.answer)
    return Question(text=one_line(text), effects=tuple(_effect(change, answers, words) for change, answers in same.items()))


def _effect(effect: Effect, answers: list[str], words: Words) -> str:
    """What the same answers change, in one line."""
    changes = "; ".join(
        f"{words.say('effect', change)}: {', '.join(words.say('step', step) for step in getattr(effect, change))}"
        for change in _CHANGES
        if getattr(effect, change)
    )
    *some, last = (one_line(words.answer(answer)) for answer in answers)
    named = words.say("phrase", "one_or_other", some=", ".join(some), last=last) if some else last
    return words.say("phrase", "if_answer", answers=named, changes=changes or words.say("phrase", "no_effect"))


def _closing(a: Assessment, words: Words) -> tuple[str, ...]:
    """The oldest date counts: no rule behind this report is older than that."""
    dates = [source.as_of for suggestion in a.suggestions for source in suggestion.sources if source.as_of]
    rules = one_line(a.rules)
    if dates:
        said = words.say("phrase", "rules_date", rules=rules, date=words.day(min(dates)))
    else:
        said = words.say("phrase", "rules", rules=rules)
    return words.say("phrase", "closing"), said
