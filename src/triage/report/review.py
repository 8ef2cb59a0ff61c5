"""The conversation in which a person judges messages one by one, in a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from triage.explanation import Explanation
from triage.labels import LABELS, Classification, Label
from triage.report.content import named_labels
from triage.report.plain import one_line, shorten, wrap
from triage.report.text import WIDTH, classification_text, drivers_lines
from triage.report.wording import Words
from triage.tables.judgements import Judgement
from triage.tables.values import UnreadableError, read_intensity

if TYPE_CHECKING:
    from triage.case import Finding
    from triage.tables.reviewing import JudgementFile, Pending

_LETTERS: dict[str, Label] = {"b": "insult", "i": "insult", "d": "threat", "t": "threat", "s": "sexual_harassment"}
_NONE = frozenset("0n")
_MOST_SIGNS = 4_000  # of a text
_NAME_WIDTH = 40

Explain = Callable[["Finding"], Explanation | None]
Ask = Callable[[str], str | None]  # a question -> the answer; None where there are no more
Say = Callable[[str], None]


def review(queue: Sequence[Pending], file: JudgementFile, ask: Ask, say: Say, explain: Explain, lang: str = "nl") -> None:
    """Ask for a judgement on each message, and write it down at once.

    Args:
        queue: The messages, in the order in which they are asked.
        file: Takes the judgements.
        ask: Asks a question and gives the answer without its line end, or None where there are no more answers.
        say: Shows a text.
        explain: Which words counted, where that is known.
        lang: "nl" or "en".

    Raises:
        InputError: for another language, or if the file cannot be written.
    """
    words = Words(lang)
    pivotal = sum(one.case_id is not None for one in queue)
    say(words.say("review", "start", messages=words.some("message", len(queue)), pivotal=words.number(pivotal)))
    place = 0
    while place < len(queue):
        pending = queue[place]
        say("\n" + pending_text(pending, place + 1, len(queue), explain(pending.finding), lang))
        answer = _answer(pending.finding, ask, say, words)
        if answer == "stop":
            return
        if answer == "back":
            if file.undo():
                place -= 1
            else:
                say(words.say("review", "no_earlier"))
        elif isinstance(answer, Judgement):
            file.write(pending.finding.message.key, answer)
            place += 1


def pending_text(pending: Pending, place: int, total: int, explained: Explanation | None, lang: str = "nl") -> str:
    """A message to judge: why it is asked, the message, and what the model found.

    Args:
        pending: The message.
        place: Which one it is, from 1.
        total: Of how many.
        explained: Which words counted, where that is known.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words, finding, message = Words(lang), pending.finding, pending.finding.message
    why = words.say("review", "pivotal", id=one_line(pending.case_id)) if pending.case_id else words.say("review", "unsure")
    who = words.say(
        "phrase",
        "from_to",
        author=shorten(message.author, _NAME_WIDTH) if message.author else words.say("phrase", "unknown_sender"),
        target=shorten(message.target, _NAME_WIDTH) if message.target else words.say("phrase", "unknown_target"),
    )
    when = words.moment(message.sent_at) if message.sent_at else words.say("phrase", "no_date")
    found = Classification(scores=finding.scores, labels=finding.labels, intensity=finding.intensity, flags=finding.flags)
    lines = [f"{words.say('review', 'place', place=place, total=total)}: {why}", *wrap(f"{who}; {when}", WIDTH)]
    lines += [line for part in message.text[:_MOST_SIGNS].splitlines() if part.strip() for line in wrap(part, WIDTH, "  | ", "  | ")]
    if not message.text.strip():
        lines.append(words.say("review", "empty"))
    if len(message.text) > _MOST_SIGNS:
        lines.append(words.say("review", "cut", n=words.number(len(message.text))))
    lines.append(classification_text(found, lang, explained))
    if explained and not found.labels:
        lines += drivers_lines(explained, words)
    return "\n".join(lines)


def labels_of(answer: str) -> tuple[Label, ...] | None:
    """The labels that letters stand for; None where they stand for nothing.

    Example:
        >>> labels_of("bd"), labels_of("0"), labels_of("t i"), labels_of("b0")
        (('insult', 'threat'), (), ('insult', 'threat'), None)
    """
    letters = set(answer.casefold()) - set(" ,;+")
    if letters and letters <= _NONE:
        return ()
    if letters and letters <= _LETTERS.keys():
        return tuple(label for label in LABELS if label in {_LETTERS[letter] for letter in letters})
    return None


def _answer(finding: Finding, ask: Ask, say: Say, words: Words) -> Judgement | str:
    """A judgement, "stop", "back" (to the message before), or "again" (the same message)."""
    while (given := ask(words.say("review", "labels"))) is not None:
        match given.strip().casefold():
            case "":
                return Judgement(finding.labels)
            case "q":
                return "stop"
            case "u":
                return "back"
            case "?":
                say("\n".join(wrap(words.say("review", "help"), WIDTH)))
            case letters:
                if (labels := labels_of(letters)) is not None:
                    say(words.say("review", "judged", labels=named_labels(labels, words) or words.say("phrase", "no_label")))
                    return _weighed(labels, ask, say, words) if labels else Judgement(labels)
                say(words.say("review", "unknown"))
    return "stop"


def _weighed(labels: tuple[Label, ...], ask: Ask, say: Say, words: Words) -> Judgement | str:
    while (given := ask(words.say("review", "intensity"))) is not None and given.strip().casefold() != "q":
        if given.strip().casefold() == "u":
            return "again"
        try:
            return Judgement(labels, read_intensity(given))
        except UnreadableError:
            say(words.say("review", "unknown"))
    return Judgement(labels)  # the label was given; the rest of the answers did not come
