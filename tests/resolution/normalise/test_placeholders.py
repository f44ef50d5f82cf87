"""Placeholders: what stands for nothing by word, by shape, or because strangers share it; and what must stay."""

import duckdb
import pytest

from resolution.normalise.placeholders import Subject, blank, find_placeholders, why_word

PERSON = Subject(
    {"email": "email", "phone": "phone", "last_name": "name_part"}, ("first_name", "last_name"), ("company",)
)
FIRM = Subject(
    {"name": "name", "domain": "domain", "phone": "phone", "registration_id": "registration"}, ("name",), whole=False
)


@pytest.mark.parametrize(
    ("form", "value", "is_one"),
    [
        ("email", "none@none.com", True), ("email", "test@test.com", True), ("email", "noemail@noemail.com", True),
        ("email", "n/a", True), ("email", "a@a.de", True), ("email", "test@lindholm.example", False),
        ("email", "maria@none.com", False), ("email", "xxx@xxx.xx", True), ("email", "unknown", True),
        ("phone", "000000", True), ("phone", "+1 (111) 111-1111", True), ("phone", "123456789", True),
        ("phone", "-", True), ("phone", "+46 8 123 45 67", False), ("phone", "112", False), ("phone", "x", True),
        ("name", "test", True), ("name", "xxx", True), ("name", "n.a.", True), ("name", "testo ag", False),
        ("name_part", "null", False), ("name_part", "nan", False), ("name_part", "n/a", True),
        ("domain", "none.com", True), ("domain", "https://www.unknown.com/", True), ("domain", "test.example", False),
        ("registration", "0000000000", True), ("registration", "556012-5790", False), ("registration", "nan", True),
    ],
)  # fmt: skip
def test_words_and_shapes(form: str, value: str, is_one: bool) -> None:
    assert (why_word(form, value) is not None) is is_one


def test_a_frequent_part_of_a_name_is_no_name_and_a_rare_one_is() -> None:
    assert why_word("name_part", "test", 0.2)
    assert not why_word("name_part", "test", 0.001)


def people(rows: list[tuple[str | None, ...]]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t (first_name VARCHAR, last_name VARCHAR, email VARCHAR, phone VARCHAR, company VARCHAR)"
    )
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    return connection


NAMES = ("Berg", "Costa", "Dahl", "Eriksen", "Fontaine", "Gruber", "Holm", "Ito", "Jansen", "Kovac", "Lind", "Moreau")


def crowd(
    email: str | None = None, phone: str | None = None, company: str | None = None
) -> list[tuple[str | None, ...]]:
    return [(f"A{i}", n, email, phone, company or f"Firm {i}") for i, n in enumerate(NAMES)]


def singles(count: int) -> list[tuple[str | None, ...]]:
    return [(f"B{i}", f"Other{i}", f"b{i}@firm{i}.example", f"+46 8 55{i:04}7", f"Firm {i}") for i in range(count)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (crowd(email="Kunde@Firma.example") + singles(40), {("email", "kunde@firma.example")}),
        (crowd(phone="+49 89 4711 22") + singles(400), {("phone", "+49 89 4711 22")}),
        (crowd(email="info@acme.example", phone="+46 8 90", company="Acme") + singles(40), set()),
        ([(f"A{i}", "Berg", "anna@berg.example", None, f"F{i}") for i in range(30)] + singles(10), set()),
        (crowd(email="none@none.com")[:1] + singles(40), {("email", "none@none.com")}),
        (singles(40), set()),
    ],
    ids=("strangers share a mail", "strangers share a phone", "a switchboard", "one family", "once, by its words",
         "clean"),
)  # fmt: skip
def test_what_strangers_share(rows: list[tuple[str | None, ...]], found: set[tuple[str, str]]) -> None:
    assert {(p.column, p.value) for p in find_placeholders(people(rows), "t", PERSON)} == found


def test_what_one_person_has_is_no_placeholder_however_the_name_is_misspelt() -> None:
    """A hundred mentions in thirteen writings, a tenth of another name: the telephone is that person's."""
    writings = [f"Karho{letter}lzur" for letter in "abcdefghijkl"] + ["Karholzur"]
    mentions = [("Emma", writings[i % 13], None, "+46 8 90", None) for i in range(50)]
    mentions += [("Karholzur,", "Emma", None, "+46 8 90", None) for _ in range(15)]
    mentions += [("Bo", NAMES[i], None, "+46 8 90", None) for i in range(6)]
    assert find_placeholders(people([*mentions, *singles(40)]), "t", PERSON) == ()
    strangers = [("Bo", name, None, "+46 8 90", None) for name in NAMES * 12]
    assert find_placeholders(people([*mentions, *strangers, *singles(40)]), "t", PERSON)


def test_listed_values_are_blanked_and_kept_ones_stay() -> None:
    connection = people([*crowd(email="x@y.example"), ("Z", "Zorn", "leer@leer.example", "000000", "Firm")])
    found = find_placeholders(connection, "t", PERSON, also=["Leer@leer.example"], keep=["X@y.example"])
    assert {(p.value, p.why) for p in found} == {
        ("leer@leer.example", "is listed in placeholders"), ("000000", "is no number"),
    }  # fmt: skip
    blank(connection, "t", found)
    left = connection.execute("SELECT count(email), count(phone) FROM t").fetchall()
    assert left == [(len(NAMES), 0)]


def test_members_of_a_group_share_a_domain_and_strangers_a_register_number() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE f (name VARCHAR, domain VARCHAR, phone VARCHAR, registration_id VARCHAR)")
    group = [(f"Siemens {n}", "siemens.example", None, None) for n in NAMES * 2]
    strangers = [(f"{n} AB", f"{n}.example", None, "556000-0001") for n in NAMES]
    connection.executemany("INSERT INTO f VALUES (?, ?, ?, ?)", group + strangers)
    assert [p.value for p in find_placeholders(connection, "f", FIRM)] == ["556000-0001"]
