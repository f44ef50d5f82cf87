"""The statements of the migration runner: its chain of records and the live schema."""

from typing import Final

from kg.query import Query

OWN: Final = "__Neo4jMigration"


def statement(text: str, name: str) -> Query:
    """One statement of a migration file, ready to run."""
    return Query(name, "migration", text, "write")


def applied() -> Query:
    """What was applied, oldest first."""
    text = (
        f"MATCH path = (:`{OWN}` {{version: 'BASELINE'}})-[:MIGRATED_TO*0..]->(m:`{OWN}`) "
        "WHERE m.version <> 'BASELINE' AND m.type <> 'LOCK' "
        "RETURN m.version AS version, m.checksum AS checksum, m.source AS source ORDER BY length(path)"
    )
    return Query("applied", "migration", text, columns=("version", "checksum", "source"))


def record() -> Query:
    """Write down one migration at the end of the chain; the baseline begins it."""
    text = (
        f"MERGE (b:`{OWN}` {{version: $before}}) ON CREATE SET b.type = 'BASELINE' "
        f"CREATE (m:`{OWN}` {{version: $version, description: $description, type: 'CYPHER', source: $source, "
        "checksum: $checksum}) "
        "CREATE (b)-[:MIGRATED_TO "
        "{at: $at, in: duration({milliseconds: $milliseconds}), by: $by, connectedAs: $by}]->(m)"
    )
    return Query("record", "migration", text, "write")


def live_constraints() -> Query:
    """Every constraint; in Community all of them are uniqueness."""
    text = "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties"
    return Query("constraints", "migration", text, columns=("name", "type", "labelsOrTypes", "properties"))


def live_indexes() -> Query:
    """Indexes that no constraint owns; the look-up indexes that every database has are left out."""
    text = (
        "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint, state "
        "WHERE owningConstraint IS NULL AND type <> 'LOOKUP' RETURN name, type, labelsOrTypes, properties, state"
    )
    return Query("indexes", "migration", text, columns=("name", "type", "labelsOrTypes", "properties", "state"))
