"""One case on the report page: a line that unfolds to everything that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from itertools import groupby

from triage.assessment import STRENGTHS, Assessment
from triage.case import Finding
from triage.explanation import Explanation, foremost
from triage.labels import PRIMARY_ORDER
from triage.report.content import EVERYWHERE, Advice, Content, Origin, Quoted, content, named_labels
from triage.report.marks import marked
from triage.report.markup import Html, Inside, is_web_address, said, tag
from triage.report.plain import shorten
from triage.report.plots import Step, waterfall
from triage.report.wording import Words

MOST_MESSAGES = 25  # messages shown of one case
_MOST_CHARACTERS = 1_200  # shown of one message
_NAME_WIDTH = 48
_ID_WIDTH = 200
_SHOWN_STEPS = 3


class Sources:
    """The sources of all cases, each told once on the page and pointed at by its number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._sentences: dict[str, dict[tuple[str, str], None]] = {}

    def reference(self, origin: Origin) -> Html:
        """A link to a source, with the names of the sentences that count."""
        number = self._numbers.setdefault(origin.title, len(self._numbers) + 1)
        self._sentences.setdefault(origin.title, {}).update(dict.fromkeys(origin.sentences))
        names = ", ".join(name for name, _ in origin.sentences)
        return tag("a", f"[{number}]" + (f" {names}" if names else ""), href=f"#s{number}")

    def listed(self) -> Html:
        """All sources with their quoted sentences."""
        return tag("ol", [tag("li", said(title), self._quotes(title), id=f"s{number}") for title, number in self._numbers.items()])

    def _quotes(self, title: str) -> Html | None:
        quotes = [tag("li", said(name), ": ", tag("q", said(quote))) for name, quote in self._sentences[title]]
        return tag("ul", quotes) if quotes else None


def anchor(case_id: str | None) -> str:
    """The name of a case on the page; ids of the user's own may hold anything."""
    return "c" + sha256((case_id or "").encode("utf-8", "replace")).hexdigest()[:12]


def case_line(a: Assessment, rank: int, target: int, words: Words) -> Html:
    """A case of which only the summary is on the page, with its name to look it up by."""
    name = tag("span", words.say("page", "case_name", id=shorten(a.case_id, _ID_WIDTH)), class_="told") if a.case_id else None
    return tag("div", _summary(a, rank, words), name, class_="case line", **_data(a, target))


def case_details(
    a: Assessment, rank: int, target: int, explanations: Mapping[str, Explanation], sources: Sources, files: str, words: Words
) -> Html:
    """A case that unfolds.

    Args:
        a: The case.
        rank: Its place in the list, from 1.
        target: The number of the person written to, by which the page filters.
        explanations: Which words counted, by the text of a message.
        sources: Takes up the sources that are pointed at.
        files: The scored files, to point to.
        words: The language.
    """
    c = content(a, words, MOST_MESSAGES)
    rows = [tag("div", tag("dt", name), tag("dd", said(text))) for name, text in c.rows]
    more = words.say("page", "more_messages", n=words.some("message", c.left), files=files) if c.left else ""
    body = [
        tag("dl", rows, class_="rows"),
        _section("messages", tag("ol", [_message(one, explanations, words) for one in c.messages], class_="messages"), words),
        tag("p", more, class_="note") if more else None,
        _section("contributions", _parts(a, c, words), words) if c.parts else None,
        _section("suggestions", _advice(c, sources, words), words),
        _section("questions", [_question(question.text, question.effects) for question in c.questions], words) if c.questions else None,
        tag("p", c.title, class_="note") if c.title else None,
    ]
    return tag("details", tag("summary", _summary(a, rank, words)), tag("div", body, class_="body"), class_="case", **_data(a, target))


def message_text(finding: Finding, explained: Explanation | None, words: Words) -> list[Html]:
    """The text of a message as it was sent, with the words that counted marked; of a very long one the part around the first of them."""
    text = finding.message.text
    label = finding.primary or foremost((), finding.scores)
    drivers = explained.drivers(label) if explained else ()
    start = max(0, drivers[0].start - _MOST_CHARACTERS // 3) if drivers and len(text) > _MOST_CHARACTERS else 0
    end = min(len(text), start + _MOST_CHARACTERS)
    shown = marked(explained, label, start, end) if explained else said(text[start:end])
    quote = tag("q", "…" if start else None, shown, "…" if end < len(text) else None)
    if end - start == len(text):
        return [quote]
    return [quote, tag("span", words.say("page", "cut", n=words.number(len(text))), class_="note")]


def _data(a: Assessment, target: int) -> dict[str, str]:
    """What the page filters by."""
    held = " ".join(label for label in PRIMARY_ORDER if any(label in finding.labels for finding in a.findings))
    return {"id": anchor(a.case_id), "data_labels": held, "data_band": a.score.band, "data_target": str(target)}


def _summary(a: Assessment, rank: int, words: Words) -> list[Html]:
    held = {label for finding in a.findings for label in finding.labels}
    what = named_labels(held, words) or words.say("phrase", "no_label")
    strongest = sorted(a.suggestions, key=lambda one: (-STRENGTHS.index(one.strength), one.step in EVERYWHERE))[:_SHOWN_STEPS]
    told = "; ".join(
        f"{words.say('strength', strength)}: {', '.join(words.say('step', one.step) for one in group)}"
        for strength, group in groupby(strongest, key=lambda one: one.strength)
    )
    authors = {finding.message.author for finding in a.findings if finding.message.author}
    names = {finding.message.target for finding in a.findings if finding.message.target}
    return [
        tag("span", str(rank), class_="rank"),
        tag("span", tag("b", str(round(a.severity))), " ", words.say("band", a.score.band), class_=f"score {a.score.band}"),
        tag("span", _names(authors, "sender", words), " → ", _names(names, "target", words), class_="who"),
        tag("span", f"{what} · {words.some('harmful', a.frequency.harmful)}", class_="what"),
        tag("span", told, class_="told"),
    ]


def _names(names: set[str], noun: str, words: Words) -> Inside:
    if not names:
        return words.say("phrase", f"unknown_{noun}")
    return said(shorten(next(iter(names)), _NAME_WIDTH)) if len(names) == 1 else words.some(noun, len(names))


def _section(name: str, inside: Inside, words: Words) -> list[Html]:
    return [tag("h3", words.say("heading", name)), tag("div", inside)]


def _message(message: Quoted, explanations: Mapping[str, Explanation], words: Words) -> Html:
    finding = message.finding
    about: Inside = message.about
    if message.url and is_web_address(message.url):
        about = tag("a", message.about, href=message.url, rel="noopener noreferrer nofollow")
    who = [tag("b", said(message.who)), ": "] if message.who else None
    explained = explanations.get(finding.message.text) if finding.decided_by == "model" else None
    return tag("li", tag("div", about, class_="about"), who, message_text(finding, explained, words), value=message.number)


def _parts(a: Assessment, c: Content, words: Words) -> list[Html | None]:
    steps = [Step(part.name, one.points, one.low, one.high, f"+ {part.points}") for part, one in zip(c.parts, a.contributions, strict=True)]
    total = Step(words.say("heading", "total"), a.score.value, a.score.low, a.score.high, f"= {c.total}")
    reasons = [tag("li", tag("b", part.name), ": ", said(part.reason)) for part in c.parts]
    return [
        tag("div", waterfall(steps, total, words.say("page", "part_of", value=c.total)), class_="plot"),
        tag("p", words.say("page", "range_note"), " ", c.range, class_="note") if c.range else None,
        tag("ul", reasons, class_="reasons"),
    ]


def _advice(c: Content, sources: Sources, words: Words) -> list[Html]:
    if not c.advice:
        return [tag("p", words.say("phrase", "no_steps"))]
    return [_step(advice, sources, words) for advice in c.advice]


def _step(advice: Advice, sources: Sources, words: Words) -> Html:
    told = " · ".join(filter(None, (advice.strength_word, advice.deadline)))
    references: list[Inside] = []
    for origin in advice.sources:
        references += [", " if references else None, sources.reference(origin), f" ({origin.mark})" if origin.mark else None]
    rows: list[tuple[str, list[Inside]]] = [
        ("deadline", [said(advice.deadline_note)] if advice.deadline_note else []),
        ("why", [said(reason) for reason in advice.reasons]),
        ("do", [said(action) for action in advice.actions]),
        ("caution", [said(caution) for caution in advice.cautions]),
        ("source", [references] if references else []),
    ]
    return tag(
        "details",
        tag("summary", tag("b", said(advice.title)), f" · {told}"),
        [tag("div", words.say("row", name), tag("ul", [tag("li", item) for item in items]), class_="row") for name, items in rows if items],
        class_=f"step {advice.strength}",
        open=advice.strength == "urgent",
    )


def _question(text: str, effects: tuple[str, ...]) -> Html:
    return tag("div", tag("b", said(text)), tag("ul", [tag("li", said(effect)) for effect in effects]), class_="question")
