"""The schema as a whole: its snapshot, its descriptions, a permission on every root field, a limit on every list."""

from __future__ import annotations

import pytest
from graphql import GraphQLObjectType, get_named_type, is_list_type, is_non_null_type

from api.graphql.permissions import Needs
from api.graphql.roots.entities import Query
from api.graphql.schema import SNAPSHOT, schema, schema_text
from api.settings import ApiSettings
from kg.ontology import LABELS

GRAPHQL = schema(ApiSettings())._schema
ROOT = Query.__strawberry_definition__.fields  # type: ignore[attr-defined]
BOUNDED = {
    "segments", "features", "ownKinds", "scores",  # as many as there are files, and as those declare
    "nodes", "relationships", "properties", "edges",  # of a path, of a page
    "roles", "missing", "products", "stageHistory", "employments", "relations", "people", "metrics",  # of one entity
    "numbers",  # of one event
    "health",  # of one score: as many sentences as it has faults
    "comparisons", "linkedBy", "bestRejected",  # of one pair of records: as many as the matcher has, five, two
    "overall", "gain", "families", "reliability", "top", "months", "ages", "stages", "leftOut",  # of a report
    "causes",  # of a forecast: as many as a ledger knows
    "factors",  # of a closing: three traits
    "parts", "fields", "unmerge", "attributes",  # of one pair; as many as an entity has records
}  # fmt: skip


def test_the_committed_schema_is_what_the_code_says() -> None:
    assert SNAPSHOT.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("field", ROOT, ids=lambda f: f.python_name)
def test_every_root_field_has_a_permission_and_a_description(field: object) -> None:
    classes = field.permission_classes  # type: ignore[attr-defined]
    assert len(classes) == 1
    assert issubclass(classes[0], Needs)
    assert field.description  # type: ignore[attr-defined]


def test_every_list_is_paged_or_bounded_by_its_entity() -> None:
    loose = []
    for type_ in GRAPHQL.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name.startswith("__"):
            continue
        for name, field in type_.fields.items():
            inner = field.type.of_type if is_non_null_type(field.type) else field.type
            held = get_named_type(inner)
            listed = is_list_type(inner) and isinstance(held, GraphQLObjectType)
            if listed and not {"first", "k"} & set(field.args) and name not in BOUNDED:
                loose.append(f"{type_.name}.{name}")
    assert loose == []


@pytest.mark.parametrize(
    ("type_name", "field", "label", "property_name"),
    [("Deal", "amount", "Deal", "amount"), ("Score", "logOdds", "Score", "log_odds"),
     ("Contact", "email", "Contact", "email")],
)  # fmt: skip
def test_descriptions_come_from_the_ontology(type_name: str, field: str, label: str, property_name: str) -> None:
    said = GRAPHQL.type_map[type_name].fields[field].description  # type: ignore[attr-defined]
    assert said.startswith(LABELS[label].by_name[property_name].about)
    assert ("personal" in said) == LABELS[label].by_name[property_name].personal
