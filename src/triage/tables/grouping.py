"""Gathers any number of scored messages into cases with an embedded database: what does not fit in memory stays on disk.

Each step goes over all messages: leave out ids that stand for different messages, leave out the doubles of overlapping exports,
find the cases, put the messages of each case together. Python sees only what takes one message after the other: who came in a burst
(`triage.tables.crowds`), and whole cases.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from triage.errors import TriageError
from triage.labels import LABELS
from triage.severity.weights import PileOn
from triage.tables.cases import CaseRules, case_name
from triage.tables.crowds import Placed, Received, place_crowds
from triage.tables.disk import is_full
from triage.tables.keys import BEST_FIRST, KEYED_SCHEMA, with_keys
from triage.tables.schema import CASE_SCHEMA

GROUPED_SCHEMA = pa.schema([("case_id", pa.string()), *KEYED_SCHEMA])

_MEMORY = "400MB"  # of the database; more makes it no faster
_THREADS = 2
_CHUNK = 16_384  # rows at a time

# An id is unsound where two messages have it that differ in text, and in author or time. Such a pair is there exactly when both
# differ somewhere among the messages that have the id.
_SOUND = """
create table unsound as
    select id from message where id is not null
    group by id having count(distinct text_digest) > 1 and count(distinct row(author, sent_at)) > 1;

create view sound as
    select message.* replace (case when unsound.id is null then message.id end as id)
    from message left join unsound on unsound.id = message.id;
"""
_BEST = ", ".join(f"{name} desc nulls last" for name in BEST_FIRST)
# Two messages are one where they share an id or a content (`triage.message.unique`): those that share neither are kept at once.
_UNDECIDED = f"""
create view compared as
    select row, id, judged, gravity, views, digest,
           case when id is null or (author is not null and sent_at is not null) then content_digest end as content
    from sound;

create table undecided as
    with repeated_ids as (select id from compared where id is not null group by id having count(*) > 1),
         repeated_contents as (select content from compared where content is not null group by content having count(*) > 1)
    select row, id, content, row_number() over (order by {_BEST}, digest, row) as rank
    from compared
    where id in (from repeated_ids) or content in (from repeated_contents);

create table doubles (row bigint);
"""
# Of the others the best is kept, what shares something with it is a double, and so on. A round does this for all messages at once
# that nothing better stands in the way of.
_ROUND = """
create or replace table best as
    with of_id as (select id, min(rank) as rank from undecided group by id),
         of_content as (select content, min(rank) as rank from undecided group by content)
    select row, id, content
    from undecided left join of_id using (id) left join of_content using (content)
    where (id is null or undecided.rank = of_id.rank) and (content is null or undecided.rank = of_content.rank);

delete from undecided where row in (select row from best);

insert into doubles
    select row from undecided
    where id in (select id from best where id is not null) or content in (select content from best where content is not null);

delete from undecided where row in (from doubles);
"""
_KEPT = """
create view kept as from sound anti join doubles using (row);

create table placed (row bigint, "case" bigint, kind varchar);
"""
_CROWDS = """
select row, target_key, sent_at, author_key, harmful
from kept
where matters and target_key is not null and (harmful or author_key is null)
order by target_key, sent_at nulls last, row
"""
# What came from nobody to nobody is a case by itself. An author has a case with all messages to a target where one that matters is
# outside the pile-ons.
_OTHERS = """
insert into placed
    select row, (select coalesce(max("case"), -1) from placed) + row_number() over (), 'message'
    from kept where matters and author_key is null and target_key is null;

insert into placed
    with pairs as (
        select distinct author_key, target_key
        from kept anti join (from placed where kind = 'burst') using (row)
        where matters and author_key is not null
    ),
    numbered as (select *, (select coalesce(max("case"), -1) from placed) + row_number() over () as "case" from pairs)
    select row, "case", 'author'
    from kept join numbered on numbered.author_key = kept.author_key and numbered.target_key is not distinct from kept.target_key;
"""
# What a case is named after; the last three are of messages that are a case by themselves.
_NAMED_AFTER = """
select "case", any_value(kind) as kind, any_value(author_key), any_value(target_key), min(sent_at) as began, any_value(target),
       any_value(case when kind = 'message' then id end), any_value(case when kind = 'message' then text end)
from placed join sound using (row) group by "case"
"""
# Cases that have the same name by accident are numbered in the order in which they begin.
_IDENTIFIED = """
create table identified as
    with counted as (select *, row_number() over (partition by name order by began nulls last, target nulls first) as place from named)
    select "case", case when place = 1 then name else name || '-' || place end as case_id from counted;
"""
_MESSAGES = 'select case_id, sound.* from identified join placed using ("case") join sound using (row)'
_UNSETTLED = f"""
select null::varchar as case_id, kept.* from kept
where not judged and (needs_review is distinct from false or len(model_flags) > 0)
order by gravity desc, greatest({", ".join(LABELS)}) desc nulls last, digest
"""
_RANKED = "from outcome order by severity desc, severity_high desc, case_id"


class Gathered:
    """Messages that were gathered into cases, and what became of the cases; made by `gather`.

    Args:
        connection: The database that holds them.
        folder: Where its files are.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection, self._folder = connection, folder

    def cases(self) -> Iterator[pa.RecordBatch]:
        """All messages that are in a case, with the columns of `GROUPED_SCHEMA`; those of one case stand together."""
        return _read(self._connection, f"{_MESSAGES} order by case_id, row", GROUPED_SCHEMA)

    def case(self, case_id: str) -> Iterator[pa.RecordBatch]:
        """The messages of one case; none where there is no such case."""
        return _read(self._connection, f"{_MESSAGES} where case_id = ? order by row", GROUPED_SCHEMA, [case_id])

    def unsettled(self) -> Iterator[pa.RecordBatch]:
        """The messages, in a case or not, that no person judged and that the model doubts or puts a flag on; the gravest first."""
        return _read(self._connection, _UNSETTLED, GROUPED_SCHEMA)

    def keep(self, outcomes: Iterable[pa.RecordBatch]) -> None:
        """Keep a row a case, with the columns of `CASE_SCHEMA`."""
        _spool(self._connection, "outcome", CASE_SCHEMA, self._folder, outcomes)

    def count(self) -> int:
        """How many rows were kept."""
        return _count(self._connection, "outcome")

    def ranked(self, most: int | None = None) -> Iterator[pa.RecordBatch]:
        """What was kept, the most severe first.

        Args:
            most: How many rows; None for all.
        """
        return _read(self._connection, _RANKED if most is None else f"{_RANKED} limit {most:d}", CASE_SCHEMA)


@contextmanager
def gather(messages: Iterable[pa.RecordBatch], rules: CaseRules, pile_on: PileOn) -> Iterator[Gathered]:
    """Gather scored messages into cases; see `triage.tables.cases` for what a case is.

    Args:
        messages: Scored messages, as `read_scored` gives them.
        rules: What cases.toml says.
        pile_on: How many authors within how many hours make a pile-on.

    Yields:
        The cases; they are gone afterwards.

    Raises:
        TriageError: if there is no room for the temporary files.
    """
    with tempfile.TemporaryDirectory(prefix="triage-") as folder, _room_in(folder), _connected(folder) as connection:
        _spool(connection, "message", KEYED_SCHEMA, Path(folder), _keyed(messages, rules))
        connection.execute(_SOUND + _UNDECIDED)
        while _count(connection, "undecided"):
            connection.execute(_ROUND)
        connection.execute(_KEPT)
        _place_crowds(connection, rules, pile_on)
        connection.execute(_OTHERS)
        _name_cases(connection)
        yield Gathered(connection, Path(folder))


def _connected(folder: str) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": _MEMORY,
        "temp_directory": folder,
        "threads": _THREADS,
        "preserve_insertion_order": False,
    }
    return duckdb.connect(config=settings)


def _keyed(messages: Iterable[pa.RecordBatch], rules: CaseRules) -> Iterator[pa.RecordBatch]:
    row = 0
    for batch in messages:
        yield with_keys(batch, row, rules)
        row += batch.num_rows


def _spool(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, folder: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Write wide rows to a file, where each step reads the columns it needs."""
    path = folder / f"{name}.parquet"
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
    connection.read_parquet(str(path)).create_view(name)


def _place_crowds(connection: duckdb.DuckDBPyConnection, rules: CaseRules, pile_on: PileOn) -> None:
    placed = place_crowds(map(Received._make, _rows(connection, _CROWDS)), pile_on, rules.unknown_author_hours)
    while part := list(islice(placed, _CHUNK)):
        _insert(connection, "placed", _columns(Placed._fields, part))


def _name_cases(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute('create table named ("case" bigint, name varchar, began bigint, target varchar)')
    named = map(_named, _rows(connection, _NAMED_AFTER))
    while part := list(islice(named, _CHUNK)):
        _insert(connection, "named", _columns(("case", "name", "began", "target"), part))
    connection.execute(_IDENTIFIED)


def _named(case: tuple[Any, ...]) -> tuple[int, str, int | None, str | None]:
    number, kind, author, target, began, said_to, id, text = case
    return number, case_name(kind, author, target, began, id, text), began, said_to


def _insert(connection: duckdb.DuckDBPyConnection, table: str, batch: pa.RecordBatch) -> None:
    connection.register("batch", pa.Table.from_batches([batch]))
    connection.execute(f"insert into {table} from batch")
    connection.unregister("batch")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    [count] = connection.execute(f"select count(*) from {table}").fetchall()[0]
    return int(count)


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as reading:  # it reads while the connection itself writes
        for batch in reading.sql(sql).to_arrow_reader(_CHUNK):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _read(
    connection: duckdb.DuckDBPyConnection, sql: str, schema: pa.Schema, parameters: list[str] | None = None
) -> Iterator[pa.RecordBatch]:
    with connection.cursor() as reading:
        for batch in reading.sql(sql, params=parameters).to_arrow_reader(_CHUNK):
            columns = [batch.column(field.name).cast(field.type) for field in schema]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _columns(names: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


@contextmanager
def _room_in(folder: str) -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException, OSError) as error:
        if isinstance(error, OSError) and not is_full(error):
            raise
        raise TriageError(
            f"There is no room left for the temporary files in {folder}: free some space, or set TMPDIR to another folder.",
            nl=f"Er is geen ruimte meer voor de tijdelijke bestanden in {folder}: maak ruimte, of zet TMPDIR op een andere map.",
        ) from None
