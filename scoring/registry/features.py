"""Versions of a feature: the digest of its file now, and the digest that each registered model was learned with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from kg.errors import NotFound
from kg.features.attributes import read_attributes
from kg.features.catalog import catalog
from kg.ontology import ENTITIES
from kg.query.files import load_queries
from scoring.registry.artifact import stale

if TYPE_CHECKING:
    from kg.graph import Graph

MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class Learned:
    """A registered model that reads the feature, by the digest it was learned with.

    `refuses` says why it would refuse to answer now (StaleModel), because of this feature or another; None where not.
    """

    score: str
    version: str
    trained_at: datetime
    serves: bool
    digest: str
    same: bool
    refuses: str | None


@dataclass(frozen=True, slots=True)
class Versions:
    """A feature of one entity: the digest of its file (SHA-256; None where it is gone) and its models, newest first."""

    feature: str
    entity: str
    digest: str | None
    models: tuple[Learned, ...]


def versions_of(graph: "Graph", name: str, entity: str | None = None) -> list[Versions]:
    """The versions of a feature, for each entity that has one of that name or had it when a model was learned.

    Raises:
        NotFound: no file, column or model has it.
    """
    attributes = read_attributes(graph)
    rows = [row["row"] for row in graph.read(load_queries("reads")["all_models"], name=None, first=MOST)]
    manifests = [(row, json.loads(row.get("manifest") or "{}")) for row in rows]
    found = []
    for kind in ENTITIES:
        digests = {n: f.digest for n, f in catalog(kind, attributes, refused=True).items()}
        models = [
            _learned(row, told, name, digests)
            for row, told in manifests
            if told.get("entity") == kind and name in told.get("features", {})
        ]
        models.sort(key=lambda m: (m.trained_at, m.version), reverse=True)
        if entity in (None, kind) and (name in digests or models):
            found.append(Versions(name, kind, digests.get(name), tuple(models)))
    if not found:
        raise NotFound(f"There is no feature {name!r}, and no model was learned with one: `dealgraph features list`.")
    return found


def _learned(row: Mapping[str, Any], told: Mapping[str, Any], name: str, digests: Mapping[str, str]) -> Learned:
    digest = told["features"][name]
    return Learned(
        score=told["score"],
        version=told["version"],
        trained_at=row["trained_at"],
        serves=bool(row["active"]),
        digest=digest,
        same=digests.get(name) == digest,
        refuses=stale(told, digests),
    )
