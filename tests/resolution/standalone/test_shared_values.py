"""One value that many strangers share never turns what the matcher learns from a file."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from resolution.standalone.evaluate import evaluate, predict
from tests.resolution import record_files
from tests.resolution.record_files import FIRST, LAST


def write(folder: Path, placeholder: dict[str, str], people: int = 220) -> tuple[Path, Path]:
    """People, each in two lists; a fifth of the records holds the placeholders."""
    draw = random.Random(4)
    rows, truth = [], []
    for i in range(people):
        first, last, town = draw.choice(FIRST), draw.choice(LAST), draw.choice(("Lund", "Kalmar", "Visby", "Umea"))
        own = {
            "name": f"{first} {last}", "email": f"{first}.{last}{i}@firm{i % 60}.se".lower(),
            "phone": f"+46 8 {600000 + i * 37}", "company": f"Firm {chr(65 + i % 26)}{i % 60}", "city": town,
        }  # fmt: skip
        for k in range(2):
            row = dict(own)
            if draw.random() < 0.2:
                row |= placeholder
            if k and draw.random() < 0.5:
                row["name"] = f"{last}, {first}"
            rows.append({"record_id": f"r{i}-{k}", **row})
            truth.append((f"r{i}-{k}", f"p{i}"))
    return record_files.write(folder, rows, truth)


def precision(folder: Path, placeholder: dict[str, str], fit: bool = False) -> tuple[float, list[str]]:
    records, truth = write(folder, placeholder)
    told: list[str] = []
    return evaluate(records, truth, "contact", fit, tell=told.append)["pairs"]["precision"], told


@pytest.mark.parametrize(
    ("placeholder", "sentence"),
    [
        ({"email": "none@none.com"}, "email 'none@none.com' is no address"),
        ({"email": "import@crm.acme.com"}, "email 'import@crm.acme.com'"),
        ({"phone": "000000"}, "phone '000000' is no number"),
        ({"phone": "+46 8 5550100"}, "phone '+46 8 5550100'"),
        ({"email": "na@na.se", "phone": "12345678"}, "phone '12345678' is no number"),
    ],
)
def test_a_shared_value_costs_no_precision(tmp_path: Path, placeholder: dict[str, str], sentence: str) -> None:
    (tmp_path / "clean").mkdir()
    clean, _ = precision(tmp_path / "clean", dict.fromkeys(placeholder, ""))
    found, told = precision(tmp_path, placeholder)
    assert found >= clean - 0.01
    assert any(line.startswith(sentence) and "it counts as empty in" in line for line in told), told


def test_nor_where_the_matcher_is_made_for_the_file(tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    clean, _ = precision(tmp_path / "clean", {"email": "", "phone": ""}, fit=True)
    found, told = precision(tmp_path, {"email": "import@crm.acme.com", "phone": "000000"}, fit=True)
    assert found >= clean - 0.01
    assert any(line.startswith("email 'import@crm.acme.com' is shared by") for line in told), told
    assert any(line.startswith("phone '000000' is no number") for line in told), told


ACCOUNTS = """record_id,name,website
a,Group Holding GmbH,
b,Holding Group AB,
c,Test,
d,TEST AB,
e,Vinga Timber AB,vinga.example
f,Vinga Timber,www.vinga.example
g,Ostra Kvarn AB,ostra.internal
h,Ostra Kvarn,mail.ostra.internal
"""


def test_names_of_filler_say_nothing_and_private_endings_are_domains(tmp_path: Path) -> None:
    records, out = tmp_path / "R.csv", tmp_path / "P.csv"
    others = "".join(f"x{i},{FIRST[i % 20]}son {LAST[i % 18]} Verkstad,verk{i}.se\n" for i in range(60))
    records.write_text(ACCOUNTS + others)
    predict(records, "account", False, out)
    entity = dict(line.split(",") for line in out.read_text().split()[1:])
    assert len({entity[x] for x in "abcd"}) == 4
    assert entity["e"] == entity["f"] and entity["g"] == entity["h"]
