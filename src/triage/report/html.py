"""An assessment as a self-contained HTML fragment, for notebooks.

Inline style only, no scripts, nothing fetched. Colours are a blue that keeps its contrast on white and on black, and greys
made by transparency; every colour stands beside a word.
"""

from __future__ import annotations

from triage.assessment import Assessment
from triage.report.content import Advice, Content, Origin, Part, Quoted, content
from triage.report.markup import Html, Inside, is_web_address, join, said, tag
from triage.report.wording import Words

_BLUE = "#3b82c4"
_LINE = "rgba(128,128,128,.45)"
_FAINT = "rgba(128,128,128,.16)"
_EDGE = {"urgent": f"6px solid {_BLUE}", "advised": f"6px double {_BLUE}", "consider": f"6px double {_LINE}"}


def assessment_html(a: Assessment, lang: str = "nl") -> Html:
    """The assessment of one case as an HTML fragment.

    Args:
        a: The assessment.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    c = content(a, words)
    return tag(
        "div",
        _heading(c, words),
        _bar(c),
        _section("concern", _rows(c), words),
        _section("messages", _messages(c), words),
        _section("contributions", _parts(c, words), words),
        _section("suggestions", _suggestions(c, words), words),
        _section("questions", [_question(question.text, question.effects) for question in c.questions], words),
        tag("div", map(_p, c.closing), style="margin-top:1em;font-size:85%;opacity:.8"),
        lang=words.lang,
        dir="ltr",
        style="max-width:52em;line-height:1.45;color:inherit;background:transparent;text-align:left",
    )


def _p(text: str, style: str = "") -> Html:
    return tag("p", text, style=f"margin:.25em 0;{style}")


def _section(name: str, inside: Html | list[Html], words: Words) -> list[Html]:
    if not inside:
        return []
    style = f"font-weight:600;margin:1em 0 .3em;border-bottom:1px solid {_LINE}"
    return [tag("div", words.say("heading", name), style=style), tag("div", inside)]


def _heading(c: Content, words: Words) -> list[Html | None]:
    severity = f"{words.say('heading', 'severity')} {c.severity}: {c.band_word}"
    return [tag("div", said(c.title)) if c.title else None, tag("div", severity, style="font-size:140%;font-weight:600")]


def _bar(c: Content) -> list[Html | None]:
    """The severity as a bar from 0 to 100, its range as a bracket over it."""
    value, low, high = (min(100, max(0, number)) for number in (c.value, c.low, c.high))
    bracket = (
        f"position:absolute;left:{low}%;width:{high - low}%;top:-3px;bottom:-3px;box-sizing:border-box;"
        "border:2px solid currentColor;border-radius:3px"
    )
    bar = tag(
        "div",
        tag("div", style=f"width:{value}%;height:100%;background:{_BLUE}"),
        tag("div", style=bracket) if c.range else None,
        role="img",
        aria_label=", ".join(filter(None, (c.severity, c.band_word, c.range))),
        style=f"position:relative;height:14px;margin:.5em 0;background:{_FAINT};outline:1px solid {_LINE}",
    )
    return [bar, _p(c.range, "font-size:85%") if c.range else None]


def _table(rows: list[Html]) -> Html:
    return tag("table", rows, style="border-collapse:collapse;border:0;margin:0;color:inherit;background:transparent")


def _row(cells: list[tuple[Inside, str]]) -> Html:
    plain = "text-align:left;vertical-align:top;padding:.1em .8em .1em 0;border:0;"
    return tag("tr", [tag("td", inner, style=plain + style) for inner, style in cells], style="background:transparent;border:0")


def _rows(c: Content) -> Html:
    return _table([_row([(name, "white-space:nowrap;opacity:.8"), (said(text), "")]) for name, text in c.rows])


def _messages(c: Content) -> list[Html]:
    if not c.messages:
        return []
    return [_table([_message(message) for message in c.messages]), *([_p(c.more_messages)] if c.more_messages else [])]


def _message(message: Quoted) -> Html:
    about: Inside = message.about
    if message.url and is_web_address(message.url):
        about = tag("a", message.about, href=message.url, rel="noopener noreferrer nofollow", style="color:inherit")
    who = [said(message.who), ": "] if message.who else None
    quote = tag("q", said(message.text, style="overflow-wrap:anywhere"), style="quotes:none")
    return _row([(str(message.number), "text-align:right"), ([tag("div", about, style="font-size:90%;opacity:.85"), who, quote], "")])


def _parts(c: Content, words: Words) -> list[Html]:
    if not c.parts:
        return []
    right = "text-align:right;font-variant-numeric:tabular-nums"
    line = f"border-top:1px solid {_LINE}"
    last = _row([(words.say("heading", "total"), line), (c.total, f"{right};{line}")])
    return [_table([*(_part(part, right) for part in c.parts), last])]


def _part(part: Part, right: str) -> Html:
    share = f"width:{min(100, max(0, part.share)):.1f}%;height:100%;background:{_BLUE}"
    bar = tag("div", tag("div", style=share), style=f"width:100px;height:.7em;margin-top:.35em;background:{_FAINT}")
    return _row(
        [
            (part.name, "white-space:nowrap"),
            (part.points, right),
            (part.range, "white-space:nowrap;opacity:.8"),
            (bar, ""),
            (said(part.reason), ""),
        ]
    )


def _suggestions(c: Content, words: Words) -> list[Html]:
    if not c.advice:
        return [_p(words.say("phrase", "no_steps"))]
    return [_suggestion(advice, words) for advice in c.advice]


def _suggestion(advice: Advice, words: Words) -> Html:
    told = " · ".join(filter(None, (advice.strength_word, advice.deadline)))
    return tag(
        "details",
        tag("summary", tag("b", said(advice.title)), f" · {told}", style="cursor:pointer"),
        _list(words.say("row", "deadline"), [said(advice.deadline_note)] if advice.deadline_note else []),
        _list(words.say("row", "why"), [said(reason) for reason in advice.reasons]),
        _list(words.say("row", "do"), [said(action) for action in advice.actions]),
        _list(words.say("row", "caution"), [said(caution) for caution in advice.cautions]),
        _list(words.say("row", "source"), [_source(source) for source in advice.sources], "font-size:85%"),
        open=advice.strength == "urgent",
        style=f"margin:.4em 0;padding:.1em 0 .1em .7em;border-left:{_EDGE[advice.strength]}",
    )


def _source(source: Origin) -> Html:
    quotes = [tag("div", said(name), ": ", tag("q", said(quote), style="font-style:italic")) for name, quote in source.sentences]
    return join([said(source.title), quotes])


def _list(title: str, items: list[Html], style: str = "") -> Html | None:
    if not items:
        return None
    listed = tag("ul", [tag("li", item, style="margin:.1em 0") for item in items], style="margin:.1em 0;padding-left:1.4em")
    return tag("div", title, listed, style=f"margin:.4em 0;{style}")


def _question(text: str, effects: tuple[str, ...]) -> Html:
    return tag("div", _list(text, [said(effect) for effect in effects]) or text, style="margin:.3em 0")
