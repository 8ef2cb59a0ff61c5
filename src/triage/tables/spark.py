"""The same two stages over a Spark DataFrame: messages scored, cases assessed, each row as on one machine.

Only DataFrames go in and out, and nothing is done to the session. The workers need `triage` in their Python; the README shows how it
gets there. Scoring is lazy, but for a look at the columns with times and labels where these are text.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructField, StructType

from triage.tables.batches import plainly_named, score_rows
from triage.tables.look import Look
from triage.tables.memory import Memory
from triage.tables.messages import Plan
from triage.tables.schema import MESSAGE_SCHEMA, MODEL_SCHEMA, OURS, distinct

OnPartition = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]

_SIGNS = pa.schema([("sign", pa.string())])


def score_frame(df: DataFrame, model: str | None = None, mapping: Mapping[str, str] | None = None) -> DataFrame:
    """Score every row of a DataFrame, as `score_table` does with a table in memory.

    Args:
        df: Messages, with a column of text; Dutch and English column names are found by themselves.
        model: Folder or hub name, as the workers know it; None for the embedded model. Each Python worker loads it once, with one thread.
        mapping: Field -> column, where they are not found.

    Returns:
        The original columns, the message columns and the model columns; see `triage.tables.schema`. A value that cannot be read is null
        in its message column and stays in the original one, which is called `original_` and its name where Spark takes both for the same.

    Raises:
        InputError: if no column holds text, or the mapping names what does not exist.

    Warns:
        UserWarning: where dates may be meant otherwise, or a column of labels was passed over.
    """
    df = df.toDF(*distinct(df.columns))
    look = Look(df.columns, mapping)
    _look_at(df, look, mapping)
    for notice in look.notices():
        warnings.warn(notice.en, stacklevel=2)
    plan = _told_apart(look.plan(to_arrow_schema(df.schema)))
    kept = [StructField(new, df.schema[name].dataType) for name, new in plan.originals.items()]
    return df.mapInArrow(_scorer(plan, model), StructType([*kept, *from_arrow_schema(pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA]))]))


def _look_at(df: DataFrame, look: Look, mapping: Mapping[str, str] | None) -> None:
    """Let `look` see all values, where they can tell it something."""
    textual = [name for name in look.columns if df.schema[name].dataType.typeName() in ("string", "array")]
    if textual:
        names = df.columns

        def signs(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            own = Look(names, mapping)
            for batch in batches:
                own.see(plainly_named(batch))
            yield pa.RecordBatch.from_pydict({"sign": sorted(own.signs)}, _SIGNS)

        found = df.select(*look.columns).mapInArrow(signs, from_arrow_schema(_SIGNS)).distinct().collect()
        look.learn(row.sign for row in found)


def _told_apart(plan: Plan) -> Plan:
    """The plan with other names for the originals that differ from our names in capitals only: Spark does not tell those apart."""
    ours = {name.casefold() for name in OURS}
    originals = {name: f"original_{new}" if new.casefold() in ours else new for name, new in plan.originals.items()}
    return msgspec.structs.replace(plan, originals=originals)


def _scorer(plan: Plan, model: str | None) -> OnPartition:
    def score(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        memory = Memory()
        for batch in batches:
            yield score_rows(batch, plan, model, memory)

    return score
