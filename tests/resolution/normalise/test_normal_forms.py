"""Normal forms, as literal tables through the macros that resolution uses."""

from collections.abc import Iterator

import duckdb
import pytest

from resolution.normalise import macros
from resolution.normalise.places import place_names
from resolution.normalise.titles import department, role, seniority


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    macros.install(connection)
    yield connection
    connection.close()


def value(con: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> object:
    return con.execute(f"SELECT {sql}", list(parameters)).fetchall()[0][0]


@pytest.mark.parametrize(
    ("written", "core"),
    [
        ("Müller & Söhne Technologies GmbH & Co. KG", "muller sohne tech"),
        ("Mueller-Soehne", "mueller soehne"),
        ("ACME, INC.", "acme"),
        ("Acme Corporation", "acme"),
        ("Nordic Systems AB (publ)", "nordic sys"),
        ("AB Nordic Systems", "nordic sys"),
        ("Łódzka Spółka Akcyjna", "lodzka"),
        ("Kowalski Sp. z o.o.", "kowalski"),
        ("Novo A/S", "novo"),
        ("Doradztwo Widłak SPÓŁKA Z O.O. SP.K.", "doradztwo widlak"),
        ("Gajzler i syn s.c.", "gajzler syn"),
        ("Škoda Auto a.s.", "skoda auto"),
        ("Cementos de Oaxaca, S.A. de C.V.", "cementos oaxaca"),
        ("株式会社トヨタ", "toyota"),
        ("靳医药有限责任公司", "jinyiyao"),
        ("S.C. Johnson", "sc johnson"),  # no legal form: a name begins with it
        ("Société Générale S.A.", "societe generale"),
        ("The Limited Company", "the limited company"),
        ("", None),
    ],
)
def test_a_company_is_its_words_without_legal_form(
    con: duckdb.DuckDBPyConnection, written: str, core: str | None
) -> None:
    assert value(con, "nullif(array_to_string(company_core(?), ' '), '')", written) == core


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Dr. José Ångström-Müller Jr", ["jose", "angstrom", "muller"]),
        ("O'Brien", ["obrien"]),
        ("Łukasz Schäfer", ["lukasz", "schafer"]),
        ("Schaefer", ["schafer"]),
        ("Мария", ["mariya"]),
    ],
)
def test_a_person_is_their_words(con: duckdb.DuckDBPyConnection, written: str, words: list[str]) -> None:
    assert value(con, "person_words(?)", written) == words


@pytest.mark.parametrize(
    ("macro", "written", "normal"),
    [
        ("phone_key", "+46 (0)8-123 456 78", "812345678"),
        ("phone_key", "08-12345678", "812345678"),
        ("phone_key", "0049 89 1234567 ext. 12", "891234567"),
        ("phone_key", "123", None),
        ("host_of", "https://www.Acme.co.uk/about?x=1", "www.acme.co.uk"),
        ("registrable", "mail.shop.acme.co.uk", "acme.co.uk"),
        ("registrable", "localhost", None),
        ("mail_of", " Ann@Acme.COM ", "ann@acme.com"),
        ("mail_of", "not an address", None),
        ("mail_local", "ann+news@acme.com", "ann"),
        ("corporate_host", "ann@gmail.com", None),
        ("corporate_host", "ann@acme.com", "acme.com"),
        ("phone_dial", "0046 8 123 456 78", "46"),
        ("phone_dial", "+1 555 123 4567", "15"),
        ("phone_dial", "034-5360154", None),
        ("plain_label", "acme-group.com", "acme"),
        ("plain_label", "acme-paint.com", "acme-paint"),
        ("street_text", "Hauptstraße 5", "hauptstr 5"),
        ("city_key", "Cologne", "koln"),
        ("city_key", "Köln", "koln"),
        ("city_key", "Springfield", "springfield"),
        ("country_key", "Deutschland", "DE"),
        ("country_key", "U.S.A.", "US"),
        ("country_key", "se", "SE"),
        ("country_key", "Atlantis", "atlantis"),
        ("country_key", None, None),
        ("plain_code", "SE 556-1234", "SE5561234"),
    ],
)
def test_addresses(con: duckdb.DuckDBPyConnection, macro: str, written: str | None, normal: str | None) -> None:
    assert value(con, f"{macro}(?)", written) == normal


@pytest.mark.parametrize(
    ("local", "first", "last", "made"),
    [
        ("ann.berg", "ann", "berg", True),
        ("aberg", "ann", "berg", True),
        ("annb", "ann", "berg", True),
        ("ann.berg77", "ann", "berg", False),
        ("skipper", "ann", "berg", False),
    ],
)
def test_a_local_part_that_is_only_the_name_says_nothing_new(
    con: duckdb.DuckDBPyConnection, local: str, first: str, last: str, made: bool
) -> None:
    letters = value(con, "letters_of(?)", local)
    assert value(con, "made_of_name(?, ?, ?, ?)", local, letters, first, last) is made


@pytest.mark.parametrize(
    ("title", "level", "room", "part"),
    [
        ("Chief Financial Officer", "c_level", "Finance", "economic_buyer"),
        ("CTO", "c_level", "IT", "technical_evaluator"),
        ("Vice President, Operations", "vp", "Operations", "economic_buyer"),
        ("Head of Supply Chain", "director", "Operations", "champion"),
        ("Procurement Manager", "manager", "Procurement", "procurement"),
        ("Systems Engineer", "staff", "IT", "technical_evaluator"),
        ("Planner", "staff", None, "user"),
        (None, None, None, "influencer"),
    ],
)
def test_a_title_tells_level_department_and_part(
    con: duckdb.DuckDBPyConnection, title: str | None, level: str | None, room: str | None, part: str
) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE one AS SELECT ?::VARCHAR AS t", [title])
    found = con.execute(f"SELECT {seniority('t')}, {department('t')}, {role('t')} FROM one").fetchall()[0]
    assert found == (level, room, part)


def test_words_weigh_by_how_rare_they_are(con: duckdb.DuckDBPyConnection) -> None:
    alike = "words_alike(['acme', 'tech'], [8.0, 2.0], 10.0, ['acme', 'soft'], [8.0, 2.0], 10.0)"
    unlike = "words_alike(['acme', 'tech'], [8.0, 2.0], 10.0, ['berg', 'tech'], [8.0, 2.0], 10.0)"
    assert value(con, f"round({alike}, 3)") == pytest.approx(0.8)
    assert value(con, f"round({unlike}, 3)") == pytest.approx(0.2)


def test_every_name_of_a_place_stands_for_one() -> None:
    rows = place_names()
    assert len({(kind, name) for kind, name, _ in rows}) == len(rows)
    assert all(len(place) == 2 and place.isupper() for kind, _, place in rows if kind == "country")
