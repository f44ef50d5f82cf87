"""What every feature promises, shown on small worlds in a real Neo4j (DESIGN section 4)."""

import re
from datetime import datetime, timedelta

import pytest

from kg.features.extraction import extract
from kg.features.features import Feature, Value, bundles, load_features
from kg.features.paths import Request, reasons
from kg.features.recompute import recompute
from kg.graph import Graph
from kg.ontology import ENTITIES, SECOND
from kg.store.migrate import migrate
from tests.conftest import EMPTY
from tests.worlds import LAST_KNOWN, START, World, chance_world, day, norrland

FEATURES = load_features()
NOW = START + timedelta(days=760)
AS_OF = day("2024-04-15")
Pairs = list[tuple[str, datetime]]


PER_PAIR = 12


def ids_of(world: World, entity: str) -> list[str]:
    """Every entity of a kind in a world; of a pair, some of all that could be."""
    firsts = [row["id"] for row in world.nodes.get(ENTITIES[entity], [])]
    if entity not in SECOND:
        return firsts
    seconds = [row["id"] for row in world.nodes.get(SECOND[entity], [])]
    pairs = [f"{first}|{second}" for first in firsts for second in seconds]
    return pairs[:: max(1, len(pairs) // PER_PAIR)]


def moments(world: World) -> list[datetime]:
    """Moments to ask about: spread ones, and instants at which something became known."""
    known = sorted(row["known_from"] for rows in world.ties.values() for row in rows)
    return [START + timedelta(days=d) for d in (150, 420)] + [known[len(known) // 2], known[len(known) * 4 // 5]]


def by_entity(entity: str) -> list[Feature]:
    return [f for f in FEATURES.values() if f.entity == entity]


def values(graph: Graph, world: World, at: list[datetime]) -> dict[tuple[str, str, datetime], Value]:
    """Every feature of every entity at every moment."""
    found: dict[tuple[str, str, datetime], Value] = {}
    for entity in ENTITIES:
        pairs = [(id, t) for id in ids_of(world, entity) for t in at]
        for name, column in extract(graph, by_entity(entity), pairs).items():
            found |= {(name, id, t): value for (id, t), value in zip(pairs, column, strict=True)}
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_value_is_made_of_its_own_evidence(graph: Graph, seed: int) -> None:
    world = chance_world(seed)
    world.load(graph, NOW)
    batch = values(graph, world, moments(world))
    requests = [Request(FEATURES[name], id, at) for name, id, at in batch]
    for request, found in zip(requests, reasons(graph, requests), strict=True):
        value = batch[request.feature.name, request.entity_id, request.as_of]
        where = (request.feature.name, request.entity_id, request.as_of, value, found.value)
        if isinstance(value, float) and isinstance(found.value, float):
            assert abs(value - found.value) <= 1e-12 * max(1.0, abs(value)), where
            assert found.value == recompute(request.feature, found.rows, request.as_of)
        else:
            assert value == found.value, where
        assert found.sentence and "{" not in found.sentence, where
        if value is not None and found.paths:
            assert all(path.sentence and path.nodes for path in found.paths), where


@pytest.mark.parametrize("seed", [4, 5])
def test_nothing_known_later_changes_a_value(graph: Graph, seed: int) -> None:
    world = chance_world(seed)
    world.load(graph, NOW)
    at = moments(world)
    full = values(graph, world, at)
    for moment in at:
        graph.write(EMPTY)
        migrate(graph)
        world.cut(moment).load(graph, moment)
        for key, value in values(graph, world, [moment]).items():
            assert value == full[key], f"{key}: {value!r} with the past alone, {full[key]!r} with the future there"


def test_the_worlds_speak_about_every_feature(graph: Graph) -> None:
    world = norrland()
    world.load(graph, AS_OF)
    whose = {"deal": "D1", "lead": "L1", "account": "norrland", "seat": "D1|mara", "offer": "norrland|router"}
    whose["lead_deal_stage"] = "L0"  # no deal has grown from L1
    requests = [Request(f, whose.get(f.name) or whose[f.entity], AS_OF) for f in FEATURES.values()]
    silent = [r.feature.name for r, found in zip(requests, reasons(graph, requests), strict=True) if not found.total]
    assert silent == []


def test_without_rows_a_feature_is_empty_and_says_so(graph: Graph) -> None:
    world = World()
    for entity in ("Deal", "Lead", "Account", "Contact", "Product"):
        world.add(entity, entity.lower(), name="Alone")
    world.load(graph, START - timedelta(days=1))
    for feature in FEATURES.values():
        at = START + timedelta(days=1)
        first, second = ENTITIES[feature.entity].lower(), SECOND.get(feature.entity)
        id = f"{first}|{second.lower()}" if second else first
        found = reasons(graph, [Request(feature, id, at)])[0]
        assert extract(graph, [feature], [(id, at)]) == {feature.name: [feature.empty]}, feature.name
        assert (found.value, found.sentence, found.total) == (feature.empty, feature.absent, 0), feature.name
        assert [node.id for node in found.paths[0].nodes] == [first], feature.name


def test_an_entity_that_was_not_known_yet_has_no_value(graph: Graph) -> None:
    norrland().load(graph, AS_OF)
    pairs = [("D1", day("2024-02-01")), ("nobody", AS_OF)]
    assert set(map(tuple, extract(graph, by_entity("deal"), pairs).values())) == {(None, None)}


def test_no_plan_searches_the_graph(graph: Graph) -> None:
    for query in (q for f in FEATURES.values() for q in (bundles([f])[0].query, f.rows)):
        operators = set(_operators(graph.explain(query)))
        assert not operators & {"AllNodesScan", "CartesianProduct", "NodeByLabelScan"}, (
            query.name,
            query.kind,
            operators,
        )


def _operators(plan: dict[str, object]) -> list[str]:
    children = plan.get("children") or []
    assert isinstance(children, list)
    return [str(plan["operatorType"]).split("@")[0], *(name for child in children for name in _operators(child))]


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda f: f.name)
def test_no_feature_reads_what_is_only_last_known(feature: Feature) -> None:
    own = {"e": ENTITIES[feature.entity], "second": SECOND.get(feature.entity, "")}
    labels = dict(re.findall(r"\((\w+):(\w+)", feature.pattern.body)) | own
    text = feature.pattern.body + " ".join(feature.pattern.columns.values())
    for variable, name in re.findall(r"\b(\w+)\.(\w+)", text):
        assert name not in LAST_KNOWN.get(labels.get(variable, ""), ()), f"{feature.path.name} reads {variable}.{name}"


@pytest.mark.parametrize("feature", FEATURES.values(), ids=lambda f: f.name)
def test_every_relationship_of_a_pattern_is_held_against_the_clock(feature: Feature) -> None:
    source = feature.path.read_text(encoding="utf-8")
    asked = {name.strip() for call in re.findall(r"known\(([^)]*)\)", source) for name in call.split(",")}
    held = re.findall(
        r"newest\((.*)\)\n", source
    )  # whose relationships are held against the clock where it is expanded
    asked |= {name for text in held for name in re.findall(r"-\[(\w+):", text)}
    ties = re.findall(r"-\[(\w*)(?::|\])", source)
    assert all(ties), f"{feature.path.name}: a relationship has no name"
    assert set(ties) <= asked, f"{feature.path.name}: {set(ties) - asked} are not in known(…)"
