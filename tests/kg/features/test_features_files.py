"""A feature file that breaks its contract is refused with file:line; aggregates are literal tables."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.errors import BadQuery, NotFound
from kg.features.features import feature_from, features_named, load_features
from kg.features.recompute import PYTHON, recompute
from kg.query.files import load_queries
from kg.render.aggregates import AGGREGATES
from kg.render.features import expand, split

GOOD = {
    "entity": "deal", "family": "engagement", "about": "Calls.", "unit": "calls", "aggregate": "count", "empty": "0",
    "monotone": "up", "because": "{value:plural call calls}", "each": "Call on {at:day}", "absent": "No call.",
}  # fmt: skip
BODY = "MATCH (e)<-[b:ABOUT]-(a:Activity) WHERE known(b)\n"
BODY += "RETURN a.id AS id, 1 AS x, a.at AS at, [e, a] AS nodes, [b] AS relationships"
AT = datetime(2024, 4, 15, tzinfo=UTC)


def write(root: Path, body: str = BODY, **changed: str) -> None:
    """One feature file below `root`."""
    path = root / "features" / "deal" / "calls.cypher"
    path.parent.mkdir(parents=True)
    header = "".join(f"// {key}: {value}\n" for key, value in (GOOD | changed).items() if value)
    path.write_text(header + body + "\n", encoding="utf-8")


def test_a_good_file_is_a_feature(tmp_path: Path) -> None:
    write(tmp_path)
    feature = load_features(tmp_path)["calls"]
    assert (feature.name, feature.empty, feature.flat, feature.categorical) == ("calls", 0.0, False, False)
    assert len(feature.digest) == 64


@pytest.mark.parametrize(
    ("changed", "body", "says"),
    [
        ({"absent": ""}, BODY, "needs '// absent"),
        ({"entity": "ship"}, BODY, "entity 'ship' is not one of deal, lead"),
        ({"family": "luck"}, BODY, "family 'luck' is not one of"),
        ({"entity": "lead"}, BODY, "belongs into the folder of that name"),
        ({"aggregate": "most"}, BODY, "'most' is no aggregate"),
        ({"aggregate": "decayed_sum"}, BODY, "takes one number"),
        ({"aggregate": "weighted_mean"}, BODY, "needs the column 'w'"),
        ({"empty": "none"}, BODY, "neither a number nor null"),
        ({"prior": "win_rate 2"}, BODY, "should read 'norm|group weight'"),
        ({"because": "{who} called"}, BODY, "{who} is neither a column"),
        ({"each": "{at:loud}"}, BODY, "the forms are"),
        ({"because": "{value:rise up}"}, BODY, "the forms are"),
        ({"because": "{yes:than many}"}, BODY, "the forms are"),
        ({"none": "{nobody}"}, BODY, "{nobody} is neither a column"),
        ({}, BODY + " ORDER BY id", "drop ORDER"),
        ({}, BODY.replace(" AS id", ""), "must return 'id'"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, changed: dict[str, str], body: str, says: str) -> None:
    write(tmp_path, body, **changed)
    with pytest.raises(BadQuery) as refused:
        load_features(tmp_path)
    assert says in str(refused.value)
    assert "calls.cypher:" in str(refused.value)


def test_a_name_that_is_no_feature_is_answered_with_the_names() -> None:
    with pytest.raises(NotFound, match="'luck' does not exist; the features are fit_centrality"):
        features_named(["luck"])


def test_a_query_without_a_file_is_no_feature() -> None:
    query = next(iter(load_queries("norms").values()))
    with pytest.raises(BadQuery):
        feature_from(type(query)(name="x", kind="features", text="RETURN 1"))


def test_every_aggregate_is_known_on_both_sides() -> None:
    assert set(AGGREGATES) == set(PYTHON)


ROWS = [
    {"id": "b", "x": 3.0, "w": 1.0, "at": datetime(2024, 4, 8, tzinfo=UTC)},
    {"id": "a", "x": 1.0, "w": 3.0, "at": datetime(2024, 4, 1, tzinfo=UTC)},
    {"id": "c", "x": 1.0, "w": 0.0, "at": datetime(2024, 4, 15, tzinfo=UTC)},
]


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("count", 3.0), ("distinct", 2.0), ("sum", 5.0), ("mean", 5 / 3), ("share", 5 / 3), ("weighted_mean", 1.5),
        ("ratio", 1.25), ("max", 3.0), ("min", 1.0), ("median", 1.0), ("slope", 0.0), ("days_since", 0.0),
        ("decayed_sum 7", 1 + 1.5 + 0.25), ("latest", 1.0),
    ],
)  # fmt: skip
def test_aggregates(tmp_path: Path, aggregate: str, value: float) -> None:
    write(tmp_path, BODY.replace("1 AS x", "1 AS x, 2 AS w"), aggregate=aggregate)
    feature = load_features(tmp_path)["calls"]
    assert recompute(feature, ROWS, AT) == pytest.approx(value, abs=1e-12)
    assert recompute(feature, [], AT) == 0.0


def test_words_are_expanded() -> None:
    assert expand("days(a.at, as_of)") == "((as_of.epochMillis - a.at.epochMillis) / 86400000.0)"
    assert expand("path([f(a), b]) AS p", drawn=False) == "null AS p"
    assert expand("path([f(a), b]) AS p") == "[f(a), b] AS p"
    assert "date.truncate('month', as_of)" in expand("month(as_of)")


def test_the_last_return_is_split_into_columns() -> None:
    body, columns = split("MATCH (a) CALL (a) { RETURN 1 AS one } RETURN a.id AS id, [a, one] AS nodes, one", "x")
    assert body == "MATCH (a) CALL (a) { RETURN 1 AS one }"
    assert columns == {"id": "a.id", "nodes": "[a, one]", "one": "one"}
