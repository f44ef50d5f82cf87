"""Records in, entities out, on Spark: prepared, blocked, compared, scored, decided and grouped as DuckDB does it."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import StructType

from resolution.identity.store import tables_of
from resolution.linking.model import Model
from resolution.matchers.terms import Matcher
from resolution.standalone.spark import tasks
from resolution.standalone.spark.components import components, written
from resolution.standalone.spark.tasks import Judge, Task

KEPT = StorageLevel.MEMORY_AND_DISK


@dataclass(frozen=True, slots=True)
class Resolved:
    """Frames of what was found: every compared pair, and every record (uid) with its entity's smallest record."""

    pairs: DataFrame
    """l, r, match_weight (null: too unlikely to be kept), block, veto, accepted."""
    entities: DataFrame
    """uid, entity."""


def judge_of(con: duckdb.DuckDBPyConnection, matcher: Matcher, model: Model) -> Judge:
    """What tasks need of a model that was trained on this connection."""
    return Judge(matcher, model, {name: con.sql(f"FROM {name}").to_arrow_table() for name in tables_of(matcher, model)})


def resolve(records: DataFrame, judge: Judge) -> Resolved:
    """Decide by a trained model which rows of `input_<kind>` (uid, source, the matcher's columns) are one entity."""
    matcher, filled = judge.matcher, judge.model.filled
    sent = _handed(records.sparkSession, judge)
    prepared = records.mapInArrow(tasks.prepared(sent), _shape(records, tasks.prepared(lambda: judge))).persist(KEPT)
    keys = through(prepared, tasks.keys(matcher, filled))
    pairs = _scored(prepared, candidates(keys, matcher), judge, sent).persist(KEPT)
    return Resolved(pairs, _entities(prepared, pairs, matcher))


def through(frame: DataFrame, task: Task) -> DataFrame:
    """The rows that a task makes of a frame's; it is tried on no rows here, to know their columns."""
    return frame.mapInArrow(task, _shape(frame, task))


def _shape(frame: DataFrame, task: Task) -> StructType:
    nothing = frame.limit(0).toArrow()
    made = next(iter(task(pa.RecordBatch.from_pylist([], nothing.schema) for _ in range(1))))
    return frame.sparkSession.createDataFrame(pa.Table.from_batches([made])).schema


def candidates(keys: DataFrame, matcher: Matcher) -> DataFrame:
    """Pairs (l, r, block) that share a key which not too many records hold: `blocking.candidate_pairs` in Spark."""
    caps = [block.cap for block in matcher.blocks]
    counts = keys.groupBy("key").agg(f.count("*").alias("n")).where(f.col("n").between(2, max(caps)))
    cap = f.element_at(f.array(*map(f.lit, caps)), f.col("block").cast("int") + 1)
    open_ = keys.join(counts, "key").where(f.col("n") <= cap)  # so no list below is longer than a cap
    held = open_.groupBy("key").agg(
        f.sort_array(f.collect_list("unique_id")).alias("ids"), f.min("block").alias("block")
    )
    first = held.select("block", "ids", f.posexplode("ids").alias("place", "l"))
    later = f.slice("ids", f.col("place") + 2, f.size("ids"))
    met = first.select("l", f.explode(later).alias("r"), "block")
    return met.groupBy("l", "r").agg(f.min("block").cast("string").alias("block"))


def _scored(prepared: DataFrame, pairs: DataFrame, judge: Judge, sent: Callable[[], Judge]) -> DataFrame:
    record = f.struct(*prepared.columns)
    left = prepared.select(f.col("unique_id").alias("l"), record.alias("left"))
    right = prepared.select(f.col("unique_id").alias("r"), record.alias("right"))
    both = pairs.join(left, "l").join(right, "r")
    shape = _shape(both, tasks.scored(lambda: judge))
    return both.mapInArrow(tasks.scored(sent), shape)


def _handed(spark: SparkSession, judge: Judge) -> Callable[[], Judge]:
    """The judge as every node has it, once."""
    sent = spark.sparkContext.broadcast(judge)
    return lambda: sent.value


def _entities(prepared: DataFrame, pairs: DataFrame, matcher: Matcher) -> DataFrame:
    """Average linkage inside each component of accepted pairs, over all the pairs in it that were compared."""
    members = written(components(pairs.where("accepted").select("l", "r")))
    sizes = members.groupBy("component").count()
    large = members.join(sizes.where("count > 2").select("component"), "component")
    left = large.select("component", f.col("uid").alias("l"))
    right = large.select("component", f.col("uid").alias("r"))
    inside = pairs.join(left, "l").join(right, ["component", "r"])
    parts = inside.groupBy("component").applyInArrow(tasks.split(matcher), "uid string, entity string")
    twos = members.join(sizes.where("count = 2"), "component").select("uid", f.col("component").alias("entity"))
    found = parts.unionByName(twos)
    every = prepared.select(f.col("unique_id").alias("uid"))
    return every.join(found, "uid", "left").select("uid", f.coalesce("entity", "uid").alias("entity"))
