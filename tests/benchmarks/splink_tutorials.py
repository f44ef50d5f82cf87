"""What a user of Splink writes for the public sets: the settings of its tutorials, for our records, in our run.

fake_1000 is Splink's own tutorial; FEBRL3 and FEBRL4 are two of its examples; RLdata has the same kinds of columns as
its tutorial's persons (names and a date); organisations follow its company example (frequencies of shared tokens,
blocks on the two rarest). Clusters are Splink's connected components at the thresholds that the tutorials use.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as cll
from splink import comparison_library as cl
from splink.internals.exceptions import EMTrainingException

from tests.benchmarks.public_data import Public

CLUSTER_AT = 0.95
PRODUCT = """CREATE MACRO shared_product(a, b) AS list_reduce(list_prepend(1.0::DOUBLE,
    list_transform(list_intersect(a, b), lambda w: w.f)), lambda p, q: p * q)"""


def _run(
    frames: Sequence[pd.DataFrame], comparisons: Sequence[Any], blocks: Sequence[Any], sure: Sequence[Any],
    training: Sequence[Any], recall: float = 0.7,
) -> tuple[dict[str, str], list[tuple[str, str, float]]]:  # fmt: skip
    settings = SettingsCreator(
        link_type="dedupe_only" if len(frames) == 1 else "link_only",
        unique_id_column_name="record_id",
        comparisons=list(comparisons),
        blocking_rules_to_generate_predictions=list(blocks),
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    con = duckdb.connect()
    con.execute(PRODUCT)
    api = DuckDBAPI(connection=con)
    tables = [api.register(f.astype(object).where(f.notna(), None)) for f in frames]
    linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(list(sure), recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in training:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule)
        except EMTrainingException:
            continue
    found = linker.inference.predict(threshold_match_probability=0.01)
    clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
        found, threshold_match_probability=CLUSTER_AT
    )
    entity = clustered.as_pandas_dataframe()
    rows = found.as_pandas_dataframe()
    pairs = list(zip(rows["record_id_l"], rows["record_id_r"], rows["match_probability"], strict=True))
    return dict(zip(entity["record_id"], entity["cluster_id"].astype(str), strict=True)), pairs


def _fake(data: Public) -> Any:
    comparisons = [
        cl.NameComparison("first_name"),
        cl.NameComparison("surname"),
        cl.LevenshteinAtThresholds("dob", 1),
        cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        cl.EmailComparison("email"),
    ]
    sure = [
        block_on("first_name", "dob"),
        "l.email = r.email",
        "l.first_name = r.first_name and levenshtein(l.surname, r.surname) <= 2",
    ]
    blocks = [block_on("first_name", "city"), block_on("surname"), block_on("dob"), block_on("email")]
    training = [block_on("first_name", "surname"), block_on("dob"), block_on("email")]
    return _run([data.records], comparisons, blocks, sure, training)


def _febrl(data: Public) -> Any:
    table = data.records.rename(columns={"date_of_birth": "dob"})
    comparisons = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
    ]
    blocks = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname"),
        block_on("given_name", "dob"),
        block_on("surname", "dob"),
        block_on("given_name", "postcode"),
        block_on("surname", "postcode"),
        block_on("dob", "postcode"),
        block_on("street_number", "postcode", "address_1"),
    ]
    sure = [
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "dob"),
        block_on("given_name", "surname", "postcode"),
    ]
    training = [block_on("dob"), block_on("postcode"), block_on("given_name", "surname")]
    frames = [table] if "source" not in table else [part for _, part in table.groupby("source")]
    return _run(frames, comparisons, blocks, sure, training, 0.9)


def _rldata(data: Public) -> Any:
    table = data.records.copy()
    date = table["by"] + "-" + table["bm"].str.zfill(2) + "-" + table["bd"].str.zfill(2)
    table["dob"] = date
    comparisons = [
        cl.NameComparison("fname_c1"),
        cl.NameComparison("lname_c1"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
    ]
    blocks = [
        block_on("fname_c1", "lname_c1"),
        block_on("dob"),
        block_on("lname_c1", "by"),
        block_on("fname_c1", "by"),
        block_on("fname_c1", "bm", "bd"),
        block_on("lname_c1", "bm", "bd"),
    ]
    sure = [block_on("fname_c1", "lname_c1", "dob"), block_on("fname_c1", "dob"), block_on("lname_c1", "dob")]
    return _run([table], comparisons, blocks, sure, [block_on("dob"), block_on("fname_c1", "lname_c1")], 0.8)


def _organisations(data: Public) -> Any:
    column = "name" if "name" in data.records else "affiliation"
    table = data.records[["record_id", column]].rename(columns={column: "name"})
    tokens = table["name"].str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True).str.split().map(set).map(sorted)
    count = tokens.explode().value_counts()
    share = (count / count.sum()).to_dict()
    table["name"] = table["name"].str.lower()
    table["tokens"] = tokens
    rare = tokens.map(lambda ts: [*sorted(ts, key=lambda t: (share[t], t)), None, None][:2])
    table["rare_1"], table["rare_2"] = rare.str[0], rare.str[1]
    table["weights"] = tokens.map(lambda ts: [{"t": t, "f": share[t]} for t in ts])
    product = "shared_product(weights_l, weights_r)"
    levels: list[Any] = [cll.NullLevel("name"), cll.ExactMatchLevel("name", term_frequency_adjustments=True)]
    levels += [
        cll.CustomLevel(f"{product} < {bound}", label_for_charts=f"tokens shared: {bound}")
        for bound in ("1e-12", "1e-10", "1e-8", "1e-6", "1e-4")
    ]
    levels.append(cll.ElseLevel())
    comparisons = [
        cl.CustomComparison(levels, output_column_name="tokens"),
        cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.7]),
    ]
    blocks = [
        block_on("rare_1"),
        block_on("rare_2"),
        "l.rare_1 = r.rare_2",
    ]
    sure = [block_on("name"), block_on("rare_1", "rare_2")]
    return _run([table], comparisons, blocks, sure, [block_on("rare_1"), block_on("rare_2")])


def splink_settings(data: Public) -> tuple[dict[str, str], list[tuple[str, str, float]]] | None:
    """(record → cluster, scored pairs with probability) of Splink on a set; None where it has no such tutorial."""
    for prefix, run in (("fake", _fake), ("febrl", _febrl), ("rldata", _rldata)):
        if data.name.startswith(prefix):
            return run(data)  # type: ignore[no-any-return]
    return _organisations(data) if data.kind == "account" else None  # type: ignore[no-any-return]
