"""An import is taken back: a cut export stops, passes with approval, and is undone by digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.jobs.refresh import Refreshed, refresh
from api.jobs.undo import kept, undo
from api.settings import reset_settings
from kg.errors import InputError, NeedsApproval, NotFound
from kg.graph import Graph
from kg.query.query import Query
from kg.store.checks import assert_checks, digest
from resolution.demo import write_demo
from scoring.scores import score_named
from scoring.serving.explain import explain
from tests.conftest import quiet

SCORED = Query(
    "scored", "tests",
    "MATCH (s:Score:Current {name: 'deal_win'})-[:OF]->(d:Deal) MATCH (r:Record)-[:RESOLVED_TO]->(d) "
    "RETURN r.source + ':' + r.record_id AS record, d.id AS deal, s.value AS value ORDER BY record",
)  # fmt: skip
PUBLISHED = Query(
    "published", "tests", "MATCH (w:Workspace) RETURN w.as_of AS as_of, w.published AS run, w.currency AS currency"
)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_run_is_taken_back_by_digest(graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, home = tmp_path / "files", tmp_path / "home"
    monkeypatch.setenv("DEALGRAPH_UNDO_RUNS", "2")
    reset_settings()
    write_demo(files, accounts=14, seed=6)
    cut = max((f for f in files.rglob("*.csv") if "truth" not in f.parts), key=lambda f: f.stat().st_size)
    whole = cut.read_bytes()
    lines = whole.splitlines(keepends=True)

    def line(**more: Any) -> Refreshed:
        return refresh(graph, files / "sources.toml", home=home, show=quiet, **more)

    def stands() -> tuple[str, Any, Any, dict[str, bytes]]:
        stored = {str(f.relative_to(home)): f.read_bytes() for f in home.rglob("*") if _is_state(f, home)}
        return digest(graph), graph.read(SCORED), graph.read(PUBLISHED), stored

    empty = digest(graph)
    first = line()
    before = stands()
    record = before[1][0]["record"]
    told = explain(graph, score_named("deal_win"), record, first.as_of, home=home)

    cut.write_bytes(b"".join(lines[: max(2, len(lines) // 20)]))
    with pytest.raises(NeedsApproval, match=r"Nothing was changed: source .* would end .*run again with --approve"):
        line()
    assert digest(graph) == before[0]
    assert kept(home) == [first.run]

    second = line(approve=True)
    assert digest(graph) != before[0]
    assert second.undoable == 2
    with pytest.raises(InputError, match=rf"Run {first.run} is not the newest: undo {second.run} first"):
        undo(graph, first.run, home=home)
    undone = undo(graph, second.run, home=home)
    assert undone.written > 0
    assert undone.as_of == first.as_of
    assert stands() == before
    assert explain(graph, score_named("deal_win"), record, first.as_of, home=home) == told
    with pytest.raises(NotFound, match=f"runs that can be: {first.run}"):
        undo(graph, second.run, home=home)
    assert_checks(graph)

    cut.write_bytes(whole)
    third = line()
    assert all(done.skipped for done in third.stages)
    assert digest(graph) == before[0]
    cut.write_bytes(b"".join(lines[:-3]))
    fourth = line()
    assert kept(home) == [first.run, fourth.run]
    assert_checks(graph)
    undo(graph, fourth.run, home=home)
    undo(graph, first.run, home=home)
    assert digest(graph) == empty
    assert not (home / "staging.duckdb").exists()
    reset_settings()


def _is_state(file: Path, home: Path) -> bool:
    return file.is_file() and file.relative_to(home).parts[0] != "before" and file.name != "refresh.json"
