"""Counts the words of labelled messages, for `triage.text.spaces`.

python -m triage.training.wordcounts models/triage-nl/corpus/authored > src/triage/text/words.txt
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from triage.training.corpus import read_labelled

FEWEST = 4  # times that a word has to stand there
FEWEST_SHORT = 60  # and one of one or two letters, which is easily part of another
LONGEST = 18  # letters
_WORD = re.compile(r"[^\W\d_]+")
_SINGLE = frozenset("u")  # the only word of one letter


def counted(texts: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The words that are frequent enough, and how often they stand in the texts; the commonest first.

    Example:
        >>> list(counted(["Zeg nou eens", "ja zeg"] * 4))
        [('zeg', 8), ('eens', 4), ('nou', 4)]
    """
    counts = Counter(word for text in texts for word in _WORD.findall(text.lower()) if len(word) <= LONGEST)
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if count >= (FEWEST if len(word) > 2 else FEWEST_SHORT) and (len(word) > 1 or word in _SINGLE):
            yield word, count


def main() -> None:
    """Print a word and its count a line."""
    messages = read_labelled([Path(path) for path in sys.argv[1:]])
    for word, count in counted(message.text for message in messages):
        click.echo(f"{word} {count}")


if __name__ == "__main__":
    main()
