"""The report of many cases as one HTML page that stands by itself: no network, no fonts or pictures from elsewhere.

A strict Content-Security-Policy names the one script and the one style by their hashes, so that nothing else can run even if a text
were to break out of its place. The page reads, unfolds and prints without the script; that only filters. Closed cases cost a browser
little, so all of them stand in the page itself, up to a bound on its size; what is beyond that is one line a case.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import get_args

from triage.assessment import STRENGTHS, Band
from triage.case import Finding
from triage.labels import LABELS, PRIMARY_ORDER
from triage.report.content import intensity_word
from triage.report.figures import Figures, Report, drawn, figures, periods
from triage.report.markup import Html, Inside, raw, said, tag
from triage.report.page_case import MOST_MESSAGES, Sources, anchor, case_details, case_line, message_text
from triage.report.plain import shorten
from triage.report.plots import BLUE, LABEL_COLOURS, Bar, Point, Row, bars, scatter, timeline
from triage.report.wording import Words

MOST_BYTES = 11_000_000  # of cases in full; a page of 5,000 cases stays below 15 MB
_MOST_DOUBTS = 100
_MOST_TARGETS = 500  # names to choose from in the filter
_BANDS: tuple[Band, ...] = get_args(Band)


def report_page(report: Report, lang: str = "nl") -> str:
    """The whole page, from the doctype on.

    Args:
        report: What it is about.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    counted = figures(report)
    sources = Sources()
    cases = _cases(report, sources, words)
    body = [
        tag("a", words.say("page", "skip"), href="#cases", class_="skip"),
        tag("header", _header(report, words)),
        tag(
            "main",
            _section("overview", _overview(report, counted, words), words),
            _section("when", _when(report, counted, words), words),
            _section("what", _what(report, counted, words), words),
            _section("spread", _spread(report, words), words),
            _section("steps", _steps(counted, words), words),
            _section("ranked", cases, words, id="cases"),
            _section("doubt", _doubt(report, counted, words), words),
            _section("how", _how(sources, words), words),
        ),
        raw("script", _asset("page.js")),
    ]
    head = [
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", words.say("page", "title")),
        raw("style", _asset("page.css")),
    ]
    return "<!doctype html>\n" + tag("html", tag("head", head), tag("body", body), lang=words.lang, dir="ltr") + "\n"


def to_explain(report: Report, most: int) -> list[str]:
    """The texts whose words are worth marking: shown on the page, with a label or doubt of the model; the gravest cases first.

    Args:
        report: What the page is about.
        most: How many texts at most.
    """
    texts: dict[str, None] = {}
    for assessment in report.assessments:
        grave = sorted((one for one in assessment.findings if _explainable(one)), key=lambda one: -one.intensity)
        texts |= dict.fromkeys(one.message.text for one in grave[:MOST_MESSAGES])
        if len(texts) >= most:
            break
    texts |= dict.fromkeys(one.message.text for one in _doubtful(report)[:_MOST_DOUBTS])
    return list(texts)[:most]


def _explainable(finding: Finding) -> bool:
    return finding.decided_by == "model" and (finding.harmful or finding.unsure)


@cache
def _asset(name: str) -> str:
    return files("triage.report").joinpath(name).read_text("utf-8")


def _policy() -> str:
    """Only our own script and style may run, and nothing may be fetched or sent."""
    hashes = {
        kind: b64encode(sha256(_asset(name).encode()).digest()).decode() for kind, name in (("script", "page.js"), ("style", "page.css"))
    }
    allowed = "; ".join(f"{kind}-src 'sha256-{value}'" for kind, value in hashes.items())
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def _section(name: str, inside: Inside, words: Words, **attributes: str) -> Html | None:
    return tag("section", tag("h2", words.say("page", name)), inside, **attributes) if inside else None


def _note(words: Words, name: str, **values: object) -> Html:
    return tag("p", words.say("page", name, **values), class_="note")


def _counted(words: Words, name: str, n: int, **values: object) -> str:
    """A sentence about one thing or about more."""
    return words.say("page", f"{name}_one" if n == 1 else f"{name}_many", **({} if n == 1 else {"n": words.number(n)}), **values)


def _files(report: Report) -> str:
    return ", ".join(shorten(name, 60) for name in report.files)


def _header(report: Report, words: Words) -> list[Html]:
    named = _files(report) if len(report.files) < 4 else words.say("page", "files", n=len(report.files))
    rules = ", ".join(sorted({assessment.rules for assessment in report.assessments})) or words.say("page", "no_model")
    models = ", ".join(report.models) or words.say("page", "no_model")
    return [
        tag("h1", words.say("page", "title")),
        tag("p", words.say("page", "remark"), class_="remark"),
        tag("p", words.say("page", "made", moment=words.moment(report.made), files=named), " ", words.say("page", "private")),
        tag("p", words.say("page", "model", model=models, rules=rules), class_="note"),
    ]


def _overview(report: Report, counted: Figures, words: Words) -> list[Html]:
    share = f"{counted.harmful / max(1, counted.messages):.0%}"
    tiles = [
        (counted.messages, words.say("page", "messages")),
        (counted.harmful, words.say("page", "harmful", share=share)),
        (counted.unsure, words.say("page", "unsure")),
        (counted.targets, words.say("page", "targets")),
        (len(report.assessments), words.say("page", "cases")),
        (counted.bands["high"] + counted.bands["critical"], words.say("page", "grave_cases")),
    ]
    notes = []
    if counted.writers_in_danger:
        places = {assessment.case_id or "": rank for rank, assessment in enumerate(report.assessments, 1)}
        listed = ", ".join(str(places[name]) for name in counted.writers_in_danger)
        notes.append(tag("p", _counted(words, "writer_in_danger", len(counted.writers_in_danger), list=listed), class_="alert"))
    for name, n in (("doubles", report.doubles), ("judged", counted.judged), ("undated", counted.undated)):
        if n:
            notes.append(tag("p", _counted(words, name, n), class_="note"))
    if made := report.corrections:
        listed = ", ".join(shorten(Path(file.name).name, 60) for file in made.files)
        notes.append(tag("p", _counted(words, "corrected", made.used, file=listed), class_="note"))
        if made.troubles:
            notes.append(tag("p", _counted(words, "not_corrected", len(made.troubles), file=listed), class_="note"))
    if report.rejected:
        notes.append(tag("p", _counted(words, "rejected", report.rejected, file=shorten(report.rejects_file, 60)), class_="note"))
    shown = [tag("li", tag("b", words.number(n)), " ", name) for n, name in tiles]
    return [tag("ul", shown, class_="tiles"), *notes]


def _when(report: Report, counted: Figures, words: Words) -> list[Html]:
    over = periods(report.findings)
    if over is None:
        return []
    unit = words.say("page", f"unit_{over.unit}")
    names = {
        "day": [words.day(start) for start in over.starts],
        "week": [words.say("page", "week_of", day=words.day(start)) for start in over.starts],
        "month": [f"{words.say('month', str(start.month))} {start.year}" for start in over.starts],
        "year": [str(start.year) for start in over.starts],
    }[over.unit]
    rows = [
        Row(f"{words.say('label', label)} ({words.number(counted.labels[label])})", LABEL_COLOURS[label], over.counts[label])
        for label in PRIMARY_ORDER
    ]
    plot = timeline(rows, names, words.say("page", "when_label", unit=unit))
    return [tag("div", plot, class_="plot wide"), _note(words, "when_note", unit=unit)]


def _what(report: Report, counted: Figures, words: Words) -> list[Html]:
    if not counted.harmful:
        return []
    labels = [_bar(words.say("label", label), counted.labels[label], counted.harmful, words) for label in PRIMARY_ORDER]
    gravity = [_bar(intensity_word(level, words), counted.gravity[level], counted.harmful, words) for level in (3, 2, 1)]
    bands = [_bar(words.say("band", band), counted.bands[band], len(report.assessments), words) for band in reversed(_BANDS)]
    plots = [("what_label", labels), ("gravity_label", gravity), ("band_label", bands)]
    shown = [
        tag("div", tag("h3", words.say("page", name)), bars(rows, words.say("page", name), BLUE), class_="plot") for name, rows in plots
    ]
    return [tag("div", shown, class_="columns"), _note(words, "what_note")]


def _bar(name: str, n: int, total: int, words: Words) -> Bar:
    return Bar(name, n, f"{words.number(n)} ({n / max(1, total):.0%})")


def _spread(report: Report, words: Words) -> list[Html]:
    chosen = drawn(report.assessments)
    if not chosen:
        return []
    ranks = {id(assessment): rank for rank, assessment in enumerate(report.assessments, 1)}
    points = [
        Point(
            one.frequency.harmful,
            one.reach.people or 0,
            one.score.band,
            f"{ranks[id(one)]}. {words.say('phrase', 'severity', value=round(one.severity))}; "
            f"{words.some('harmful', one.frequency.harmful)}; {words.some('people', one.reach.people or 0)}",
            f"#{anchor(one.case_id)}",
        )
        for one in chosen
    ]
    bands: dict[Band, str] = {band: words.say("band", band) for band in _BANDS}
    plot = scatter(points, words.say("page", "x_axis"), words.say("page", "y_axis"), bands, words.say("page", "spread_label"))
    unknown = sum(one.reach.people is None for one in report.assessments)
    notes = [_note(words, "spread_note")]
    if unknown:
        notes.append(tag("p", _counted(words, "spread_unknown", unknown), class_="note"))
    return [tag("div", plot, class_="plot wide"), *notes]


def _steps(counted: Figures, words: Words) -> list[Html]:
    if not counted.steps:
        return []
    strengths = [strength for strength in reversed(STRENGTHS)]
    heads = [tag("th", words.say("page", "step"), scope="col")]
    heads += [tag("th", words.say("strength", strength), scope="col", class_="number") for strength in strengths]
    rows = [
        tag(
            "tr",
            tag("th", words.say("step", step), scope="row"),
            [tag("td", words.number(counts[strength]) if counts[strength] else "–", class_="number") for strength in strengths],
        )
        for step, counts in counted.steps.items()
    ]
    return [tag("table", tag("thead", tag("tr", heads)), tag("tbody", rows)), _note(words, "steps_note")]


def _cases(report: Report, sources: Sources, words: Words) -> list[Html]:
    if not report.assessments:
        return [tag("p", words.say("page", "none"))]
    names = [next((one.message.target for one in assessment.findings if one.message.target), "") for assessment in report.assessments]
    targets = {name: place for place, (name, _) in enumerate(Counter(names).most_common())}
    shown: list[Html] = []
    left = MOST_BYTES
    full = 0
    for rank, (assessment, name) in enumerate(zip(report.assessments, names, strict=True), 1):
        if left > 0:
            made = case_details(assessment, rank, targets[name], report.explanations, sources, _files(report), words)
            left -= len(made.encode())
            full += left > 0
        if left <= 0:
            made = case_line(assessment, rank, targets[name], words)
        shown.append(made)
    notes = [_marks_note(report, words), _note(words, "print_note")]
    if rest := len(shown) - full:
        how = words.say("page", "rest_how", files=_files(report))
        notes.append(tag("p", _counted(words, "rest", rest), " ", how, class_="note"))
        shown.insert(full, tag("p", words.say("page", "rest_here"), " ", how, class_="note"))
    return [*notes, _filter(len(report.assessments), list(targets)[:_MOST_TARGETS], words), tag("div", shown, class_="cases")]


def _marks_note(report: Report, words: Words) -> Html:
    if report.other_model:
        scored = ", ".join(report.models)
        return _note(words, "marks_other", scored=scored, present=report.other_model)
    if not report.explanations:
        return _note(words, "marks_none")
    texts = {one.message.text for assessment in report.assessments for one in assessment.findings if _explainable(one)}
    some = "" if texts <= report.explanations.keys() else _counted(words, "marks_some", len(report.explanations))
    return tag("p", words.say("page", "marks_note"), " ", some, class_="note")


def _filter(total: int, targets: Sequence[str], words: Words) -> Html:
    """The form that the script shows; without it there is nothing to fill in."""
    count = words.say("page", "filter_count", n="{n}", total=words.number(total))
    return tag(
        "form",
        _choice("label", [(label, words.say("label", label)) for label in LABELS], words),
        _choice("band", [(band, words.say("band", band)) for band in reversed(_BANDS)], words),
        _choice("target", [(str(place), shorten(name, 60)) for place, name in enumerate(targets) if name], words),
        tag("label", words.say("page", "filter_text"), " ", tag("input", type="search", name="text", autocomplete="off")),
        tag("button", words.say("page", "unfold"), type="button", name="unfold"),
        tag("button", words.say("page", "fold"), type="button", name="fold"),
        tag("output", "", aria_live="polite", data_count=count),
        id="filter",
        hidden=True,
    )


def _choice(name: str, options: Sequence[tuple[str, str]], words: Words) -> Html:
    listed = [tag("option", words.say("page", "filter_any"), value=""), *(tag("option", text, value=value) for value, text in options)]
    return tag("label", words.say("page", f"filter_{name}"), " ", tag("select", listed, name=name))


def _doubtful(report: Report) -> list[Finding]:
    unsure = [finding for finding in report.findings if finding.unsure]
    return sorted(unsure, key=lambda finding: -max(finding.scores.values(), default=0.0))


def _doubt(report: Report, counted: Figures, words: Words) -> list[Html]:
    if not counted.unsure:
        return [tag("p", words.say("page", "doubt_none"))]
    rows = []
    for finding in _doubtful(report)[:_MOST_DOUBTS]:
        message = finding.message
        about = [words.moment(message.sent_at)] if message.sent_at else [words.say("phrase", "no_date")]
        about += [f"{words.say('label', label)} {finding.scores.get(label, 0):.0%}" for label in PRIMARY_ORDER]
        to = [" → ", said(shorten(message.target, 48))] if message.target else None
        text = message_text(finding, report.explanations.get(message.text), words)
        rows.append(tag("li", tag("div", " · ".join(about), to, class_="about"), text))
    left = counted.unsure - len(rows)
    more = _note(words, "doubt_more", n=words.number(left), files=_files(report)) if left else None
    inside = [tag("ul", rows, class_="messages"), more]
    return [_note(words, "doubt_note"), tag("details", tag("summary", words.some("message", counted.unsure)), inside)]


def _how(sources: Sources, words: Words) -> list[Html]:
    told = [tag("p", words.say("page", name)) for name in ("how_scores", "how_cases", "how_steps")]
    listed = sources.listed()
    return [*told, tag("details", tag("summary", words.say("page", "sources")), listed, class_="sources")] if listed else told
