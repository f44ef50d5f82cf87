"""Where the entities of a file are found: DuckDB on this machine, or Spark, which may be many. The same matchers."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kg.errors import ConfigurationError, InputError
from resolution.fit.settings import Settings
from resolution.standalone.evaluate import Tell
from resolution.standalone.evaluate import predict as on_this_machine

BACKENDS = ("duckdb", "spark")


def predict(
    records: str,
    kind: str,
    out: str,
    *,
    backend: str = "duckdb",
    fit: bool = False,
    settings: Settings | None = None,
    master: str | None = None,
    conf: Mapping[str, str] = MappingProxyType({}),
    sample: int | None = None,
    tell: Tell = lambda _: None,
    answers: Path | None = None,
) -> dict[str, int]:
    """Write record_id, entity_id for each row of a file; `master`, `conf` and `sample` are for Spark alone.

    Raises InputError for a backend or a mixture of options that there is not, ConfigurationError without pyspark.
    """
    if backend not in BACKENDS:
        raise InputError(f"backend {backend!r} is not one of {', '.join(BACKENDS)}")
    if backend == "duckdb":
        if master is not None or conf or sample is not None:
            raise InputError("a master, Spark's settings and a sample are for Spark: add --backend spark")
        return on_this_machine(records, kind, fit, out, settings, tell, answers)
    if fit or settings:
        raise InputError("Spark runs the built-in matchers: leave out --fit and --settings, or use --backend duckdb")
    if answers:
        raise InputError("answers are taken on this machine alone: leave out --answers, or use --backend duckdb")
    try:
        from resolution.standalone.spark import predict as on_spark
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "pyspark":
            raise
        raise ConfigurationError("pyspark is not installed: pip install 'dealgraph[spark]'") from error
    return on_spark.predict(records, kind, out, on_spark.Cluster(master, conf, sample))
