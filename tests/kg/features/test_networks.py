"""Norms and measures of the small company, month by month, and the labels that scores learn from."""

from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import pytest

from kg.features.networks import account_graph, centrality, communities, community_rates, quarters_between
from kg.features.norms import in_order, months_between
from kg.graph import Graph
from kg.query.files import load_queries
from kg.query.query import Query
from scoring.learning.dataset import select
from tests.worlds import close, day, norrland

NOW = day("2024-04-15")
NORMS = Query("norms", "tests", "MATCH (n:Norm) RETURN n.id AS id, n.value AS value, n.n AS n")


def tie(a: str, b: str, weight: float = 1.0) -> dict[str, Any]:
    return {"a": a, "b": b, "weight": weight}


def test_norms_of_a_month_are_made_of_what_was_known_when_it_began(graph: Graph) -> None:
    norrland().load(graph, NOW)
    norms = {row["id"]: (row["value"], row["n"]) for row in graph.read(NORMS)}
    won_by = {"2023-05": (0, 0), "2023-07": (1, 1), "2023-09": (3, 3), "2024-02": (3, 5)}
    # what is known at the first instant of a month counts: d_baltic ended on 1 September
    for month, (won, closed) in won_by.items():
        assert norms[f"win_rate|all|{month}"] == (pytest.approx((2.5 + won) / (10 + closed)), closed)
    assert norms["stage_days|prospect|2023-07"] == (120.0, 1)
    assert norms["role_frequency|champion|2023-07"] == (pytest.approx(2.5 / 6), 1)
    assert norms["campaign_conversion_rate|fair|2024-01"][1] == 1
    assert "industry_win_rate|logistics|2023-05" not in norms
    base = norms["win_rate|all|2023-07"][0]
    assert norms["industry_win_rate|logistics|2023-07"] == (pytest.approx((1 + 10 * base) / 11), 1)
    assert max(norms)[-7:] <= "2024-04"


def test_norms_that_need_others_come_later() -> None:
    names = [query.name for query in in_order(load_queries("norms"))]
    assert names.index("win_rate") < names.index("kind_win_rate") < names.index("rep_win_rate")
    assert names.index("rep_win_rate") < names.index("rep_industry_win_rate")


def test_months_and_quarters() -> None:
    first, now = datetime(2023, 11, 5, tzinfo=UTC), datetime(2024, 2, 1, tzinfo=UTC)
    assert [f"{m:%y-%m}" for m in months_between(first, now)] == ["23-11", "23-12", "24-01", "24-02"]
    assert [f"{m:%y-%m}" for m in quarters_between(first, now)] == ["23-10", "24-01", "24-04"]
    assert months_between(None, now) == quarters_between(None, now) == []


def test_the_hub_of_a_star_is_central() -> None:
    rank = centrality(account_graph([tie("hub", leaf) for leaf in "abcd"]))
    assert rank["hub"] == max(rank.values())
    assert sum(rank.values()) == pytest.approx(5)
    assert len({round(rank[leaf], 9) for leaf in "abcd"}) == 1


def test_two_cliques_are_two_communities_whatever_the_order() -> None:
    ties = [tie(a, b) for group in ("abc", "xyz") for a in group for b in group if a < b] + [tie("c", "x", 0.5)]
    found = communities(account_graph(ties))
    assert found == dict.fromkeys("abc", "a") | dict.fromkeys("xyz", "x")
    assert communities(account_graph(reversed(ties))) == found


def test_an_account_is_compared_with_the_others_of_its_community() -> None:
    outcomes = [{"a": "a", "result": "won"}, {"a": "b", "result": "lost"}]
    rates = community_rates({"a": "a", "b": "a", "c": "c"}, outcomes)
    base = 3.5 / 12
    assert rates == {"a": pytest.approx(5 * base / 6), "b": pytest.approx((1 + 5 * base) / 6), "c": pytest.approx(base)}


def test_a_deal_is_learned_from_at_each_months_end_and_each_stage(graph: Graph) -> None:
    world = norrland()
    close(world, "d_long", "norrland", "won", "2023-12-10", "2024-03-20")
    world.tie("d_long", "ENTERED", "proposal", "2024-02-10", at=day("2024-02-10"), order=2)
    world.load(graph, NOW)
    rows = graph.read(load_queries("labels")["deal_win"], now=NOW)
    mine = [(f"{r['as_of']:%m-%d}", r["moment"], r["label"], r["group"]) for r in rows if r["id"] == "d_long"]
    assert mine == [
        ("12-10", "opened", 1, "norrland"), ("01-01", "month_end", 1, "norrland"),
        ("02-01", "month_end", 1, "norrland"), ("02-10", "last", 1, "norrland"), ("03-01", "month_end", 1, "norrland"),
    ]  # fmt: skip
    assert {f"{r['closed_at']:%m-%d}" for r in rows if r["id"] == "d_long"} == {"03-20"}
    early = [r for r in graph.read(load_queries("labels")["deal_win"], now=day("2024-02-15")) if r["id"] == "d_long"]
    assert [(f"{r['as_of']:%m-%d}", r["moment"], r["label"], r["closed_at"]) for r in early] == [
        ("12-10", "opened", None, None), ("01-01", "month_end", None, None), ("02-01", "month_end", None, None),
        ("02-10", "stage", None, None),
    ]  # fmt: skip


def lead_rows(
    graph: Graph, now: datetime, horizon: int | None = 365, days: tuple[int, ...] = ()
) -> list[tuple[Any, ...]]:
    query = load_queries("labels")["lead_conversion"]
    found = graph.read(query, now=now, days=list(days))
    known, unknown = select(found, now, timedelta(days=horizon) if horizon else None)
    rows = sorted([*known, *unknown], key=itemgetter("id", "as_of"))
    return [(r["id"], f"{r['as_of']:%y-%m-%d}", r["label"], r["moment"]) for r in rows]


def test_a_lead_converts_when_its_deal_is_won_within_the_horizon(graph: Graph) -> None:
    world = norrland()
    world.add("Lead", "L2", "2024-01-10", name="Gone", created_at=day("2024-01-10"))
    world.add("Change", "c2", "2024-02-20", field="status", new="Disqualified", at=day("2024-02-20"))
    world.tie("c2", "OF", "L2", "2024-02-20")
    world.load(graph, NOW)
    old = [("23-05-01", "arose"), ("23-06-01", "month_end"), ("23-07-01", "month_end"), ("23-08-01", "month_end")]
    gone = [("L2", "24-01-10", 0, "arose"), ("L2", "24-02-01", 0, "month_end")]
    new = [("L1", "24-04-01", None, "arose")]
    assert lead_rows(graph, NOW) == [("L0", at, 1, kind) for at, kind in old] + new + gone
    assert lead_rows(graph, NOW, None) == lead_rows(graph, NOW)
    month = lead_rows(graph, NOW, 30, (30,))  # won on 1 September
    assert month == sorted([("L0", at, 0, kind) for at, kind in [*old, ("23-05-31", "day_30")]] + new + gone + [
        ("L2", "24-02-09", 0, "day_30")
    ])  # fmt: skip
    assert ("L0", "23-08-01", 1, "month_end") in lead_rows(graph, NOW, 31)
