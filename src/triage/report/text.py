"""An assessment or a classification as plain text, for a terminal or an e-mail."""

from __future__ import annotations

from triage.assessment import Assessment
from triage.labels import LABELS, Classification
from triage.report.content import Advice, Content, Quoted, content, intensity_word, named_labels
from triage.report.plain import cells, one_line, shorten, wrap
from triage.report.wording import Words

WIDTH = 88


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
        _section("concern", _rows(c), words),
        _section("messages", _messages(c), words),
        _section("contributions", _parts(c, words), words),
        _section("suggestions", _suggestions(c, words), words),
        _section("questions", _questions(c), words),
        [line for part in c.closing for line in wrap(part, WIDTH)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def classification_text(c: Classification, lang: str = "nl") -> str:
    """What was found in one text, in a few lines; the text itself is not repeated.

    Args:
        c: The classification.
        lang: "nl" or "en".

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


def _suggestions(c: Content, words: Words) -> list[str]:
    if not c.advice:
        return wrap(words.say("phrase", "no_steps"), WIDTH, "  ")
    lines: list[str] = []
    for number, advice in enumerate(c.advice, 1):
        lines += ([""] if lines else []) + _suggestion(number, advice, words)
    return lines


def _suggestion(number: int, advice: Advice, words: Words) -> list[str]:
    reasons = [f"{why.text} ({why.rests_on})" if why.rests_on else why.text for why in advice.reasons]
    named = {
        "deadline": [advice.deadline] if advice.deadline else [],
        "why": reasons,
        "do": advice.actions,
        "caution": advice.cautions,
        "source": [source.name for source in advice.sources],
    }
    titles = {name: words.say("row", name) for name in named}
    room = max(map(cells, titles.values()))
    lines = wrap(f"{advice.title} [{advice.strength_word}]", WIDTH, f"{number:>2}. ")
    for name, texts in named.items():
        for place, text in enumerate(texts):
            title = "" if place else titles[name]
            lines += wrap(text, WIDTH, f"    {title:<{room}}  " + ("- " if len(texts) > 1 else ""))
    return lines


def _questions(c: Content) -> list[str]:
    lines: list[str] = []
    for question in c.questions:
        lines += wrap(question.text, WIDTH, "  ? ")
        lines += [line for effect in question.effects for line in wrap(effect, WIDTH, "      - ")]
    return lines
