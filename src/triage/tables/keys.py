"""What scored messages are compared by, and which of them make a case: columns that depend on one message alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b

import pyarrow as pa
import pyarrow.compute as pc

from triage.case import DEFAULT_INTENSITY
from triage.tables.cases import CaseRules, person
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA
from triage.tables.scored import holds_any, is_complete

_KEYS = pa.schema(
    [
        ("row", pa.int64()),  # the place of the message among all
        ("author_key", pa.string()),  # the same for all spellings of a name; null where nobody is known
        ("target_key", pa.string()),
        ("text_digest", pa.binary()),
        ("content_digest", pa.binary()),  # of text, author, target and time
        ("digest", pa.binary()),  # of all that is kept: equal messages are the same to the last column
        ("judged", pa.bool_()),  # by a person
        ("gravity", pa.float64()),  # the intensity of its finding
        ("harmful", pa.bool_()),
        ("matters", pa.bool_()),  # it makes a case
    ]
)
# Of two that are the same message this one is kept: what a person judged, or else the graver, or else what more people saw. The
# digest settles the rest, so that the cases are the same in whatever order messages come, and on however many machines.
BEST_FIRST = ("judged", "gravity", "views")  # the highest first, nothing last; then the lowest digest

_NOT_NEEDED = ("primary", "review_reasons", "windows")  # in no finding
_KEPT = pa.schema([field for field in (*MESSAGE_SCHEMA, *MODEL_SCHEMA) if field.name not in _NOT_NEEDED])

DIGEST_SIZE = 12  # bytes of a digest; that two messages share one need not be feared
_IN_CONTENT = ("text", "author", "target", "sent_at")

ROUNDED = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)  # what a spreadsheet makes of a long number
_MAYBE_ROUNDED = r"^[^A-DF-Za-df-z]*[Ee][^A-Za-z]*$"  # Arrow's digits are those of ASCII only

# Times are microseconds since 1970 here: an engine that knows no zones has nothing to convert.
KEYED_SCHEMA = pa.schema([*_KEYS, *_KEPT]).set(len(_KEYS) + _KEPT.get_field_index("sent_at"), pa.field("sent_at", pa.int64()))


def with_keys(batch: pa.RecordBatch, first_row: int, rules: CaseRules) -> pa.RecordBatch:
    """The columns of `KEYED_SCHEMA` for scored messages; an author whose name means nobody and an id that a spreadsheet rounded are null.

    Args:
        batch: What `read_scored` gave.
        first_row: The number of its first message.
        rules: Which flags make a case.
    """
    texts = [text or "" for text in batch.column("text").to_pylist()]
    times = batch.column("sent_at").cast(pa.int64())
    author_keys = persons(batch.column("author"))
    authors = pc.if_else(author_keys.is_valid(), batch.column("author"), pa.scalar(None, pa.string()))
    text_digests = [_digest(text) for text in texts]
    contents = _contents(texts, authors, batch.column("target"), times)
    columns = {
        **{name: batch.column(name) for name in _KEPT.names},
        "id": sound_ids(batch.column("id")),
        "author": authors,
        "sent_at": times,
        "row": pa.array(range(first_row, first_row + batch.num_rows), pa.int64()),
        "author_key": author_keys,
        "target_key": persons(batch.column("target")),
        "text_digest": pa.array(text_digests, pa.binary()),
        "content_digest": pa.array(contents, pa.binary()),
        "judged": batch.column("labels").is_valid(),
        **_weighed(batch, rules),
    }
    columns["digest"] = pa.array(_whole(columns, text_digests, contents), pa.binary())
    return pa.RecordBatch.from_arrays([columns[name] for name in KEYED_SCHEMA.names], schema=KEYED_SCHEMA)


def sound_ids(ids: pa.Array) -> pa.Array:
    """The ids, null where a spreadsheet rounded one: then others may be called the same.

    Example:
        >>> sound_ids(pa.array(["a", "1,23457E+17"])).to_pylist()
        ['a', None]
    """
    if not pc.any(pc.match_substring_regex(ids, _MAYBE_ROUNDED)).as_py():
        return ids
    return pa.array([None if one is None or ROUNDED.fullmatch(one) else one for one in ids.to_pylist()], pa.string())


def persons(names: pa.Array) -> pa.Array:
    """The names as `triage.tables.cases.person` compares them; null where nobody is known."""
    different = names.dictionary_encode()
    return pa.array(map(person, different.dictionary.to_pylist()), pa.string()).take(different.indices)


def _contents(texts: list[str], authors: pa.Array, targets: pa.Array, times: pa.Array) -> list[bytes]:
    """Digests of what `triage.message.unique` compares; no value holds a NUL, and none is empty."""
    rows = zip(texts, authors.to_pylist(), targets.to_pylist(), times.to_pylist(), strict=True)
    return [
        _digest(f"{text.strip()}\0{author or ''}\0{target or ''}\0{'' if time is None else time}") for text, author, target, time in rows
    ]


def _whole(columns: Mapping[str, pa.Array], texts: list[bytes], contents: list[bytes]) -> list[bytes]:
    """Digests of whole messages, from those of their text and content and all other columns."""
    others = [_written(columns[name]) for name in _KEPT.names if name not in _IN_CONTENT]
    rest = pc.binary_join_element_wise(*others, "\0", null_handling="replace", null_replacement="\1")
    rows = zip(texts, contents, rest.to_pylist(), strict=True)
    return [blake2b(text + content + other.encode(), digest_size=DIGEST_SIZE).digest() for text, content, other in rows]


def _written(column: pa.Array) -> pa.Array:
    return pc.binary_join(column, "\2") if pa.types.is_list(column.type) else column.cast(pa.string())


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=DIGEST_SIZE).digest()


def _weighed(batch: pa.RecordBatch, rules: CaseRules) -> dict[str, pa.Array]:
    """What `triage.case.find` and cases.toml make of the labels and flags, for all messages at once."""
    judged, scored = batch.column("labels").is_valid(), is_complete(batch)
    labelled = _has_items(batch.column("labels"))
    model_labelled = pc.and_(scored, _has_items(batch.column("model_labels")))
    harmful = pc.if_else(judged, labelled, model_labelled)
    of_model = pc.if_else(model_labelled, batch.column("model_intensity").cast(pa.float64()), DEFAULT_INTENSITY)
    # Where a person saw no harm, of the model's flags only danger to the writer is left.
    model_flags = batch.column("model_flags")
    left = [flag for flag in rules.flags if flag == "self_harm"]
    found = pc.if_else(pc.and_not(judged, labelled), holds_any(model_flags, left), holds_any(model_flags, rules.flags))
    flags = batch.column("flags")
    flagged = pc.if_else(flags.is_valid(), holds_any(flags, rules.flags), pc.and_(scored, found))
    return {
        "gravity": pc.if_else(harmful, pc.coalesce(batch.column("intensity"), of_model), 0.0),
        "harmful": harmful,
        "matters": pc.or_(harmful, flagged),
    }


def _has_items(lists: pa.Array) -> pa.Array:
    return pc.fill_null(pc.greater(pc.list_value_length(lists), 0), False)
