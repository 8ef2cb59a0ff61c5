"""A text with the words marked that drove its label: the heavier the line and the letter, the more they count, so no colour is needed."""

from __future__ import annotations

from triage.explanation import Explanation, Word
from triage.labels import Label
from triage.report.markup import Html, tag
from triage.report.wording import Words

# A word is marked where it moves the odds of the label by a tenth at least, in three degrees by its share of the strongest word; but
# no more than the strongest third of the words, or three: a text that is marked all over tells nothing.
_LEAST = 0.1
_DEGREES = (0.15, 0.4, 0.75)
_MOST, _MOST_SHARE = 3, 1 / 3

# The same three degrees as in page.css, for where there is no style sheet.
_STYLES = (
    "background:#f5c71a33;color:inherit;border-bottom:1px solid #b45f00",
    "background:#f5c71a66;color:inherit;border-bottom:2px solid #b45f00;font-weight:600",
    "background:#f5c71aaa;color:inherit;border-bottom:3px solid #b45f00;font-weight:700",
)


def marked(explained: Explanation, label: Label | None = None, start: int = 0, end: int | None = None, styled: bool = False) -> Html:
    """The text, or a stretch of it, with the words marked that speak for a label.

    Args:
        explained: The text with its contributions.
        label: Which label; None takes the one the explanation is about.
        start, end: The stretch, in characters.
        styled: Whether the marks bring their own style, where no style sheet does.
    """
    text, end = explained.text, len(explained.text) if end is None else end
    parts: list[str] = []
    place = start
    for word, degree in zip(explained.words, degrees(explained, label), strict=True):
        if not degree or word.start < place or word.end > end:
            continue
        style = {"style": _STYLES[degree - 1]} if styled else {}
        parts += [text[place : word.start], tag("mark", word.text, class_=f"d{degree}", **style)]
        place = word.end
    return tag("bdi", parts, text[place:end])


def degrees(explained: Explanation, label: Label | None = None) -> list[int]:
    """How strongly each word is marked: 0 not, 1 to 3 more and more."""
    weights = explained.contributions[label or explained.label]
    room = max(_MOST, int(_MOST_SHARE * len(weights)))
    chosen = sorted((place for place, weight in enumerate(weights) if weight >= _LEAST), key=lambda place: -weights[place])[:room]
    made = [0] * len(weights)
    for place in chosen:
        made[place] = sum(weights[place] >= share * weights[chosen[0]] for share in _DEGREES)
    return made


def drivers(explained: Explanation, label: Label | None = None) -> list[str]:
    """The words that speak most for a label, without the signs around them."""
    return [_bare(word) for word in explained.drivers(label)]


def _bare(word: Word) -> str:
    return word.text.strip(".,;:!?\"'()[]“”‘’…") or word.text


def explanation_html(explained: Explanation, lang: str = "nl") -> Html:
    """The text of an explanation with its words marked, and what the marks mean.

    Args:
        explained: The explanation.
        lang: "nl" or "en".

    Raises:
        InputError: for another language.
    """
    words = Words(lang)
    label = explained.label
    about = words.say("explain", "about", label=words.say("label", label), probability=f"{explained.scores[label]:.0%}")
    return tag(
        "div",
        tag("div", about, style="font-size:85%;opacity:.8"),
        tag("div", marked(explained, styled=True), style="margin:.3em 0;white-space:pre-line;overflow-wrap:anywhere"),
        tag("div", words.say("explain", "method"), style="font-size:85%;opacity:.8"),
        lang=words.lang,
        style="max-width:52em;line-height:1.6;text-align:left",
    )
