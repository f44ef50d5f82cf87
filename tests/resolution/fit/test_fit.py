"""A file that nobody has seen: what its columns are, what its words weigh, and who is one; no labels are used."""

import csv
import random
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pytest

from kg.errors import InputError
from resolution.evaluation.causes import Resolution, Scored, causes
from resolution.fit.profile import profile
from resolution.fit.roles import by_name, words_of
from resolution.fit.settings import read_settings, write_settings
from resolution.fit.spellings import corrections, near_words
from resolution.fit.templates import point
from resolution.fit.tokens import Vocabulary, learn
from resolution.standalone.describe import describe
from resolution.standalone.evaluate import evaluate, predict, resolve_file

FIRSTS = "Anna Robert Thomas Katherine William Elizabeth Peter Maria Johan Lars Emma Daniel Sofia Helena".split()  # noqa: SIM905
SYLLABLES = "ber lin gra mor vel tan dor sel kar nov ric hol fen wes jan pet zur mik".split()  # noqa: SIM905


def invented(rng: random.Random, syllables: int) -> str:
    """A word of so many syllables, as a name is written."""
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables)).title()


def write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *rows])
    return path


@pytest.mark.parametrize(
    ("name", "words", "role"),
    [
        ("PRIMARY_NAME_LAST", ["primary", "name", "last"], "family"),
        ("fname_c1", ["fname", "c1"], "given"),
        ("addrPostalCode", ["addr", "postal", "code"], "postcode"),
        ("phone_type", ["phone", "type"], "unused"),
        ("passport_country", ["passport", "country"], "unused"),
        ("addr_country", ["addr", "country"], "country"),
        ("date_of_birth", ["date", "of", "birth"], "date"),
        ("SSN_NUMBER", ["ssn", "number"], "identifier"),
        ("State of incorporation", ["state", "of", "incorporation"], "state"),
        ("x17", ["x17"], None),
    ],
)
def test_names_of_columns(name, words, role):
    assert words_of(name) == words
    assert by_name(name) == role


def test_columns_are_told_by_their_values(con):
    draw = random.Random(3)
    con.execute(f"CREATE TABLE t (row_no BIGINT, {', '.join(f'{c} VARCHAR' for c in 'abcdefghij')})")
    for row in range(120):
        year, month, day = draw.randrange(1940, 2000), draw.randrange(1, 13), draw.randrange(1, 29)
        values = (
            row,
            f"p{row}@mail{row % 7}.com",
            f"{day:02d}/{month:02d}/{year}",
            f"+46 8 {draw.randrange(10**6, 10**7)}",
            draw.choice("MF"),
            draw.choice(FIRSTS),
            draw.choice(SYLLABLES).title() + "berg",
            str(draw.randrange(1940, 2000)),
            str(draw.randrange(1, 13)),
            str(draw.randrange(1, 32)),
            f"52.{draw.randrange(10**6, 10**7)}",
        )
        con.execute(f"INSERT INTO t VALUES ({', '.join('?' * 11)})", values)
    found = {c.name: c for c in profile(con, "t", list("abcdefghij"), "contact")}
    roles = ("email", "date", "phone", "gender", "given", "family", "year", "month", "day", "number")
    assert {name: c.role for name, c in found.items()} == dict(zip("abcdefghij", roles, strict=True))
    assert found["b"].formats[0] == "%d/%m/%Y"


def weigh(learned: Vocabulary, a: int, b: int) -> float:
    """What two writings, given by their places, weigh."""
    return float(learned.weight(np.array([a]), np.array([b]))[0])


def test_rare_words_weigh_more_and_a_name_does_not_make_itself_common():
    branches = ["berlin", "hamburg", "paris", "rome", "oslo", "wien"]
    one = [["acmex", "works", branch] for branch in branches]
    others = [[f"firm{i}", "works", branches[i % 6]] for i in range(240)]
    writings = [*one, ["acmex", "works"], *others]
    learned = learn(writings)
    pair = partial(weigh, learned)
    assert pair(0, 6) > pair(0, 7) + 1  # share acmex and works; share works and a city
    assert pair(0, 0) > pair(0, 6)
    rarity = dict(zip(learned.words, learned.rarity, strict=True))
    assert rarity["acmex"] > rarity["berlin"] > rarity["works"]


def test_words_of_trade_go_together():
    """`Law` and `office` come together, so both say hardly more than one; two words that are no trade say more."""
    offices = [["law", "office", f"firm{i}"] for i in range(20)]
    named = [["blix", "quorn", f"house{i}"] for i in range(20)]
    learned = learn([*offices, *named, *([f"shop{i}", f"street{i % 30}"] for i in range(400))])
    pair = partial(weigh, learned)
    assert pair(0, 1) < pair(20, 21) - 2


def test_misspelt_words_are_read_as_the_common_ones(con):
    con.execute("CREATE TABLE n (words VARCHAR[])")
    for words, times in (
        (["philips", "electronics"], 9),
        (["phillips", "electonics"], 1),
        (["nobel"], 5),
        (["x12345"], 3),
    ):
        con.executemany("INSERT INTO n VALUES (?)", [[words]] * times)
    corrections(con, "n", "words")
    found = dict(con.execute("SELECT word, meant FROM spelling").fetchall())
    assert found == {"phillips": "philips", "electonics": "electronics"}


def families(seed: int = 5) -> tuple[list[tuple[object, ...]], dict[str, str]]:
    """Couples at one address, each person written twice; a fifth of the second writings have a letter less."""
    draw = random.Random(seed)
    rows: list[tuple[object, ...]] = []
    truth: dict[str, str] = {}
    for home in range(150):
        last = "".join(draw.choice(SYLLABLES) for _ in range(3)).title()
        street, phone = f"{draw.choice(SYLLABLES)}gatan {draw.randrange(1, 90)}", f"08-{draw.randrange(10**6, 10**7)}"
        for first in draw.sample(FIRSTS, 2):
            born = f"{draw.randrange(1940, 2000)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
            for copy in range(2):
                key = f"r{len(rows)}"
                name = last if copy == 0 or draw.random() < 0.8 else last[:3] + last[4:]
                rows.append((key, first, name, street, phone, born if draw.random() < 0.6 else ""))
                truth[key] = f"{home} {first}"
    return rows, truth


def test_relatives_at_one_address_stay_two(tmp_path):
    rows, truth = families()
    records = write(tmp_path / "r.csv", ("record_id", "vn", "nn", "wo", "rufnummer", "geb"), rows)
    known = write(tmp_path / "t.csv", ("record_id", "entity_id"), list(truth.items()))
    found = evaluate(records, known, "contact", fit=True)
    assert found["clusters"]["precision"] == 1.0
    assert found["clusters"]["f1"] > 0.95
    assert found["exact_entities"] > 0.95 * found["entities"]
    assert found["causes"]["false_merges"] == []


def test_settings_come_back_as_they_were(tmp_path, con):
    rows, _ = families()
    records = write(tmp_path / "r.csv", ("record_id", "vn", "nn", "wo", "rufnummer", "geb"), rows)
    con.execute(
        f"CREATE TABLE f AS SELECT row_number() OVER () AS row_no, * FROM read_csv('{records}', all_varchar=true)"
    )
    columns = profile(con, "f", ["vn", "nn", "wo", "rufnummer", "geb"], "contact")
    write_settings(tmp_path / "s.toml", {"contact": columns}, {"contact": 0.5})
    settings = read_settings(tmp_path / "s.toml")
    assert [(c.name, c.role) for c in settings.columns("contact")] == [(c.name, c.role) for c in columns]
    assert settings.threshold("contact") == 0.5
    assert settings.columns("account") is None
    counts = predict(records, "contact", False, tmp_path / "p.csv", settings)
    assert counts["records"] == len(rows)
    assert counts["entities"] == pytest.approx(300, abs=10)
    with (tmp_path / "p.csv").open() as lines:
        assert [line["record_id"] for line in csv.DictReader(lines)] == [str(row[0]) for row in rows]


def test_settings_that_cannot_be_meant(tmp_path):
    path = tmp_path / "s.toml"
    with pytest.raises(InputError, match="is not there"):
        read_settings(path)
    path.write_text('[[contact.column]]\nname = "a"\nrole = "shoe"\n')
    with pytest.raises(InputError, match="column 'a' of contact has role 'shoe'; use one of given"):
        read_settings(path)
    path.write_text("[lead]\nthreshold = 1\n")
    with pytest.raises(InputError, match="is no kind"):
        read_settings(path)


def test_a_source_without_twins_gives_one_record_an_entity(tmp_path):
    draw = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for n in range(150):
        title = " ".join("".join(draw.choice(SYLLABLES) for _ in range(2)) for _ in range(5))
        rows += [
            (f"a{n}", "a", title, 1990 + n % 20),
            (f"b{n}", "b", " ".join(title.split()[: 4 + n % 2]), 1990 + n % 20),
        ]
        if n % 30 == 0:  # a second edition, almost the same title: two works, as the source says
            rows += [(f"a{n}x", "a", title + " second edition", 1990 + n % 20)]
    found = resolve_file(write(tmp_path / "r.csv", ("record_id", "source", "t", "y"), rows), "account", fit=True)
    of = dict(zip(found.ids, found.entities, strict=True))
    clean = {s for s in "ab" if len({of[r[0]] for r in rows if r[1] == s}) == sum(r[1] == s for r in rows)}
    assert "b" in clean
    assert sum(of[f"a{n}"] == of[f"b{n}"] for n in range(150)) > 140


def test_causes_are_told_by_the_step_that_lost_them():
    found = Resolution(
        ids=list("abcdefgh"),
        entities=["1", "1", "2", "3", "4", "5", "6", "6"],
        scored=[
            Scored(0, 1, 3.0, True, None, "phone"),
            Scored(2, 3, -2.0, False),
            Scored(4, 5, 5.0, False, "too different"),
        ],
        compared={(0, 1), (2, 3), (4, 5)},
        stand_in={7: 6},
    )
    truth = dict(zip("abcdefgh", ["A", "B", "C", "C", "D", "D", "E", "C"], strict=True))
    told = causes(found, truth)
    assert {c["cause"]: c["pairs"] for c in told["false_merges"]} == {
        "they say exactly the same": 1,
        "tied by phone": 1,
    }
    misses = {c["cause"]: c["pairs"] for c in told["misses"]}
    assert misses == {
        "below the threshold": 1,
        "vetoed: too different": 1,
        "never compared: no blocking key shared": 2,
    }


@pytest.mark.parametrize(
    ("name", "role"),
    [("raison_sociale", "organisation"), ("Téléphone", "phone"), ("mobilephone", "phone"), ("address2", "street"),
     ("Straße", "street"), ("site_name", "organisation"), ("x_coord", "longitude"), ("Arbeitgeber", "organisation")],
)  # fmt: skip
def test_headers_of_other_countries_and_words_written_as_one(name: str, role: str) -> None:
    assert by_name(name) == role


def test_names_of_persons_are_found_where_no_header_names_them(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE t (row_no INTEGER, f1 VARCHAR, f2 VARCHAR)")
    rng = random.Random(6)
    for i in range(60):
        who = f"{rng.choice(FIRSTS)} {''.join(rng.choice(SYLLABLES) for _ in range(2)).title()}"
        con.execute("INSERT INTO t VALUES (?, ?, ?)", [i, f"Haus {rng.choice(SYLLABLES)} Bau GmbH", who])
    assert {c.name: c.role for c in profile(con, "t", ["f1", "f2"], "contact")}["f2"] == "person"


@pytest.mark.parametrize(
    ("form", "role"),
    [("{first[0]}. {last}", "person"), ("{last}, {first} J.", "person"), ("{last} {first[0]}J", "person"),
     ("{first}", "given")],
)  # fmt: skip
def test_names_of_persons_are_told_from_those_of_firms_however_written(
    con: duckdb.DuckDBPyConnection, form: str, role: str
) -> None:
    con.execute("CREATE TABLE t (row_no INTEGER, c1 VARCHAR, c2 VARCHAR, c3 VARCHAR)")
    rng = random.Random(6)
    for i in range(80):
        last = "".join(rng.choice(SYLLABLES) for _ in range(3)).title()
        who = form.format(first=f"{rng.choice(SYLLABLES)}xa".title() if i % 3 else rng.choice(FIRSTS), last=last)
        con.execute("INSERT INTO t VALUES (?, ?, ?, ?)", [i, f"{last} of {rng.choice(FIRSTS)} Springs Ltd", who, last])
    roles = {c.name: c.role for c in profile(con, "t", ["c1", "c2", "c3"], "contact")}
    assert roles["c2"] == role
    assert roles["c1"] == "organisation"
    assert roles["c3"] == ("family" if role == "given" else "word")


def test_the_second_column_of_first_names_is_the_middle_name(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE t (row_no INTEGER, c1 VARCHAR, c2 VARCHAR, c3 VARCHAR, salutation VARCHAR)")
    rng = random.Random(7)
    for i in range(80):
        last = "".join(rng.choice(SYLLABLES) for _ in range(3)).title()
        first, middle = rng.choice(FIRSTS), rng.choice(FIRSTS) if i % 2 else None
        con.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [i, middle, first, last, rng.choice(("Dr.", "Prof."))])
    roles = {c.name: c.role for c in profile(con, "t", ["c1", "c2", "c3", "salutation"], "contact")}
    assert roles == {"c1": "middle", "c2": "given", "c3": "family", "salutation": "category"}


def test_dates_with_slips_stay_dates(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE t (row_no INTEGER, born VARCHAR)")
    rng = random.Random(7)
    for i in range(100):
        month = 13 + i % 9 if i % 2 else rng.randrange(1, 13)  # every other month is no month
        con.execute("INSERT INTO t VALUES (?, ?)", [i, f"{rng.randrange(1930, 2000)}-{month:02d}-{1 + i % 28:02d}"])
    assert profile(con, "t", ["born"], "contact")[0].role == "date"


def test_a_word_misspelt_or_shortened_is_near(con: duckdb.DuckDBPyConnection) -> None:
    words = ["international", "internatoinal", "maler", "mahler", "inst", "institute", "north"]
    near = near_words(con, words).todense()
    said = {(words[a], words[b]) for a, b in zip(*np.nonzero(near), strict=True)}
    assert ("international", "internatoinal") in said
    assert ("inst", "institute") in said
    assert not any("north" in pair for pair in said)


def test_a_document_that_persons_share_is_nobodys_identifier(tmp_path: Path) -> None:
    rng = random.Random(9)
    people = [(rng.choice(FIRSTS), "".join(rng.choice(SYLLABLES) for _ in range(2)), 10_000 + i) for i in range(40)]
    rows: list[tuple[object, ...]] = []
    for document in range(120):
        rows += [(f"r{len(rows)}-{i}", *who, 770_000 + document) for i, who in enumerate(rng.sample(people, 3))]
    records = write(tmp_path / "r.csv", ("record_id", "first", "last", "ssn", "patent_no"), rows)
    roles = {c["name"]: c["role"] for c in describe(records, "contact")["contact"]["columns"]}
    assert roles["patent_no"] != "identifier"
    assert roles["ssn"] == "identifier"
    found = resolve_file(records, "contact", fit=True)
    assert len(set(found.entities)) == len({row[3] for row in rows})


def test_family_names_written_first_are_known_in_names_of_three(tmp_path: Path) -> None:
    rng = random.Random(4)
    rows: list[tuple[object, ...]] = []
    for i in range(60):
        first, middle = rng.sample(FIRSTS, 2)
        last, phone = "".join(rng.choice(SYLLABLES) for _ in range(3)), rng.randrange(10**9, 10**10)
        rows.append((f"a{i}", f"{first} {middle} {last}", phone))
        rows.append((f"b{i}", f"{last} {first} {middle}" if i % 3 else f"{first} {middle} {last}", phone))
    found = resolve_file(write(tmp_path / "r.csv", ("record_id", "name", "phone"), rows), "contact", fit=True)
    said = dict(zip(found.ids, found.entities, strict=True))
    assert [i for i in range(60) if said[f"a{i}"] != said[f"b{i}"]] == []
    assert len(set(found.entities)) == 60


def test_one_degree_of_a_place_speaks_where_the_other_is_not_told(con: duckdb.DuckDBPyConnection) -> None:
    where = point("lat", "lon", "point_1")
    assert where.comparison is not None

    def row(side: str, lat: str, lon: str) -> str:
        said = f"round({lat}, 4)::VARCHAR || ' ' || round({lon}, 4)::VARCHAR"
        return f"SELECT {lat} AS point_1_north_{side}, {lon} AS point_1_east_{side}, {said} AS point_1_{side}"

    cases = {
        ("51.5074", "-0.1278", "51.5074", "NULL"): "same latitude or longitude, the other unknown",
        ("51.5074", "NULL", "48.8566", "2.3522"): "different",
        ("51.5074", "NULL", "NULL", "2.3522"): "missing",
        ("51.5074", "-0.1278", "51.5074", "-0.1278"): "same point",
        ("51.5074", "-0.1278", "51.51", "-0.12"): "within 2 kilometres",
    }
    for (a, b, c, d), expected in cases.items():
        whens = " ".join(f"WHEN {level.sql} THEN '{level.label}'" for level in where.comparison.levels)
        met = f"CASE WHEN {where.comparison.missing} THEN 'missing' {whens} ELSE 'different' END"
        assert con.execute(f"SELECT {met} FROM ({row('l', a, b)}), ({row('r', c, d)})").fetchall()[0][0] == expected


@pytest.mark.parametrize(("lat", "lon", "east"), [("51.5", "-0.12", -0.12), ("51.5", "9999999999", None)])
def test_degrees_beyond_the_globe_are_no_place(
    con: duckdb.DuckDBPyConnection, lat: str, lon: str, east: float | None
) -> None:
    made = dict(point("lat", "lon", "point_1").select)["point_1_east"]
    con.execute('CREATE TABLE f AS SELECT ? AS "raw lat", ? AS "raw lon"', [lat, lon])
    assert con.execute(f"SELECT {made} FROM f").fetchall() == [(east,)]
