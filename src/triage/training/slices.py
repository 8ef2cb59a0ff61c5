"""The figures of a model by register, phenomenon, length or another column of the corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from triage.labels import Classification
from triage.training.corpus import Labelled
from triage.training.evaluate import Evaluation, compare

COLUMNS = ("register", "phenomenon", "length", "recipient", "channel")
LENGTHS = ("1-6", "7-15", "16-30", "31-60", "61+")  # words
REST = "other"


def length_of(text: str) -> str:
    """The range of lengths, in words, that a text falls in.

    Example:
        >>> length_of("Dag mevrouw"), length_of("nee " * 61)
        ('1-6', '61+')
    """
    words = len(text.split())
    return next((name for name in LENGTHS[:-1] if words <= int(name.split("-")[1])), LENGTHS[-1])


def slices(
    found: Sequence[Classification], messages: Sequence[Labelled], column: str, rounds: int = 100, smallest: int = 5
) -> dict[str, Evaluation]:
    """The figures of each part of the messages.

    Args:
        found: Classifications, in the order of the messages.
        messages: Labelled messages.
        column: One of `COLUMNS`; a message about which the corpus says nothing falls under "-".
        rounds: Bootstrap rounds for the intervals.
        smallest: Values that fewer messages have are taken together under "other": their figures by themselves would be chance.

    Returns:
        Value -> figures; lengths in their order, other values with the largest part first.
    """
    value_of: Callable[[Labelled], str] = (lambda one: length_of(one.text)) if column == "length" else (lambda one: getattr(one, column))
    values = [value_of(message) or "-" for message in messages]
    sizes = Counter(values)
    values = [value if sizes[value] >= smallest else REST for value in values]
    ordered = LENGTHS if column == "length" else [value for value, _ in Counter(values).most_common() if value != REST]
    parts = {value: [place for place, own in enumerate(values) if own == value] for value in (*ordered, REST)}
    return {
        value: compare([found[place] for place in places], [messages[place] for place in places], rounds)
        for value, places in parts.items()
        if places
    }
