"""The rival Splink: what its documentation recommends, with comparisons and blocks chosen by the kinds of the columns.

Comparisons come from its library of those made for a kind (NameComparison, DateOfBirthComparison, …), term frequencies
are adjusted for, the prior is told by deterministic rules, u by random sampling, m by EM over up to three blocks, and
clusters are connected components at a probability of .95, as in its tutorial.
"""

import logging
from collections.abc import Sequence
from itertools import combinations, islice
from typing import Any

import duckdb
import pandas as pd
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as cl
from splink.internals.exceptions import EMTrainingException, SplinkException

from tests.benchmarks.population.problem import Problem
from tests.benchmarks.population.rival_columns import MOST, NAMES, UK, Columns, read

logging.getLogger("splink").setLevel(logging.CRITICAL)

CLUSTER_AT = 0.95
RULE_PAIRS = 600_000
"""A blocking rule with more pairs is passed over, as its documentation advises."""
ALL_PAIRS = 1_500_000
"""So many pairs are scored at most, rules with the fewest first."""
EM_PAIRS = 1_000_000
SESSIONS = 3
TRIES = 8
"""EM is run on up to three blocks of up to eight tried: Splink 5.0 gives up where a level's m falls to zero on one."""
SMALL = 1000
"""A file of so few records needs no blocking: all its pairs are compared."""
RECALL = 0.7
"""What share of the matches the deterministic rules are said to find; the tutorial's figure."""
SURE_KINDS = ("email", "phone")
TELLING = (*NAMES, *SURE_KINDS, "date", "postcode", "address")
"""Kinds that tell of whom a record is: a code or a title may be of the paper that names several persons."""
WORDED = ("name", "text", "address")
Rule = tuple[str, ...]


def resolve(problem: Problem) -> list[int]:
    """A cluster number a row. Raises what Splink raises where it fails."""
    columns = read(problem)
    if len(columns.kinds) < 2:
        raise EMTrainingException("one column: Splink's documentation asks for several that are independent")
    table = columns.table.assign(**{f"rare_{c}": rare_words(columns.table[c]) for c in columns.of(*WORDED)})
    rules = counted(columns, table)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons_of(columns, table),
        blocking_rules_to_generate_predictions=_blocks(rules, len(table)),
    )
    table.insert(0, "unique_id", range(len(table)))
    con = duckdb.connect()
    try:
        api = DuckDBAPI(connection=con)
        linker = Linker(api.register(table), settings, log_level=None)
        train(linker, columns, rules)
        found = linker.inference.predict(threshold_match_probability=CLUSTER_AT)
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            found, threshold_match_probability=CLUSTER_AT
        ).as_pandas_dataframe()
    finally:
        con.close()
    return [int(c) for c in clustered.sort_values("unique_id")["cluster_id"]]


def comparisons_of(columns: Columns, table: pd.DataFrame) -> list[Any]:
    """A comparison of Splink's library for each column; the two names of a person are compared together."""
    fore, last = columns.of("forename"), columns.of("surname")
    made: list[Any] = []
    together: list[str] = []
    if len(fore) == len(last) == 1:
        together = [*fore, *last]
        both = table[fore[0]].notna() & table[last[0]].notna()
        table["whole_name"] = (table[fore[0]] + " " + table[last[0]]).where(both, None)
        person = cl.ForenameSurnameComparison(*together, forename_surname_concat_col_name="whole_name")
        made.append(person)
    return made + [_comparison(c, k, table[c].dropna()) for c, k in columns.kinds.items() if c not in together]


def _comparison(column: str, kind: str, values: pd.Series) -> Any:
    if kind == "date":
        return cl.DateOfBirthComparison(column, input_is_string=True)
    if kind == "email":
        return cl.EmailComparison(column)
    if kind == "postcode" and values.str.fullmatch(UK).mean() > MOST:
        return cl.PostcodeComparison(column)
    if kind in ("phone", "code", "postcode"):
        return cl.DamerauLevenshteinAtThresholds(column, [1, 2])
    if kind in ("forename", "surname"):
        return cl.NameComparison(column).configure(term_frequency_adjustments=True)
    if kind == "category":
        return cl.ExactMatch(column).configure(term_frequency_adjustments=True)
    if kind == "place":
        return cl.JaroWinklerAtThresholds(column, [0.9]).configure(term_frequency_adjustments=True)
    return cl.JaroWinklerAtThresholds(column, [0.95, 0.88, 0.7]).configure(term_frequency_adjustments=True)


def counted(columns: Columns, table: pd.DataFrame) -> dict[Rule, int]:
    """How many pairs share the values of each column and of each pair of columns; parts of names count as columns."""
    keys = {c: table[c] for c in table if table[c].nunique() > 2}
    for name in columns.of("forename", "surname", *WORDED):
        keys[f"substr({name}, 1, 4)"] = table[name].str[:4]
    found = {(key,): _pairs([values]) for key, values in keys.items()}
    for a, b in combinations(keys, 2):
        if a not in b and b not in a:  # a value and a part of it say the same
            found[a, b] = _pairs([keys[a], keys[b]])
    return {rule: pairs for rule, pairs in found.items() if pairs}


def rare_words(values: pd.Series) -> pd.Series:
    """The rarest word of each text that another text has too, as in Splink's example of companies."""
    words = values.fillna("").str.split().map(set)
    count = words.explode().value_counts()
    shared = words.map(lambda found: sorted((int(count[w]), w) for w in found if count[w] > 1))
    return shared.map(lambda found: found[0][1] if found else None)


def _whole(rule: Rule) -> bool:
    """Whether a rule is on whole columns, not on parts of their values."""
    return not any("(" in part or part.startswith("rare_") for part in rule)


def _pairs(values: Sequence[pd.Series]) -> int:
    sizes = pd.concat(values, axis=1).dropna().value_counts().to_numpy()
    return int((sizes * (sizes - 1) // 2).sum())


def _blocks(rules: dict[Rule, int], records: int) -> list[Any]:
    """The blocking rules for prediction: everything in a small file, else the single columns and then their pairs."""
    if records <= SMALL:
        return [{"blocking_rule": "1=1"}]
    kept: list[Rule] = []
    left = ALL_PAIRS
    for rule, pairs in sorted(rules.items(), key=lambda item: (len(item[0]), item[1], item[0])):
        implied = any(set(other) <= set(rule) for other in kept)
        if not implied and pairs <= min(left, RULE_PAIRS):
            kept.append(rule)
            left -= pairs
    return [block_on(*rule) for rule in kept]


def train(linker: Linker, columns: Columns, rules: dict[Rule, int]) -> None:
    """Tell the prior by deterministic rules, u by random sampling, and m by EM over up to three blocks."""
    records = len(columns.table)
    sure = [block_on(c) for c in columns.of(*SURE_KINDS) if columns.table[c].nunique() > records / 10]
    sure += [block_on(*rule) for rule in _sure_pairs(rules, columns)]
    sure = sure or [block_on(c) for c in columns.kinds]  # where no two columns agree together, one must do
    linker.training.estimate_probability_two_random_records_match(sure, recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    teaching = (rule for rule in _training(rules, columns) if _learns(linker, rule, rules[rule]))
    if not list(islice(teaching, SESSIONS)):
        raise EMTrainingException("no block teaches anything")


def _learns(linker: Linker, rule: Rule, pairs: int) -> bool:
    """Run EM on a block; whether it taught anything."""
    most = EM_PAIRS if pairs > EM_PAIRS else None
    before = linker._settings_obj.core_model_settings.copy()
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule), max_pairs=most)
    except (SplinkException, ValueError):
        # nothing is left to learn on this block, or a level has no match there. Splink 5.0 then leaves the model
        # without the blocked column, and with the prior of the block, by which everything would be one entity
        linker._settings_obj.core_model_settings = before
        return False
    return True


def _sure_pairs(rules: dict[Rule, int], columns: Columns) -> list[Rule]:
    """Pairs of whole columns of which chance alone would give few agreements, most telling first, three at most."""
    whole = {rule: n for rule, n in rules.items() if _whole(rule)}
    records = len(columns.table)
    every = records * (records - 1) / 2
    named = set(columns.of(*NAMES)) or set(columns.kinds)
    chance = {
        rule: whole[rule[:1]] * whole[rule[1:]] / every
        for rule in whole
        if len(rule) == 2 and named & set(rule) and rule[:1] in whole and rule[1:] in whole
    }
    return sorted(chance, key=lambda rule: (chance[rule], rule))[:3]


def _training(rules: dict[Rule, int], columns: Columns) -> list[Rule]:
    """Blocks on different columns, so that each comparison is learned where it is not blocked on; then pairs."""
    enough = {rule: n for rule, n in rules.items() if n >= 20 and "(" not in "".join(rule)}
    telling = set(columns.of(*TELLING))
    order = {rule: (not _whole(rule), len(rule), not telling >= set(rule), n) for rule, n in enough.items()}
    return sorted(order, key=lambda rule: (order[rule], rule))[:TRIES]
