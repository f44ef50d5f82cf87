"""A small company with a canary in every personal field, and in other fields that carry a person's value."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kg.features.networks import rebuild_networks
from kg.features.norms import rebuild_norms
from kg.graph import Graph
from kg.ontology import ENTITIES, SECOND
from kg.store.load import NodeRows, RelationshipRows, load
from resolution.entities.rows import graph_rows
from resolution.run.resolve import resolve
from tests.api.world import CURRENT, PUBLISH, day, forecast_row, score_rows
from tests.resolution.small_world import at, stage, world

NOW = day("2024-05-01")
KNOWN = "2024-01-02"
CANARIES = {
    "contact name": "Zanfirst Zanlast",
    "contact e-mail": "zanmail@zanhost.example",
    "contact phone": "+46 70 555 0101",
    "second contact": "Yanfirst Yanlast",
    "second e-mail": "yanmail@yanhost.example",
    "contact profile": "linked.example/in/zanprofile",
    "lead name": "Wanfirst Wanlast",
    "lead e-mail": "wanmail@wanhost.example",
    "lead phone": "+46 70 555 0202",
    "rep name": "Vanfirst Vanlast",
    "rep e-mail": "vanmail@vanhost.example",
    "mail subject": "Quaffle zansubject",
    "participant": "uanmail@uanhost.example",
}
PARTS = ("zanfirst", "zanlast", "yanfirst", "yanlast", "wanfirst", "wanlast", "vanfirst", "vanlast")
PHONES = ("705550101", "705550202")
PERSON, MAIL = CANARIES["contact name"], CANARIES["contact e-mail"]


def company() -> dict[str, list[Any]]:
    """The rows of the company: twenty accounts, and D0, D1 with people around them."""
    rows = {kind: [dict(row) for row in found] for kind, found in world().items()}
    first, last = PERSON.split()
    rows["contact"] += [
        {"key": f"web:{MAIL}", "known": KNOWN, "first_name": first, "last_name": last, "email": MAIL,
         "phone": CANARIES["contact phone"], "linkedin": CANARIES["contact profile"], "account": "crm:A1",
         "title": "Chief Executive Officer", "department": MAIL, "country": PERSON},
        {"key": "crm:CZ", "known": KNOWN, "name": PERSON, "email": MAIL, "account": "crm:A1", "title": "VP Sales",
         "phone": CANARIES["contact phone"]},
        {"key": "crm:CY", "known": KNOWN, "name": CANARIES["second contact"], "email": CANARIES["second e-mail"],
         "account": "crm:A1", "title": f"Assistant to {PERSON}"},
        {"key": "crm:CX", "known": KNOWN, "name": f"{first} {last}en", "email": "other@other.example",
         "account": "crm:A2",
         "phone": CANARIES["contact phone"]},
    ]  # fmt: skip
    rows["lead"] += [
        {"key": f"web:{CANARIES['lead e-mail']}", "known": KNOWN, "name": CANARIES["lead name"], "source_name": PERSON,
         "email": CANARIES["lead e-mail"], "phone": CANARIES["lead phone"], "company": PERSON, "status": PERSON,
         "title": PERSON, "country": MAIL, "created_at": at(KNOWN), "campaign": f"crm:{MAIL}", "owner": "crm:RV"},
        {"key": "crm:LZ", "known": KNOWN, "name": PERSON, "email": MAIL, "company": "Bluefin Industries",
         "created_at": at(KNOWN), "owner": "crm:RV", "status": "Open"},
    ]  # fmt: skip
    rows["rep"] += [
        {"key": "crm:RV", "known": KNOWN, "name": CANARIES["rep name"], "email": CANARIES["rep e-mail"], "team": PERSON}
    ]
    for account in rows["account"]:
        if account["key"] in {"crm:A1", "billing:B1"}:
            account |= {"phone": CANARIES["contact phone"], "city": MAIL, "registration_id": CANARIES["lead phone"]}
        if account["key"] in {"crm:A5", "billing:B5"}:
            account |= {"name": PERSON, "country": PERSON, "industry": PERSON}
    rows["deal"][1] |= {"name": f"Renewal {PERSON}", "lead_source": MAIL, "owner": "crm:RV", "stage": PERSON,
                        "pipeline": PERSON, "product": "crm:PZ", "contact": "crm:CZ"}  # fmt: skip
    rows["deal"][5] |= {"owner": "crm:RV", "state": "lost", "stage": "Lost", "closed_at": at("2024-03-01"),
                        "reason": f"{PERSON} said no", "competitor": MAIL, "product": "crm:PZ"}  # fmt: skip
    rows["deal"] += [
        {**rows["deal"][1], "key": f"erp:{MAIL}", "name": f"{PERSON} upsell", "account": "crm:A5", "amount": 77.0}
    ]
    rows["product"] = [{"key": "crm:PZ", "known": KNOWN, "name": PERSON, "family": MAIL, "price": 10.0}]
    rows["campaign"] = [{"key": f"crm:{MAIL}", "known": KNOWN, "name": PERSON, "campaign_kind": PERSON}]
    rows["role"] = [
        {"key": f"crm:S{i}", "known": KNOWN, "contact": contact, "deal": deal, "role": role, "confidence": 0.9}
        for i, (contact, deal, role) in enumerate(
            [("crm:CZ", "crm:D1", "champion"), ("crm:CY", "crm:D1", "economic_buyer"), ("crm:CY", "crm:D0", "champion"),
             ("crm:CZ", "crm:D0", "user"), ("crm:CX", "crm:D5", "champion")]
        )
    ]  # fmt: skip
    for i, (kind, direction, when) in enumerate(
        [("mail", "inbound", "2024-04-20"), ("meeting", "none", "2024-04-22"), ("mail", "outbound", "2024-04-19"),
         ("call", "inbound", "2024-04-25"), ("meeting", "none", "2024-05-20")]
    ):  # fmt: skip
        key = f"mail:{MAIL}{i}" if i < 2 else f"mail:V{i}"
        rows["activity"].append(
            {"key": key, "known": KNOWN, "activity_kind": kind, "direction": direction, "at": at(when),
             "outcome": PERSON,
             "subject": CANARIES["mail subject"], "rep_email": CANARIES["rep e-mail"], "deal": "crm:D1"}
        )  # fmt: skip
        for j, who in enumerate(({"contact": "crm:CZ"}, {"contact": "crm:CY"}, {"email": CANARIES["participant"]})):
            rows["participant"].append({"key": f"mail:Q{i}{j}", "known": KNOWN, "activity": key, **who})
    rows["activity"] += [
        {"key": f"web:V{kind}", "known": KNOWN, "activity_kind": "call", "direction": "inbound", "at": at("2024-04-21"),
         "subject": CANARIES["mail subject"], kind: of}
        for kind, of in (("account", "crm:A1"), ("lead", "crm:LZ"), ("lead", f"web:{CANARIES['lead e-mail']}"))
    ]  # fmt: skip
    rows["activity"][-1]["key"] = "web:Vlast"
    rows["ticket"] = [
        {"key": f"desk:{MAIL}", "known": KNOWN, "account": "crm:A1", "severity": "severe",
         "opened_at": at("2024-04-02"),
         "subject": f"{PERSON} cannot sign in"}
    ]  # fmt: skip
    rows["change"] = [
        {"key": f"crm:G{i}", "known": KNOWN, "of": "crm:D1", "of_kind": "deal", "field": field, "old": old, "new": new,
         "at": at(f"2024-03-0{i + 1}")}
        for i, (field, old, new) in enumerate(
            [("lead_source", "Web", MAIL), ("owner", PERSON, MAIL), ("amount", "900", "1001")]
        )
    ]  # fmt: skip
    rows["relation"] = [
        {"key": "crm:X1", "known": KNOWN, "account": "crm:A1", "other": "crm:A5", "relation": "partners_with"}
    ]
    return rows


def build(graph: Graph, folder: Path) -> None:
    """Stage, resolve, load, score and publish the company."""
    staging = stage(folder / "staging.duckdb", company())
    resolve(staging, folder / "resolution.duckdb")
    load(graph, graph_rows(folder / "resolution.duckdb", staging), run="test")
    rebuild_norms(graph, NOW, "test")
    rebuild_networks(graph, NOW, "test")
    for name, entity in (("deal_win", "deal"), ("lead_conversion", "lead"), ("champion_strength", "seat")):
        asked = ids(graph, ENTITIES[entity])
        if entity in SECOND:
            asked = [
                f"{first}|{second}" for first, second in zip(asked, cycle(ids(graph, SECOND[entity])), strict=False)
            ]
        scored = score_rows(graph, name, entity, asked, NOW)
        ties = [{"start": row["id"], "end": row["entity_id"].partition("|")[0]} for row in scored]
        load(graph, [NodeRows("Score", scored), RelationshipRows("Score", "OF", ENTITIES[entity], ties)], run="test")
    load(graph, [NodeRows("Forecast", [forecast(ids(graph, "Deal"))])], run="test")
    graph.write(CURRENT, as_of=NOW)
    graph.write(PUBLISH, as_of=NOW)


def forecast(deals: list[str]) -> dict[str, Any]:
    """A forecast of the deals, with people's names wherever it holds names."""
    row = forecast_row() | {"as_of": NOW, "deals": deals, "money": [1.0] * len(deals)}
    moved = json.loads(row["moved"])
    for entry, deal in zip(moved["entries"], deals, strict=False):
        entry |= {"deal": deal, "name": PERSON}
    named = json.dumps({"rep": [{**json.loads(row["named"])["rep"][0], "name": CANARIES["rep name"]}]})
    return row | {"moved": json.dumps(moved), "named": named}


def ids(graph: Graph, label: str) -> list[str]:
    """The ids of a label's nodes, in order."""
    from kg.query.query import Query

    text = f"MATCH (n:{label}) RETURN n.id AS id ORDER BY id"
    return [row["id"] for row in graph.read(Query(name="ids", kind="tests", text=text))]


def words_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(where, text) of every text in an answer, keys aside; what a cursor holds as well."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from words_of(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from words_of(inner, path)
    elif isinstance(value, str):
        yield path, value
        for inner in _unpacked(value):
            yield f"{path} (unpacked)", inner


def _unpacked(text: str) -> Iterator[str]:
    if re.fullmatch(r"[A-Za-z0-9_=-]{8,}", text):
        try:
            yield base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
        except ValueError:
            return


def canaries_in(answer: Any) -> list[str]:
    """Canaries that an answer holds: as they are, in any case, as part of a URL, their words, their digits."""
    found = set()
    for path, said in words_of(answer):
        low = said.lower()
        for canary in (*CANARIES.values(), *PARTS):
            if canary.lower() in low or quote(canary.lower()) in low or quote(canary.lower(), safe="") in low:
                found.add(f"{canary} in {path}: {said[:160]}")
        digits = re.sub(r"[\s().+-]", "", said)
        found |= {f"{phone} in {path}: {said[:160]}" for phone in PHONES if phone in digits}
    return sorted(found)
