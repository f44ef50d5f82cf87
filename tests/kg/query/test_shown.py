"""What a role may read is decided in the query: `told` and `seen`, and the refusal of text that goes round them."""

import pytest

from kg.errors import BadQuery
from kg.query.shown import expand_shown, guarded, hold_shown, personal

CONTACT = "MATCH (c:Contact) RETURN "


@pytest.mark.parametrize(
    ("text", "made"),
    [
        (CONTACT + "told(c.name) AS x", "(CASE WHEN c.name IS NULL OR $personal THEN c.name ELSE 'someone' END) AS x"),
        (CONTACT + "seen(c.email) AS x", "(CASE WHEN $personal THEN c.email ELSE null END) AS x"),
        (
            "MATCH (f:Account) RETURN told(f.name) AS x",
            "(CASE WHEN f.name IS NULL OR $personal OR NOT 'name' IN coalesce(f.personal_values, []) "
            "THEN f.name ELSE 'an account' END) AS x",
        ),
        (
            "MATCH (d:Lead) RETURN seen(d[$by]) AS x",
            "(CASE WHEN $personal OR NOT $by IN coalesce(d.personal_values, []) + ['email', 'name'] "
            "THEN d[$by] ELSE null END) AS x",
        ),
        (
            "MATCH (:Contact)-[j:WORKS_AT]->() RETURN told(j.title) AS x",
            "(CASE WHEN j.title IS NULL OR $personal OR NOT 'title' IN coalesce(j.personal_values, []) "
            "THEN j.title ELSE 'hidden' END) AS x",
        ),
        ("MATCH (c:Contact) WITH {c: c} AS seat RETURN told(seat.c.name) AS x", "'someone' END) AS x"),
        (CONTACT + "'told(c.name)' AS x // told(c.name)", "RETURN 'told(c.name)' AS x // told(c.name)"),
    ],
)
def test_what_told_and_seen_become(text: str, made: str) -> None:
    assert expand_shown(text).endswith(made)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("MATCH (c) RETURN told(c.name) AS x", "the file does not say what 'c' is"),
        (CONTACT + "told(c) AS x", "told takes one property"),
        (CONTACT + "told(toLower(c.name)) AS x", "told takes one property"),
    ],
)
def test_what_cannot_be_told_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadQuery, match="query:1") as refused:
        expand_shown(text)
    assert complaint in str(refused.value)


ROUND = [
    CONTACT + "c.name AS x2",
    CONTACT + "'by ' + c.name AS y",
    CONTACT + "toLower(c.email) AS y",
    CONTACT + "properties(c) AS y",
    CONTACT + "c {.name} AS y",
    CONTACT + "c {.*} AS y",
    CONTACT + "c['name'] AS y",
    CONTACT + "c[$name] AS y",
    CONTACT + "CASE WHEN c.name = 'a' THEN c.name ELSE c.email END AS x",
    "MATCH (c:Contact) WITH c.name AS who RETURN who AS y",
    "MATCH (c) WITH c RETURN c.name AS y",
    "MATCH (f:Account) RETURN f.phone AS y",
    "MATCH (f:Account) RETURN collect(f.name) AS y",
    "MATCH (a:Activity) RETURN coalesce(a.subject, '') AS y",
    "MATCH (:Contact)-[j:WORKS_AT]->() RETURN j.title AS y",
    "MATCH (f:Account) UNWIND [f.name] AS n RETURN n AS y",
]


@pytest.mark.parametrize("text", ROUND)
def test_text_that_goes_round_told_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match=r"told|hands"):
        hold_shown(text, "feature")


HELD = [
    CONTACT + "c.id AS id, told(c.name) AS who, c.seniority AS level",
    "MATCH (c:Contact) WHERE toLower(c.name) CONTAINS 'a' AND c.email = 'x' RETURN c.id AS id",
    CONTACT + "CASE WHEN c.title =~ '.*chief.*' THEN 1.0 ELSE 0.0 END AS x",
    "MATCH (h:Change) WITH h, toFloat(h.old) AS old RETURN h.new AS x, told(h.old) AS old",
    "MATCH (n:Norm) RETURN n.value AS x, n.group AS y",
    "UNWIND ['a', 'b'] AS role RETURN role AS x",
]


@pytest.mark.parametrize("text", HELD)
def test_conditions_numbers_and_told_text_are_fine(text: str) -> None:
    hold_shown(text, "feature")


def test_what_is_personal_and_what_may_be() -> None:
    assert personal("Contact") == {"name", "email", "phone"}
    assert {"name", "phone", "domain", "city", "registration_id"} <= guarded("Account")
    assert "seniority" not in guarded("Contact") and guarded("Norm") == frozenset()
