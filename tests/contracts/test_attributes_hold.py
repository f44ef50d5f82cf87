"""Features of attributes and own events keep what every feature promises: values from evidence, nothing known later."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from kg.features.attributes import Attribute, attribute_features
from kg.features.catalog import own_features
from kg.features.extraction import extract
from kg.features.features import Feature, Value, bundles
from kg.features.paths import Request, reasons
from kg.features.recompute import recompute
from kg.graph import Graph
from kg.store.migrate import migrate
from tests.conftest import EMPTY
from tests.worlds import START, World, chance_world

NOW = START + timedelta(days=760)
KINDS = ("deal", "lead", "account", "contact")
TYPES = ("flag", "number", "category", "date", "ordinal")
AGGREGATES = {"flag": "share", "number": "best", "ordinal": "any"}
ATTRIBUTES = tuple(
    Attribute(kind, f"{kind.title()} {type_} {{x}}", type_, type_, aggregate=AGGREGATES.get(type_))
    for kind in KINDS
    for type_ in TYPES
)
EVENTS = (
    Attribute("activity", "Trial {x}", "event", "event", event="Trial {x}", event_key="trial"),
    Attribute("activity", "Seats", "seats", "number", event="Trial {x}", event_key="trial"),
)
FEATURES = tuple(f for entity in ("deal", "lead") for f in own_features(entity, (*ATTRIBUTES, *EVENTS)))


def world(seed: int) -> World:
    """A random world whose entities have one or two records, each with up to three versions of its attributes."""
    w, draw = chance_world(seed), random.Random(seed)
    for kind in KINDS:
        for row in list(w.nodes[kind.title()]):
            for source in ("crm", "erp")[: draw.randint(1, 2)]:
                record = f"{kind}|{source}:{row['id']}"
                known = row["known_from"] + timedelta(days=draw.choice((0, 0, 30)))
                w.add("Record", record, known, source=source, record_id=row["id"], kind=kind, name=row["id"])
                w.tie(record, "RESOLVED_TO", row["id"], known, match_weight=3.0)
                for version in range(draw.randint(0, 3)):
                    _version(w, draw, record, known + timedelta(days=draw.randint(0, 400)), version)
    for row in w.nodes["Activity"]:
        if draw.random() < 0.6:
            row |= {"event": "Trial {x}", "event_key": "trial", "a_seats": float(draw.randint(1, 9))}
            row |= {"numbers_known": row["at"] + timedelta(days=40)} if draw.random() < 0.3 else {}
    return w


def _version(w: World, draw: random.Random, record: str, at: datetime, version: int) -> None:
    held: dict[str, object] = {
        "a_flag": float(draw.random() < 0.5),
        "a_number": draw.random() * 10,
        "a_category": draw.choice("ABC"),
        "a_date": (at - timedelta(days=draw.randint(0, 90))).timestamp(),
        "t_date": "a day",
        "a_ordinal": float(draw.randint(1, 3)),
        "t_ordinal": "a rank",
    }
    some = {name: value for name, value in held.items() if draw.random() < 0.7}
    for name in ("date", "ordinal"):
        if f"a_{name}" in some:
            some[f"t_{name}"] = held[f"t_{name}"]
    for name in [name[2:] for name in some if name.startswith("a_") and draw.random() < 0.2]:  # emptied later
        some[f"u_{name}"] = (at + timedelta(days=draw.randint(1, 200))).timestamp() * 1000
    id_ = f"attributes|{record}|{version}"
    w.add("Attributes", id_, at, record=record, at=at, **some)
    w.tie(id_, "OF", record, at)


def pairs_of(w: World, entity: str) -> list[tuple[str, datetime]]:
    at = [START + timedelta(days=d) for d in (150, 333, 600)]
    return [(row["id"], t) for row in w.nodes[entity.title()] for t in at]


def values(graph: Graph, w: World, moment: datetime | None = None) -> dict[tuple[str, str, datetime], Value]:
    found: dict[tuple[str, str, datetime], Value] = {}
    for entity in ("deal", "lead"):
        pairs = [(id_, t) for id_, t in pairs_of(w, entity) if moment in (None, t)]
        own = [f for f in FEATURES if f.entity == entity]
        for name, column in extract(graph, own, pairs).items():
            found |= {(name, id_, t): value for (id_, t), value in zip(pairs, column, strict=True)}
    return found


def test_every_way_to_an_attribute_makes_a_feature() -> None:
    deal = [f.name for f in FEATURES if f.entity == "deal"]
    assert deal.count("attribute:Deal flag {x}") == 1
    assert {n.partition(":")[0] for n in deal} == {
        "attribute", "account attribute", "lead attribute", "contacts' attribute", "event", "account event",
        "lead event",
    }  # fmt: skip
    assert {f.name.partition(":")[0] for f in FEATURES if f.entity == "lead"} == {
        "attribute", "account attribute", "contact attribute", "event", "account event", "contact event",
    }  # fmt: skip
    assert all("{x}" not in f.because for f in FEATURES)


def test_what_is_personal_or_left_out_is_no_feature() -> None:
    left = (Attribute("deal", "A", "a", "flag", feature=False), Attribute("deal", "B", "b", "category", personal=True))
    assert list(attribute_features("deal", left)) == []


def test_the_digest_tells_types_and_levels_apart() -> None:
    one, two, three = (
        next(attribute_features("deal", [Attribute("deal", "Fit", "fit", type_, levels)])).digest
        for type_, levels in (("ordinal", ("low", "high")), ("ordinal", ("high", "low")), ("category", ()))
    )
    assert len({one, two, three}) == 3


def test_a_value_is_made_of_its_own_evidence_and_ends_at_the_record(graph: Graph) -> None:
    w = world(1)
    w.load(graph, NOW)
    found = values(graph, w)
    assert sum(value is not None for value in found.values()) > 0.2 * len(found)
    own: dict[str, Feature] = {f"{f.entity} {f.name}": f for f in FEATURES}
    entity_of = {row["id"]: kind for kind in ("deal", "lead") for row in w.nodes[kind.title()]}
    requests = [Request(own[f"{entity_of[id_]} {name}"], id_, at) for name, id_, at in found]
    for request, reason in zip(requests, reasons(graph, requests), strict=True):
        value = found[request.feature.name, request.entity_id, request.as_of]
        unknown = value is None and request.feature.empty is not None  # of an entity that is not known yet
        made = None if unknown else recompute(request.feature, reason.rows, request.as_of)
        assert reason.value == value == made, request
        assert reason.sentence and ("{" not in reason.sentence)
        if request.feature.family == "event" and value:
            assert "Activity" in reason.paths[0].nodes[-1].labels, request
        elif request.feature.family == "attribute" and value is not None:
            *_, record, held = reason.paths[0].nodes
            assert str(held.id).startswith(f"attributes|{record.id}|"), request


@pytest.mark.parametrize("seed", [2, 3])
def test_nothing_known_later_changes_a_value(graph: Graph, seed: int) -> None:
    w = world(seed)
    w.load(graph, NOW)
    full = values(graph, w)
    for moment in sorted({t for _, _, t in full}):
        graph.write(EMPTY)
        migrate(graph)
        w.cut(moment).load(graph, moment)
        for key, value in values(graph, w, moment).items():
            assert value == full[key], f"{key}: {value!r} with the past alone, {full[key]!r} with the future there"


def test_no_plan_searches_the_graph(graph: Graph) -> None:
    for feature in FEATURES:
        for query in (bundles([feature])[0].query, feature.rows):
            plan = str(graph.explain(query))
            assert not any(bad in plan for bad in ("AllNodesScan", "NodeByLabelScan")), feature.name
