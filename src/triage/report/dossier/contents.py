"""What a dossier says, section by section."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from triage.assessment import Assessment
from triage.report.content import Content, content
from triage.report.dossier.attachments import Attachment
from triage.report.dossier.checklist import Item
from triage.report.dossier.document import (
    Bar,
    Bars,
    Block,
    Bullets,
    Check,
    Document,
    Grid,
    Heading,
    Paragraph,
    Picture,
    Quote,
    Rows,
    Section,
)
from triage.report.dossier.records import Event, found, utc
from triage.report.dossier.settings import Settings
from triage.report.dossier.words import DossierWords
from triage.report.plain import one_line
from triage.report.wording import at_home
from triage.tables.origins import Member, Origin

_MOST_SIGNS, _MOST_LINES = 20_000, 300  # of one message; the whole text is in messages.jsonl
_MOST_BARS = 40
_MISSES = ("miss_names", "miss_obfuscated", "miss_language", "miss_indirect", "miss_search")


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """All that goes into a dossier.

    Attributes:
        assessment: The assessment of the case.
        members: Its messages, in the order of time.
        events: The chronology.
        items: How the checklist came out, what is missing first.
        attachments: What is added.
        settings: How it was made.
        day: The day it is dated.
    """

    assessment: Assessment
    members: tuple[Member, ...]
    events: tuple[Event, ...]
    items: tuple[Item, ...]
    attachments: tuple[Attachment, ...]
    settings: Settings
    day: date


def document(d: Dossier, words: DossierWords) -> Document:
    """The dossier in words."""
    a = d.assessment
    numbers = {member.finding.message.key: number for number, member in enumerate(d.members, start=1)}
    c = content(a, words, numbers=numbers)
    messages = tuple(_quote(number, member, words) for number, member in enumerate(d.members, start=1))
    sections = (  # what happened first, then what may be done about it
        (words.say("part", "short"), _short(d, c, words)),
        (words.say("part", "chronology"), (_chronology(d.events, words),)),
        (words.say("part", "figures"), _figures(d, words)),
        (words.say("part", "messages_masked" if d.settings.pseudonymised else "messages"), messages),
        (words.say("part", "attachments"), _attachments(d, words)),
        (words.say("part", "checklist"), _checklist(d.items, words)),
        (words.say("heading", "suggestions"), _suggestions(c, words)),
        (words.say("heading", "questions"), tuple(Bullets(one.text, one.effects) for one in c.questions)),
        (words.say("heading", "contributions"), _contributions(c, words)),
        (words.say("part", "masking"), _masking(d.settings, words)),
        (words.say("part", "making"), _making(d, words)),
    )
    title = words.say("dossier", "title_case", id=one_line(a.case_id)) if a.case_id else words.say("dossier", "title")
    return Document(
        title=title,
        subtitle=words.say("dossier", "subtitle", messages=words.some("message", len(d.members)), day=words.day(d.day)),
        lang=words.lang,
        footer=words.say("dossier", "footer"),
        page=words.say("dossier", "page", n="{n}", total="{total}"),
        sections=tuple(Section(name, blocks) for name, blocks in sections if blocks),
    )


def _short(d: Dossier, c: Content, words: DossierWords) -> tuple[Block, ...]:
    closing = c.closing[0]
    severity = ". ".join(filter(None, (f"{c.severity}: {c.band_word}", c.range)))
    missing = [item for item in d.items if item.missing]
    steps = tuple(" · ".join(filter(None, (one.title, one.strength_word, one.deadline))) for one in c.advice)
    return (
        Paragraph(closing, "lead"),
        Paragraph(words.say("dossier", "shared" if d.settings.pseudonymised else "confidential"), "note"),
        Rows(
            (
                (words.say("heading", "severity"), severity),
                *c.rows,
                (words.say("checklist", "missing"), words.number(len(missing))),
            )
        ),
        Bullets(words.say("heading", "suggestions"), steps or (words.say("phrase", "no_steps"),)),
    )


def _checklist(items: Sequence[Item], words: DossierWords) -> tuple[Block, ...]:
    missing = [_check(item, words) for item in items if item.missing]
    present = tuple(one_line(item.text.in_(words.lang)) for item in items if not item.missing)
    return (
        *(missing or (Paragraph(words.say("checklist", "nothing")),)),
        *((Bullets(words.say("checklist", "present"), present),) if present else ()),
    )


def _check(item: Item, words: DossierWords) -> Check:
    source = item.source
    title = one_line(source.title.in_(words.lang))
    if source.confidence != "sourced" and (mark := words.say("confidence", source.confidence)) not in title:
        title = f"{title} ({mark})"
    if source.as_of:
        title = words.say("checklist", "source", title=title, day=words.day(source.as_of))
    quoted = f"{source.id}: “{one_line(source.quote)}” " if source.quote else ""
    return Check(one_line(item.text.in_(words.lang)), quoted + title)


def _chronology(events: Sequence[Event], words: DossierWords) -> Grid:
    rows = []
    for event in events:
        day = words.day(event.day) if event.day else words.say("chronology", "no_time")
        rows.append((words.moment(event.moment) if event.moment else day, one_line(event.what)))
    return Grid((words.say("chronology", "when"), words.say("chronology", "what")), tuple(rows), (3, 7))


def _figures(d: Dossier, words: DossierWords) -> tuple[Block, ...]:
    a, f = d.assessment, d.assessment.frequency
    unknown = words.say("figure", "unknown")
    reach = unknown if a.reach.people is None else words.some("people", a.reach.people)
    if a.reach.people is not None and a.reach.guess:
        reach = words.say("phrase", "reach_guess", people=reach, low=words.number(a.reach.low), high=words.number(a.reach.high))
    recent = words.number(f.last_30_days)
    rows = [
        ("reach_guess" if a.reach.guess else "reach", reach),
        ("reach_basis", one_line(a.reach.basis.in_(words.lang))),
        ("messages", words.number(f.messages)),
        ("harmful", words.number(f.harmful)),
        ("active_days", words.number(f.active_days)),
        ("first", words.moment(f.first) if f.first else unknown),
        ("last", words.moment(f.last) if f.last else unknown),
        ("span", unknown if f.span_days is None else words.some("day", round(f.span_days))),
        ("per_week", unknown if f.per_week is None else words.decimal(f.per_week)),
        ("last_30_days", words.say("figure", "reported", n=recent) if f.reported else recent),
        *((name, _total(d.members, name, words)) for name in ("views", "shares", "followers")),
        ("platforms", _counted([one.finding.message.platform for one in d.members], words)),
        ("visibility", _counted([_visibility(one, words) for one in d.members], words)),
    ]
    return (Rows(tuple((words.say("figure", name), said) for name, said in rows if said)), *_bars(d.members, words))


def _total(members: Sequence[Member], name: str, words: DossierWords) -> str:
    """The sum of a count (of followers the highest), and of how many messages it is known; "" where of none."""
    known = [number for one in members if (number := getattr(one.finding.message, name)) is not None]
    if not known:
        return ""
    total = words.number(max(known) if name == "followers" else sum(known))
    return words.say("figure", "of_messages", n=total, some=words.number(len(known)), all=words.number(len(members)))


def _counted(names: Sequence[str | None], words: DossierWords) -> str:
    counts = Counter(one_line(name) if name else words.say("figure", "unknown") for name in names)
    return ", ".join(f"{name} {words.number(n)}" for name, n in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _visibility(member: Member, words: DossierWords) -> str | None:
    seen = member.finding.message.visibility
    return words.say("visibility", seen) if seen else None


def _bars(members: Sequence[Member], words: DossierWords) -> tuple[Bars, ...]:
    """The harmful messages of each day, or of each month where there are many days."""
    times = sorted(at_home(time) for one in members if one.finding.harmful and (time := one.finding.message.sent_at))
    if not times:
        return ()
    days, months = Counter(time.date() for time in times), Counter(time.date().replace(day=1) for time in times)
    by_day = len(days) <= _MOST_BARS
    counts = days if by_day else Counter(dict(months.most_common(_MOST_BARS)))
    most = max(counts.values())
    name = words.day if by_day else lambda day: f"{words.say('month', str(day.month))} {day.year}"
    bars = tuple(Bar(name(day), words.number(n), n / most) for day, n in sorted(counts.items()))
    return (Bars(words.say("figure", "per_day" if by_day else "per_month"), bars),)


def _quote(number: int, member: Member, words: DossierWords) -> Quote:
    message = member.finding.message
    people = words.say(
        "phrase",
        "from_to",
        author=one_line(message.author) if message.author else words.say("phrase", "unknown_sender"),
        target=one_line(message.target) if message.target else words.say("phrase", "unknown_target"),
    )
    counts = [
        words.say("message", name, n=words.number(n))
        for name in ("views", "shares", "followers")
        if (n := getattr(message, name)) is not None
    ]
    rows = [
        ("from_to", people),
        ("where", ", ".join(filter(None, (one_line(message.platform or ""), _visibility(member, words))))),
        ("url", one_line(message.url or "")),
        ("counts", ", ".join(counts)),
        ("found", found(member, words)),
        ("decided_by", words.say("message", f"by_{member.finding.decided_by}")),
        ("origin", "; ".join(_origin(one, words) for one in member.origins if one.file)),
        ("id", "" if message.id == str(number) else one_line(message.id or "")),
    ]
    return Quote(
        title=words.say("message", "title", n=number),
        about=_moment(message.sent_at, words),
        lines=_lines(message.text, words),
        rows=tuple((words.say("message", name), said) for name, said in rows if said),
    )


def _moment(moment: datetime | None, words: DossierWords) -> str:
    if moment is None:
        return words.say("chronology", "no_time")
    return words.say("message", "utc", moment=words.moment(moment), utc=utc(moment))


def _origin(origin: Origin, words: DossierWords) -> str:
    if origin.row is None:
        return one_line(origin.file)
    return words.say("message", "row", file=one_line(origin.file), row=origin.row)


def _lines(text: str, words: DossierWords) -> tuple[str, ...]:
    """The lines of a text, empty ones left out; what is too long for a page is cut."""
    lines = [line for line in map(one_line, text[:_MOST_SIGNS].splitlines()) if line]
    if len(text) > _MOST_SIGNS or len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], words.say("message", "cut")]
    return tuple(lines) or (words.say("message", "empty"),)


def _contributions(c: Content, words: DossierWords) -> tuple[Block, ...]:
    if not c.parts:
        return ()
    bars = [Bar(part.name, part.points, part.share / 100, " · ".join(filter(None, (part.range, part.reason)))) for part in c.parts]
    return (Bars("", (*bars, Bar(words.say("heading", "total"), c.total, c.value / 100))),)


def _suggestions(c: Content, words: DossierWords) -> tuple[Block, ...]:
    if not c.advice:
        return (Paragraph(words.say("phrase", "no_steps")),)
    blocks: list[Block] = []
    for advice in c.advice:
        blocks.append(Heading(advice.title, " · ".join(filter(None, (advice.strength_word, advice.deadline)))))
        sources = tuple(
            " ".join([f"{origin.title}.", *(f"{name}: “{quote}”" for name, quote in origin.sentences)]) for origin in advice.sources
        )
        lists = {
            "deadline": (advice.deadline_note,) if advice.deadline_note else (),
            "why": advice.reasons,
            "do": advice.actions,
            "caution": advice.cautions,
            "source": sources,
        }
        blocks += [Bullets(words.say("row", name), items, small=name == "source") for name, items in lists.items() if items]
    return (*blocks, Paragraph(c.closing[-1], "note"))


def _attachments(d: Dossier, words: DossierWords) -> tuple[Block, ...]:
    if not d.attachments:
        return (Paragraph(words.say("attachment", "none")),)
    rows = tuple(
        (
            one.name or words.say("attachment", "number", n=one.number),
            words.say("attachment", "bytes", n=words.number(one.size)),
            one.sha256,
        )
        for one in d.attachments
    )
    grid = Grid((words.say("attachment", "file"), words.say("attachment", "size"), "SHA-256"), rows, (4, 2, 6))
    if d.settings.pseudonymised:
        return (Paragraph(words.say("attachment", "left_out")), grid)
    return (grid, *(Picture(one.file, f"{one.number}. {one.name}") for one in d.attachments if one.file and one.shown))


def _masking(settings: Settings, words: DossierWords) -> tuple[Block, ...]:
    if not settings.pseudonymised:
        return ()
    return (
        Paragraph(words.say("masking", "what")),
        Paragraph(words.say("masking", "keyed" if settings.keyed else "numbers")),
        Paragraph(words.say("masking", "left_out")),
        Bullets(words.say("masking", "misses"), tuple(words.say("masking", name) for name in _MISSES)),
        Paragraph(words.say("masking", "too_much")),
    )


def masking_lines(settings: Settings, words: DossierWords) -> list[str]:
    """What was masked and what may have been missed, line by line."""
    lines: list[str] = []
    for block in _masking(settings, words):
        if isinstance(block, Bullets):
            lines += [f"{block.title}:", *(f"- {item}" for item in block.items)]
        elif isinstance(block, Paragraph):
            lines.append(block.text)
    return lines


def _making(d: Dossier, words: DossierWords) -> tuple[Block, ...]:
    s = d.settings
    decided = Counter(member.finding.decided_by for member in d.members)
    rows = [
        ("triage", f"triage {s.triage}"),
        ("model", one_line(", ".join(s.models)) or words.say("making", "no_model")),
        ("decided", ", ".join(words.say("making", f"by_{who}", n=words.number(n)) for who, n in sorted(decided.items()))),
        ("rules", one_line(s.rules)),
        ("jurisdiction", words.say("making", s.jurisdiction)),
        ("day", words.say("making", "day_given" if s.day_given else "day_last", day=words.day(d.day))),
        *(("scored", f"{one_line(file.name)}, SHA-256 {file.sha256}") for file in s.scored),
        *(("corrections", words.say("making", "corrected", file=one_line(file.name), sha256=file.sha256)) for file in s.corrections),
    ]
    return (
        Rows(tuple((words.say("making", name), said) for name, said in rows)),
        Paragraph(words.say("making", "integrity")),
        *(() if s.pseudonymised else (Paragraph(words.say("making", "verbatim")),)),
    )
