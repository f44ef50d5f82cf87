"""What features say about one small company, and how the reasons are drawn."""

import asyncio
from datetime import timedelta

import pytest

from kg.features.extraction import extract
from kg.features.features import features_named, load_features
from kg.features.paths import Request, evidence, reasons, reasons_many
from kg.features.sentences import fill
from kg.graph import AsyncGraph, Graph
from kg.settings import GraphSettings
from tests.worlds import START, chance_world, day, norrland

AS_OF = day("2024-04-15")
SAID = {
    "buying_center_coverage": "3 of 7 expected roles have met us "
    "(missing: blocker, influencer, procurement and technical evaluator)",
    "contacts_engaged": "3 people engaged on this deal: Jon, Mara and Ines",
    "single_threading": "40 % of contact in the last 90 days is with Jon",
    "seniority_reached": "The most senior person engaged is Ines, CFO",
    "champion_confidence": "Mara is our champion, with confidence 80 %",
    "economic_buyer_met": "Economic buyer Ines has met us",
    "power_gap": "Every director and above at the account has engaged on this deal (2 of 2)",
    "champion_moved": "1 person here bought from us at their last company (Mara)",
    "former_employer_customers": "1 customer of ours once employed people here (Polar)",
    "contact_bought_before": "1 person here took part in a won deal before (Mara)",
    "account_recent_losses": "1 deal with Norrland lost in the last year (last reason: price)",
    "subsidiary_wins": "1 deal won elsewhere in the group (Baltic)",
    "related_account_wins": "We won 1 of 2 deals with related accounts (Baltic)",
    "account_win_share": "We won 1 of 2 deals with Norrland",
    "meetings_recent": "1 meeting in the last 30 days",
    "activity_velocity": "4 mails, calls and meetings in 30 days, up from 1",
    "response_lag": "They answer our mails within 5 hours at the median",
    "close_date_pushes": "Close date pushed 1 time (last on 2 Apr 2024)",
    "stage_regressions": "Went back 1 time (last: to Prospect on 1 Apr 2024)",
    "amount_change": "Amount changed 1 time (last: from 100 to 200)",
    "open_severe_tickets": "1 ticket of high severity open (newest: Down)",
    "deal_amount": "Amount: 200, since 10 Apr 2024",
    "account_industry": "Industry: logistics, since 1 Jan 2023",
    "stage_order": "In Prospect (position 1) since 1 Apr 2024",
    "deal_age": "Open for 45 days",
}
VALUES = {
    "buying_center_coverage": 3 / 7, "contacts_engaged": 3.0, "single_threading": 0.4, "seniority_reached": 5.0,
    "champion_confidence": 0.8, "economic_buyer_met": 0.9, "power_gap": 0.0, "champion_moved": 1.0,
    "account_recent_losses": 1.0, "meetings_recent": 1.0, "activity_velocity": 3.0, "reciprocity": 1 / 3,
    "response_lag": 5.0, "senior_meetings": 2.0, "stage_regressions": 1.0, "close_date_pushes": 1.0,
    "deal_amount": 200.0, "deal_kind": "new", "account_country": "SE", "product_family": "hardware",
    "co_engagement": 1.0,
    "deal_age": 45.0, "account_employees": 250.0, "open_severe_tickets": 1.0, "days_since_inbound": 2 + 11 / 24,
}  # fmt: skip


def test_what_is_said_about_one_deal(graph: Graph) -> None:
    norrland().load(graph, AS_OF)
    found = reasons(graph, [Request(f, "D1", AS_OF) for f in features_named(list(SAID))], personal=True)
    assert {name: reason.sentence for name, reason in zip(SAID, found, strict=True)} == SAID
    columns = extract(graph, features_named(list(VALUES)), [("D1", AS_OF)])
    assert {name: column[0] for name, column in columns.items()} == pytest.approx(VALUES)
    drawn = evidence(graph, features_named(["champion_moved"])[0], "D1", AS_OF, personal=True)[0]
    assert [node.id for node in drawn.nodes] == ["D1", "mara", "polar", "d_polar", "o_d_polar"]
    assert [(r.start, r.type, r.end) for r in drawn.relationships] == [
        ("mara", "PLAYS", "D1"), ("mara", "WORKS_AT", "polar"), ("d_polar", "WITH", "polar"),
        ("d_polar", "ENDED_IN", "o_d_polar"),
    ]  # fmt: skip
    assert drawn.sentence == "Mara was part of d_polar with Polar, won on 1 Jun 2023"
    unnamed = reasons(graph, [Request(f, "D1", AS_OF) for f in features_named(list(SAID))])
    said = {name: reason.sentence for name, reason in zip(SAID, unnamed, strict=True)}
    assert said["contacts_engaged"] == "3 people engaged on this deal: someone"
    assert said["champion_moved"] == "1 person here bought from us at their last company (someone)"
    assert said["related_account_wins"] == SAID["related_account_wins"]
    assert not any(name in sentence for name in ("Mara", "Jon", "Ines") for sentence in said.values())


def test_a_prior_is_drawn_last_and_is_no_event(graph: Graph) -> None:
    norrland().load(graph, AS_OF)
    similar = features_named(["similar_deal_win_rate"])[0]
    found = reasons(graph, [Request(similar, "D1", AS_OF)], first=20)[0]
    assert [path.prior for path in found.paths] == [False] * (len(found.paths) - 1) + [True]
    assert found.paths[-1].sentence.startswith("Before anything is known")
    assert f"of the {found.total - 1} deals most similar to it" in found.sentence


def test_relationships_stand_between_their_nodes(graph: Graph) -> None:
    world = chance_world(7)
    at = START + timedelta(days=500)
    world.load(graph, at)
    requests = [
        Request(f, row["id"], at) for f in load_features().values() for row in world.nodes.get(f.entity.title(), [])[:6]
    ]
    for request, found in zip(requests, reasons(graph, requests, first=50), strict=True):
        for path in found.paths:
            ids = {node.id for node in path.nodes}
            for tie in path.relationships:
                assert {tie.start, tie.end} <= ids, (request.feature.name, tie)
            assert request.entity_id in ids, request.feature.name


class Counted:
    """A graph that counts the queries asked of it."""

    def __init__(self, graph: AsyncGraph) -> None:
        self.graph, self.calls = graph, 0

    async def read(self, *args: object, **params: object) -> object:
        self.calls += 1
        return await self.graph.read(*args, **params)  # type: ignore[arg-type]


def test_as_many_queries_for_fifty_deals_as_for_one(graph: Graph, neo4j_server: GraphSettings) -> None:
    world = chance_world(8, deals=50)
    at = START + timedelta(days=600)
    world.load(graph, at)
    features = features_named(["deal_age", "contacts_engaged", "similar_deal_win_rate"])
    everyone = [Request(f, row["id"], at) for row in world.nodes["Deal"] for f in features]

    async def ask(requests: list[Request]) -> tuple[int, list[object]]:
        async with AsyncGraph.connect(neo4j_server) as door:
            counted = Counted(door)
            return counted.calls or 0, [await reasons_many(counted, requests), counted.calls]  # type: ignore[arg-type]

    one, fifty = (asyncio.run(ask(requests))[1] for requests in (everyone[:3], everyone))
    assert one[1] == fifty[1] == len(features)
    assert fifty[0] == reasons(graph, everyone)


@pytest.mark.parametrize(
    ("template", "value", "rows", "said"),
    [
        ("{value:plural deal deals} won", 1.0, [{"x": 1}], "1 deal won"),
        ("{value:plural deal deals} won", 3.0, [{"x": 1}], "3 deals won"),
        ("{yes} of {count}: {role:list no}", 0.5, [{"x": 1.0, "role": "a"}, {"x": 0.0, "role": "b"}], "1 of 2: b"),
        ("{who:list}", 1.0, [{"who": w} for w in "abcdef"], "a, b, c, d and 2 more"),
        ("{who:list yes}", 1.0, [{"who": "a", "x": 0}], "none"),
        ("{value:percent}, {value:one}, {value}", 0.256, [], "26 %, 0.3, 0.26"),
        ("{at:day}", None, [{"at": day("2024-04-05")}], "5 Apr 2024"),
        ("{value:rise grows shrinks} {value:size}", -0.08, [], "shrinks 8 %"),
        ("{value:rise grows shrinks} {value:size}", 0.0, [], "grows 0 %"),
        ("{yes:than no}", 1.0, [{"x": 1}, {"x": 0}, {"x": 0}], "down from 2"),
        ("{yes:than no}", 1.0, [{"x": 1}, {"x": 0}], "as before: 1"),
        ("{value:money} of {who}", 12345.6, [{"who": None}], "12,346 of not known"),
    ],
)
def test_sentences(template: str, value: float | None, rows: list[dict[str, object]], said: str) -> None:
    assert fill(template, value, rows) == said
