"""Pairs of records that may be one entity, scored by Splink 5 on DuckDB.

A matcher says what to compare; this file puts it through Splink. Training takes no labels: u by random sampling, m by
expectation maximisation over several blocks (Winkler 1988; Splink's defaults), seeds fixed and figures rounded to six
digits so that two runs agree bit for bit. `match_weight` of a pair is the model's prior
plus its `mw_*` columns, in log2.
"""

import logging
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import SplinkException

from kg.progress import Progress
from resolution.database.connection import rows_in, text_sql
from resolution.database.lookup import FEW, picked
from resolution.linking.blocking import part_sql, parts_of, shared_pairs
from resolution.linking.model import Model, frequency_columns, usable, weight_sql
from resolution.matchers.terms import Comparison, Matcher

logging.getLogger("splink").setLevel(logging.ERROR)  # levels that no pair met are expected, and settled in `_settled`

SEED = 1
U_PAIRS = 250_000
U_CHUNKS = 1
"""So few pairs are counted in one go: Splink's ten parts would cost more in queries than an early stop saves."""
EM_PAIRS = 200_000
MIN_TRAINING_PAIRS = 20
PSEUDO_MATCHES = 8.0


def _comparison(comparison: Comparison) -> dict[str, Any]:
    exact = {level.sql for level in comparison.levels}
    levels: list[dict[str, Any]] = [
        {"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for level in comparison.levels:
        entry: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.label}
        if level.tf:
            entry["tf_adjustment_column"] = level.tf
            entry["tf_adjustment_weight"] = 1.0
            if f"{level.tf}_l = {level.tf}_r" not in exact:
                entry["disable_tf_exact_match_detection"] = True
        if level.u is not None:
            entry |= {
                "m_probability": level.m,
                "u_probability": level.u,
                "fix_m_probability": True,
                "fix_u_probability": True,
            }
        levels.append(entry)
    levels.append({"sql_condition": "ELSE", "label_for_charts": comparison.otherwise})
    return {
        "output_column_name": comparison.name,
        "comparison_description": comparison.about,
        "comparison_levels": levels,
    }


def splink_settings(comparisons: tuple[Comparison, ...]) -> dict[str, Any]:
    """What Splink is given for these comparisons."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "comparisons": [_comparison(c) for c in comparisons],
        "blocking_rules_to_generate_predictions": [block_on("unique_id")],
        "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": True,
        "linker_uid": "dealgraph",
    }


def train(
    con: duckdb.DuckDBPyConnection,
    matcher: Matcher,
    filled: frozenset[str],
    table: str,
    progress: Progress | None = None,
) -> Model | None:
    """Learn a model for the records of a prepared table; None when there are no two records or nothing to compare."""
    comparisons = usable(matcher, filled)
    records = rows_in(con, f"FROM {table}")
    if records < 2 or not comparisons:
        return None
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(table), splink_settings(comparisons), log_level=None, validate_settings=False)
    _estimate_prior(con, matcher, table, filled, linker, records)
    linker.training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=SEED, num_chunks=U_CHUNKS)
    for number, columns in enumerate(matcher.training):
        if progress:
            progress(
                number,
                len(matcher.training),
                f"learning {matcher.kind} from records with the same {' and '.join(columns)}",
            )
        if not set(columns) <= filled or shared_pairs(con, table, columns) < MIN_TRAINING_PAIRS:
            continue
        before = linker._settings_obj.core_model_settings.copy()  # type: ignore[no-untyped-call]
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*columns),
                estimate_without_term_frequencies=True,
                max_pairs=EM_PAIRS,
                record_sample_proportion=1.0,
            )
        except (SplinkException, ValueError):
            # No pairs left in this block, or a share that underflows: undo the half-done session, other blocks teach.
            linker._settings_obj.core_model_settings = before
    settings = _settled(linker.misc.save_model_to_json(), matcher, comparisons, records)
    linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
    prior = float(settings["probability_two_random_records_match"])
    return Model(matcher.kind, settings, math.log2(prior / (1 - prior)), comparisons, filled, matcher.keep_from)


def _estimate_prior(
    con: duckdb.DuckDBPyConnection, matcher: Matcher, table: str, filled: frozenset[str], linker: Linker, records: int
) -> None:
    rules = [columns for columns in matcher.sure if set(columns) <= filled]
    found = sum(shared_pairs(con, table, columns) for columns in rules)
    if found:
        blocks: list[Any] = [block_on(*columns) for columns in rules]
        try:
            linker.training.estimate_probability_two_random_records_match(blocks, recall=matcher.sure_recall)
        except ValueError:  # they find more than such a part of all can be: so they find all
            linker.training.estimate_probability_two_random_records_match(blocks, recall=1.0)
    else:
        linker._settings_obj._probability_two_random_records_match = min(0.5, 0.2 / records)


def _settled(
    raw: dict[str, Any], matcher: Matcher, comparisons: tuple[Comparison, ...], records: int
) -> dict[str, Any]:
    """Make a trained model whole: u without the true matches among random pairs, m shrunk to the declared shares.

    Random pairs are a mixture: share λ of them are matches, so u = (u_random - λ m) / (1 - λ), kept above a tenth of
    u_random. To meet no level never speaks for a match, however few random pairs did so. Figures are rounded.
    """
    prior = min(max(float(raw["probability_two_random_records_match"]), 1e-12), 0.5)
    raw["probability_two_random_records_match"] = float(f"{prior:.6g}")
    pairs = records * (records - 1) / 2
    matches = prior * pairs
    floor = max(0.5 / min(pairs, U_PAIRS), 1e-9)
    by_name = {entry["output_column_name"]: entry for entry in raw["comparisons"]}
    raw["comparisons"] = [by_name[declared.name] for declared in comparisons]  # Splink keeps no order
    for entry, declared in zip(raw["comparisons"], comparisons, strict=True):
        levels = [level for level in entry["comparison_levels"] if not level.get("is_null_level")]
        shares = [*(level.m for level in declared.levels), declared.otherwise_m]
        total = sum(shares)
        fixed = [*(level.u is not None for level in declared.levels), False]
        for level, share, keep in zip(levels, shares, fixed, strict=True):
            if keep:
                continue
            m, u = level.get("m_probability"), level.get("u_probability")
            expected = share / total
            m = (
                expected
                if not isinstance(m, float)
                else (m * matches + expected * PSEUDO_MATCHES) / (matches + PSEUDO_MATCHES)
            )
            u = floor if not isinstance(u, float) else u
            u = max((u - prior * m) / (1 - prior), 0.1 * u, floor, m if level is levels[-1] else 0.0)
            level["m_probability"], level["u_probability"] = (
                float(f"{min(max(m, 1e-5), 1):.6g}"),
                float(f"{min(u, 1):.6g}"),
            )
    raw["linker_uid"] = "dealgraph"
    raw["blocking_rules_to_generate_predictions"] = []
    return raw


def score(
    con: duckdb.DuckDBPyConnection, model: Model, table: str, pairs: str, into: str, *, keep_from: float | None = None
) -> int:
    """Score the candidate pairs of a prepared table into table `into`; returns how many were kept.

    How frequent values are is read from the model's frequency tables; a value that they lack is as rare as any there.
    Pairs that `candidate_pairs` wrote in parts are scored part by part, so that memory holds two parts of the records.

    Columns: l, r, match_weight, probability, block, and for each comparison `level_<name>` (the label met),
    `mw_<name>` (its weight) and, where a frequency adjusts it, `mw_tf_adj_<name>`.
    """
    columns = _compared(con, model, table)
    scoring = _scoring(con, model, table, columns, model.keep_from if keep_from is None else keep_from)
    select = f"SELECT {', '.join(_kept(model, scoring.names))} FROM ({scoring.sql})"
    parts = parts_of(con, pairs)
    for part in range(parts):
        _weighable(con, model, columns, table, part, parts)
    for part in range(parts * parts):
        some = f"(FROM {pairs} WHERE part = {part})" if parts > 1 else pairs
        sql = select.replace(PAIRS, some)
        sql = sql.replace(LEFT, f"weighable_{part // parts}").replace(RIGHT, f"weighable_{part % parts}")
        con.execute(f"INSERT INTO {into} {sql}" if part else f"CREATE OR REPLACE TABLE {into} AS {sql}")
    for part in range(parts):
        con.execute(f"DROP TABLE weighable_{part}")
    return rows_in(con, f"FROM {into}")


def _kept(model: Model, names: Sequence[str]) -> list[str]:
    """What is kept of a scored pair, as SQL over what Splink gives."""
    columns = [
        "unique_id_l AS l",
        "unique_id_r AS r",
        f"{weight_sql(model, names)} AS match_weight",
        "1 / (1 + pow(2, -match_weight)) AS probability",
        "match_key AS block",
    ]
    for comparison in model.comparisons:
        labels = [*(level.label for level in comparison.levels), comparison.otherwise]
        whens = " ".join(f"WHEN {len(labels) - 1 - i} THEN {text_sql(label)}" for i, label in enumerate(labels))
        columns.append(f"CASE gamma_{comparison.name} {whens} ELSE 'missing' END AS level_{comparison.name}")
        columns += [n for n in (f"mw_{comparison.name}", f"mw_tf_adj_{comparison.name}") if n in names]
    return columns


def _compared(con: duckdb.DuckDBPyConnection, model: Model, table: str) -> tuple[str, ...]:
    """The columns of a prepared table that the model reads: a fraction of them, and memory is what limits."""
    said = " ".join(sql for c in model.comparisons for sql in (c.missing, *(level.sql for level in c.levels)))
    read = {*re.findall(r"\b(\w+)_[lr]\b", said), *frequency_columns(model)}
    return tuple(name for (name, *_) in con.execute(f"DESCRIBE {table}").fetchall() if name in read)


def _weighable(
    con: duckdb.DuckDBPyConnection, model: Model, columns: Sequence[str], table: str, part: int, parts: int
) -> None:
    """Make `weighable_<part>`: the records of a part with what is compared, and how frequent their values are."""
    select, joins = ["t.unique_id", *(f"t.{name}" for name in columns)], []
    few = con.execute(f"SELECT count(*) <= {FEW} FROM {table}").fetchall()[0][0]
    named = frequency_columns(model)
    least = dict(con.execute(f"FROM rarest_{model.kind}").fetchall()) if named else {}
    for name in named:
        counted = f"frequency_{model.kind}_{name}"
        held = picked(con, counted, name, f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL")
        source = f"({held})" if few else counted
        rarest = "NULL" if least[name] is None else f"({least[name]!r})::DOUBLE"
        select.append(f"CASE WHEN t.{name} IS NOT NULL THEN coalesce({counted}.tf_{name}, {rarest}) END AS tf_{name}")
        joins.append(f"LEFT JOIN {source} AS {counted} ON {counted}.{name} = t.{name}")
    where = f"WHERE {part_sql('t.unique_id', parts)} = {part}" if parts > 1 else ""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE weighable_{part} AS SELECT {', '.join(select)} FROM {table} t "
        f"{' '.join(joins)} {where}"
    )


class _Recorder(DuckDBAPI):
    """Splink's way to DuckDB, which writes down the tables that Splink has made instead of making the last of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection=con)
        self.made: list[str] = []

    def _execute_sql_against_backend(self, final_sql: str) -> duckdb.DuckDBPyRelation:
        if final_sql.startswith("CREATE TABLE "):
            self.made.append(final_sql)
            final_sql = f"{final_sql.rstrip().rstrip(';')} LIMIT 0"
        return super()._execute_sql_against_backend(final_sql)


@dataclass(frozen=True, slots=True)
class _Scoring:
    """A SELECT by which Splink scores the pairs PAIRS of the records LEFT and RIGHT, and the columns that it gives."""

    sql: str
    names: tuple[str, ...]


LEFT, RIGHT, PAIRS = "__records_left", "__records_right", "__records_paired"
_LOOKED_UP = re.compile(r"select\s+(\w+)\.\*,\s+looked_up_.*?\)", re.DOTALL)
"""The join by which Splink puts the frequencies beside the values, up to the bracket that ends it."""
_KNOWN: dict[tuple[Any, ...], _Scoring] = {}


def _scoring(
    con: duckdb.DuckDBPyConnection, model: Model, table: str, columns: tuple[str, ...], keep_from: float
) -> _Scoring:
    """How Splink scores with this model.

    To write it takes Splink most of a second for a model with many levels, which one new record must not wait for: so
    it is written once for each model, on tables without a row. Splink looks frequencies up in every query; ours stand
    beside the values already, so that they are looked up once for all queries of a part.
    """
    key = (model.digest, keep_from, columns)
    if key not in _KNOWN:
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE {LEFT} AS SELECT unique_id, {", ".join(columns)} FROM {table} LIMIT 0;
            CREATE OR REPLACE TEMP TABLE {PAIRS} (join_key_l VARCHAR, join_key_r VARCHAR, match_key VARCHAR)"""
        )
        settings = dict(model.settings)
        settings["blocking_rules_to_generate_predictions"] = [block_on("unique_id")]
        api = _Recorder(con)
        linker = Linker(api.register(LEFT), settings, log_level=None, validate_settings=False)
        linker.table_management.register_blocked_pairs_for_predict(api.register(PAIRS))
        for name in frequency_columns(model):
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE looked_up_{name} AS SELECT {name}, 0.0::DOUBLE AS tf_{name} FROM {LEFT}"
            )
            linker.table_management.register_term_frequency_lookup(api.register(f"looked_up_{name}"), name)
        linker.inference.predict(threshold_match_weight=keep_from, warning_mode="never")
        left, right, scored = (statement.split(" ", 3)[2] for statement in api.made)
        names = tuple(str(row[0]) for row in con.execute(f"DESCRIBE {scored}").fetchall())
        linker.table_management.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]
        sql = _LOOKED_UP.sub(r"select * from \1)", api.made[-1].partition(" AS\n")[2])
        _KNOWN[key] = _Scoring(sql.replace(left, LEFT).replace(right, RIGHT), names)
    return _KNOWN[key]
