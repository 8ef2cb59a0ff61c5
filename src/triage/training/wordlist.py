"""The plainest detector there is, to measure others against: a list of swear words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from triage.labels import LABELS, Classification
from triage.text import normalise

_WORD = re.compile(r"\w+")


class WordListModel:
    """Calls a text an insult where it holds an entry of a list, and never a threat or sexual harassment.

    Args:
        entries: Words or phrases, in any case; they are compared with whole words of the text once obfuscation is undone.

    Example:
        >>> model = WordListModel(["sukkel", "dikke nek"])
        >>> [found.labels for found in model.classify(["Wat een SUKKEL!", "hij heeft een dikke nek", "sukkelen"])]
        [('insult',), ('insult',), ()]
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = {words for entry in entries if (words := _words(entry))}
        self._longest = max(map(len, self._entries), default=0)

    def classify(self, texts: Sequence[str]) -> list[Classification]:
        """A classification for each text: certain that it is an insult, or certain that it is nothing."""
        return [self._classify(text) for text in texts]

    def _classify(self, text: str) -> Classification:
        words = _words(text)
        runs = (words[start : start + size] for size in range(1, self._longest + 1) for start in range(len(words) - size + 1))
        listed = any(run in self._entries for run in runs)
        return Classification(
            scores={label: float(listed and label == "insult") for label in LABELS},
            labels=("insult",) if listed else (),
            intensity=1.0 if listed else 0.0,
            model="word list",
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(normalise(text).lower()))
