"""Measures of the graph of accounts, one for each quarter: centrality and community, by networkx."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import networkx as nx

from kg.features.norms import first_known, month_of, next_month
from kg.graph import Graph, NodeValue, RelationshipValue
from kg.progress import Progress
from kg.query.files import load_queries
from kg.store.load import NodeRows, RelationshipRows, load, remove

Row = Mapping[str, Any]
SEED: Final = 7
SHRINK: Final = 5.0
BASE: Final = (2.5, 10.0)


def rebuild_networks(graph: Graph, now: datetime, run: str, progress: Progress | None = None) -> int:
    """Write the measures of every quarter up to `now`, remove those of older runs, and return how many there are.

    A quarter's measures use what was known at its first instant; only accounts with a tie have any.
    `centrality`: PageRank times the number of accounts with ties. `community`: `text` is the Louvain community (called
    by its smallest account id), `value` the win rate of its other accounts, shrunk to all accounts'.
    """
    queries = load_queries("networks")
    starts = quarters_between(first_known(graph), now)
    ties = graph.read(queries["account_ties"]) if starts else []
    outcomes = graph.read(queries["account_outcomes"]) if starts else []
    written = 0
    for done, (start, end) in enumerate(pairwise(starts)):
        rows = measures(_known(ties, start), _known(outcomes, start), start, end)
        if rows:
            nodes = NodeRows("Measure", [{k: v for k, v in row.items() if k != "account"} for row in rows])
            spans = [{"start": r["id"], "end": r["account"], "known_from": start, "known_to": end} for r in rows]
            load(graph, [nodes, RelationshipRows("Measure", "OF", "Account", spans)], run=run)
        written += len(rows)
        if progress:
            progress(done + 1, len(starts) - 1, "networks")
    remove(graph, "Measure", run=run)
    return written


def quarters_between(first: datetime | None, now: datetime) -> list[datetime]:
    """First instants of the quarters from that of `first` to that of `now`, and of the one after."""
    if first is None:
        return []
    month = month_of(first)
    quarter = month.replace(month=(month.month - 1) // 3 * 3 + 1)
    found = [quarter]
    while quarter <= now:
        quarter = next_month(next_month(next_month(quarter)))
        found.append(quarter)
    return found


def measures(ties: Sequence[Row], outcomes: Sequence[Row], start: datetime, end: datetime) -> list[dict[str, Any]]:
    """The measures of one quarter, as rows of Measure with the account they belong to."""
    network = account_graph(ties)
    if not network:
        return []
    rank = centrality(network)
    community = communities(network)
    rates = community_rates(community, outcomes)
    known = {"known_from": start, "known_to": end}
    rows: list[dict[str, Any]] = []
    for account in network:
        rows.append(_row("centrality", account, start) | known | {"value": rank[account], "text": None})
        rows.append(_row("community", account, start) | known | {"value": rates[account], "text": community[account]})
    return rows


def account_graph(ties: Iterable[Row]) -> nx.Graph:
    """Accounts and the summed weight of their ties; built in one order, so that equal ties give equal measures."""
    weights: dict[tuple[str, str], float] = defaultdict(float)
    for tie in sorted(ties, key=lambda t: (t["a"], t["b"], t["weight"])):
        a, b = sorted((tie["a"], tie["b"]))
        if a != b:
            weights[a, b] += tie["weight"]
    network = nx.Graph()
    network.add_nodes_from(sorted({account for pair in weights for account in pair}))
    network.add_weighted_edges_from((a, b, w) for (a, b), w in sorted(weights.items()))
    return network


def centrality(network: nx.Graph) -> dict[str, float]:
    """PageRank (Page et al. 1999, damping 0.85) times the number of nodes: 1 is the average."""
    rank = nx.pagerank(network, alpha=0.85, weight="weight", tol=1e-10, max_iter=500)
    return {node: float(value * len(network)) for node, value in rank.items()}


def communities(network: nx.Graph) -> dict[str, str]:
    """Louvain communities (Blondel et al. 2008), each named by its smallest member."""
    # numbers instead of names: sets of texts have another order in each process, and Louvain follows it
    names = list(network)
    numbered = nx.relabel_nodes(network, {name: i for i, name in enumerate(names)})
    found = nx.community.louvain_communities(numbered, weight="weight", seed=SEED)
    return {names[i]: names[min(members)] for members in found for i in members}


def community_rates(community: Mapping[str, str], outcomes: Sequence[Row]) -> dict[str, float]:
    """For each account the win rate of the other accounts of its community, shrunk to all accounts' win rate."""
    own: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in outcomes:
        count = own[row["a"]]
        count[0] += row["result"] == "won"
        count[1] += 1
    won, closed = (sum(count[k] for count in own.values()) for k in (0, 1))
    base = (won + BASE[0]) / (closed + BASE[1])
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for account, name in community.items():
        for k in (0, 1):
            total[name][k] += own[account][k] if account in own else 0
    rates: dict[str, float] = {}
    for account, name in community.items():
        mine = own.get(account, [0, 0])
        w, n = (total[name][k] - mine[k] for k in (0, 1))
        rates[account] = (w + SHRINK * base) / (n + SHRINK)
    return rates


def _row(name: str, account: str, start: datetime) -> dict[str, Any]:
    return {"id": f"{name}|{account}|{start:%Y-%m}", "name": name, "account": account}


def _known(rows: Sequence[Row], at: datetime) -> list[Row]:
    return [r for r in rows if r["known_from"] <= at and (r["known_to"] is None or r["known_to"] > at)]


def write_graphml(nodes: Iterable[NodeValue], ties: Iterable[RelationshipValue], path: Path) -> Path:
    """Write nodes and relationships as GraphML, which knows texts, numbers and booleans only; returns the path."""
    network = nx.MultiDiGraph()
    for node in nodes:
        network.add_node(node.id, label=":".join(node.labels), **_plain(node.properties))
    for tie in ties:
        network.add_edge(tie.start, tie.end, key=tie.id or tie.type, type=tie.type, **_plain(tie.properties))
    nx.write_graphml(network, path)
    return path


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in properties.items():
        if isinstance(value, list | tuple):
            plain[name] = "; ".join(map(str, value))
        elif value is not None and name not in ("id", "label", "type"):
            plain[name] = value if isinstance(value, str | int | float | bool) else str(value)
    return plain
