"""A company's own query files: read only, as of a moment, under the contracts of ours."""

from __future__ import annotations

import json

import pytest

from kg.errors import BadQuery
from kg.features.features import load_features
from kg.ontology.own import Own, own_of, using
from kg.query.files import load_queries

SITE = """
[kind.site]
about = "A place."
[kind.site.properties]
name = { about = "Name." }
places = { type = "integer", about = "Places." }
[kind.site.relationships]
tenant = { type = "TENANT", to = "account", about = "Who works there." }
"""
ABOUT = "// about: x\n"
FEATURE = """// entity: site
// family: own
// about: Deals of the tenant.
// unit: deals
// aggregate: count
// empty: 0
// monotone: up
// because: {count} deals
// each: {deal}
// absent: None.
MATCH (e)-[r:TENANT]->(a:Account)<-[w:WITH]-(d:Deal) WHERE known(r, w)
RETURN d.id AS id, 1.0 AS x, [e, a, d] AS nodes, [r, w] AS relationships, told(d.name) AS deal
"""


def own(**files: str) -> Own:
    return own_of(
        json.dumps({"ontology.toml": SITE} | {f"cypher/{p.replace('__', '/')}.cypher": t for p, t in files.items()})
    )


def test_a_feature_of_an_own_kind_is_one_of_the_features() -> None:
    with using(own(features__site__tenant_deals=FEATURE)):
        feature = load_features()["tenant_deals"]
        assert (feature.entity, feature.family) == ("site", "own")
        assert "MATCH (e:`Site` {id: row.id})" in feature.rows.text
        assert len(feature.digest) == 64
    assert "tenant_deals" not in load_features()


def test_each_open_folder_takes_files() -> None:
    files = {
        "segments__big": "MATCH (a:Account)<-[r:TENANT]-(s:Site) WHERE known(r) AND s.places > 9 AND a.known_from <= $as_of\n"  # noqa: E501
        "RETURN a.id AS id, 'big' AS reason ORDER BY id",
        "populations__open_site": "MATCH (s:Site) WHERE known(s) AND $as_of IS NOT NULL RETURN s.id AS id ORDER BY id",
        "checks__sites_have_tenants": "MATCH (s:Site) WHERE NOT EXISTS { (s)-[:TENANT]->(:Account) } RETURN s.id AS id, 'x' AS found",  # noqa: E501
        "labels__site_x": "MATCH (s:Site) WHERE known(s) RETURN s.id AS id, $now AS as_of, 1 AS label",
        "norms__site_rate": "UNWIND $months AS month MATCH (s:Site) WHERE s.known_from <= month\n"
        "RETURN month, 'all' AS group, avg(s.places) AS value, count(*) AS n",
    }  # fmt: skip
    with using(own(**{path: ABOUT + text for path, text in files.items()})):
        for path in files:
            folder, name = path.split("__", 1)
            assert name in load_queries(folder)


ALL = "MATCH (s:Site) WHERE known(s) AND $as_of IS NOT NULL "
BAD = [
    ("reads__x", "MATCH (s:Site) RETURN s.id AS id", ":1: 'reads' takes no own files; the folders are features, norms"),
    ("writes__x", "CREATE (s:Site)", ":1: 'writes' takes no own files"),
    ("populations__open_deal", ALL + "RETURN s.id AS id", ":1: 'open_deal' is a query of Dealgraph's"),
    ("populations__x", ALL + "SET s.name = 'x' RETURN s.id AS id", ":1: a file of populations must read"),
    ("populations__x", ALL + "DETACH DELETE s RETURN s.id AS id", "must read, this one would write"),
    ("populations__x", "CREATE (s:Site) WITH s MATCH (t:Site) RETURN t.id AS id", ":2: an own query begins with one of MATCH"),  # noqa: E501
    ("populations__x", "SHOW USERS", ":2: an own query begins with one of MATCH"),
    ("populations__x", "USE system MATCH (s:Site) RETURN s.id AS id", ":2: an own query begins with one of MATCH"),
    ("populations__x", ALL + "CALL db.labels() YIELD label RETURN label AS id", ":2: an own query calls no procedure"),
    ("populations__x", "CALL apoc.load.json($as_of) YIELD value RETURN value AS id", ":2: an own query calls no procedure"),  # noqa: E501
    ("populations__x", ALL + "CALL\n`db.labels`() YIELD label RETURN label AS id", ":2: an own query calls no procedure"),  # noqa: E501
    ("populations__x", ALL + "RETURN apoc.text.join([s.id], '') AS id", "text.join(…) is no function of Cypher itself"),
    ("populations__x", ALL + "RETURN gds.version() AS id", "gds.version(…) is no function of Cypher itself"),
    ("populations__x", "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row AS id", "an own query begins with"),
    ("populations__x", ALL + "LOAD CSV FROM 'http://a' AS row RETURN row AS id", ":2: LOAD is not for own queries"),
    ("populations__x", ALL + "RETURN s.id AS id; MATCH (n:Deal) RETURN n", ":2: an own file holds one statement"),
    ("populations__x", ALL + "CALL (s) { RETURN 1 AS x } IN TRANSACTIONS RETURN s.id AS id", "TRANSACTIONS is not for own"),  # noqa: E501
    ("populations__x", ALL + "RETURN s.nme AS id", ":2: Site has no property 'nme'; it has"),
    ("populations__x", "MATCH (s:Sight) WHERE known(s) AND $as_of > 0 RETURN s.id AS id", ":2: label 'Sight' is not in the ontology"),  # noqa: E501
    ("populations__x", "MATCH (s:Site) WHERE $as_of IS NOT NULL RETURN s.id AS id", ":2: s is read at any time; name it and say"),  # noqa: E501
    ("populations__x", ALL + "MATCH (s)-[r:TENANT]->(a:Account) RETURN a.id AS id", ":2: r is read at any time"),
    ("populations__x", ALL + "MATCH (s)-[:TENANT]->(a:Account) RETURN a.id AS id", ":2: a relationship is read at any time"),  # noqa: E501
    ("populations__x", ALL + "AND EXISTS { (s)-[:TENANT]->(:Account) } RETURN s.id AS id", ":2: a relationship is read at any time"),  # noqa: E501
    ("populations__x", ALL + "MATCH (s)-->(a:Account) RETURN a.id AS id", ":2: name the relationship and its type"),
    ("populations__x", ALL + "MATCH (s)--(a:Account) RETURN a.id AS id", ":2: name the relationship and its type"),
    ("populations__x", ALL + "MATCH (s)<--(a:Account) RETURN a.id AS id", ":2: name the relationship and its type"),
    ("populations__x", ALL + "MATCH (a:Account {name: 'x'}) RETURN a.id AS id", ":2: a is read at any time"),
    ("populations__x", ALL + "RETURN s.id AS id, $other AS y", ":1: parameter 'other' is not one of this kind's"),
    ("populations__x", ALL + "RETURN s.id AS key", ":1: a file of populations must return 'id'"),
    ("segments__x", ALL + "RETURN s.id AS id, s.name AS reason", ":2: s.name may be personal; write told(s.name)."),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "sentence"), BAD)
def test_a_bad_own_query_is_refused_with_its_line(path: str, text: str, sentence: str) -> None:
    with using(own(**{path: ABOUT + text})), pytest.raises(BadQuery) as caught:
        for kind in ("populations", "segments", "checks"):
            load_queries(kind)
    assert str(caught.value).startswith(f"cypher/{path.replace('__', '/')}.cypher:")
    assert sentence in str(caught.value)


BAD_FEATURES = [
    ("features__site__deal_amount", FEATURE, ":1: 'deal_amount' is a query of Dealgraph's"),
    ("features__deal__x", FEATURE, ":1: entity 'site' belongs into the folder of that name."),
    ("features__sight__x", FEATURE.replace("entity: site", "entity: sight"), "entity 'sight' is not one of deal, lead"),
    ("features__site__x", FEATURE.replace("known(r, w)", "known(r)"), ":11: w is read at any time"),
    ("features__site__x", FEATURE.replace("told(d.name)", "d.name"), ":12: d.name may be personal"),
    ("features__site__x", FEATURE.replace("// family: own\n", ""), ":1: a file of features needs '// family: …'"),
]


@pytest.mark.parametrize(("path", "text", "sentence"), BAD_FEATURES)
def test_a_bad_own_feature_is_refused_with_its_line(path: str, text: str, sentence: str) -> None:
    with using(own(**{path: text})), pytest.raises(BadQuery) as caught:
        load_features()
    assert sentence in str(caught.value)


def test_an_own_feature_may_read_the_newest_of_a_hub() -> None:
    hub = FEATURE.replace("// because", "// newest: 50\n// because").replace(
        "MATCH (e)-[r:TENANT]->(a:Account)<-[w:WITH]-(d:Deal) WHERE known(r, w)",
        "MATCH (e)-[r:TENANT]->(a:Account) WHERE known(r)\nnewest((a)<-[w:WITH]-(d:Deal))",
    )
    with using(own(features__site__tenant_deals=hub)):
        feature = load_features()["tenant_deals"]
        assert "USING INDEX w:WITH(end_id, known_from, id)" in feature.pattern.body
        assert feature.about.endswith("At most the 50 newest of one account or person count.")
    unbounded = using(own(features__site__tenant_deals=hub.replace("// newest: 50\n", "")))
    with unbounded, pytest.raises(BadQuery, match=r"newest\(…\) needs '// newest: 200' in the header"):
        load_features()
