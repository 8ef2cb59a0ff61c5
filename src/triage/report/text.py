"""An assessment, a classification or an evaluation as plain text, for a terminal or an e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from triage.assessment import STRENGTHS, Assessment
from triage.labels import LABELS, Classification
from triage.report.content import Advice, Content, Origin, Quoted, content, intensity_word, named_labels
from triage.report.evaluation import aligned, interval
from triage.report.marks import drivers
from triage.report.plain import cells, one_line, shorten, wrap
from triage.report.wording import Words

if TYPE_CHECKING:
    from triage.explanation import Explanation
    from triage.training.evaluate import Evaluation

WIDTH = 88
_WORD_WIDTH = 24


def assessment_text(a: Assessment, lang: str = "nl") -> str:
    """The assessment of one case as plain text of at most 88 columns.

    Messages are quoted on one line each; characters that could alter a terminal or the reading order are made visible.

    Args:
        a: The assessment.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    c = content(a, words)
    blocks = [
        _heading(c, words),
        _section("summary", _summary(c, words), words),
        _section("concern", _rows(c), words),
        _section("messages", _messages(c), words),
        _section("contributions", _parts(c, words), words),
        _section("suggestions", _suggestions(c, words), words),
        _section("questions", _questions(c), words),
        _section("sources", _sources(c), words),
        [line for part in c.closing for line in wrap(part, WIDTH)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def classification_text(c: Classification, lang: str = "nl", explained: Explanation | None = None) -> str:
    """What was found in one text, in a few lines; of the text itself no more than the words that drove the label.

    Args:
        c: The classification.
        lang: "nl" or "en".
        explained: Which words drove the labels.

    Raises:
        InputError: for another language.

    Example:
        >>> c = Classification(scores={"insult": 0.02, "threat": 0.91, "sexual_harassment": 0.0}, labels=("threat",), intensity=2.1)
        >>> print(classification_text(c, "en"))
        Threat. Intensity 2.1 of 3 (serious).
          insult               2%
          threat              91%  *
          sexual harassment    0%
    """
    words = Words(lang)
    if found := named_labels(c.labels, words):
        weight = words.say("check", "intensity", value=words.decimal(c.intensity), word=intensity_word(c.intensity, words))
        lines = [f"{_capital(found)}. {weight}"]
    else:
        lines = [words.say("check", "none")]
    names = {label: words.say("label", label) for label in LABELS}
    room = max(map(cells, names.values()))
    for label, name in names.items():
        mark = "  *" if label in c.labels else ""
        lines.append(f"  {name:<{room}}  {c.scores.get(label, 0.0):4.0%}{mark}")
    if c.labels and explained:
        lines += drivers_lines(explained, words)
    if c.flags:
        lines.append(words.say("check", "flags", list=", ".join(words.say("flag", flag) for flag in c.flags)))
    if c.needs_review and c.review_reasons:
        reasons = ", ".join(words.say("review_reason", reason) for reason in c.review_reasons)
        lines.append(words.say("check", "review", list=reasons))
    elif c.needs_review:
        lines.append(words.say("check", "review_plain"))
    if c.windows > 1:
        lines.append(words.say("check", "windows", n=words.number(c.windows)))
    if c.model:
        lines.append(words.say("check", "model", model=one_line(c.model)))
    return "\n".join(lines)


def drivers_lines(explained: Explanation, words: Words) -> list[str]:
    """The words that drove the label in a line, none where no word did."""
    listed = ", ".join(f"“{shorten(word, _WORD_WIDTH)}”" for word in drivers(explained))
    return [words.say("check", "drivers", label=words.say("label", explained.label), list=listed)] if listed else []


def evaluation_text(figures: Evaluation, lang: str = "nl") -> str:
    """How well a model does on labelled messages, as an aligned table and a few figures.

    Args:
        figures: As `triage.training.evaluate.evaluate` gives them.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    heads = [words.say("evaluation", name) for name in ("label", "support", "precision", "recall", "f1", "interval", "ap", "ece")]
    rows = [
        [
            words.say("label", one.label),
            words.number(one.support),
            *(words.figure(number) for number in (one.precision, one.recall, one.f1)),
            interval(one.f1_low, one.f1_high, words),
            *(words.figure(number) for number in (one.ap, one.ece)),
        ]
        for one in figures.labels
    ]
    lines = [words.say("evaluation", "model", model=one_line(figures.model), n=words.number(figures.messages)), ""]
    lines += aligned([heads, *rows])
    within = interval(figures.macro_f1_low, figures.macro_f1_high, words)
    lines += ["", f"{words.say('evaluation', 'macro_f1')}: {words.figure(figures.macro_f1)} ({within})"]
    for name in ("false_alarms", "missed", "intensity_kappa", "review", "error_kept", "error_all"):
        lines.append(f"{words.say('evaluation', name)}: {words.figure(getattr(figures, name))}")
    for one in figures.kept:
        if one.coverage < 1.0:
            lines.append(f"{words.say('evaluation', 'kept', share=f'{1.0 - one.coverage:.0%}')}: {words.figure(one.error)}")
    if figures.kept:
        lines.append(f"{words.say('evaluation', 'risk_area')}: {words.figure(figures.risk_area)}")
    return "\n".join(lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _section(name: str, lines: list[str], words: Words) -> list[str]:
    title = words.say("heading", name)
    return [title, "-" * cells(title), *lines] if lines else []


def _heading(c: Content, words: Words) -> list[str]:
    first = f"{words.say('heading', 'severity')} {c.severity}: {c.band_word}"
    lines = [*wrap(c.title, WIDTH)] if c.title else []
    lines.append(first)
    if c.range:
        lines += wrap(c.range, WIDTH)
    return [*lines, "=" * WIDTH]


def _rows(c: Content) -> list[str]:
    room = max(cells(name) for name, _ in c.rows)
    return [line for name, text in c.rows for line in wrap(text, WIDTH, f"  {name:<{room}}  ")]


def _messages(c: Content) -> list[str]:
    lines = [line for message in c.messages for line in _message(message)]
    return [*lines, f"     {c.more_messages}"] if c.more_messages else lines


def _message(message: Quoted) -> list[str]:
    lead = f"{message.number:>3}  "
    about = f"{message.who}; {message.about}" if message.who else message.about
    quote = shorten(message.text, WIDTH - len(lead) - 2)
    return [*wrap(about, WIDTH, lead), f"{' ' * len(lead)}\u201c{quote}\u201d"]


def _parts(c: Content, words: Words) -> list[str]:
    if not c.parts:
        return []
    points = max(len(text) for text in (c.total, *(part.points for part in c.parts)))
    names = max(cells(part.name) for part in c.parts)
    ranges = max(len(part.range) for part in c.parts)
    lines = []
    for part in c.parts:
        columns = [f"{part.points:>{points}}", f"{part.name:<{names}}", *([f"{part.range:<{ranges}}"] if ranges else [])]
        lines += wrap(part.reason, WIDTH, f"  {'  '.join(columns)}  ")
    return [*lines, "  " + "-" * points, f"  {c.total:>{points}}  {words.say('heading', 'total')}"]


def _summary(c: Content, words: Words) -> list[str]:
    """The steps at a glance, the strongest first, each with the number under which it is explained."""
    room = max((cells(advice.strength_word) for advice in c.advice), default=0)
    lines = []
    for strength in reversed(STRENGTHS):
        title = words.say("strength", strength)
        for number, advice in enumerate(c.advice, 1):
            if advice.strength == strength:
                text = f"{advice.title} ({advice.deadline})" if advice.deadline else advice.title
                lines += wrap(text, WIDTH, f"  {title:<{room}}  {number:>2}. ")
                title = ""
    if lines and c.questions:
        lines += wrap(words.some("open_questions", len(c.questions)) + ".", WIDTH, "  ")
    return lines


def _suggestions(c: Content, words: Words) -> list[str]:
    if not c.advice:
        return wrap(words.say("phrase", "no_steps"), WIDTH, "  ")
    told: dict[str, int] = {}
    places = _source_numbers(c)
    lines: list[str] = []
    for number, advice in enumerate(c.advice, 1):
        lines += ([""] if lines else []) + _suggestion(number, advice, told, places, words)
    return lines


def _suggestion(number: int, advice: Advice, told: dict[str, int], places: dict[str, int], words: Words) -> list[str]:
    """One step in full; what an earlier step told already is only pointed at.

    Args:
        number: The number of the step.
        advice: The step.
        told: Sentence -> number of the step that told it; this step adds its own.
        places: Title of a source -> its number in the list of sources.
        words: The language.
    """
    named = {
        "deadline": [". ".join(filter(None, (advice.deadline, advice.deadline_note)))] if advice.deadline or advice.deadline_note else [],
        "why": advice.reasons,
        "do": advice.actions,
        "caution": advice.cautions,
    }
    titles = {name: words.say("row", name) for name in (*named, "source")}
    room = max(map(cells, titles.values()))
    lines = wrap(f"{advice.title} [{advice.strength_word}]", WIDTH, f"{number:>2}. ")
    for name, texts in named.items():
        shown = [text for text in texts if told.setdefault(text, number) == number]
        if earlier := sorted({told[text] for text in texts} - {number}):
            shown.append(words.some_of("see_steps", earlier))
        lines += _cell(titles[name], shown, room)
    return lines + _cell(titles["source"], _references(advice.sources, places, words), room)


def _cell(title: str, texts: Sequence[str], room: int) -> list[str]:
    """Texts beside a title, as a list where there are more."""
    mark = "- " if len(texts) > 1 else ""
    return [line for place, text in enumerate(texts) for line in wrap(text, WIDTH, f"    {'' if place else title:<{room}}  {mark}")]


def _source_numbers(c: Content) -> dict[str, int]:
    titles = dict.fromkeys(source.title for advice in c.advice for source in advice.sources)
    return {title: place for place, title in enumerate(titles, 1)}


def _references(sources: Iterable[Origin], places: dict[str, int], words: Words) -> list[str]:
    """The numbers of the sources, those that were checked in the same way together and those that were read first."""
    by_mark: dict[str, list[str]] = {}
    for source in sorted(sources, key=lambda source: bool(source.mark)):
        names = [name for name, _ in source.sentences]
        sentences = f" {words.some_of('sentence', names)}" if names else ""
        by_mark.setdefault(source.mark, []).append(f"[{places[source.title]}]{sentences}")
    return [f"{mark}: {'; '.join(names)}" if mark else "; ".join(names) for mark, names in by_mark.items()]


def _sources(c: Content) -> list[str]:
    return [line for title, place in _source_numbers(c).items() for line in wrap(title, WIDTH, f"{f'[{place}]':>6} ")]


def _questions(c: Content) -> list[str]:
    lines: list[str] = []
    for question in c.questions:
        lines += wrap(question.text, WIDTH, "  ? ")
        lines += [line for effect in question.effects for line in wrap(effect, WIDTH, "      - ")]
    return lines
