"""What one entity of a file of organisations is, read from the file: each site of an owner, or the organisation.

Where entities are sites, what is a site's own changes together: of two records of one name, the telephone is the same
where the address is, and another where the address is another. Where they are organisations, addresses are old, of
branches or misread, and whether the telephone agrees has little to do with it.
"""

from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np

from resolution.database.connection import texts_sql
from resolution.fit.odds import LEAST, Floats
from resolution.fit.texts import MAIN_TEXT
from resolution.linking.model import Model
from resolution.matchers.terms import Comparison

SITED: Final = {"address": 3, "street": 2, "house": 1, "point": 4, "phone": 3}
"""What each site of one owner has for itself, and how many levels of it, from the best down, mean the very same place.
Only where one of these is compared can two sites be told apart."""
PLACE_ROLES: Final = ("address", "street", "point")
"""Which of these says where it is."""
ONE_NAME = 9.0
"""Names whose words weigh this much (log2) are one name, perhaps written differently."""
TOGETHER = 3.0
"""log2 of the odds ratio from which two things change together."""
ENOUGH = 20
"""Pairs of one name that it takes to tell."""
SCATTERED: Final = 1 / 3
"""Where fewer of the pairs of one name agree on a place or a telephone, they are of owners of many sites: records of an
organisation that moved twice agree in a third of their pairs."""
ENTITIES: Final = ("site", "organisation")
PLACES: Final = 6
"""So many pairs at different places share a telephone, at least, that is the owner's (four places make as many)."""
MOSTLY: Final = 0.8
"""Share of the pairs with one telephone that are at different places, at least, where it is the owner's."""
OWNERS: Final = "the same, but of several places: the owner's"


@dataclass(frozen=True, slots=True)
class Meant:
    """What one entity is: `site` or `organisation`, and the sentence that says why."""

    entity: str
    why: str


def meant(con: duckdb.DuckDBPyConnection, model: Model, pairs: str, told: str | None = None) -> Meant:
    """What the scored pairs of a file of organisations say that one entity is; `told` is a person's word."""
    if told is not None:
        return Meant(told, "you said so")
    sited = [c for c in model.comparisons if _place(c) is not None]
    if not sited or not any(c.name == MAIN_TEXT for c in model.comparisons):
        return Meant("organisation", "nothing is told of where they are")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE one_name AS SELECT a.name_1 = b.name_1 AS same_name,
            {", ".join(f"{_agrees(c)} AS {c.name}" for c in sited)}
        FROM {pairs} p JOIN prepared_{model.kind} a ON a.unique_id = l JOIN prepared_{model.kind} b ON b.unique_id = r
        WHERE mw_name_1 >= {ONE_NAME} OR a.name_1 = b.name_1"""
    )
    names = [c.name for c in sited]
    best = _most(con, names)
    if best[0] >= TOGETHER:
        said = " and ".join("the name's spelling" if n == "same_name" else n.rstrip("_0123456789") for n in best[1:])
        return Meant("site", f"of records of one name, {said} change together")
    if _agreeing(con, names) < SCATTERED:
        return Meant("site", "records of one name are at many places, with a telephone for each or none told")
    return Meant("organisation", "records of one name do not change address and telephone together")


def set_owners_phones_aside(con: duckdb.DuckDBPyConnection, model: Model, pairs: str) -> None:
    """Let telephones say nothing that are told at many places, as that of a chain's headquarters is.

    `pairs` has the scored pairs: their level of the telephone becomes OWNERS, which is none that is weighed.
    """
    sited = [c for c in model.comparisons if _place(c) is not None]
    phones = [c for c in sited if c.name.startswith("phone")]
    places = [c for c in sited if c.name.startswith(PLACE_ROLES)]
    if not places:
        return
    here = " OR ".join(f"coalesce({_agrees(c)}, false)" for c in places)
    elsewhere = " OR ".join(f"level_{c.name} = {texts_sql([c.otherwise])}" for c in places)
    for phone in phones:
        column = phone.needs[0]
        of_owners = f"""SELECT value FROM (SELECT a.{column} AS value, {here} AS here,
                    ({elsewhere}) AND NOT ({here}) AS apart
                FROM {pairs} p JOIN prepared_{model.kind} a ON a.unique_id = l WHERE {_agrees(phone)})
            GROUP BY value HAVING count_if(apart) >= greatest({PLACES}, {MOSTLY} * count_if(apart OR here))"""
        con.execute(
            f"UPDATE {pairs} SET level_{phone.name} = ? FROM prepared_{model.kind} a "
            f"WHERE a.unique_id = l AND a.{column} IN ({of_owners}) AND {_agrees(phone)}",
            [OWNERS],
        )


def _place(comparison: Comparison) -> int | None:
    return next((n for role, n in SITED.items() if comparison.name.startswith(role)), None)


def _agrees(comparison: Comparison) -> str:
    """SQL: whether a pair agrees on the place; null where it is not told."""
    best = texts_sql([level.label for level in comparison.levels[: _place(comparison)]])
    level = f"level_{comparison.name}"
    return f"CASE WHEN {level} <> 'missing' THEN {level} IN ({best}) END"


def _most(con: duckdb.DuckDBPyConnection, names: list[str]) -> tuple[float, str, str]:
    """The two things that change together most, and the log2 of their odds ratio.

    A telephone and a place, among records of exactly one name; where no file tells both, a place and the spelling of
    the name, for branches are told apart in their names.
    """
    phones = [n for n in names if n.startswith("phone")]
    places = [n for n in names if n not in phones]
    both = [(_odds_ratio(con, x, y), x, y) for x in phones for y in places]
    told = [found for found in both if found[0] is not None]
    found = told or [(_odds_ratio(con, x, "same_name"), x, "same_name") for x in places]
    return max(((odds, x, y) for odds, x, y in found if odds is not None), default=(0.0, "", ""))


def _agreeing(con: duckdb.DuckDBPyConnection, names: list[str]) -> float:
    """The share of the pairs of exactly one name that agree on a place or a telephone; 1 where too few tell them."""
    shares = []
    for name in names:
        told, share = con.execute(
            f"SELECT count({name}), avg({name}::INTEGER) FROM one_name WHERE same_name"
        ).fetchall()[0]
        if told >= ENOUGH:
            shares.append(float(share))
    return max(shares, default=1.0)


def _odds_ratio(con: duckdb.DuckDBPyConnection, x: str, y: str) -> float | None:
    """log2 of the odds ratio of two agreements, each count and a half; None where too few pairs tell both."""
    among = "WHERE same_name" if y != "same_name" else ""  # records of two owners would change both together as well
    counts = con.execute(
        f"SELECT count(*) FILTER ({x} AND {y}), count(*) FILTER ({x} AND NOT {y}), count(*) FILTER (NOT {x} AND {y}), "
        f"count(*) FILTER (NOT {x} AND NOT {y}) FROM one_name {among}"
    ).fetchall()[0]
    a, b, c, d = (float(n) + 0.5 for n in counts)
    return float(np.log2(a * d / (b * c))) if sum(counts) >= ENOUGH else None


def at_other_place(shares: Floats, u: Floats, site: int) -> Floats:
    """Shares of levels, those of the very same place by chance alone."""
    rest = np.where(np.arange(len(u)) < site, 0.0, shares)
    return np.maximum(np.where(np.arange(len(u)) < site, u, rest / rest.sum() * (1 - u[:site].sum())), LEAST)
