"""The columns of triage in one place: what is read, what a model adds, and what a case shows.

A table that triage reads or scores holds three kinds of columns, side by side:

* the original columns of the export, as they were;
* the message columns of `MESSAGE_SCHEMA`, the same for every export;
* after scoring, the model columns of `MODEL_SCHEMA`.

One rule keeps every original readable: the names below belong to triage, and an original column with such a name is kept as
`original_NAME`. Only where the message column is that very column and is taken over as it stands (`text`, `id`, `author`, `target`,
`platform`, `url`, where they hold text) it simply takes its place; half characters and NUL are repaired in it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import pyarrow as pa

from triage.labels import LABELS

_LIST = pa.list_(pa.string())
MOMENT = pa.timestamp("us", tz="UTC")

# The message as in message.py. labels, intensity and flags are a person's judgement: null means "not judged", [] "harmless".
MESSAGE_SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("text", pa.string()),
        ("sent_at", MOMENT),
        ("author", pa.string()),
        ("target", pa.string()),
        ("platform", pa.string()),
        ("visibility", pa.string()),  # direct, group, public
        ("views", pa.int64()),
        ("shares", pa.int64()),
        ("followers", pa.int64()),
        ("url", pa.string()),
        ("labels", _LIST),
        ("intensity", pa.float64()),
        ("flags", _LIST),
    ]
)

# Where a row came from: the file as it was named, and its row there (the header is row 1).
SOURCE_SCHEMA = pa.schema([("source_file", pa.string()), ("source_row", pa.int64())])

# What the model found. The three labels hold calibrated probabilities, 0.0-1.0.
MODEL_SCHEMA = pa.schema(
    [
        *((label, pa.float32()) for label in LABELS),
        ("model_labels", _LIST),  # the labels above their thresholds
        ("primary", pa.string()),  # the one that counts where only one is asked for; null where none holds
        ("model_intensity", pa.float32()),  # 0.0-3.0
        ("model_flags", _LIST),
        ("needs_review", pa.bool_()),
        ("review_reasons", _LIST),
        ("model", pa.string()),
        ("windows", pa.int32()),
    ]
)

# A row a case, the gravest first.
CASE_SCHEMA = pa.schema(
    [
        ("case_id", pa.string()),  # the same at every run; holds no name
        ("kind", pa.string()),  # single, pile_on
        ("target", pa.string()),
        ("authors", _LIST),
        ("messages", pa.int64()),
        ("harmful", pa.int64()),
        ("first", MOMENT),  # of the harmful messages
        ("last", MOMENT),
        ("active_days", pa.int64()),
        ("reach", pa.int64()),
        ("severity", pa.float64()),  # 0-100
        ("severity_low", pa.float64()),
        ("severity_high", pa.float64()),
        ("band", pa.string()),
        ("labels", _LIST),
        ("gravest", pa.string()),  # primary label of the case
        ("police", pa.string()),  # the strongest police step suggested, or null
        ("suggestions", _LIST),
        ("strengths", _LIST),  # of the suggestions, in the same order
        ("open_questions", pa.int64()),
        ("open_about", _LIST),  # what they are about
        ("needs_review", pa.int64()),  # messages in which the model should not be trusted alone
        ("model", pa.string()),
    ]
)

TEXT_FIELDS = frozenset(field.name for field in MESSAGE_SCHEMA if field.type == pa.string() and field.name != "visibility")
OURS = frozenset([*MESSAGE_SCHEMA.names, *SOURCE_SCHEMA.names, *MODEL_SCHEMA.names])


def takes_place(field: str, column: str, kind: pa.DataType) -> bool:
    """Is the message column `field` the original `column` of this type as it stands?

    Example:
        >>> takes_place("text", "text", pa.string()), takes_place("views", "views", pa.string())
        (True, False)
    """
    textual = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    return field == column and field in TEXT_FIELDS and bool(textual)


def kept_names(names: Sequence[str], gone: Collection[str] = ()) -> dict[str, str]:
    """Under which name each original column is kept.

    Args:
        names: The original columns, all different.
        gone: Those whose place a message column takes.

    Example:
        >>> kept_names(["text", "views", "stad"], gone=["text"])
        {'views': 'original_views', 'stad': 'stad'}
    """
    kept: dict[str, str] = {}
    used = OURS | set(names)
    for name in names:
        if name in gone:
            continue
        new = name
        if name in OURS:
            while new in used:
                new = f"original_{new}"
            used |= {new}
        kept[name] = new
    return kept


def distinct(names: Sequence[str], key: Callable[[str], str] = str) -> list[str]:
    """Column names without blanks and doubles.

    Args:
        names: The names.
        key: What they are compared by.

    Example:
        >>> distinct(["", "Name", "Name"])
        ['column_1', 'Name', 'Name_2']
    """
    used: set[str] = set()
    result = []
    for place, name in enumerate(names, start=1):
        new = base = name.strip() or f"column_{place}"
        number = 2
        while key(new) in used:
            new, number = f"{base}_{number}", number + 1
        used.add(key(new))
        result.append(new)
    return result
