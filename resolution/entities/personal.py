"""Which of a node's texts a person carries: found when rows are loaded, kept as the node's `personal_values`.

A text is personal where it holds an e-mail address, is a person's telephone number, profile page or name, or holds a
full name as its words (two or more, as in a deal that is named after somebody). Persons are the contacts, leads and
reps of every source; a single word inside a longer text is no name, for it may be a town or a brand.
"""

from typing import Final

import duckdb

from kg.query.shown import guarded, personal
from resolution.entities.golden import PERSON

MAIL: Final = r"[^\s@<>()\[\],;:|\"]+@[^\s@<>()\[\],;:|\"]+\.[^\s@<>()\[\],;:|\"]+"
LONGEST: Final = 4
"""Words of a full name that are looked for inside a text."""

PERSONS: Final = f"""
CREATE TABLE person_value AS
WITH named AS (
    SELECT {PERSON} AS name FROM s_contact r UNION ALL SELECT {PERSON} FROM s_lead r
    UNION ALL SELECT r.name FROM s_rep r
    UNION ALL SELECT concat_ws(' ', r.first_name, r.last_name) FROM s_contact r
    UNION ALL SELECT concat_ws(' ', r.first_name, r.last_name) FROM s_lead r
), worded AS (
    SELECT list_filter(string_split(person_text(name), ' '), lambda w: w <> '') AS words, person_words(name) AS bare,
        name
    FROM named WHERE filled(name) IS NOT NULL
)
SELECT DISTINCT value FROM (
    SELECT 'name ' || unnest([array_to_string(words, ' '), array_to_string(bare, ' '),
        array_to_string(list_reverse(bare), ' '), CASE WHEN len(bare) > 2 THEN bare[1] || ' ' || bare[-1] END,
        CASE WHEN len(bare) > 2 THEN bare[-1] || ' ' || bare[1] END]) AS value
    FROM worded
    UNION ALL SELECT 'text ' || lower(trim(name)) FROM named
    UNION ALL SELECT 'text ' || lower(trim(linkedin)) FROM s_contact
    UNION ALL SELECT 'phone ' || phone_key(phone) FROM (SELECT phone FROM s_contact UNION ALL SELECT phone FROM s_lead)
) WHERE value IS NOT NULL AND length(value) > 7;
CREATE TABLE text_seen (said VARCHAR);
CREATE TABLE personal_text (said VARCHAR);
"""

JUDGED: Final = f"""
CREATE OR REPLACE TABLE fresh AS SELECT DISTINCT said FROM ({{texts}}) WHERE said IS NOT NULL
    AND said NOT IN (SELECT said FROM text_seen);
INSERT INTO text_seen SELECT said FROM fresh;
INSERT INTO personal_text
WITH worded AS (
    SELECT said, list_filter(string_split(person_text(said), ' '), lambda w: w <> '') AS words FROM fresh
), spoken AS (
    SELECT said, 'text ' || lower(trim(said)) AS value FROM fresh
    UNION ALL SELECT said, 'name ' || array_to_string(words, ' ') FROM worded
    UNION ALL SELECT said, 'phone ' || phone_key(said) FROM fresh
    WHERE regexp_matches(said, '[0-9]{{{{5}}}}|[0-9][^a-z]+[0-9]')
    UNION ALL SELECT said, 'name ' || array_to_string(words[place : place + length - 1], ' ') FROM (
        SELECT said, words, unnest(range(1, len(words))) AS place FROM worded
    ), (SELECT unnest(range(2, {LONGEST + 1})) AS length) WHERE place + length - 1 <= len(words)
)
SELECT DISTINCT said FROM spoken WHERE value IN (SELECT value FROM person_value)
UNION SELECT said FROM fresh WHERE regexp_matches(said, '{MAIL.replace("{", "{{").replace("}", "}}")}');
"""


def person_values(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables that `marked` compares with: what persons carry, and the texts judged so far."""
    con.execute(PERSONS)


def marked(con: duckdb.DuckDBPyConnection, what: str, sql: str) -> str:
    """The SELECT of a label or type, with `personal_values`: names of its columns whose text a person carries, or null.

    `what` is a label or a relationship type; columns that are personal by the ontology are not named again.
    """
    described = con.execute(f"DESCRIBE {sql}").fetchall()
    kinds = {str(name): str(kind) for name, kind, *_ in described}
    looked = [name for name in ("id", *sorted(guarded(what) - personal(what))) if name in kinds]
    if not looked:
        return sql
    texts = {name: _text(name, kinds[name]) for name in looked}
    judge(con, " UNION ALL ".join(f"SELECT {text} AS said FROM ({sql})" for text in texts.values()))
    return f"SELECT *, {_names(texts)} AS personal_values FROM ({sql})"


def judge(con: duckdb.DuckDBPyConnection, texts: str) -> None:
    """Put those of the texts that a person carries into `personal_text`; `texts` is a SELECT of one column `said`."""
    con.execute(JUDGED.format(texts=texts))


def _text(name: str, kind: str) -> str:
    column = f'"{name}"'
    return f"array_to_string({column}, ' | ')" if kind.endswith("[]") else f"{column}::VARCHAR"


def _names(texts: dict[str, str]) -> str:
    named = ", ".join(
        f"CASE WHEN {text} IN (SELECT said FROM personal_text) THEN '{name}' END" for name, text in texts.items()
    )
    return f"nullif(list_filter([{named}], lambda x: x IS NOT NULL), [])"
