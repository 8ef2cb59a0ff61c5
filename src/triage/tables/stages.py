"""What a worker of an engine does with its part of the messages: an iterator of Arrow batches in, one out.

The engine brings together what belongs together and in which order; each function says what it needs. `triage.tables.spark` runs them.
"""

from __future__ import annotations

import pickle
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from triage.policy import Rules
from triage.severity import Weights
from triage.severity.weights import PileOn
from triage.tables.assessing import case_rows, whole_cases
from triage.tables.batches import plainly_named, score_rows
from triage.tables.cases import CaseRules, case_name
from triage.tables.corrections import Corrections, corrected, named_by
from triage.tables.crowds import Received, place_crowds
from triage.tables.keys import DIGEST_SIZE, KEYED_SCHEMA, with_keys
from triage.tables.look import Look
from triage.tables.memory import Memory
from triage.tables.messages import Plan
from triage.tables.schema import CASE_SCHEMA, MOMENT
from triage.tables.scored import batches_of

Batches = Iterable[pa.RecordBatch]

_DIGEST = pa.field("digest", pa.binary(), nullable=False)

SIGNS_SCHEMA = pa.schema([("sign", pa.string())])
# A message goes by its digest. That this is never null spares Spark a filter, by which the same step would become two.
MESSAGES_SCHEMA = pa.schema([field for field in KEYED_SCHEMA if field.name not in ("row", "digest")]).append(_DIGEST)
CROWDED = ("digest", "target_key", "sent_at", "author_key", "harmful")
PLACED_SCHEMA = pa.schema([_DIGEST, ("crowd", pa.string())])
NAMED_SCHEMA = pa.schema([*CASE_SCHEMA, ("began", pa.int64())])

_CHUNK = 65_536


def signs(batches: Batches, look: Look) -> Iterator[pa.RecordBatch]:
    """What some rows show of the order of dates and of labels; see `Look.signs`.

    Args:
        batches: The rows, with the columns that `look` looks at.
        look: Has seen nothing yet.
    """
    for batch in batches:
        look.see(plainly_named(batch))
    yield pa.RecordBatch.from_pydict({"sign": sorted(look.signs)}, SIGNS_SCHEMA)


def scored(batches: Batches, plan: Plan, model: str | None) -> Iterator[pa.RecordBatch]:
    """Scored rows, a batch for a batch; see `score_rows`."""
    memory = Memory()
    for batch in batches:
        yield score_rows(batch, plan, model, memory)


def keyed(batches: Batches, rules: CaseRules, corrections: Corrections | None) -> Iterator[pa.RecordBatch]:
    """The messages of scored rows as people judged them, with the columns of `MESSAGES_SCHEMA`.

    Raises:
        InputError: if a value in them cannot be read.
    """
    for part in corrected(typed(batches), corrections):
        columns = with_keys(part, 0, rules).select(MESSAGES_SCHEMA.names).columns
        yield pa.RecordBatch.from_arrays(columns, schema=MESSAGES_SCHEMA)


def named(batches: Batches, keys: Collection[str]) -> Iterator[pa.RecordBatch]:
    """The messages of scored rows that corrections name, with the columns of `SCORED_SCHEMA`.

    Raises:
        InputError: if a value in them cannot be read.
    """
    for part in typed(batches):
        yield named_by(keys, part)


def typed(batches: Batches) -> Iterator[pa.RecordBatch]:
    """Scored rows with the columns and types of `SCORED_SCHEMA`, whatever the engine makes of these.

    Raises:
        InputError: if a value in them cannot be read.
    """
    for batch in batches:
        yield from batches_of(pa.Table.from_batches([_in_utc(batch)]))


def without_doubles(batches: Batches) -> Iterator[pa.RecordBatch]:
    """Drop every message that shares its id or its content with one that was kept.

    Args:
        batches: Messages, the best first, with the columns `id` and, first, `content` (null where it does not count).

    Yields:
        The others, without `content`.
    """
    ids: set[str | None] = set()
    contents: set[bytes | None] = set()
    for batch in batches:
        keep = []
        for id, content in zip(batch.column("id").to_pylist(), batch.column("content").to_pylist(), strict=True):
            keep.append((id is None or id not in ids) and (content is None or content not in contents))
            if keep[-1]:
                ids.add(id)
                contents.add(content)
        yield batch.filter(pa.array(keep, pa.bool_())).drop_columns("content")


def placed(batches: Batches, pile_on: PileOn, unknown_author_hours: float) -> Iterator[pa.RecordBatch]:
    """Which messages are in a pile-on, or in a case of messages without an author; see `place_crowds`.

    Args:
        batches: Those that matter and have a target, with the columns `CROWDED`. Those to one target stand together
            and in the order of time, those without a time last.
        pile_on: How many authors within how many hours make a pile-on.
        unknown_author_hours: How long messages without an author belong together.

    Yields:
        Digests of messages, and for each a name of its crowd: its kind, and the digest of its first message.
    """
    rows = (row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
    received = (Received(int.from_bytes(digest), *others) for digest, *others in rows)
    begun: dict[str, tuple[int, str]] = {}  # of each kind, the crowd that came last
    places = place_crowds(received, pile_on, unknown_author_hours)
    while part := list(islice(places, _CHUNK)):
        digests = [one.row.to_bytes(DIGEST_SIZE) for one in part]
        crowds = []
        for one, digest in zip(part, digests, strict=True):
            if begun.get(one.kind, (-1, ""))[0] != one.case:
                begun[one.kind] = one.case, f"{one.kind} {digest.hex()}"
            crowds.append(begun[one.kind][1])
        yield pa.RecordBatch.from_pydict({"digest": digests, "crowd": crowds}, PLACED_SCHEMA)


def assessed(batches: Batches, by: bytes) -> Iterator[pa.RecordBatch]:
    """A row a case with the columns of `NAMED_SCHEMA`.

    Args:
        batches: The messages of whole cases, with the columns of `MESSAGES_SCHEMA` behind `case_id`, which begins with the kind of the
            case; those of one case stand together.
        by: The rules and the weights, as `packed` gives them.
    """
    rules, weights = _unpacked(by)
    for cases in whole_cases(batches):
        rows = case_rows(cases, rules, weights)
        groups = cases.group_by("case_id", use_threads=False).aggregate([(name, how) for name, how in _NAMED_AFTER])
        named = {row["case_id"]: row for row in groups.to_pylist()}
        order = [named[case] for case in rows.column("case_id").to_pylist()]
        names = pa.array([_name(row) for row in order], pa.string())
        began = pa.array([row["sent_at_min"] for row in order], pa.int64())
        columns = [names if field.name == "case_id" else rows.column(field.name) for field in CASE_SCHEMA]
        yield pa.RecordBatch.from_arrays([*columns, began], schema=NAMED_SCHEMA)


def packed(rules: Rules, weights: Weights) -> bytes:
    """Rules and weights in a form that goes to the workers; what they work out of it, they keep from one task to the next."""
    return pickle.dumps((rules, weights))


@lru_cache(maxsize=4)
def _unpacked(by: bytes) -> tuple[Rules, Weights]:
    rules, weights = pickle.loads(by)
    return rules, weights


_NAMED_AFTER = (("author_key", "first"), ("target_key", "first"), ("sent_at", "min"), ("id", "first"), ("text", "first"))


def _name(case: dict[str, Any]) -> str:
    kind = case["case_id"].split()[0]
    return case_name(kind, *(case[f"{name}_{how}"] for name, how in _NAMED_AFTER))


def _in_utc(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with `sent_at` in UTC, in whatever zone the session of the engine shows times."""
    place = batch.schema.get_field_index("sent_at")
    if place < 0 or not pa.types.is_timestamp(batch.schema.field(place).type) or batch.schema.field(place).type.tz is None:
        return batch
    return batch.set_column(place, pa.field("sent_at", MOMENT), pc.cast(batch.column(place), MOMENT))
