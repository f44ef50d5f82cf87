"""Rows of a company's own kinds: who is who by their key, their nodes, relationships and values over time."""

from collections.abc import Iterator

import duckdb

from kg.ontology.own import current
from kg.ontology.own_file import TARGETS, OwnKind, OwnProperty, OwnRelationship
from resolution.entities.tie import Triple, first_record, tie_sql
from resolution.kinds.own import many_kind
from resolution.records import key_sql

REF = "r.source || ':' || r.record_id"
ENTITIES = ("account", "contact", "lead", "deal")


def own_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Add own records to `ent` (kind, ref, id, since) and their sources to `trust`.

    Records of one kind that agree in all properties of its key are one entity; without a key each record is one.
    """
    for kind in current().kinds:
        known = ", ".join(["r.known_from", *(f'coalesce(r."{k}__known", r.known_from)' for k in kind.key)])
        con.execute(
            f"INSERT INTO ent SELECT '{kind.name}', {REF}, {_id(kind)}, greatest({known}), NULL FROM s_{kind.name} r"
        )
    con.execute(
        """INSERT INTO trust SELECT source, (SELECT count(*) FROM trust) + row_number() OVER (ORDER BY source)
           FROM (SELECT DISTINCT split_part(ref, ':', 1) AS source FROM ent) s ANTI JOIN trust t USING (source)"""
    )


def _id(kind: OwnKind) -> str:
    alone = key_sql(kind.name, "r")
    if not kind.key:
        return alone
    keys = [f"nullif(lower(trim(r.\"{k}\"::VARCHAR)), '')" for k in kind.key]
    together = " || '|' || ".join(keys)  # NULL as soon as one is
    return f"coalesce('{kind.name}|=' || {together}, {alone})"


def own_records() -> Iterator[str]:
    """A SELECT of Record rows for each own kind."""
    for kind in current().kinds:
        text = {p.name for p in kind.properties if p.type == "text"}
        name = f'filled("{kind.display}")' if kind.display in text else "NULL"
        yield (
            f"SELECT {key_sql(kind.name)} AS id, source, record_id, '{kind.name}' AS kind, payload_hash, "
            f"{name} AS name, known_from, known_to FROM s_{kind.name}"
        )


def own_nodes() -> Iterator[tuple[str, str]]:
    """(label, SELECT) for each own kind: of several records of one entity the value known last, living ones first."""
    for kind in current().kinds:
        values = "".join(
            f', arg_max(r."{p.name}", (r.known_to IS NULL, coalesce(r."{p.name}__known", r.known_from), e.ref)) '
            f'FILTER (r."{p.name}" IS NOT NULL) AS "{p.name}"'
            for p in kind.properties
        )
        yield (
            kind.label,
            f"SELECT e.id{values}, min(e.since) AS known_from, CASE WHEN count(*) = count(r.known_to) "
            f"THEN max(r.known_to) END AS known_to FROM s_{kind.name} r JOIN e_{kind.name} e ON e.ref = {REF} "
            "GROUP BY e.id",
        )


def own_ties() -> Iterator[tuple[Triple, str]]:
    """(triple, SELECT) for everything that own kinds are tied by."""
    labels = {kind.name: kind.label for kind in current().kinds}
    for kind in current().kinds:
        yield (
            ("Record", "RESOLVED_TO", kind.label),
            f'SELECT \'{kind.name}|\' || e.ref AS "start", e.id AS "end", e.since AS known_from, r.known_to '
            f"FROM e_{kind.name} e JOIN s_{kind.name} r ON e.ref = {REF}",
        )
        if kind.tracked:
            yield (
                ("Change", "OF", kind.label),
                f"""SELECT change_id AS "start", id AS "end", known AS known_from FROM change
                WHERE kind = '{kind.name}'""",
            )
        for r in kind.relationships:
            yield (kind.label, r.type, labels.get(r.to) or TARGETS[r.to]), _tie(kind, r)


def _tie(kind: OwnKind, r: OwnRelationship) -> str:
    table, start, end = (many_kind(kind.name, r.name), 'r."of"', "to") if r.many else (kind.name, REF, r.name)
    rows = f's_{table} r JOIN e_{kind.name} o ON o.ref = {start} JOIN ({_ends(r.to)}) t ON t.ref = r."{end}"'
    known = f'greatest(r.known_from, coalesce(r."{end}__known", r.known_from), o.since, t.since)'
    record = first_record(f"'{kind.name}|' || o.ref", known)
    return tie_sql("o.id", "t.id", known, rows, closed="r.known_to", more=record)


def _ends(kind: str) -> str:
    """SELECT of ref, id and since for the kind that a relationship leads to."""
    if kind in ENTITIES or kind not in TARGETS:
        return f"SELECT ref, id, since FROM e_{kind}"
    if kind == "product":
        return "SELECT ref, id, known_from AS since FROM product"
    if kind == "rep":
        return "SELECT ref, id, since FROM rep_of"
    return f"SELECT source || ':' || record_id AS ref, {key_sql(kind)} AS id, known_from AS since FROM s_{kind}"


def own_told() -> Iterator[str]:
    """A SELECT for each tracked property, as table `told` wants it; `way` 3: as a snapshot tells it."""
    for kind in current().kinds:
        for p in kind.properties:
            if p.tracked:
                known = f'coalesce(r."{p.name}__known", r.known_from)'
                yield f"""SELECT '{kind.name}' AS kind, e.id, '{p.name}' AS field, {_text(p)} AS value, NULL AS old,
                    greatest({known}, r.known_from) AS "at", greatest({known}, e.since) AS known, t.rank AS rank, e.ref,
                    3 AS way FROM s_{kind.name} r JOIN e_{kind.name} e ON e.ref = {REF} JOIN trust t USING (source)"""


def _text(p: OwnProperty) -> str:
    column = f'r."{p.name}"'
    return {"number": f"number_text({column})", "moment": f"moment_text({column})", "text": f"filled({column})"}.get(
        p.type, f"{column}::VARCHAR"
    )


def own_fields(*types: str) -> str:
    """SQL list of 'kind|field' of tracked own properties of these types; `''` where there are none."""
    names = [
        f"'{kind.name}|{p.name}'" for kind in current().kinds for p in kind.properties if p.tracked and p.type in types
    ]
    return ", ".join(names) or "''"
