"""An assessment as a self-contained HTML fragment, for notebooks.

Inline style only, no scripts, nothing fetched. Colours are a blue that keeps its contrast on white and on black, and greys
made by transparency; every colour stands beside a word. All data is escaped and set apart with <bdi>.
"""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from triage.assessment import Assessment
from triage.report.content import Advice, Content, Origin, Part, Quoted, content
from triage.report.wording import Words

_BLUE = "#3b82c4"
_LINE = "rgba(128,128,128,.45)"
_FAINT = "rgba(128,128,128,.16)"
_EDGE = {"urgent": f"6px solid {_BLUE}", "advised": f"6px double {_BLUE}", "consider": f"6px double {_LINE}"}


def assessment_html(a: Assessment, lang: str = "nl") -> str:
    """The assessment of one case as an HTML fragment.

    Args:
        a: The assessment.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    c = content(a, words)
    body = "".join(
        [
            _heading(c, words),
            _bar(c),
            _section("concern", _rows(c), words),
            _section("messages", _messages(c), words),
            _section("contributions", _parts(c, words), words),
            _section("suggestions", _suggestions(c, words), words),
            _section("questions", _questions(c), words),
            f'<div style="margin-top:1em;font-size:85%;opacity:.8">{"".join(map(_p, c.closing))}</div>',
        ]
    )
    style = "max-width:52em;line-height:1.45;color:inherit;background:transparent;text-align:left"
    return f'<div lang="{words.lang}" dir="ltr" style="{style}">{body}</div>'


def _p(text: str, style: str = "") -> str:
    return f'<p style="margin:.25em 0;{style}">{escape(text)}</p>'


def _bdi(text: str, style: str = "") -> str:
    return f'<bdi style="{style}">{escape(text)}</bdi>' if style else f"<bdi>{escape(text)}</bdi>"


def _section(name: str, inside: str, words: Words) -> str:
    if not inside:
        return ""
    title = escape(words.say("heading", name))
    return f'<div style="font-weight:600;margin:1em 0 .3em;border-bottom:1px solid {_LINE}">{title}</div>{inside}'


def _heading(c: Content, words: Words) -> str:
    title = f"<div>{_bdi(c.title)}</div>" if c.title else ""
    severity = escape(f"{words.say('heading', 'severity')} {c.severity}: {c.band_word}")
    return f'{title}<div style="font-size:140%;font-weight:600">{severity}</div>'


def _bar(c: Content) -> str:
    """The severity as a bar from 0 to 100, its range as a bracket over it."""
    value, low, high = (min(100, max(0, number)) for number in (c.value, c.low, c.high))
    label = escape(", ".join(filter(None, (c.severity, c.band_word, c.range))))
    bracket = (
        f'<div style="position:absolute;left:{low}%;width:{high - low}%;top:-3px;bottom:-3px;box-sizing:border-box;'
        f'border:2px solid currentColor;border-radius:3px"></div>'
        if c.range
        else ""
    )
    return (
        f'<div role="img" aria-label="{label}" style="position:relative;height:14px;margin:.5em 0;background:{_FAINT};'
        f'outline:1px solid {_LINE}"><div style="width:{value}%;height:100%;background:{_BLUE}"></div>{bracket}</div>'
        + (_p(c.range, "font-size:85%") if c.range else "")
    )


def _table(rows: list[str]) -> str:
    return f'<table style="border-collapse:collapse;border:0;margin:0;color:inherit;background:transparent">{"".join(rows)}</table>'


def _row(cells: list[tuple[str, str]]) -> str:
    inside = "".join(
        f'<td style="text-align:left;vertical-align:top;padding:.1em .8em .1em 0;border:0;{style}">{inner}</td>' for inner, style in cells
    )
    return f'<tr style="background:transparent;border:0">{inside}</tr>'


def _rows(c: Content) -> str:
    return _table([_row([(escape(name), "white-space:nowrap;opacity:.8"), (_bdi(text), "")]) for name, text in c.rows])


def _messages(c: Content) -> str:
    if not c.messages:
        return ""
    more = _p(c.more_messages) if c.more_messages else ""
    return _table([_message(message) for message in c.messages]) + more


def _message(message: Quoted) -> str:
    about = escape(message.about)
    if message.url and (link := _link(message.url)):
        about = f'<a href="{escape(link)}" rel="noopener noreferrer nofollow" style="color:inherit">{about}</a>'
    who = f"{_bdi(message.who)}: " if message.who else ""
    quote = f'{who}<q style="quotes:none">{_bdi(message.text, "overflow-wrap:anywhere")}</q>'
    return _row([(str(message.number), "text-align:right"), (f'<div style="font-size:90%;opacity:.85">{about}</div>{quote}', "")])


def _link(url: str) -> str | None:
    """The address where it is an ordinary web address; anything else (javascript:, data:, hidden characters) is not made a link."""
    try:
        return url if url.isprintable() and urlsplit(url).scheme in ("http", "https") else None
    except ValueError:
        return None


def _parts(c: Content, words: Words) -> str:
    if not c.parts:
        return ""
    total = words.say("heading", "total")
    right = "text-align:right;font-variant-numeric:tabular-nums"
    last = _row([(escape(total), f"border-top:1px solid {_LINE}"), (c.total, f"{right};border-top:1px solid {_LINE}")])
    return _table([*(_part(part, right) for part in c.parts), last])


def _part(part: Part, right: str) -> str:
    bar = (
        f'<div style="width:100px;height:.7em;margin-top:.35em;background:{_FAINT}">'
        f'<div style="width:{min(100, max(0, part.share)):.1f}%;height:100%;background:{_BLUE}"></div></div>'
    )
    return _row(
        [
            (escape(part.name), "white-space:nowrap"),
            (part.points, right),
            (part.range, "white-space:nowrap;opacity:.8"),
            (bar, ""),
            (_bdi(part.reason), ""),
        ]
    )


def _suggestions(c: Content, words: Words) -> str:
    if not c.advice:
        return _p(words.say("phrase", "no_steps"))
    return "".join(_suggestion(advice, words) for advice in c.advice)


def _suggestion(advice: Advice, words: Words) -> str:
    opened = " open" if advice.strength == "urgent" else ""
    said = " · ".join(filter(None, (advice.strength_word, advice.deadline)))
    inside = "".join(
        [
            _list(words.say("row", "deadline"), [_bdi(advice.deadline_note)] if advice.deadline_note else []),
            _list(words.say("row", "why"), [_bdi(reason) for reason in advice.reasons]),
            _list(words.say("row", "do"), [_bdi(action) for action in advice.actions]),
            _list(words.say("row", "caution"), [_bdi(caution) for caution in advice.cautions]),
            _list(words.say("row", "source"), [_source(source) for source in advice.sources], "font-size:85%"),
        ]
    )
    return (
        f'<details{opened} style="margin:.4em 0;padding:.1em 0 .1em .7em;border-left:{_EDGE[advice.strength]}">'
        f'<summary style="cursor:pointer"><b>{_bdi(advice.title)}</b> · {escape(said)}</summary>{inside}</details>'
    )


def _source(source: Origin) -> str:
    quotes = "".join(f'<div>{_bdi(name)}: <q style="font-style:italic">{_bdi(quote)}</q></div>' for name, quote in source.sentences)
    return _bdi(source.title) + quotes


def _list(title: str, items: list[str], style: str = "") -> str:
    if not items:
        return ""
    inside = "".join(f'<li style="margin:.1em 0">{item}</li>' for item in items)
    return f'<div style="margin:.4em 0;{style}">{escape(title)}<ul style="margin:.1em 0;padding-left:1.4em">{inside}</ul></div>'


def _questions(c: Content) -> str:
    return "".join(
        f'<div style="margin:.3em 0">{_list(question.text, [_bdi(effect) for effect in question.effects]) or escape(question.text)}</div>'
        for question in c.questions
    )
