"""From a value to the records that said it: every row is there, it makes the value, and its records were known then."""

from __future__ import annotations

import pytest

from kg.errors import InputError, NotFound
from kg.features.catalog import feature_named
from kg.features.extraction import extract
from kg.features.features import features_named, load_features
from kg.features.lineage import Row, as_plain, entity_behind, lineage
from kg.features.recompute import recompute
from kg.graph import Graph
from tests.worlds import World, activity, day, norrland

AS_OF = day("2024-04-15")


def told() -> World:
    """Norrland with records: of deals and accounts, one known too late, and events that are rows of a source."""
    w = norrland()
    for kind, ids in (("Deal", ("D1", "d_polar", "d_old")), ("Account", ("norrland", "polar"))):
        for id_ in ids:
            _record(w, kind.lower(), f"crm:{id_.upper()}", id_, "2024-03-01" if id_ == "D1" else "2023-01-01")
    _record(w, "deal", "erp:D1", "D1", "2024-04-20")
    _record(w, "deal", "crm:O1", "o_d_old", "2024-01-15")
    activity(w, "activity|mail:77", "meeting", "none", "2024-04-11", "D1", ("mara",))
    w.add("Change", "h9", "2024-04-12", field="amount", old="200", new="300", number=300.0, at=day("2024-04-12"),
          record="deal|crm:D1")  # fmt: skip
    w.tie("h9", "OF", "D1", "2024-04-12")
    w.tie("ines", "PLAYS", "D1", "2024-04-01", role="influencer", confidence=0.6, record="contact|crm:C-9")
    return w


def _record(w: World, kind: str, key: str, entity: str, at: str) -> None:
    source, _, record_id = key.partition(":")
    id_ = w.add("Record", f"{kind}|{key}", at, source=source, record_id=record_id, kind=kind)
    w.tie(id_, "RESOLVED_TO", entity, at)


def of(graph: Graph, name: str) -> tuple[Row, ...]:
    return lineage(graph, features_named([name])[0], "D1", AS_OF, personal=True).rows


def ways(row: Row) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {part.what.split(" ")[0]: (part.how, part.records) for part in row.parts}


def test_each_part_leads_to_what_said_it(graph: Graph) -> None:
    told().load(graph, AS_OF)
    amount = of(graph, "deal_amount")
    assert [row.evidence.x for row in amount] == [300.0, 200.0, 100.0]
    named = ("record", ("deal|crm:D1",))
    assert ways(amount[0]) == {"Deal": ("resolved", ("deal|crm:D1",)), "Change": named, "OF": named}
    assert ways(amount[1])["Change"] == ("none", ())
    meeting = next(row for row in of(graph, "meetings_recent") if row.evidence.id.endswith("mail:77"))
    assert ways(meeting)["Activity"] == ("id", ("activity|mail:77",)) == ways(meeting)["ABOUT"]
    assert meeting.records[0] == "activity|mail:77"
    champions = {r for row in of(graph, "buying_center_coverage") for r in row.records}
    assert "contact|crm:C-9" in champions
    lost = next(row for row in of(graph, "account_win_share") if "d_old" in row.evidence.id)
    assert ways(lost)["ENDED_IN"] == ("resolved", ("deal|crm:O1",))
    prior = next(row for row in of(graph, "account_win_share") if row.evidence.prior)
    assert ways(prior)["Norm"] == ("computed", ())


def test_a_record_that_was_known_later_does_not_count(graph: Graph) -> None:
    told().load(graph, AS_OF)
    assert "deal|erp:D1" not in {r for row in of(graph, "deal_amount") for r in row.records}
    (feature,) = features_named(["deal_amount"])
    later = lineage(graph, feature, "D1", day("2024-04-21")).rows
    assert "deal|erp:D1" in {r for row in later for r in row.records}
    assert entity_behind(graph, "deal", "crm:D1", AS_OF) == "D1"
    with pytest.raises(NotFound, match="erp:D1"):
        entity_behind(graph, "deal", "erp:D1", AS_OF)
    with pytest.raises(InputError, match="source:record_id"):
        entity_behind(graph, "deal", "D1", AS_OF)


def test_every_row_is_there_and_makes_the_value(graph: Graph) -> None:
    """Also where several rows speak of one counted thing, which paths show once."""
    told().load(graph, AS_OF)
    deal = [f for f in load_features().values() if f.entity == "deal"]
    columns = extract(graph, deal, [("D1", AS_OF)])
    for feature in deal:
        found = lineage(graph, feature, "D1", AS_OF, personal=True)
        assert recompute(feature, found.reasons.rows, AS_OF) == pytest.approx(columns[feature.name][0])
        assert len(found.rows) == max(1, len(found.reasons.rows))
        assert all(row.parts for row in found.rows)
        plain = as_plain(found)
        assert plain["digest"] == feature.digest and len(plain["rows"]) == len(found.rows)
    engaged = lineage(graph, features_named(["contacts_engaged"])[0], "D1", AS_OF)
    assert len(engaged.rows) > columns["contacts_engaged"][0]  # type: ignore[operator]  # a count


def test_a_feature_is_found_by_name() -> None:
    assert feature_named("single_threading", ()).entity == "deal"
    with pytest.raises(NotFound, match="is it single_threading"):
        feature_named("single_thread", ())
    with pytest.raises(NotFound):
        feature_named("single_threading", (), "lead")
