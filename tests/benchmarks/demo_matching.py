"""How hard the demo's identities are: exact match and Splink's tutorial settings, by F1 of pairs after clustering.

Neither uses anything of ours: this is what a user would do in the first hour.
"""

from __future__ import annotations

import csv
import logging
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from anyascii import anyascii

LEGAL = re.compile(
    r"\b(gmbh|co kg|kg|g m b h|ag|aktiengesellschaft|aktiebolag|ab publ|ab|limited|ltd|public company|plc|sas|s a s|sa|"
    r"s a|societe anonyme|sarl|s a r l|bv|b v|nv|n v|sp z o o|spolka z o o|spolka akcyjna|spa|s p a|srl|s r l|"
    r"incorporated|inc|llc|l l c|corporation|corp)\b"
)
# (source, file, delimiter, id, {our column: its column})
ACCOUNTS = (
    (
        "crm",
        "crm/Account.csv",
        ",",
        "Id",
        {
            "name": "Name",
            "domain": "Website",
            "phone": "Phone",
            "street": "BillingStreet",
            "city": "BillingCity",
            "postcode": "BillingPostalCode",
            "country": "BillingCountry",
            "registration_id": "Registration_Number__c",
        },
    ),
    (
        "marketing",
        "marketing/companies.csv",
        ";",
        "company_id",
        {"name": "company_name", "domain": "domain", "phone": "phone", "city": "city", "country": "country"},
    ),
    (
        "support",
        "support/organisations.csv",
        ",",
        "org_id",
        {
            "name": "org_name",
            "domain": "domain",
            "phone": "phone",
            "street": "street",
            "city": "city",
            "postcode": "zip",
            "country": "country",
        },
    ),
    (
        "product",
        "product/workspaces.csv",
        ",",
        "workspace",
        {
            "name": "owner_company",
            "domain": "signup_domain",
            "city": "city",
            "country": "country",
            "registration_id": "vat",
        },
    ),
    (
        "billing",
        "billing/customers.csv",
        ",",
        "customer_no",
        {
            "name": "legal_name",
            "domain": "domain",
            "phone": "phone",
            "street": "street",
            "city": "city",
            "postcode": "postcode",
            "country": "country",
            "registration_id": "register_no",
        },
    ),
)
CONTACTS = (
    (
        "crm",
        "crm/Contact.csv",
        ",",
        "Id",
        {
            "first_name": "FirstName",
            "last_name": "LastName",
            "email": "Email",
            "phone": "Phone",
            "title": "Title",
            "linkedin": "LinkedIn__c",
            "account": "AccountId",
            "city": "MailingCity",
            "country": "MailingCountry",
        },
    ),
    (
        "marketing",
        "marketing/people.csv",
        ";",
        "person_id",
        {
            "first_name": "first",
            "last_name": "last",
            "email": "email",
            "phone": "phone",
            "title": "job_title",
            "linkedin": "linkedin",
            "account": "company_id",
            "company": "company_name",
            "country": "country",
        },
    ),
    (
        "support",
        "support/requesters.csv",
        ",",
        "requester_id",
        {"name": "full_name", "email": "email", "phone": "phone", "title": "role", "account": "org_id"},
    ),
    (
        "mail",
        "mail/people.csv",
        ",",
        "address_id",
        {"name": "display_name", "email": "email", "company": "organisation"},
    ),
    (
        "billing",
        "billing/attention.csv",
        ",",
        "attention_id",
        {"name": "attention", "email": "mail", "account": "customer_no"},
    ),
)


def plain(text: str) -> str:
    """Lower case, ASCII, letters and digits only, single spaces."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", anyascii(text).lower()).split())


def records(demo: Path, kind: str) -> pd.DataFrame:
    """Every account or contact record of the demo with its true entity, in flat columns."""
    rows: list[dict[str, Any]] = []
    for source, file, delimiter, key, columns in ACCOUNTS if kind == "account" else CONTACTS:
        with (demo / file).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter=delimiter):
                rows.append(
                    {"record_id": f"{source}:{row[key]}", "source": source}
                    | {c: row[theirs] for c, theirs in columns.items()}
                )
    with (demo / "truth/entities.csv").open(encoding="utf-8") as lines:
        truth = {f"{r['source']}:{r['record_id']}": r["entity_id"] for r in csv.DictReader(lines) if r["kind"] == kind}
    frame = pd.DataFrame(rows).fillna("")
    frame["entity_id"] = frame["record_id"].map(truth)
    if kind == "contact":
        names = frame["name"].str.split(r", ?", n=1, expand=True, regex=True)
        turned = (names[1].fillna("") + " " + names[0]).str.strip()
        both = (frame["first_name"] + " " + frame["last_name"]).str.strip()
        frame["name"] = both.where(both != "", turned)
        split = frame["name"].str.rsplit(" ", n=1, expand=True)
        frame["first"], frame["last"] = split[0].map(plain), split[1].fillna("").map(plain)
    frame["email"] = frame["email"].str.lower() if kind == "contact" else ""
    if kind == "account":
        frame["domain"] = (
            frame["domain"]
            .str.replace(r"^https?://|^www\.", "", regex=True)
            .str.replace(r"^www\.|/.*$", "", regex=True)
        )
    frame["phone"] = frame["phone"].str.replace(r"\D", "", regex=True).str[-8:]
    frame["exact"] = frame["name"].map(plain).map(lambda n: LEGAL.sub("", n).strip() if kind == "account" else n)
    return frame


def cluster_pair_f1(entity: Iterable[str], cluster: Iterable[object]) -> float:
    """F1 over pairs of records in one cluster, against pairs of one entity."""
    both, said, true = Counter[tuple[str, object]](), Counter[object](), Counter[str]()
    for e, c in zip(entity, cluster, strict=True):
        both[e, c] += 1
        said[c] += 1
        true[e] += 1

    def pairs(counts: Counter[Any]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    return 2 * pairs(both) / (pairs(said) + pairs(true))


def joined(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[int]:
    """Clusters of records that share a non-blank value in any of `columns`."""
    parent = list(range(len(frame)))

    def top(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for column in columns:
        first: dict[str, int] = defaultdict(lambda: -1)
        for i, value in enumerate(frame[column]):
            if value and first[value] >= 0:
                parent[top(i)] = top(first[value])
            elif value:
                first[value] = i
    return [top(i) for i in range(len(parent))]


def exact(frame: pd.DataFrame, kind: str) -> dict[str, float]:
    """F1 of the usual exact keys, alone and together."""
    second = "domain" if kind == "account" else "email"
    return {
        "exact_name": cluster_pair_f1(frame["entity_id"], joined(frame, ("exact",))),
        f"exact_{second}": cluster_pair_f1(frame["entity_id"], joined(frame, (second,))),
        f"exact_name_or_{second}": cluster_pair_f1(frame["entity_id"], joined(frame, ("exact", second))),
    }


def tutorial(frame: pd.DataFrame, kind: str) -> dict[str, float]:
    """Best F1 over thresholds of Splink with the comparisons of its public person and company examples."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    exact_on: Callable[[str], Any] = lambda c: cl.ExactMatch(c).configure(term_frequency_adjustments=True)  # noqa: E731
    if kind == "account":
        data = frame[["record_id", "exact", "domain", "phone", "city", "postcode", "country"]].replace("", None)
        comparisons = [
            cl.JaroWinklerAtThresholds("exact", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            exact_on("domain"),
            cl.ExactMatch("phone"),
            exact_on("city"),
            cl.ExactMatch("postcode"),
        ]
        blocking = ["exact", "domain", "phone", "postcode"]
        sessions = [block_on("exact"), block_on("domain")]
        rules = [block_on("exact", "city"), block_on("domain", "city")]
    else:
        data = frame[["record_id", "first", "last", "email", "phone", "country", "exact"]].replace("", None)
        comparisons = [
            cl.ForenameSurnameComparison("first", "last"),
            cl.EmailComparison("email"),
            cl.ExactMatch("phone"),
        ]
        blocking = ["exact", "email", "phone", "last"]
        sessions = [block_on("email"), block_on("exact")]
        rules = [block_on("email"), block_on("first", "last", "phone")]
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        unique_id_column_name="record_id",
        blocking_rules_to_generate_predictions=[block_on(b) for b in blocking],
    )
    linker = Linker(api.register(data), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for session in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(session, max_pairs=1e6)
    scored = linker.inference.predict(threshold_match_probability=0.01)
    entity = dict(zip(frame["record_id"], frame["entity_id"], strict=True))
    best, at = 0.0, 0.0
    for threshold in (0.5, 0.8, 0.9, 0.95, 0.99, 0.999):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold).as_pandas_dataframe()
        value = cluster_pair_f1([entity[r] for r in clusters["record_id"]], clusters["cluster_id"])
        best, at = max((best, at), (value, threshold))
    return {"splink_tutorial": best, "splink_threshold": at}


def measure(demo: Path) -> dict[str, dict[str, float]]:
    """Every figure for accounts and contacts."""
    out = {}
    for kind in ("account", "contact"):
        frame = records(demo, kind)
        out[kind] = (
            {"records": float(len(frame)), "entities": float(frame["entity_id"].nunique())}
            | exact(frame, kind)
            | tutorial(frame, kind)
        )
    return out
