"""Which words of a text drove the labels, as the model itself answers when they are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from triage.labels import LABELS, Label, primary

# Drivers of a label are the words that together make up this share of what speaks for it, and move its odds by a tenth at least.
_DRIVING_SHARE = 0.8
_DRIVING_LEAST = 0.1


def foremost(labels: Iterable[Label], scores: Mapping[Label, float]) -> Label:
    """The label that an explanation is about: the primary one, or the most probable where none holds.

    Example:
        >>> foremost((), {"insult": 0.1, "threat": 0.2, "sexual_harassment": 0.0})
        'threat'
    """
    return primary(labels) or sorted(LABELS, key=lambda label: -scores.get(label, 0.0))[0]


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word of a text; where letters were s p a c e d, all of them together.

    Attributes:
        text: The word as it was written.
        start, end: Its place in the original text, in characters; `original[start:end] == text`.
    """

    text: str
    start: int
    end: int


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """How much each word of a text speaks for or against each label.

    A contribution is in log-odds, log(p / (1 - p)): the mean of what the label loses when the word is left out of the text, and of what
    it gains when the word stands alone. Above 0 the word speaks for the label, below 0 against it; 0.7 is a doubling of the odds.
    Contributions need not add up.

    Attributes:
        text: The original text.
        words: The words that were weighed, in their order. Of a text that is read in windows, those of the gravest window.
        contributions: A number for each word, by label.
        scores: Probability of each label with all words, 0.0-1.0.
        labels: The labels that hold for the text.
        method: How it was reckoned.
        model: Name and version of the model.
    """

    text: str
    words: tuple[Word, ...]
    contributions: dict[Label, tuple[float, ...]]
    scores: dict[Label, float]
    labels: tuple[Label, ...] = ()
    method: str = "remove and include"
    model: str = ""

    @property
    def label(self) -> Label:
        """The label that this is about: the primary one, or the most probable where none holds."""
        return foremost(self.labels, self.scores)

    def drivers(self, label: Label | None = None, most: int = 3) -> tuple[Word, ...]:
        """The words that speak most for a label, the strongest first: no more than make up four fifths of all that speaks for it.

        Args:
            label: Which label; None takes `self.label`.
            most: How many words at most.

        Example:
            >>> words = Word(text="wat", start=0, end=3), Word(text="prutser", start=4, end=11)
            >>> Explanation(
            ...     text="wat prutser", words=words, labels=("insult",), scores={"insult": 0.9, "threat": 0, "sexual_harassment": 0},
            ...     contributions={"insult": (-0.1, 2.0)},
            ... ).drivers()[0].text
            'prutser'
        """
        weights = self.contributions[label or self.label]
        speaking = sorted((place for place, weight in enumerate(weights) if weight > 0), key=lambda place: -weights[place])
        enough = _DRIVING_SHARE * sum(weights[place] for place in speaking)
        chosen: list[Word] = []
        for place in speaking[:most]:
            if enough <= 0 or weights[place] < _DRIVING_LEAST:
                break
            chosen.append(self.words[place])
            enough -= weights[place]
        return tuple(chosen)

    def to_dict(self) -> dict[str, object]:
        """Plain dicts, lists, numbers and strings."""
        plain: dict[str, object] = msgspec.to_builtins(self)
        return plain

    def _repr_html_(self) -> str:
        """The text with its words marked, as an escaped HTML fragment, for notebooks."""
        from triage.report.marks import explanation_html

        return explanation_html(self)
