"""A web address that is only like another follows from a name that is: it teaches nothing of its own."""

import random
from pathlib import Path

from resolution.evaluation.metrics import report
from resolution.standalone.evaluate import resolve_file
from tests.resolution.fit.test_fit import invented, write

TRADES = ("Transport", "Partners", "Motors", "Trading", "Holdings", "Estate", "Clinic", "Foods", "Insurance")
FORMS = ("Corp", "Inc", "Llc")


def test_firms_whose_web_addresses_are_made_of_their_names_stay_apart(tmp_path: Path) -> None:
    """M&D Partners at mdpar.com and M&M Transport at mmtra.com: alike twice for one reason, with other telephones."""
    rng = random.Random(1)
    rows: list[tuple[object, ...]] = []
    truth: dict[str, str] = {}
    for firm in range(250):
        letters = [rng.choice("ABCDEGHKLMNPRSTW") for _ in range(2)]
        head = "&".join(letters) if rng.random() < 0.4 else invented(rng, 2)
        name = f"{head} {rng.choice(TRADES)} {rng.choice(FORMS)}"
        web = "".join(c for c in name.lower() if c.isalpha())[: rng.randrange(5, 9)] + ".com"
        phone, boss = str(rng.randrange(10**9, 10**10)), f"{invented(rng, 2)} {invented(rng, 2)}"
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            truth[f"r{len(rows)}"] = str(firm)
            told = (phone if rng.random() < 0.75 else "", boss if rng.random() < 0.6 else "")
            rows.append((f"r{len(rows)}", name, web, *told))
    records = write(tmp_path / "r.csv", ("record_id", "name", "web", "phone", "contact"), rows)
    found = resolve_file(records, "account", True)
    assert report(dict(zip(found.ids, found.entities, strict=True)), truth, [])["clusters"]["f1"] >= 0.9
