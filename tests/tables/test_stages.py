"""What the workers of an engine do with their part, without an engine; and that cases depend on what messages say, not on their order."""

from __future__ import annotations

import random

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.message import Message, unique
from triage.severity import load_weights
from triage.severity.weights import PileOn
from triage.tables import assess_table, score_table
from triage.tables.stages import CROWDED, PLACED_SCHEMA, placed, without_doubles

IDS, AUTHORS, TIMES = (st.sampled_from([None, *values]) for values in ("12345", ("Jan", "Els"), ("2026-03-01T10:00",)))
MESSAGES = st.lists(st.tuples(IDS, AUTHORS, TIMES, st.sampled_from(["a", "b", "c"])), max_size=30)


@given(MESSAGES, st.integers(1, 5))
def test_what_is_left_are_the_unique_messages(rows, size):
    messages = [Message(id=id, author=author, sent_at=time, text=text) for id, author, time, text in rows]
    counts = [one.id is None or (one.author is not None and one.sent_at is not None) for one in messages]
    contents = [f"{one.text}/{one.author}/{one.sent_at}".encode() if count else None for one, count in zip(messages, counts, strict=True)]
    columns = {
        "content": pa.array(contents, pa.binary()),
        "id": pa.array([one.id for one in messages], pa.string()),
        "row": range(len(rows)),
    }
    left = without_doubles(pa.table(columns).to_batches(max_chunksize=size))
    rows_left = [row for batch in left for row in batch.column("row").to_pylist()]
    assert [messages[row] for row in rows_left] == list(unique(messages))


@given(
    st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 9), st.sampled_from([None, "a", "b", "c"])), max_size=40), st.integers(1, 9)
)
def test_crowds_are_named_after_their_first_message_wherever_batches_are_cut(rows, size):
    rows = [
        (row.to_bytes(12), target, hours * 3_600_000_000, author, True) for row, (target, hours, author) in enumerate(sorted(rows, key=str))
    ]
    table = pa.table(dict(zip(CROWDED, map(list, zip(*rows, strict=True)) if rows else [[]] * 5, strict=True)))
    whole = pa.Table.from_batches(placed(table.to_batches(), PileOn(authors=3, hours=2), 3.0), PLACED_SCHEMA)
    parts = [row for batch in placed(table.to_batches(max_chunksize=size), PileOn(authors=3, hours=2), 3.0) for row in batch.to_pylist()]
    assert parts == whole.to_pylist()
    firsts: dict[str, str] = {}
    for row in parts:
        firsts.setdefault(row["crowd"], row["digest"].hex())
    assert all(crowd.split()[1] == first for crowd, first in firsts.items())
    assert sum(author is None for *_, author, _ in rows) <= len(parts)


def busy(rows, seed):
    """Messages that clash in every way: ids that stand for several, doubles that were judged or seen otherwise, edits, gaps."""
    rng = random.Random(seed)
    times = [None, *(f"2026-03-{day:02d} 1{hour}:00" for day in (1, 2, 9) for hour in (0, 5))]
    columns = {
        "id": [rng.choice([None, str(rng.randrange(9))]) for _ in range(rows)],
        "text": [rng.choice(["prutser", "prutser ", "pas maar op", "dag", "niet meer leven"]) for _ in range(rows)],
        "author": [rng.choice([None, "anoniem", "Jan", "jan", *"abcdefgh"]) for _ in range(rows)],
        "target": [rng.choice([None, "onbekend", "Piet", "@piet"]) for _ in range(rows)],
        "sent_at": [rng.choice(times) for _ in range(rows)],
        "views": [rng.choice([None, 3, 40]) for _ in range(rows)],
        "labels": [rng.choice([None, None, "geen", "bedreiging"]) for _ in range(rows)],
    }
    columns["author"] += [f"b{number}" for number in range(load_weights().pile_on.authors)]
    more = len(columns["author"]) - rows
    for name, value in (
        ("id", None),
        ("text", "prutser"),
        ("target", "Piet"),
        ("sent_at", "2026-03-02 10:00"),
        ("views", 1),
        ("labels", None),
    ):
        columns[name] += [value] * more
    return pa.table(columns)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 60), st.randoms(use_true_random=False))
def test_the_cases_are_the_same_whatever_the_order_of_the_messages(classify, rows, rng):
    scored = score_table(busy(rows, rng.random()), classify)
    places = list(range(scored.num_rows))
    rng.shuffle(places)
    cases = assess_table(scored)
    assert cases.num_rows
    assert assess_table(scored.take(pa.array(places))).equals(cases)
