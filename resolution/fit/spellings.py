"""Words that are one word written twice: slips of the pen, shortened words, and which writing is right."""

from collections.abc import Sequence

import duckdb
import numpy as np
from scipy import sparse

from resolution.database.connection import rows_in

FEW = 300
CROWDED = 1_500
"""Words that begin or end alike are compared where no more than so many do."""


_ENDS = "unnest([left(word, 3), '$' || right(word, 3)])"
"""Two words are compared that begin or end alike: their first or last three letters are the same."""


def near_words(con: duckdb.DuckDBPyConnection, words: Sequence[str]) -> sparse.csr_matrix:
    """Which of these words (in order) may be one word written twice: words × words, 1 where they may.

    Two words of four letters and more without a digit are near where one letter tells them apart, two from eight
    letters on, with the same first or last three letters; or where one is the beginning of the other.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE near_word (n INTEGER, word VARCHAR)")
    some = [(n, w) for n, w in enumerate(words) if len(w) >= 4 and not any(map(str.isdigit, w))]
    con.execute(
        "INSERT INTO near_word SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[])",
        [[n for n, _ in some], [w for _, w in some]],
    )
    rows = con.execute(
        f"""WITH keyed AS (
            SELECT * FROM (SELECT n, word, {_ENDS} AS key FROM near_word)
            QUALIFY count(*) OVER (PARTITION BY key) <= {CROWDED})
        SELECT DISTINCT a.n, b.n FROM keyed a JOIN keyed b USING (key) WHERE a.n <> b.n
        AND (starts_with(a.word, b.word) OR starts_with(b.word, a.word) OR
            abs(length(a.word) - length(b.word)) <= 2 AND damerau_levenshtein(a.word, b.word) <=
            CASE WHEN least(length(a.word), length(b.word)) < 8 THEN 1 ELSE 2 END) ORDER BY ALL"""
    ).fetchall()
    left, right = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    return sparse.csr_matrix((np.ones(len(rows)), (left, right)), shape=(len(words), len(words)))


def corrections(con: duckdb.DuckDBPyConnection, table: str, column: str) -> int:
    """Make `spelling` (word, meant): rare words that are one or two letters from one at least twice as common.

    `column` of `table` is a list of words. Words of five letters and more that hold a letter are corrected: one letter
    up to eight, two from nine on; only within the same first or last three letters, so that the search stays small.
    A file of fewer than FEW records cannot tell by numbers which writing is right: there the commoner, else the longer.
    """
    few = rows_in(con, f"FROM {table}") < FEW
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE vocabulary AS SELECT word, count(*) AS n FROM
        (SELECT unnest({column}) AS word FROM {table}) WHERE length(word) >= 5 AND NOT regexp_matches(word, '[0-9]')
        GROUP BY word"""
    )
    commoner = "(c.n, length(c.word), c.word) > (r.n, length(r.word), r.word)" if few else "c.n >= 2 * r.n AND c.n >= 3"
    longer = "c.word" if few else "r.word"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE spelling AS WITH keyed AS (
            SELECT word, n, {_ENDS} AS key FROM vocabulary
        ), near AS (
            SELECT DISTINCT r.word, r.n AS rare, c.word AS meant, c.n AS common FROM keyed r JOIN keyed c USING (key)
            WHERE {commoner} AND r.word <> c.word AND abs(length(c.word) - length(r.word)) <= 2
            AND damerau_levenshtein(c.word, r.word) <= CASE WHEN length({longer}) < 9 THEN 1 ELSE 2 END
        ), best AS (SELECT word, arg_max(meant, (common, meant)) AS meant FROM near GROUP BY word)
        SELECT b.word, coalesce(c.meant, b.meant) AS meant FROM best b LEFT JOIN best c ON c.word = b.meant"""
    )
    return rows_in(con, "FROM spelling")
