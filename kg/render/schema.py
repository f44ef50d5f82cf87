"""Constraints and indexes, rendered from the ontology. Neo4j Community has uniqueness, not existence or types."""

from dataclasses import dataclass

from kg.ontology import NODES, RELATIONSHIPS
from kg.ontology.own_file import MARKER
from kg.render.loading import quoted


@dataclass(frozen=True, slots=True)
class SchemaItem:
    """One constraint or index: its name, what it is on, and the statement that makes it."""

    name: str
    kind: str
    target: str
    properties: tuple[str, ...]
    statement: str

    @property
    def shape(self) -> str:
        """What SHOW says of it."""
        return f"{self.kind} on {self.target} ({', '.join(self.properties)})"


def schema_items() -> tuple[SchemaItem, ...]:
    """Every constraint and index that the ontology asks for, in its order."""
    items = [_unique(f"{MARKER.lower()}_id", "UNIQUENESS", f"(n:{quoted(MARKER)})", MARKER)]
    for node in NODES:
        items.append(_unique(f"{node.label.lower()}_id", "UNIQUENESS", f"(n:{quoted(node.label)})", node.label))
        items.extend(_index(node.label, columns) for columns in node.indexes)
    for kind in dict.fromkeys(r.type for r in RELATIONSHIPS):
        items.append(_unique(f"{kind.lower()}_rel_id", "RELATIONSHIP_UNIQUENESS", f"()-[n:{quoted(kind)}]-()", kind))
    for kind, hub in dict.fromkeys((r.type, hub) for r in RELATIONSHIPS for hub in r.hubs):
        items.append(_newest(kind, (f"{hub}_id", "known_from", "id")))
    return tuple(items)


def schema_script() -> str:
    """All statements, as a migration file holds them."""
    return "".join(f"{item.statement};\n" for item in schema_items())


def _unique(name: str, kind: str, pattern: str, target: str) -> SchemaItem:
    statement = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR {pattern} REQUIRE n.id IS UNIQUE"
    return SchemaItem(name, kind, target, ("id",), statement)


def _index(label: str, columns: tuple[str, ...]) -> SchemaItem:
    name = f"{label.lower()}_{'_'.join(columns)}"
    on = ", ".join(f"n.{quoted(column)}" for column in columns)
    statement = f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{quoted(label)}) ON ({on})"
    return SchemaItem(name, "RANGE", label, columns, statement)


def _newest(kind: str, columns: tuple[str, ...]) -> SchemaItem:
    name = f"{kind.lower()}_rel_{columns[0]}_newest"
    on = ", ".join(f"n.{quoted(column)}" for column in columns)
    statement = f"CREATE INDEX {name} IF NOT EXISTS FOR ()-[n:{quoted(kind)}]-() ON ({on})"
    return SchemaItem(name, "RANGE", kind, columns, statement)
