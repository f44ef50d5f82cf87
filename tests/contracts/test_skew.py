"""In a company of hubs no feature's work for all entities grows with the square of them.

One account has every deal, one person two deals of five, one product and one rep all. Work is what Neo4j counts, values
read from the store, so that a slow machine changes nothing. What a feature reads of a hub is bounded by its header's
`newest` and grows with the square up to there; the bound is set to a few here, so that the company is beyond it.
"""

import math
import re
from collections.abc import Mapping
from pathlib import Path

from kg.features.features import Feature, load_features
from kg.graph import Graph
from kg.query.files import CYPHER
from kg.store.migrate import migrate
from tests import skew
from tests.conftest import EMPTY

DEALS = 150
MOST = 1.4
"""Twice the company may cost 2 ** 1.4 = 2.6 times as much; pairwise expansion costs four times as much."""
PAIRWISE = """// entity: deal
// family: account history
// about: Deals of the same account.
// unit: deals
// aggregate: count
// empty: 0
// monotone: none
// because: {value:plural deal deals}
// each: {deal}
// absent: None.
MATCH (e)-[w:WITH]->(f:Account)<-[v:WITH]-(d:Deal) WHERE known(w, v)
RETURN d.id AS id, 1.0 AS x, [e, f, d] AS nodes, [w, v] AS relationships, told(d.name) AS deal
"""


def bounded(folder: Path, rows: int) -> Mapping[str, Feature]:
    """The features with a `newest` of a few rows, and one that expands pairwise through the account."""
    for path in (CYPHER / "features").rglob("*.cypher"):
        copy = folder / path.relative_to(CYPHER)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        copy.write_text(re.sub(r"^// newest: \d+$", f"// newest: {rows}", text, flags=re.MULTILINE), encoding="utf-8")
    (folder / "features" / "deal" / "pairwise.cypher").write_text(PAIRWISE, encoding="utf-8")
    return load_features(folder)


def test_no_work_grows_with_the_square(graph: Graph, tmp_path: Path) -> None:
    features = bounded(tmp_path / "cypher", rows=3)
    found: dict[int, dict[str, int]] = {}
    for deals in (DEALS, 2 * DEALS):
        graph.write(EMPTY)
        migrate(graph)
        skew.build(graph, deals)
        found[deals] = {
            f"{asked.kind} {asked.name}": skew.hits(graph.explain(asked.query, profiled=True, **asked.parameters))
            for asked in skew.questions(features.values(), deals)
        }
    exponents = {name: math.log2(found[2 * DEALS][name] / max(1, n)) for name, n in found[DEALS].items()}
    assert exponents.pop("deal feature pairwise") > 1.9, (
        "the company has no hub any more, so this test would see nothing"
    )
    assert {name: round(e, 2) for name, e in exponents.items() if e > MOST} == {}
