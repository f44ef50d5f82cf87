"""A company that bids for tenders: its files, and all that it declares itself. No Python of its own.

Planted: two accounts in three give their tenders to us four times in five, the third one time in six; a tender that
needs Service is won a little more often.
"""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

ONTOLOGY = """
[kind.tender]
label = "Tender"
about = "A request for bids that an account publishes."
[kind.tender.properties]
name = { about = "Title of the tender." }
value = { type = "number", about = "Estimated value.", unit = "EUR" }
buyer_email = { about = "Address of the buyer.", personal = true }
sector = { about = "Sector.", values = ["public", "private"] }
[kind.tender.relationships]
account = { type = "TENDER_OF", to = "account", about = "Who published it." }
needs = { type = "NEEDS", to = "product", about = "What it asks for.", many = true }

[kind.bid]
label = "Bid"
about = "Our answer to a tender."
display = "reference"
known_by = ["submitted_at"]
ends = { decided_at = ["decided_at", "result"] }
[kind.bid.properties]
reference = { about = "Our reference." }
price = { type = "number", about = "Price that we asked.", unit = "EUR", tracked = true }
submitted_at = { type = "moment", about = "When we handed it in." }
decided_at = { type = "moment", about = "When the buyer decided." }
result = { about = "What the buyer decided.", values = ["won", "lost"] }
[kind.bid.relationships]
tender = { type = "BID_ON", to = "tender", about = "The tender that it answers." }
account = { type = "BID_WITH", to = "account", about = "The account that it goes to." }
"""

SOURCES = """
[workspace]
currency = "EUR"
[source.crm]
time_zone = "UTC"
known_at = "Changed"
[source.crm.account]
files = "accounts.csv"
id = "Id"
name = "Name"
domain = "Domain"
[source.crm.product]
files = "products.csv"
id = "Id"
name = "Name"
[source.crm.tender]
files = "tenders.csv"
id = "Id"
name = "Title"
value = "Value"
buyer_email = "Buyer"
sector = "Sector"
account = { ref = "crm:AccountId" }
[source.crm.tender_needs]
files = "tenders.csv"
split = { column = "Products", by = ";" }
of = { ref = "crm:Id" }
to = { ref = "crm:Products" }
[source.crm.bid]
files = "bids.csv"
id = "Id"
reference = { column = "Ref", known_at = "Submitted" }
price = { column = "Price", known_at = "Submitted" }
submitted_at = { column = "Submitted", known_at = "Submitted" }
decided_at = { column = "Decided", known_at = "Decided" }
result = { column = "Result", known_at = "Decided" }
tender = { ref = "crm:TenderId", known_at = "Submitted" }
account = { ref = "crm:AccountId", known_at = "Submitted" }
"""

HISTORY = """// entity: bid
// family: own
// about: Share of the earlier bids for tenders of the same account that we won.
// unit: share
// aggregate: mean
// empty: null
// monotone: up
// because: {yes} of {count} earlier bids for {account} were won
// each: {reference}: {result} on {at:day}
// absent: No earlier bid for this account was decided.
MATCH (e)-[r:BID_ON]->(t:Tender)-[w:TENDER_OF]->(a:Account)<-[v:TENDER_OF]-(s:Tender)<-[q:BID_ON]-(b:Bid)
WHERE b.id <> e.id AND b.decided_at <= as_of AND b.result IS NOT NULL AND known(r, w, v, q)
RETURN b.id AS id, CASE b.result WHEN 'won' THEN 1.0 ELSE 0.0 END AS x, b.decided_at AS at,
  [e, t, a, s, b] AS nodes, [r, w, v, q] AS relationships, told(a.name) AS account, told(b.reference) AS reference,
  b.result AS result
"""

SERVICE = """// entity: bid
// family: own
// about: Number of products that the tender asks for.
// unit: products
// aggregate: count
// empty: 0
// monotone: none
// because: The tender asks for {count} products
// each: It asks for {product}
// absent: The tender asks for no product of ours.
MATCH (e)-[r:BID_ON]->(t:Tender)-[n:NEEDS]->(p:Product) WHERE known(r, n)
RETURN n.id AS id, 1.0 AS x, [e, t, p] AS nodes, [r, n] AS relationships, told(p.name) AS product
"""

PRICE = """// entity: bid
// family: flat
// about: Price that we asked, as last known.
// unit: EUR
// aggregate: latest
// empty: null
// monotone: none
// because: Price {value:whole}
// each: {x:whole}, known since {at:day}
// absent: The price is not known.
MATCH (e)<-[o:OF]-(h:Change) WHERE h.field = 'price' AND h.number IS NOT NULL AND h.at <= as_of AND known(o)
RETURN h.id AS id, h.number AS x, h.at AS at, [e, h] AS nodes, [o] AS relationships
"""

LABELS = """// about: Won (1) or lost (0), at the moment at which the bid was handed in.
MATCH (b:Bid) WHERE known(b) AND b.decided_at <= $now AND b.result IS NOT NULL
OPTIONAL MATCH (b)-[r:BID_WITH]->(a:Account) WHERE known(r)
WITH b, min(a.id) AS account, CASE WHEN b.submitted_at > b.known_from THEN b.submitted_at ELSE b.known_from END AS as_of
WHERE as_of < b.decided_at
RETURN b.id AS id, as_of, CASE b.result WHEN 'won' THEN 1 ELSE 0 END AS label, coalesce(account, b.id) AS group,
  'last' AS moment, b.decided_at AS closed_at
ORDER BY id
"""

POPULATION = """// about: Bids that are handed in and not decided.
MATCH (b:Bid) WHERE known(b) AND b.submitted_at <= $as_of AND (b.decided_at IS NULL OR b.decided_at > $as_of)
RETURN b.id AS id ORDER BY id
"""

SEGMENT = """// about: Accounts with a bid that waits for a decision.
MATCH (a:Account)<-[r:BID_WITH]-(b:Bid) WHERE known(r) AND (b.decided_at IS NULL OR b.decided_at > $as_of)
RETURN a.id AS id, 'a bid is open' AS reason ORDER BY id
"""

SCORE = """
entity = "bid"
question = "Will this bid be won?"
about = "Probability that the buyer decides for us."
population = "open_bid"
features = ["bid_account_history", "bid_products", "bid_price"]
flat = ["bid_price"]
prior_rate = 0.4
rules = [{ feature = "bid_account_history", weight = 0.5, centre = 0.5, scale = 0.3 }]
[monotone]
bid_products = "none"
"""

FILES = {
    "ontology.toml": ONTOLOGY,
    "sources.toml": SOURCES,
    "cypher/features/bid/bid_account_history.cypher": HISTORY,
    "cypher/features/bid/bid_products.cypher": SERVICE,
    "cypher/features/bid/bid_price.cypher": PRICE,
    "cypher/labels/bid_win.cypher": LABELS,
    "cypher/populations/open_bid.cypher": POPULATION,
    "cypher/segments/open_bids.cypher": SEGMENT,
    "scores/bid_win.toml": SCORE,
}
TOWNS = ("Aalen", "Brest", "Cadiz", "Derby", "Essen", "Faro", "Ghent", "Hilden", "Imola", "Jena")
TRADES = ("Motors", "Foods", "Paper", "Steel", "Optics", "Textiles")
SITES = ("buyer@town.example", "procurement@works.example")
START = datetime(2023, 1, 2, 9)


def write_company(folder: Path, bids: int = 330) -> Path:
    """Write everything and return the path of sources.toml."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip("\n"), encoding="utf-8")
    chance = random.Random(7)
    names = [f"{town} {trade}" for town in TOWNS for trade in TRADES]
    good = {i: i % 3 != 0 for i in range(len(names))}
    stamp = f"{START:%Y-%m-%dT%H:%M:%SZ}"
    _table(
        folder / "accounts.csv",
        ("Id", "Name", "Domain", "Changed"),
        ([f"A{i}", name, f"{name.lower().replace(' ', '-')}.example", stamp] for i, name in enumerate(names)),
    )
    products = [("P1", "Service", stamp), ("P2", "Machines", stamp), ("P3", "Training", stamp)]
    _table(folder / "products.csv", ("Id", "Name", "Changed"), products)
    tenders, rows = [], []
    for i in range(bids):
        at = START + timedelta(days=2 + i * 3, minutes=i)
        account = chance.randrange(len(names))
        needs = chance.sample(["P1", "P2", "P3"], chance.randint(1, 3))
        tenders.append(
            (f"T{i}", f"Tender {i:03d}", 1000 + 10 * i, chance.choice(SITES), chance.choice(["public", "private"]),
             f"A{account}", ";".join(needs), f"{at - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}")
        )  # fmt: skip
        won = chance.random() < (0.8 if good[account] else 0.16) * (1.0 if "P1" in needs else 0.9)
        decided = i < bids - 30
        end = f"{at + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}" if decided else ""
        rows.append(
            (f"B{i}", f"BID-{i:03d}", 900 + 9 * i, f"{at:%Y-%m-%dT%H:%M:%SZ}", end,
             ("won" if won else "lost") if decided else "", f"T{i}", f"A{account}", end or f"{at:%Y-%m-%dT%H:%M:%SZ}")
        )  # fmt: skip
    columns = ("Id", "Title", "Value", "Buyer", "Sector", "AccountId", "Products", "Changed")
    _table(folder / "tenders.csv", columns, tenders)
    columns = ("Id", "Ref", "Price", "Submitted", "Decided", "Result", "TenderId", "AccountId", "Changed")
    _table(folder / "bids.csv", columns, rows)
    return folder / "sources.toml"


def _table(path: Path, columns: tuple[str, ...], rows: object) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)  # type: ignore[arg-type]  # rows of any cells
