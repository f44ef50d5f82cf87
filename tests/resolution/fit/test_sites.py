"""What an entity of a file of organisations is: read from the file, or said by a person."""

import random
from pathlib import Path

import pytest

from kg.errors import InputError
from resolution.evaluation.metrics import report
from resolution.fit.settings import Settings, read_settings
from resolution.standalone.describe import describe
from resolution.standalone.evaluate import resolve_file
from tests.resolution.fit.test_fit import invented, write

HEADER = ("record_id", "list", "Site name", "Address", "Phone")


def _rows(seed: int, *, sites: bool) -> tuple[list[tuple[object, ...]], dict[str, int]]:
    """Forty owners in up to six places, each told by four lists; of organisations, one telephone for all places."""
    rng = random.Random(seed)
    rows: list[tuple[object, ...]] = []
    truth: dict[str, int] = {}
    place = 0
    for owner in range(40):
        name, switchboard = f"{invented(rng, 3)} {invented(rng, 3)} Learning Center", rng.randrange(10**9, 10**10)
        for _ in range(rng.randrange(1, 7)):
            place += 1
            street, phone = f"{rng.randrange(1, 900)} {invented(rng, 3)} Street", rng.randrange(10**9, 10**10)
            for some in range(4):
                told = name.replace("Center", "Ctr") if rng.random() < 0.3 else name
                record = f"r{len(rows)}"
                rows.append((record, some, told, street, phone if sites else switchboard))
                truth[record] = place if sites else owner
    return rows, truth


@pytest.mark.parametrize("sites", [True, False])
def test_a_file_says_whether_sites_or_their_owners_are_meant(tmp_path: Path, sites: bool) -> None:
    rows, truth = _rows(3, sites=sites)
    records = write(tmp_path / "r.csv", HEADER, rows)
    found = resolve_file(records, "account", fit=True)
    said = {record: str(entity) for record, entity in truth.items()}
    assert report(dict(zip(found.ids, found.entities, strict=True)), said, [])["clusters"]["f1"] >= 0.97
    told = describe(records, "account")["account"]
    assert told["entity"] == ("site" if sites else "organisation")
    assert ("change together" in told["entity_because"]) == sites


def test_one_name_at_many_places_is_an_owner_of_sites_where_no_telephone_says_so(tmp_path: Path) -> None:
    rows, truth = _rows(3, sites=True)
    records = write(tmp_path / "r.csv", HEADER[:-1], [row[:-1] for row in rows])
    found = resolve_file(records, "account", fit=True)
    said = {record: str(entity) for record, entity in truth.items()}
    assert report(dict(zip(found.ids, found.entities, strict=True)), said, [])["clusters"]["f1"] >= 0.97
    assert "are at many places" in describe(records, "account")["account"]["entity_because"]


def test_a_person_may_say_it(tmp_path: Path) -> None:
    records = write(tmp_path / "r.csv", HEADER, _rows(4, sites=True)[0])
    asked = {entity: resolve_file(records, "account", True, Settings({}, {}, entity)) for entity in ("site", None)}
    owners = resolve_file(records, "account", True, Settings({}, {}, "organisation"))
    assert asked["site"].entities == asked[None].entities
    assert len(set(owners.entities)) < len(set(asked["site"].entities))
    settings = tmp_path / "s.toml"
    settings.write_text('[account]\nentity = "shop"\n', encoding="utf-8")
    with pytest.raises(InputError, match="'shop' of account is not one of site, organisation"):
        read_settings(settings)
    settings.write_text('[account]\nentity = "site"\n', encoding="utf-8")
    assert read_settings(settings) == Settings({}, {}, "site")


def test_a_place_on_earth_is_two_columns_of_degrees(tmp_path: Path) -> None:
    """Names alone would put the branches of one chain together; nowhere (0, 0) is no place."""
    rng = random.Random(5)
    rows: list[tuple[object, ...]] = []
    truth: dict[str, str] = {}
    for site in range(120):
        name, north, east = f"Northwind {site // 4}", 40 + rng.random(), -80 + rng.random()
        for _ in range(3):
            record = f"r{len(rows)}"
            known = rng.random() < 0.9
            where = (f"{north:.5f}", f"{east:.5f}") if known else ("0.0", "0.0")
            rows.append((record, f"{name} {rng.choice(['Cafe', 'Café'])}", *where, f"{site * 7919:09d}"))
            truth[record] = str(site)
    records = write(tmp_path / "r.csv", ("record_id", "name", "gps_a", "gps_b", "phone"), rows)
    told = describe(records, "account")["account"]
    assert {c["name"]: c["role"] for c in told["columns"]}["gps_a"] == "latitude"
    found = resolve_file(records, "account", fit=True)
    assert report(dict(zip(found.ids, found.entities, strict=True)), truth, [])["clusters"]["f1"] >= 0.95


def test_a_telephone_of_many_places_is_the_owners(tmp_path: Path) -> None:
    """A chain of thirty shops with one number, between shops that have their own: the chain's shops stay thirty."""
    rng = random.Random(8)
    rows: list[tuple[object, ...]] = []

    def told(name: str, street: str, phone: int, key: str) -> None:
        rows.extend((f"{key}-{n}", n, name, f"{street} {kind}", phone) for n, kind in enumerate(("Street", "St")))

    for i in range(30):
        told("Wok Express", f"{i * 7 + 3} {invented(rng, 3)}", 5557000123, f"c{i}")
    for i in range(150):
        name = f"{invented(rng, 3)} Grill"
        for site in range(2):
            told(name, f"{rng.randrange(1, 900)} {invented(rng, 3)}", rng.randrange(10**9, 10**10), f"s{i}-{site}")
    found = resolve_file(write(tmp_path / "r.csv", HEADER, rows), "account", fit=True)
    said = dict(zip(found.ids, found.entities, strict=True))
    assert [i for i in range(30) if said[f"c{i}-0"] != said[f"c{i}-1"]] == []
    assert len({said[f"c{i}-0"] for i in range(30)}) == 30
