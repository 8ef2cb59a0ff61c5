"""The two stages over a Spark DataFrame: messages scored, cases assessed, each row as on one machine.

Only DataFrames go in and out, nothing of the session is changed, and every step depends on values alone: not on the order of rows or on
how they are partitioned. So what a lost worker did can be done again elsewhere. The workers need `triage` in their Python; the README
shows how it gets there.

What belongs together comes together by these keys. Doubles: the id, and a digest of text, author, target and time. Pile-ons and messages
without an author: the target. The messages of one author: author and target. A case: its kind and its first message.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window, WindowSpec
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
from pyspark.sql.types import StructField, StructType

from triage.policy import Rules, load_rules
from triage.severity import Weights, load_weights
from triage.severity.weights import PileOn
from triage.tables import stages
from triage.tables.cases import CaseRules, load_case_rules
from triage.tables.corrections import Corrections, corrections_in
from triage.tables.keys import BEST_FIRST
from triage.tables.look import Look
from triage.tables.messages import Plan
from triage.tables.schema import CASE_SCHEMA, MESSAGE_SCHEMA, MODEL_SCHEMA, OURS, distinct
from triage.tables.scored import SCORED_SCHEMA, check_scored

_KEPT = ("digest", "id", "sent_at", "author_key", "target_key", "harmful", "matters")
_COMPARED = (*_KEPT, "text_digest", "content_digest", "author", *BEST_FIRST)


def score_frame(df: DataFrame, model: str | None = None, mapping: Mapping[str, str] | None = None) -> DataFrame:
    """Score every row of a DataFrame, as `score_table` does with a table in memory.

    It is lazy, but for a look at the columns with times and labels where these are text.

    Args:
        df: Messages, with a column of text; Dutch and English column names are found by themselves.
        model: Folder or hub name, as the workers know it; None for the embedded model. Each Python worker loads it once, with one thread.
        mapping: Field -> column, where they are not found.

    Returns:
        The original columns, the message columns and the model columns; see `triage.tables.schema`. A value that cannot be read is null
        in its message column and stays in the original one. An original column whose name differs from one of these in capitals only
        is called `original_` and its name, as Spark does not tell them apart.

    Raises:
        InputError: if no column holds text, or the mapping names what does not exist.

    Warns:
        UserWarning: where dates may be meant otherwise, or a column of labels was passed over.
    """
    df = df.toDF(*distinct(df.columns, str.casefold))
    look = Look(df.columns, mapping)
    _look_at(df, look, mapping)
    for notice in look.notices():
        warnings.warn(notice.en, stacklevel=2)
    plan = _told_apart(look.plan(to_arrow_schema(df.schema)))
    kept = [StructField(new, df.schema[name].dataType) for name, new in plan.originals.items()]
    found = from_arrow_schema(pa.schema([*MESSAGE_SCHEMA, *MODEL_SCHEMA]))
    return df.mapInArrow(partial(stages.scored, plan=plan, model=model), StructType([*kept, *found]))


def read_corrections(files: Path | str | Sequence[Path | str], scored: DataFrame) -> Corrections:
    """Read files of corrections, as `triage.tables.read_corrections` does; of the messages only those that they name come here.

    Args:
        files: Tables with ids and labels, on this machine.
        scored: What `score_frame` or `triage score` made.

    Raises:
        InputError: if a file cannot be read, has no such columns, or the rows were not scored.
    """

    def messages(keys: Collection[str]) -> Iterator[pa.RecordBatch]:
        rows = _scored_columns(scored).mapInArrow(partial(stages.named, keys=frozenset(keys)), from_arrow_schema(SCORED_SCHEMA))
        return stages.typed(rows.toArrow().to_batches())

    return corrections_in(files, messages)


def assess_frame(
    scored: DataFrame,
    jurisdiction: str = "nl",
    rules: Rules | None = None,
    weights: Weights | None = None,
    corrections: Corrections | None = None,
) -> DataFrame:
    """Gather scored messages into cases and assess each, as `assess_table` does with a table in memory.

    It is lazy, and reads `scored` more than once: write that to files or persist it first.

    Args:
        scored: What `score_frame` or `triage score` made.
        jurisdiction: "nl" or "be"; ignored where `rules` are given.
        rules: Rules of your own instead of the packaged ones.
        weights: Weights of your own instead of the packaged ones.
        corrections: What a person judged otherwise (`read_corrections`); they travel to every worker.

    Returns:
        A row a case with the columns of `CASE_SCHEMA`, the most severe first.

    Raises:
        InputError: if the rows were not scored.
    """
    case_rules, weights = load_case_rules(), weights or load_weights()
    by = stages.packed(rules or load_rules(jurisdiction), weights)
    keyed = partial(stages.keyed, rules=case_rules, corrections=corrections)
    messages = _scored_columns(scored).mapInArrow(keyed, from_arrow_schema(stages.MESSAGES_SCHEMA))
    messages = messages.repartition("digest").distinct()
    members = _members(_without_doubles(messages), case_rules, weights.pile_on)
    grouped = messages.drop("id").join(members, "digest").select("case_id", *messages.columns)
    cases = _together(grouped, "case_id", F.asc("digest")).mapInArrow(
        partial(stages.assessed, by=by), from_arrow_schema(stages.NAMED_SCHEMA)
    )
    return _numbered(cases).select(*CASE_SCHEMA.names).orderBy(F.desc("severity"), F.desc("severity_high"), "case_id")


def _scored_columns(scored: DataFrame) -> DataFrame:
    check_scored(scored.columns)
    ours = [name for name in SCORED_SCHEMA.names if name in scored.columns]
    # Spark takes `Platform` and `platform` for one name.
    return scored.toDF(*(name if name in ours else f"other_{place}" for place, name in enumerate(scored.columns))).select(*ours)


def _look_at(df: DataFrame, look: Look, mapping: Mapping[str, str] | None) -> None:
    """Let `look` see all values, where they can tell it something."""
    if any(df.schema[name].dataType.typeName() in ("string", "array") for name in look.columns):
        unseen = Look(df.columns, mapping)
        signs = df.select(*look.columns).mapInArrow(partial(stages.signs, look=unseen), from_arrow_schema(stages.SIGNS_SCHEMA))
        look.learn(row.sign for row in signs.distinct().collect())


def _told_apart(plan: Plan) -> Plan:
    """The plan with other names for the originals that differ from our names in capitals only."""
    ours = {name.casefold() for name in OURS}
    originals = {name: f"original_{new}" if new.casefold() in ours else new for name, new in plan.originals.items()}
    return msgspec.structs.replace(plan, originals=originals)


def _without_doubles(messages: DataFrame) -> DataFrame:
    """Of messages that share an id or a content only the best, in the few columns that place them; see `triage.tables.grouping`.

    An id that stands for different messages does not count. What is the best both by its id and by its content is kept, and what
    shares one of them with such a message is a double. That settles nearly all; what is left (messages that were edited and came under
    different ids) goes through one worker, from the best to the worst.
    """
    alone = F.hex("digest")
    same_id, same_content = Window.partitionBy("same_id"), Window.partitionBy("same_content")
    best_first = [*(F.desc_nulls_last(name) for name in BEST_FIRST), F.asc("digest")]
    known = F.col("id").isNull() | (F.col("author").isNotNull() & F.col("sent_at").isNotNull())
    compared = (
        messages.select(*_COMPARED)
        .withColumn("same_id", F.coalesce("id", alone))
        .withColumn("origin", F.to_json(F.struct("author", "sent_at")))
        .withColumn("unsound", _differs("text_digest", same_id) & _differs("origin", same_id))
        .withColumn("best", F.col("unsound") | (F.row_number().over(same_id.orderBy(*best_first)) == 1))
        .withColumn("id", F.when(~F.col("unsound"), F.col("id")))
        .withColumn("content", F.when(known, F.col("content_digest")))
        .withColumn("same_content", F.coalesce("content", "digest"))
        .withColumn("best", F.col("best") & (F.row_number().over(same_content.orderBy(*best_first)) == 1))
        .withColumn("double", ~F.col("best") & F.max("best").over(same_content))
        .withColumn("same_id", F.coalesce("id", alone))
        .withColumn("double", F.col("double") | (~F.col("best") & F.max("best").over(same_id)))
        .filter(~F.col("double"))
    )
    kept = compared.repartition(F.when(F.col("best"), F.col("digest"))).sortWithinPartitions(*best_first)
    return kept.select("content", *_KEPT).mapInArrow(stages.without_doubles, kept.select(*_KEPT).schema)


def _differs(column: str, among: WindowSpec) -> Column:
    return F.min(column).over(among) != F.max(column).over(among)


def _members(kept: DataFrame, rules: CaseRules, pile_on: PileOn) -> DataFrame:
    """Digest and id of each message, and the name of its case in `case_id`: a row a case; see `triage.tables.cases`."""
    nobody, no_target = F.col("author_key").isNull(), F.col("target_key").isNull()
    crowded = kept.filter(F.col("matters") & ~no_target & (F.col("harmful") | nobody))
    crowded = _together(crowded.select(*stages.CROWDED), "target_key", F.asc_nulls_last("sent_at"), F.asc("digest"))
    place = partial(stages.placed, pile_on=pile_on, unknown_author_hours=rules.unknown_author_hours)
    placed = kept.join(crowded.mapInArrow(place, from_arrow_schema(stages.PLACED_SCHEMA)), "digest", "left")
    pair = Window.partitionBy("sender", "target_key")
    named = (
        placed.withColumn("sender", F.coalesce("author_key", F.hex("digest")))
        .withColumn("goes_on", ~nobody & F.max(F.col("matters") & F.col("crowd").isNull()).over(pair))
        .withColumn("by_author", F.when(F.col("goes_on"), _case("author", F.min("digest").over(pair))))
        .withColumn("alone", F.when(nobody & no_target & F.col("matters"), _case("message", F.col("digest"))))
    )
    return named.select("digest", "id", F.explode(F.array_compact(F.array("crowd", "by_author", "alone"))).alias("case_id"))


def _numbered(cases: DataFrame) -> DataFrame:
    """Cases that have the same name by accident are numbered in the order in which they begin."""
    same_name = Window.partitionBy("case_id").orderBy(F.asc_nulls_last("began"), F.asc_nulls_first("target"))
    numbered = cases.withColumn("place", F.row_number().over(same_name))
    name = F.when(F.col("place") == 1, F.col("case_id")).otherwise(F.concat_ws("-", "case_id", "place"))
    return numbered.withColumn("case_id", name)


def _together(rows: DataFrame, key: str, *order: Column) -> DataFrame:
    """The rows of one key in one partition, one after the other and in order."""
    return rows.repartition(key).sortWithinPartitions(key, *order)


def _case(kind: str, first: Column) -> Column:
    return F.concat_ws(" ", F.lit(kind), F.lower(F.hex(first)))
