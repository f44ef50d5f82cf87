"""`dealgraph resolve predict --backend spark`: a file that need not fit into one machine, by the built-in matchers."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f
from pyspark.sql.types import StringType, StructField, StructType

from kg.errors import InputError
from resolution.database.connection import connect
from resolution.normalise import macros
from resolution.standalone.evaluate import link_part
from resolution.standalone.load import NULLS, PARQUET, plain_names
from resolution.standalone.parts import KINDS, parts_of
from resolution.standalone.spark import tasks
from resolution.standalone.spark.partition import KEPT, judge_of, resolve, through
from resolution.standalone.spark.session import INSIDE, session

SAMPLE = 1_000_000
"""So many records DuckDB trains on within two gigabytes."""
SEPARATORS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Which Spark works (None: this machine), its settings, and how many records train the model (None: SAMPLE)."""

    master: str | None = None
    conf: Mapping[str, str] = field(default_factory=dict)
    sample: int | None = None


def predict(records: str, kind: str, out: str, cluster: Cluster) -> dict[str, int]:
    """Write record_id, entity_id for each row of a file or folder (CSV, TSV, Parquet; any address that Spark reads).

    The rows stand in the file's order in one CSV on this machine, or, where `out` is an address (hdfs://…), in a
    folder that the executors write. Entity ids are E1, E2, … by first row.

    Raises InputError when there is no such file, no column record_id, or no column that can be compared.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is not one of {', '.join(KINDS)}")
    if "://" not in records and not Path(records).exists():
        raise InputError(f"{records} is not there: name a CSV or Parquet file, or a folder of such, with a record_id")
    nulls = () if _parquet(records) else NULLS
    with session(cluster.master or INSIDE, cluster.conf) as spark:
        rows = _numbered(spark, records).persist(KEPT)
        named = _named(rows, _found(rows, kind, nulls, cluster.sample or SAMPLE)).persist(KEPT)
        if "://" in out:
            named.drop("row_no").write.option("header", True).csv(out)
        else:
            _write(named, Path(out))
        told = named.agg(f.count("*"), f.count_distinct("entity_id")).first()
        return {"records": told[0], "entities": told[1]} if told else {}


def _parquet(records: str) -> bool:
    return records.rstrip("/").endswith(PARQUET)


def _numbered(spark: SparkSession, records: str) -> DataFrame:
    """The rows of a file, numbered from 1 in `row_no`, its columns under plain names."""
    try:
        read = _read(spark, records)
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        raise InputError(f"{records} is not there: name a file or folder that every executor can read") from error
    names = plain_names(read.columns, records)
    numbered = read.toDF(*names).zipWithIndex("row_no").select((f.col("row_no") + 1).alias("row_no"), *names)
    return numbered.hint("rebalance")  # one file may have been read by one task


def _read(spark: SparkSession, records: str) -> DataFrame:
    if _parquet(records):
        return spark.read.parquet(records)
    first = spark.read.text(records).first()
    header = first[0] if first else ""
    separator = max(SEPARATORS, key=header.count)
    columns = next(csv.reader([header], delimiter=separator), [])
    # A value may hold a line break, so one task reads a file from end to end (several files, several tasks).
    shape = StructType([StructField(f"{name} {number}", StringType()) for number, name in enumerate(columns)])
    lines = spark.read.schema(shape).csv(
        records, header=True, sep=separator, quote='"', escape='"', multiLine=True, enforceSchema=True
    )
    return lines.toDF(*columns)


def _found(rows: DataFrame, kind: str, nulls: tuple[str, ...], most: int) -> DataFrame:
    """uid, entity of the rows of each part of the file."""
    columns = [name for name in rows.columns if name != "row_no"]
    con = connect()
    try:
        macros.install(con)
        con.register("sampled", sample(rows, most).toArrow())
        con.execute(f"CREATE TABLE file AS SELECT row_no, {tasks.texts(columns, nulls)} FROM sampled")
        con.unregister("sampled")
        parts = [_part(rows, con, columns, part, where, nulls) for part, where in parts_of(con, columns, kind)]
    finally:
        con.close()
    found = parts[0]
    for part in parts[1:]:
        found = found.unionByName(part)
    return found


def sample(rows: DataFrame, most: int) -> DataFrame:
    """An even sample of about `most` rows, the same each time; all rows where there are no more."""
    count = rows.count()
    return rows if count <= most else rows.where(f.pmod(f.xxhash64("row_no"), f.lit(count)) < most)


def _part(
    rows: DataFrame, con: duckdb.DuckDBPyConnection, columns: list[str], kind: str, where: str, nulls: tuple[str, ...]
) -> DataFrame:
    """uid, entity of a part of the file, by a model trained on the sample."""
    linked = link_part(con, columns, kind, where, fit=False)
    records = through(rows, tasks.read_rows(columns, kind, where, nulls))
    if linked is None or linked.model is None:
        return records.select("uid", f.col("uid").alias("entity"))
    return resolve(records, judge_of(con, linked.matcher, linked.model)).entities


def _named(rows: DataFrame, found: DataFrame) -> DataFrame:
    """row_no, record_id, entity_id in the order of the rows."""
    number = f.substring_index("uid", ":", -1).cast("long")
    first = f.substring_index("entity", ":", -1).cast("long")
    of_row = found.select(number.alias("row_no"), first.alias("first"))
    every = rows.select("row_no", "record_id").join(of_row, "row_no", "left")
    every = every.withColumn("first", f.coalesce("first", "row_no")).persist(KEPT)
    founders = every.where("first = row_no").select("first").orderBy("first").zipWithIndex("place")
    ids = founders.select("first", f.concat(f.lit("E"), (f.col("place") + 1).cast("string")).alias("entity_id"))
    return every.join(ids, "first").select("row_no", "record_id", "entity_id").orderBy("row_no")


def _write(named: DataFrame, out: Path) -> None:
    with out.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines)
        writer.writerow(("record_id", "entity_id"))
        for row in named.drop("row_no").toLocalIterator():
            writer.writerow(row)
