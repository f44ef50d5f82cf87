"""The world of the API's tests: Norrland, with records, and deals scored by hand from their own features."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any

from kg.features.extraction import extract
from kg.features.features import load_features
from kg.graph import Graph
from kg.ontology import ENTITIES, SECOND
from kg.ontology.own import own_of, using
from kg.query.query import Query
from kg.store.load import NodeRows, RelationshipRows, load
from scoring.forecast.cycle import SIZES, STARTS, WEEKS
from tests.worlds import World, day, norrland

NOW = day("2024-04-15")
VERSION = "v1"
PUBLISH = Query(
    name="publish",
    kind="tests",
    mode="write",
    text="MERGE (w:Workspace {id: 'workspace'}) SET w += {as_of: $as_of, published: 'test', currency: 'EUR', run: ''}",
)
DECLARE = Query(
    name="declare",
    kind="tests",
    mode="write",
    text="MATCH (w:Workspace {id: 'workspace'}) SET w += {own: $own, own_digest: $digest}",
)
ONTOLOGY = """
[kind.site]
about = "A place where an account works."
[kind.site.properties]
name = { about = "Name." }
capacity = { type = "integer", about = "Places.", unit = "people" }
opened_at = { type = "moment", about = "Opened." }
leased = { type = "flag", about = "Whether it is leased." }
keeper = { about = "Who keeps it.", personal = true }
[kind.site.relationships]
tenant = { type = "TENANT", to = "account", about = "Who works there." }
"""
OWN = own_of(json.dumps({"ontology.toml": ONTOLOGY}))
CURRENT = Query(name="current", kind="tests", mode="write", text="MATCH (s:Score) WHERE s.as_of = $as_of SET s:Current")


def personal_world() -> World:
    """Norrland with e-mail addresses, telephone numbers, source records and an id that was given up."""
    w = norrland()
    for contact in w.nodes["Contact"]:
        contact |= {"email": f"{contact['id']}@norrland.se", "phone": "+46 8 123 45 67", "title": "Planner"}
    for row in w.nodes["Deal"]:
        if row["id"] == "D1":
            row |= {"state": "open", "stage": "Prospect", "amount": 200.0, "name": "Route planning"}
    records = (
        ("crm", "D-1", "deal", "D1"),
        ("crm", "A-1", "account", "norrland"),
        ("crm", "C-1", "contact", "mara"),
        ("crm", "L-1", "lead", "L1"),
        ("mail", "D-1", "contact", "jon"),
    )
    for source, record_id, kind, entity in records:
        w.add(
            "Record", f"{kind}|{source}:{record_id}", source=source, record_id=record_id, kind=kind, name=entity.title()
        )
        w.tie(f"{kind}|{source}:{record_id}", "RESOLVED_TO", entity, match_weight=7.5)
    w.add("Redirect", "D0")
    w.tie("D0", "TO", "D1")
    identity(w)
    return w


def identity(w: World) -> None:
    """Norrland of three records in two steps, Polar of one, a pair of theirs that was rejected, and what happened."""
    for source, record_id, entity, known in (
        ("billing", "B-1", "norrland", "2023-02-01"),
        ("web", "W-1", "norrland", "2023-03-01"),
        ("crm", "A-2", "polar", "2023-01-01"),
        ("erp", "E-2", "polar", "2023-01-05"),
    ):
        key = f"account|{source}:{record_id}"
        w.add("Record", key, known, source=source, record_id=record_id, kind="account", name=f"{entity.title()} AB")
        w.tie(key, "RESOLVED_TO", entity, known, match_weight=5.0)
    _pair(w, "billing:B-1", "crm:A-1", "2023-02-01", (8.0, 4.0), step_of=["norrland"], step=[1.0], mean_weights=[7.0])
    _pair(w, "crm:A-1", "web:W-1", "2023-03-01", (8.0, 0.0), step_of=["norrland"], step=[2.0], mean_weights=[1.75])
    _pair(w, "billing:B-1", "web:W-1", "2023-03-01", (5.5, 0.0))
    flip = {"flip_comparison": "phone", "flip_level": "same phone", "flip_gain": 6.0}
    _pair(w, "crm:A-1", "crm:A-2", "2023-01-01", (1.0, -1.5), decision="rejected", **flip)
    why = "over all 6 pairs between the two groups the mean weight is -2.50, below 0"
    _pair(w, "erp:E-2", "web:W-1", "2023-03-01", (6.5, 0.0), decision="cut", cut=why, cut_mean=-2.5)
    w.add("Account", "norrland-old", "2023-01-01", name="Norrland Trafik", known_to=day("2023-03-01"))
    w.add("Redirect", "norrland-old", "2023-03-01")
    w.tie("norrland-old", "TO", "norrland", "2023-03-01")
    at, kind = day("2023-03-01"), "account"
    lists = {"entities": ["norrland", "norrland-old"], "records": ["account|web:W-1"]}
    w.add("IdentityEvent", "event|1", at, kind="CREATED", at=at, sequence=1, entity_kind=kind, count=3)
    w.add("IdentityEvent", "event|2", at, kind="MERGED", at=at, sequence=2, entity_kind=kind, count=2, **lists)
    for event, entity in (("event|1", "norrland"), ("event|1", "polar"), ("event|2", "norrland")):
        w.tie(event, "TOUCHED", entity, at)


def _pair(w: World, a: str, b: str, known: str, weights: tuple[float, float], **properties: Any) -> None:
    """A scored pair of account records: prior -5, name and phone, and 0.25 for how rare the name is."""
    total = -5.0 + sum(weights) + 0.25
    given = {
        "decision": "accepted", "match_weight": total, "probability": 1 / (1 + 2**-total), "prior": -5.0,
        "comparisons": ["name", "phone"], "levels": ["same name" if weights[0] > 1 else "different", "same phone"],
        "weights": list(weights), "adjustments": [0.25, 0.0], "threshold": 0.0, "model": "abc", "block": "same name",
    }  # fmt: skip
    w.tie(f"account|{a}", "COMPARED_WITH", f"account|{b}", known, **given | properties)


def more_deals(w: World, count: int) -> None:
    """Open deals O000, O001, … with Polar, so that there are pages to turn."""
    for i in range(count):
        id_ = f"O{i:03}"
        w.add("Deal", id_, "2024-02-01", name=f"Deal {i}", opened_at=day("2024-02-01"), state="open", amount=float(i))
        w.tie(id_, "WITH", "polar", "2024-02-01")
        w.tie("rita", "OWNS", id_, "2024-02-01", from_=day("2024-02-01"))
        w.tie("jon", "PLAYS", id_, "2024-02-02", role="user", confidence=0.5, basis="inferred")


def score_rows(graph: Graph, name: str, entity: str, ids: list[str], as_of: datetime) -> list[dict[str, Any]]:
    """Scores whose contributions follow from the real features: 0.01 times a bounded function of the value."""
    features = [f for f in load_features().values() if f.entity == entity]
    columns = extract(graph, features, [(id_, as_of) for id_ in ids])
    rows = []
    for i, id_ in enumerate(ids):
        values = [columns[f.name][i] for f in features]
        parts = [0.05 * math.tanh(v) + 0.01 if isinstance(v, int | float) else 0.02 for v in values]
        base = -1.0 + (int(id_[1:]) % 7) * 0.05 if id_[1:].isdigit() else -1.0
        log_odds = base + sum(parts)
        value = 1 / (1 + math.exp(-log_odds))
        rows.append(
            {
                "id": f"{name}|{VERSION}|{id_}|{as_of.isoformat()}",
                "name": name,
                "version": VERSION,
                "as_of": as_of,
                "value": value,
                "log_odds": log_odds,
                "base": base,
                "low": value - 0.05,
                "high": value + 0.05,
                "band": "B",
                "basis": "MODEL",
                "effective_n": 50.0,
                "entity_id": id_,
                **({"second_id": id_.partition("|")[2]} if entity in SECOND else {}),
                "features": [f.name for f in features],
                "paired": ["" for _ in features],
                "values": [v if isinstance(v, int | float) else math.nan for v in values],
                "texts": [v if isinstance(v, str) else "" for v in values],
                "contributions": parts,
            }
        )
    return rows


CYCLE = {
    "hazards": [[0.03] * WEEKS, [0.05] * WEEKS], "factors": [[[[1.0] * len(STARTS)] * n] * 2 for n in SIZES],
    "pull": 8.0, "wins": 9,
}  # fmt: skip
"""Three of a hundred open deals are won in a week and five lost, whatever is known of them."""


def forecast_row() -> dict[str, Any]:
    """A forecast of the second quarter of 2024, of deal D1 and of one that is gone, with what moved it."""
    part = {"booked": 10.0, "open": 80.0, "fresh": 10.0, "low": 60.0, "median": 95.0, "high": 150.0, "expected": 100.0}
    entries = [
        {
            "cause": "score",
            "deal": "D1",
            "name": "x",
            "money": 15.0,
            "detail": "+0.200 log-odds",
            "feature": "deal_age",
        },
        {"cause": "lost", "deal": "gone", "name": "y", "money": -5.0, "detail": "", "feature": None},
        {"cause": "time", "deal": None, "name": "new business", "money": 2.0, "detail": "", "feature": None},
    ]
    causes = {"score": 15.0, "lost": -5.0, "time": 2.0}
    moved = {"since": "2024-04-08T00:00:00+00:00", "before": 88.0, "by_cause": causes, "entries": entries, "more": 0}
    return {
        "id": "deal_win|2024Q2", "name": "deal_win", "version": VERSION, "period": "2024Q2",
        "starts": day("2024-04-01"),
        "ends": day("2024-07-01"), "as_of": NOW, "expected": 100.0, "low": 60.0, "median": 95.0, "high": 150.0,
        "booked": 10.0, "fresh": 10.0, "guessed": 1, "deals": ["gone", "D1"], "money": [10.0, 80.0],
        "parts": json.dumps({"team": [{"name": "North", **part}], "product": []}),
        "learned": json.dumps(CYCLE),
        "named": json.dumps({"team": [{"name": "North", **part}], "rep": [{"name": "Rita Berg", **part}]}),
        "moved": json.dumps(moved),
    }  # fmt: skip


def next_quarter() -> dict[str, Any]:
    """The same of the quarter after, never kept before."""
    row = forecast_row()
    later = {"id": "deal_win|2024Q3", "period": "2024Q3", "starts": day("2024-07-01"), "ends": day("2024-10-01")}
    return row | later | {"moved": None}


def health_rows() -> list[dict[str, Any]]:
    """What was wrong with `deal_win` a week ago and is over, and what is told and does not matter."""
    told = {"name": "deal_win", "value": 21.0, "allowed": 4.0, "at": day("2024-04-08"), "version": "v0"}
    silent = {"what": "silent", "subject": "meeting", "severe": True, "sentence": "No meeting activities for 21 days."}
    moved = {"what": "drifted", "subject": "deal_amount", "severe": False, "sentence": "deal_amount moved."}
    return [
        told | silent | {"id": "deal_win|silent|meeting|1", "ended_at": NOW, "answers": VERSION},
        told | moved | {"id": "deal_win|drifted|deal_amount|1", "ended_at": None, "answers": "v0"},
    ]


def build(graph: Graph, deals: int = 0) -> None:
    """Load, score and publish the world."""
    w = personal_world()
    more_deals(w, deals)
    w.load(graph, NOW)
    open_deals = ["D1", *(f"O{i:03}" for i in range(deals))]
    for as_of in (day("2024-04-08"), NOW):
        scored = {"deal": ("deal_win", open_deals), "lead": ("lead_conversion", ["L1"])}
        scored |= {"seat": ("champion_strength", ["D1|mara", "D1|jon"]), "offer": ("cross_sell", ["norrland|router"])}
        for entity, (name, ids) in scored.items():
            rows = score_rows(graph, name, entity, ids, as_of)
            ties = [{"start": row["id"], "end": row["entity_id"].partition("|")[0]} for row in rows]
            load(graph, [NodeRows("Score", rows), RelationshipRows("Score", "OF", ENTITIES[entity], ties)], run="test")
    manifest = '{"features": {"deal_amount": "x"}, "metrics": {"auc": {"value": 0.7, "low": 0.6, "high": 0.8}}}'
    model = {
        "id": "deal_win|v1",
        "name": "deal_win",
        "version": VERSION,
        "as_of": NOW,
        "trained_at": NOW,
        "basis": "MODEL",
        "manifest": manifest,
        "active": True,
    }
    load(graph, [NodeRows("Model", [model]), NodeRows("Forecast", [forecast_row(), next_quarter()])], run="test")
    load(graph, [NodeRows("HealthEvent", health_rows())], run="test")
    graph.write(CURRENT, as_of=NOW)
    graph.write(PUBLISH, as_of=NOW)
    known = {"known_from": day("2024-02-01")}
    site = {"id": "site|crm:S1", "name": "Kiruna", "capacity": 40, "leased": True, "keeper": "Mara Ek"}
    record = {"source": "crm", "record_id": "S1", "kind": "site", "name": "Kiruna"}
    with using(OWN):
        nodes = [NodeRows("Site", [site | known]), NodeRows("Record", [{"id": "site|crm:S1"} | record | known])]
        tenant = RelationshipRows("Site", "TENANT", "Account", [{"start": site["id"], "end": "norrland"} | known])
        told = RelationshipRows("Record", "RESOLVED_TO", "Site", [{"start": site["id"], "end": site["id"]} | known])
        load(graph, [*nodes, tenant, told], run="test")
    graph.write(DECLARE, own=OWN.text, digest=OWN.digest)
