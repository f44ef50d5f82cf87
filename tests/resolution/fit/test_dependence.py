"""Columns that say the same twice: what strangers share together is weighed once."""

import random
from pathlib import Path

import duckdb
import numpy as np
import pytest

from resolution.fit.dependence import Tied, beyond, bonds
from resolution.fit.seen import Seen
from resolution.linking.model import Model
from resolution.matchers.terms import Comparison, Level
from resolution.standalone.evaluate import resolve_file
from tests.resolution.fit.test_fit import write


def _comparison(name: str) -> Comparison:
    same = Level("same", f"{name}_l = {name}_r", 0.9)
    return Comparison(name, "", f"{name}_l IS NULL OR {name}_r IS NULL", (same,), needs=(name,))


COLUMNS = tuple(map(_comparison, ("postcode_1", "city_1", "state_1", "gender_1")))


def test_the_strongest_bonds_of_strangers_make_a_forest() -> None:
    """City follows from postcode, state from city, and so state from postcode: two bonds, not three."""
    con = duckdb.connect()
    con.execute("CREATE TABLE strange (join_key_l INT, join_key_r INT, n DOUBLE)")
    columns = ", ".join(f"level_{c.name} VARCHAR, mw_{c.name} DOUBLE" for c in COLUMNS)
    con.execute(f"CREATE TABLE strange_pair (l INT, r INT, match_weight DOUBLE, {columns})")
    rng = random.Random(3)
    for i in range(2400):
        post = rng.random() < 0.02
        city = post or rng.random() < 0.05
        state = city or rng.random() < 0.2
        met = (True,) * 4 if i >= 2000 else (post, city, state, rng.random() < 0.5)  # the last are matches
        levels = [cell for m in met for cell in (("same", 3.0) if m else (COLUMNS[0].otherwise, -3.0))]
        con.execute("INSERT INTO strange VALUES (?, 0, 1)", [i])
        con.execute(
            f"INSERT INTO strange_pair VALUES (?, 0, {4 if i >= 2000 else -20}, {', '.join('?' * 8)})", [i, *levels]
        )
    found = bonds(con, Model("contact", {}, -9.0, COLUMNS, frozenset(), -20.0))
    assert set(found) == {("postcode_1", "city_1"), ("city_1", "state_1")}
    assert found["postcode_1", "city_1"] == pytest.approx(np.log2(1 / 0.07), abs=0.6)
    con.close()


def _seen(comparison: Comparison, levels: list[int], weight: float) -> Seen:
    u = np.array([0.9 / 2**weight, 1 - 0.9 / 2**weight])
    own = np.array([0.9, 0.1])
    free = np.ones(2, dtype=bool)
    level = np.array(levels)
    return Seen(comparison, level, np.zeros(len(level)), own, u, own, u, free, True, ~free, u, 0)


def test_what_both_say_is_counted_once_and_never_turned_round() -> None:
    one, other = _seen(COLUMNS[0], [0, 0, 1, -1], 6.0), _seen(COLUMNS[1], [0, 1, 0, 0], 2.0)
    assert Tied(one, other, 1.5).said_twice() == pytest.approx([-1.5, 0, 0, 0])
    assert Tied(one, other, 5.0).said_twice() == pytest.approx([-2.0, 0, 0, 0], abs=0.01)  # no more than it said
    assert Tied(one, other, 1.5, matches=2.0).said_twice() == pytest.approx([0, 0, 0, 0])
    assert Tied(one, other, 1.5).weaker is other


def test_matches_that_move_change_both() -> None:
    moved = [1] * 300 + [0] * 700
    one, other = _seen(COLUMNS[0], moved, 6.0), _seen(COLUMNS[1], moved, 2.0)
    assert beyond(Tied(one, other, 1.0), np.ones(1000)) == pytest.approx(np.log2(1 / 0.7), abs=0.1)
    by_chance = _seen(COLUMNS[1], [n % 10 // 7 for n in range(1000)], 2.0)
    assert beyond(Tied(one, by_chance, 1.0), np.ones(1000)) == pytest.approx(0, abs=0.05)


def test_namesakes_of_one_town_are_not_one_for_its_postcode_state_and_country(tmp_path: Path) -> None:
    """Common names in five towns, each with all that follows from it: the birthday tells who is who."""
    rng = random.Random(5)
    firsts, lasts = [f"{a}{b}na" for a in "klmrst" for b in "aeiou"], [f"{a}o{b}er" for a in "bdgklm" for b in "lnrst"]
    rows: list[tuple[object, ...]] = []
    truth: dict[str, int] = {}
    for i in range(400):
        place = rng.randrange(5)
        who = (rng.choice(firsts), rng.choice(lasts))
        born = f"{rng.randrange(1940, 2000)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        for n in range(rng.choice((1, 1, 2, 3))):
            told = born if rng.random() < 0.9 else ""
            rows.append((f"r{i}-{n}", *who, told, f"{place}1234", f"Town{place}x", f"County {place}", f"Area{place}"))
            truth[f"r{i}-{n}"] = i
    names = ("record_id", "first_name", "last_name", "dob", "postcode", "city", "state", "district")
    found = resolve_file(write(tmp_path / "r.csv", names, rows), "contact", fit=True)
    said = dict(zip(found.ids, found.entities, strict=True))
    born_of = {row[0]: row[3] for row in rows}
    wrong = [
        (a, b) for a in truth for b in truth
        if a < b and said[a] == said[b] and truth[a] != truth[b] and born_of[a] and born_of[b]
    ]  # fmt: skip
    assert wrong == []
