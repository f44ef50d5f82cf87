"""A Spark to work on: one inside this machine unless a master is named."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from pyspark.errors import PySparkRuntimeError
from pyspark.sql import SparkSession

from kg.errors import ServerError

INSIDE = "local[*]"
"""All cores of this machine."""

LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
"""A Spark inside this machine talks to nobody outside it."""

OURS = {
    "spark.app.name": "dealgraph resolve",
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "50000",
    "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning": "true",
}
"""Moments are UTC without a zone, as DuckDB keeps them. A batch is what one task holds in memory; to begin one costs
DuckDB as much as some thousand pairs, so what is kept may be put together into fewer partitions too."""


@contextmanager
def session(master: str = INSIDE, conf: Mapping[str, str] = MappingProxyType({})) -> Iterator[SparkSession]:
    """The session that this process has, else one on `master` that ends with the block.

    What `conf` and Spark's own spark-defaults.conf say goes along. Raises ServerError when no Java starts.
    """
    if running := SparkSession.getActiveSession():
        yield running
        return
    spark = _started(master, conf)
    try:
        yield spark
    finally:
        spark.stop()


def _started(master: str, conf: Mapping[str, str]) -> SparkSession:
    inside = master.startswith("local")
    builder = SparkSession.builder.master(master)
    for name, value in {**OURS, **(LOCAL if inside else {}), **conf}.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except PySparkRuntimeError as error:
        if error.getCondition() != "JAVA_GATEWAY_EXITED":
            raise
        raise ServerError(
            "Spark needs Java 17 or 21 and found none that starts: install one (Debian: apt install "
            "openjdk-17-jre-headless), or name its folder in JAVA_HOME"
        ) from error
    if inside:
        spark.sparkContext.pythonExec = sys.executable  # the tasks need what is installed beside this Python
    return spark
