"""Norms and measures of the small company, month by month, and the labels that scores learn from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kg.features.networks import account_graph, centrality, communities, community_rates, quarters_between
from kg.features.norms import in_order, months_between
from kg.graph import Graph
from kg.query.files import load_queries
from kg.query.query import Query
from tests.worlds import World, close, day, norrland

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


def test_moments_of_a_closed_deal_share_its_weight(graph: Graph) -> None:
    world = norrland()
    close(world, "d_long", "norrland", "won", "2023-12-10", "2024-03-20")
    world.tie("d_long", "ENTERED", "proposal", "2024-02-01", at=day("2024-02-01"), order=2)
    world.load(graph, NOW)
    rows = graph.read(load_queries("labels")["deal_win"], now=NOW)
    mine = [(f"{r['as_of']:%m-%d}", r["moment"], r["label"], r["group"]) for r in rows if r["id"] == "d_long"]
    assert mine == [
        ("12-10", "opened", 1, "norrland"), ("01-10", "monthly", 1, "norrland"), ("02-01", "last", 1, "norrland"),
        ("02-10", "monthly", 1, "norrland"), ("03-10", "monthly", 1, "norrland"),
    ]  # fmt: skip
    weights: dict[str, float] = {}
    for row in rows:
        weights[row["id"]] = weights.get(row["id"], 0) + row["weight"]
    assert weights == pytest.approx(dict.fromkeys(("d_polar", "d_baltic", "d_hafen", "d_old", "d_won", "d_long"), 1.0))
    early = graph.read(load_queries("labels")["deal_win"], now=day("2024-02-15"))
    assert "d_long" not in {row["id"] for row in early}


def test_a_lead_converts_when_its_deal_is_won_within_the_year(graph: Graph) -> None:
    world: World = norrland()
    world.load(graph, NOW)
    rows = graph.read(load_queries("labels")["lead_conversion"], now=NOW)
    found = [(r["id"], f"{r['as_of']:%y-%m-%d}", r["label"], r["moment"]) for r in rows]
    assert found == [("L0", "23-05-01", 1, "last"), ("L1", "24-04-01", 0, "last")]
