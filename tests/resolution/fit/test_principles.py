"""What is true of identity in any small file: relatives, twins, namesakes, addresses in one line, contradictions."""

import csv
from pathlib import Path

import pytest

from resolution.fit import persons
from resolution.fit.addresses import Address, parse
from resolution.fit.compose import Plan
from resolution.fit.principles import hold
from resolution.fit.spellings import corrections
from resolution.matchers.terms import Block, Comparison, Level, Matcher
from resolution.standalone.evaluate import evaluate


@pytest.mark.parametrize(
    ("text", "house", "street", "postcode"),
    [
        ("77 W. 21st St Cedar Point, TX 75001", "77", "21st", "75001"),
        ("Harbour Flats, 19 Birch Avenue E., Ottawa, K1A 0B1", "19", "birch", "k1a0b1"),
        ("19 Birch Ave, Ottawa", "19", "birch", ""),
        ("Suite 12, 40 N Mill Rd, 20301", "40", "mill", "20301"),
        ("40 N Mill Rd Suite 12, 203010000", "40", "mill", "20301"),
        ("Rosenstraße 8, 50667 Köln", "8", "rosen", "50667"),
        ("8 Rosen Street, Koeln, 50667, Germany", "8", "rosen", "50667"),
        ("P.O. Box 331, Akron", "331", "pobox", ""),
        ("No 7, Street 52 Phnom Penh", "7", "52", ""),
        ("Rue de Rivoli 5, 75001 Paris", "5", "de rivoli", "75001"),
        ("#02-09, 6 Temple Rise, 058234 Singapore", "6", "temple", "058234"),
        ("Old Mill Lane", "", "old mill", ""),
    ],
)
def test_addresses_in_parts(text, house, street, postcode):
    assert parse(text) == Address(house, street, postcode)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Mohammed", "Mhmd", True),
        ("Faisal", "Fysl", True),
        ("Siddiqui", "Sdyqy", True),
        ("Katherine", "Catrin", True),
        ("Aaron", "Ron", False),
        ("Jim", "Jane", False),
    ],
)
def test_names_that_sound_the_same(con, one, other, same):
    for macro in persons.MACROS:
        con.execute(macro)
    a, b = con.execute("SELECT sound_of(fold(?)), sound_of(fold(?))", [one, other]).fetchall()[0]
    assert (a == b) is same, (a, b)


def test_a_few_records_cannot_vote_on_a_spelling(con):
    con.execute("CREATE TABLE n (words VARCHAR[])")
    con.executemany("INSERT INTO n VALUES (?)", [[["globl", "traders"]], [["global", "traders"]], [["glow"]]])
    corrections(con, "n", "words")
    assert dict(con.execute("SELECT word, meant FROM spelling").fetchall()) == {"globl": "global"}


LAYOUTS = {
    "one line, day first": (
        ("full_name", "birthday", "address", "telephone", "passport_no"),
        lambda f, l, b, a, t, p: (f"{f} {l}", "/".join(reversed(b.split("-"))), ", ".join(a), t, p),  # noqa: E741
    ),
    "in columns": (
        ("surname", "forename", "dob", "addr1", "town", "zip", "mobile", "national_id"),
        lambda f, l, b, a, t, p: (l, f, b, *(a or ("", "", "")), t, p),  # noqa: E741
    ),
    "both, in German": (
        ("name", "geburtsdatum", "anschrift", "ort", "plz", "telefon", "ausweis_id"),
        lambda f, l, b, a, t, p: (  # noqa: E741
            f"{l}, {f}",
            ".".join(reversed(b.split("-"))),
            *((", ".join(a), "", "") if len(f) % 2 else (a or ("", "", ""))),
            t,
            p,
        ),
    ),
}
OAK, MILL, LAKE, ELM, KING = (
    ("12 Oak Street", "Albany", "12207"),
    ("7 Mill Ln", "Austin", "78701"),
    ("450 Lake View Road", "Madison", "53703"),
    ("8 Elm Dr", "Salem", "97301"),
    ("31 King St.", "Dover", "19901"),
)
CASES: tuple[tuple[str, str, str, str, tuple[str, ...], str, str], ...] = (
    # father and son of one name under one roof, and a moved son
    ("a1", "Robert", "Ashworth", "1950-03-04", OAK, "518-555-0101", ""),
    ("a2", "Robert", "Ashworth", "1981-10-17", ("12 Oak St.", "Albany", "12207"), "518-555-0101", ""),
    ("a2", "Bob", "Ashworth", "1981-10-17", KING, "", ""),
    # twins
    ("b1", "Olivia", "Drummond", "1990-06-11", MILL, "512-555-0188", ""),
    ("b2", "Sofia", "Drummond", "1990-06-11", ("7 Mill Lane", "Austin", "78701"), "512-555-0188", ""),
    # one passport, another last name; another passport, the same name and address
    ("c1", "Magdalena", "Novak", "1975-01-30", LAKE, "", "70112233"),
    ("c1", "Magdalena", "Petersen", "1975-01-30", (), "", "70112233"),
    ("c2", "Magdalena", "Novak", "", ("450 Lake View Rd", "Madison", "53703"), "", "70449988"),
    # namesakes without anything in common, and a nickname at one address
    ("d1", "Thomas", "Whitfield", "1966-12-02", ELM, "", ""),
    ("d2", "Thomas", "Whitfield", "", (), "302-555-0143", ""),
    ("d1", "Tom", "Whitfield", "", ("8 Elm Drive", "Salem", "97301"), "", ""),
    # day and month exchanged, a slip in the last name, one phone
    ("e1", "Ingrid", "Lindqvist", "1988-04-09", KING, "302-555-0177", ""),
    ("e1", "Ingrid", "Lindquist", "1988-09-04", (), "3025550177", ""),
)
OTHERS = "Rasmussen Castellano Okafor Yamamoto Hargreaves Delacroix Blackwood Marchetti".split()  # noqa: SIM905


@pytest.mark.parametrize("layout", LAYOUTS)
def test_relatives_namesakes_and_moves_in_a_small_file(tmp_path: Path, layout: str) -> None:
    header, written = LAYOUTS[layout]
    rows, truth = [], []
    for n, last in enumerate(OTHERS):  # persons of their own, each written twice
        for street in (f"{n + 21} Park Road", f"{n + 21} Park Rd"):
            place = (street, "Boise", "83702")
            truth.append(f"o{n}")
            rows.append(written("Carlos" if n % 2 else "Laura", last, f"19{60 + n}-0{n + 1}-1{n}", place, "", ""))
    for entity, *told in CASES:
        truth.append(entity)
        rows.append(written(*told))
    for name, head, body in (("r", header, rows), ("t", ("entity_id",), [(t,) for t in truth])):
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as out:
            csv.writer(out).writerows([("record_id", *head), *((n, *row) for n, row in enumerate(body))])
    found = evaluate(tmp_path / "r.csv", tmp_path / "t.csv", "contact", fit=True)
    assert found["exact_entities"] == found["entities"], found["causes"]


ORGANISATIONS = (
    ("n1", "Northwind Logistics GmbH", "Hafenstr. 12, 20457 Hamburg", "+49 40 5551234", "DE811111111"),
    ("n1", "Northwind Logistik", "Hafenstraße 12", "040 5551234", ""),
    ("n2", "Northwind Logistics AB", "Storgatan 5, 11122 Stockholm", "+46 8 7001200", "SE556000111101"),
    ("n2", "Northwind Logistics Sweden", "Storgatan 5, Stockholm", "", ""),
    ("h1", "Blue Harbor Foods Inc.", "77 Pier Avenue, Boston, MA 02110", "617-555-0199", ""),
    ("h1", "Blue Harbour Food", "77 Pier Ave Boston MA", "", ""),
    ("h2", "Blue Ridge Foods LLC", "901 Mountain Rd, Asheville, NC 28801", "828-555-0133", ""),
    ("c", "Castellan Partners", "4 Temple Lane, London EC4Y 9BB", "020 7946 0111", ""),
    ("c", "Castelan Partners LLP", "4 Temple Lane, London, EC4Y 9BB", "", ""),
    ("k", "Kestrel Software", "4 Temple Lane, London EC4Y 9BB", "020 7946 0555", ""),  # one house, another name
    ("o", "Oyster Bay Marine Supply", "12 Dock Road, Oyster Bay", "516-555-0101", ""),
    ("o", "Oyster Bay Marine Supplies Co", "", "516-555-0101", ""),
    ("g1", "Global Trade Exports Singapore", "133 Cecil Street, Singapore 069535", "", "201012345K"),
    ("g1", "Singapore Global Trade", "133 Cecil St, 069535 Singapore", "", ""),
    ("g2", "Global Trade Exports India", "22 MG Road, Mumbai 400001", "", "27AAACG1234A1Z5"),
    ("m1", "Meridian Dental", "501 Lake Street, Chicago, IL 60601", "312-555-0188", ""),
    ("m2", "Meridian Steel", "88 Forge Road, Gary, IN 46402", "219-555-0166", ""),
    ("a", "Anker & Söhne KG", "Marktplatz 3, 80331 München", "089 223344", ""),
    ("a", "Anker und Soehne", "Marktplatz 3", "089 223344", ""),
)


def test_a_few_organisations_with_branches_and_neighbours(tmp_path: Path) -> None:
    with (tmp_path / "r.csv").open("w", newline="", encoding="utf-8") as out:
        rows = ((n, *row[1:]) for n, row in enumerate(ORGANISATIONS))
        csv.writer(out).writerows([("record_id", "company", "anschrift", "phone", "vat"), *rows])
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("record_id", "entity_id"), *((n, row[0]) for n, row in enumerate(ORGANISATIONS))])
    found = evaluate(tmp_path / "r.csv", tmp_path / "t.csv", "account", fit=True)
    assert found["exact_entities"] == found["entities"], found["causes"]


def by_first_name(con):
    """The plan of a file that is matched by first names alone; pairs are written by the test."""
    first = Comparison("first", "First name, in all forms.", "false", (Level("same", "true", 0.9),), needs=("first",))
    matcher = Matcher(
        "contact", "", ("first",), "", (first,), (Block("", "first", ("first",)),), (("first",),), (("first",),)
    )
    con.execute("CREATE TABLE prepared_contact (unique_id VARCHAR)")
    return Plan("contact", (), matcher, False)


def test_contradictions_forbid_unless_all_else_outweighs_them(con):
    made = by_first_name(con)
    con.execute(
        "CREATE TABLE pairs_contact (l VARCHAR, r VARCHAR, match_weight DOUBLE, level_first VARCHAR, mw_first DOUBLE, "
        "veto VARCHAR, accepted BOOLEAN)"
    )
    rows = [
        ("a", "b", 3.0, "different", -5.2, None),  # contradicts
        ("a", "c", 4.0, "same", 6.0, None),  # c fits a and b alike: neither
        ("b", "c", 3.5, "same", 6.0, None),
        ("d", "e", 9.0, "different", -5.2, None),  # all else outweighs it
        ("f", "g", 3.0, "different", -4.0, None),  # matches of this file do differ
        ("b", "h", 8.0, "same", 6.0, None),
        ("a", "h", 3.0, "same", 6.0, None),  # h fits b far better
    ]
    con.executemany("INSERT INTO pairs_contact VALUES (?, ?, ?, ?, ?, ?, NULL)", rows)
    hold(con, made, 1.0)
    told = {(a, b): veto for a, b, veto in con.execute("SELECT l, r, veto FROM pairs_contact").fetchall()}
    assert told[("a", "b")] == "another first name"
    assert {pair for pair, veto in told.items() if veto and veto.startswith("fits")} == {("a", "c"), ("b", "c")}
    accepted = {tuple(row) for row in con.execute("SELECT l, r FROM pairs_contact WHERE accepted").fetchall()}
    assert accepted == {("d", "e"), ("f", "g"), ("b", "h"), ("a", "h")}


def test_a_few_contradictions_in_a_crowd_leave_it_together(con):
    """Of thirty records that all fit each other, one pair differs in the first name: nobody stands between two."""
    made = by_first_name(con)
    con.execute(
        """CREATE TABLE pairs_contact AS SELECT a AS l, b AS r, if(odd, -3.0, 4.0)::DOUBLE AS match_weight,
        if(odd, 'different', 'same') AS level_first, if(odd, -7.0, 3.0)::DOUBLE AS mw_first, NULL::VARCHAR AS veto,
        false AS accepted FROM (SELECT a, b, a = 100 AND b = 101 AS odd
            FROM range(100, 130) x(a), range(100, 130) y(b) WHERE a < b)"""
    )
    hold(con, made, 1.0)
    vetoed = con.execute("SELECT l, r, veto FROM pairs_contact WHERE veto IS NOT NULL").fetchall()
    assert vetoed == [(100, 101, "another first name")]
