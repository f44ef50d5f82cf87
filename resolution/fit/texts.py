"""Fields of several words: the name of an organisation (or a title) by learned word weights, other text by the share
of its information that both sides hold.

Each text field becomes the number of its writing; a function of two such numbers, registered on the connection, says
how alike two writings are. Levels go from the least likeness up, so that most pairs are settled by the first test.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import PythonUDFType
from scipy import sparse

from resolution.fit.odds import Floats
from resolution.fit.spellings import corrections, near_words
from resolution.fit.templates import Part, raw_filled
from resolution.fit.tokens import learn, word_matrix
from resolution.matchers.terms import Comparison, Level

MAIN_TEXT = "name_1"
"""The comparison of the text that names an entity."""
STEP = 1.5
LOWEST, HIGHEST = -9.0, 18.0
RAREST = 4
SHARES = (0.2, 0.4, 0.6, 0.8, 1.0, 9.0)
"""Two texts are alike by the share of their information that both hold; at 1 they have the same words."""


MACROS = (
    "CREATE OR REPLACE MACRO initials_of(words) AS array_to_string(list_transform(words, lambda w: left(w, 1)), '')",
    "CREATE OR REPLACE MACRO without_own_initials(words) AS list_filter(words, lambda w, i: NOT (i > 2 AND "
    "length(w) >= 2 AND (starts_with(initials_of(words), w) OR "
    "starts_with(initials_of(list_filter(words, lambda s: length(s) > 2)), w))))",
)
"""Initials that follow the name they stand for, as in `Red Door Media (RDM)`, say no more than the name."""


def words_sql(columns: tuple[str, ...], organisation: bool) -> str:
    """The words of a field as a list, once each: of organisations without legal forms, stemmed."""
    text = (
        f"concat_ws(' ', {', '.join(raw_filled(c) for c in columns)})" if len(columns) > 1 else raw_filled(columns[0])
    )
    if organisation:
        return f"without_own_initials(company_core({text}))"
    return f"string_split(place_text({text}), ' ')"


def main_text(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], name: str, organisation: bool
) -> Part:
    """Learn the words of a table's main text, add its prepared columns to the table, and say how to compare it."""
    keys = _writings(con, table, words_sql(columns, organisation), correct=True)
    learned = learn([key.split(" ") for key in keys], partial(near_words, con))
    _tell(con, table, name, keys, learned.words, learned.rarity)
    weight = _register(con, f"weigh_{name}", learned.weight, name)
    return Part(
        "organisation" if organisation else "text", columns, (), _weighed(columns, name, weight), name,
        keys=(
            (f"same words in {columns[0]}", name, 200),
            (f"one of the rarest words of {columns[0]}", f"{name}_rare", 400),
            (f"{columns[0]} without spaces", f"{name}_squashed", 100),
            (f"start of {columns[0]}", f"left({name}_squashed, 7)", 60),
        ),
        coarse=((f"rarest word of {columns[0]}", f"{name}_rare[1]"),), sure=1,
    )  # fmt: skip


def _weighed(columns: tuple[str, ...], name: str, weight: str) -> Comparison:
    """Levels whose weight is declared: what the words weigh, in steps."""
    levels = []
    value = LOWEST
    while value <= HIGHEST:
        m, u = (0.05, 0.05 / 2**value) if value >= 0 else (0.05 * 2**value, 0.05)
        at_most = f"{weight} < {value + STEP / 2!r}" if value < HIGHEST else f"{weight} >= {value - STEP / 2!r}"
        levels.append(Level(f"the words weigh {value:g} bits", at_most, m, u=u))
        value += STEP
    about = f"The words of {', '.join(columns)}; rare ones say more."
    return Comparison(name, about, f"{name}_l IS NULL OR {name}_r IS NULL", tuple(levels), needs=(name,))


def other_text(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...], name: str) -> Part:
    """Add the prepared columns of a text field to the table, and compare it by the share of information both hold."""
    keys = _writings(con, table, words_sql(columns, False), correct=False)
    words, matrix = word_matrix([key.split(" ") for key in keys])
    held = np.asarray(matrix.sum(axis=0)).ravel()
    rarity = np.log2(1 + len(keys) / np.maximum(held, 1))
    _tell(con, table, name, keys, words, rarity)
    alike = _register(con, f"share_{name}", _shares(matrix, rarity), name)
    degrees = ("little", "some", "half", "most", "nearly all", "all")
    levels = [
        Level(f"{degree} of its information shared", f"{alike} < {bound!r}", m)
        for degree, bound, m in zip(degrees, SHARES, (0.1, 0.06, 0.08, 0.15, 0.2, 0.4), strict=True)
    ]
    about = f"The words of {', '.join(columns)}."
    missing = f"{name}_l IS NULL OR {name}_r IS NULL"
    return Part(
        "text", columns, (),
        Comparison(name, about, missing, tuple(levels), otherwise_m=0.01, needs=(name,)), name,
        keys=((f"same words in {columns[0]}", name, 60),
              (f"one of the rarest words of {columns[0]}", f"{name}_rare", 40)),
        coarse=((f"rarest word of {columns[0]}", f"{name}_rare[1]"),),
    )  # fmt: skip


def _writings(con: duckdb.DuckDBPyConnection, table: str, words: str, *, correct: bool) -> list[str]:
    """Make `writing` (uid, words, key) and return the distinct keys: the words in order of the alphabet."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE text_words AS SELECT uid, {words} AS words FROM {table}")
    if correct:
        corrections(con, "text_words", "words")
    else:
        con.execute("CREATE OR REPLACE TEMP TABLE spelling (word VARCHAR, meant VARCHAR)")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE writing AS SELECT uid, list_sort(list(DISTINCT coalesce(meant, w))) AS words,
        array_to_string(list_sort(list(DISTINCT coalesce(meant, w))), ' ') AS key
        FROM (SELECT uid, unnest(words) AS w FROM text_words) LEFT JOIN spelling ON spelling.word = w
        WHERE w <> '' GROUP BY uid"""
    )
    return [str(row[0]) for row in con.execute("SELECT DISTINCT key FROM writing ORDER BY key").fetchall()]


def _tell(
    con: duckdb.DuckDBPyConnection, table: str, name: str, keys: list[str], words: list[str], rarity: Floats
) -> None:
    """Add to the table: the writing, its number, its rarest words and itself without spaces."""
    con.execute("CREATE OR REPLACE TEMP TABLE numbered (key VARCHAR, id INTEGER)")
    con.execute(
        "INSERT INTO numbered SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[])", [keys, list(range(len(keys)))]
    )
    con.execute("CREATE OR REPLACE TEMP TABLE rarity (w VARCHAR, b DOUBLE)")
    con.execute("INSERT INTO rarity SELECT unnest(?::VARCHAR[]), unnest(?::DOUBLE[])", [words, rarity.tolist()])
    con.execute(
        f"""CREATE OR REPLACE TABLE {table} AS
        WITH rare AS (SELECT uid, list(w ORDER BY b DESC, w)[:{RAREST}] AS rare
            FROM (SELECT uid, unnest(words) AS w FROM writing) JOIN rarity USING (w) GROUP BY uid)
        SELECT i.*, t.key AS {name}, n.id AS {name}_id, r.rare AS {name}_rare,
            left(array_to_string(s.words, ''), 40) AS {name}_squashed
        FROM {table} i LEFT JOIN writing t USING (uid) LEFT JOIN numbered n USING (key)
        LEFT JOIN rare r USING (uid) LEFT JOIN text_words s USING (uid)"""
    )


def _shares(matrix: sparse.csr_matrix, rarity: Floats) -> Callable[[Any, Any], Floats]:
    """Shared information over the mean of both; where one holds all of the other, at least 0.65."""
    total = np.asarray(matrix @ rarity)

    def share(left: Any, right: Any) -> Floats:
        both = np.asarray(matrix[left].multiply(matrix[right]) @ rarity)
        mean = 2 * both / (total[left] + total[right])
        part = both / np.minimum(total[left], total[right])
        return np.asarray(np.where((part >= 0.9) & (mean >= 0.3), np.maximum(mean, 0.65), mean).round(9))

    return share


def _register(con: duckdb.DuckDBPyConnection, function: str, of: Callable[[Any, Any], Floats], name: str) -> str:
    """Register a function of two writings' numbers; returns its call on a pair."""

    def call(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.Array:
        return pa.array(of(left.to_numpy(), right.to_numpy()))

    known = con.execute("SELECT count(*) FROM duckdb_functions() WHERE function_name = ?", [function]).fetchall()
    if known[0][0]:
        con.remove_function(function)
    con.create_function(function, call, ["INTEGER", "INTEGER"], "DOUBLE", type=PythonUDFType.ARROW)
    return f"{function}({name}_id_l, {name}_id_r)"
