"""The statements of the migration runner: its chain of records, its lock and the live schema.

The chain and the lock are those of neo4j-migrations, the Java tool, so that either can go on where the other stopped.
"""

from typing import Final

from kg.query.query import Query
from kg.query.tokens import is_auto_commit, words

OWN: Final = "__Neo4jMigration"
LOCK: Final = "__Neo4jMigrationsLock"
LOCK_NAME: Final = "John Doe"  # the Java tool's name for the lock of the default database


def statement(text: str, name: str) -> Query:
    """One statement of a migration file, ready to run."""
    return Query(name, "migration", text, "write", auto_commit=is_auto_commit(words(text, name)))


def applied() -> Query:
    """What was applied, oldest first."""
    text = (
        f"MATCH path = (:`{OWN}` {{version: 'BASELINE'}})-[:MIGRATED_TO*1..]->(m:`{OWN}`) "
        "RETURN m.version AS version, m.checksum AS checksum, m.source AS source, m.type AS type ORDER BY length(path)"
    )
    return Query("applied", "migration", text, columns=("version", "checksum", "source", "type"))


def record() -> Query:
    """Write down one migration at the end of the chain; the baseline begins it."""
    text = (
        f"MERGE (b:`{OWN}` {{version: $before}}) "
        f"CREATE (m:`{OWN}` {{version: $version, description: $description, type: 'CYPHER', source: $source, "
        "checksum: $checksum}) "
        "CREATE (b)-[:MIGRATED_TO "
        "{at: $at, in: duration({milliseconds: $milliseconds}), by: $by, connectedAs: $by}]->(m)"
    )
    return Query("record", "migration", text, "write")


def lock_constraints() -> tuple[Query, ...]:
    """What makes sure that there is one lock."""
    return tuple(
        Query(
            f"lock {name}",
            "migration",
            f"CREATE CONSTRAINT `{LOCK}__has_unique_{name}` IF NOT EXISTS FOR (l:`{LOCK}`) REQUIRE l.{name} IS UNIQUE",
            "write",
        )
        for name in ("id", "name")
    )


def lock() -> Query:
    """Take the lock; the constraint refuses a second one."""
    text = f"CREATE (:`{LOCK}` {{id: $id, name: $name, holder: $id, since: $now}})"
    return Query("lock", "migration", text, "write")


def unlock() -> Query:
    """Give the lock back."""
    return Query("unlock", "migration", f"MATCH (l:`{LOCK}` {{id: $id}}) DELETE l", "write")


def lock_held() -> Query:
    """Who holds the lock."""
    return Query(
        "lock held", "migration", f"MATCH (l:`{LOCK}`) RETURN l.id AS id, l.since AS since", columns=("id", "since")
    )


def live_constraints() -> Query:
    """Every constraint but the runner's own; in Community all of them are uniqueness."""
    text = (
        "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties "
        f"WHERE NOT labelsOrTypes[0] STARTS WITH '{OWN}' RETURN name, type, labelsOrTypes, properties"
    )
    return Query("constraints", "migration", text, columns=("name", "type", "labelsOrTypes", "properties"))


def live_indexes() -> Query:
    """Indexes that no constraint owns; the look-up indexes that every database has are left out."""
    text = (
        "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint, state "
        f"WHERE owningConstraint IS NULL AND type <> 'LOOKUP' AND NOT labelsOrTypes[0] STARTS WITH '{OWN}' "
        "RETURN name, type, labelsOrTypes, properties, state"
    )
    return Query("indexes", "migration", text, columns=("name", "type", "labelsOrTypes", "properties", "state"))
