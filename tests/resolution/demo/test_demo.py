"""The demo company: the same arguments give the same bytes, the truth agrees with the files and stays out of them."""

import csv
import hashlib
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from resolution.demo import causes, clock, write_demo
from resolution.demo.files import HEADERS

SOURCES = ("crm", "mail", "marketing", "support", "product", "billing")
IDS = {
    "crm/Account.csv": ("Id", "account"),
    "crm/Contact.csv": ("Id", "contact"),
    "crm/Opportunity.csv": ("Id", "deal"),
    "crm/User.csv": ("Id", "rep"),
    "mail/people.csv": ("address_id", "contact"),
    "marketing/companies.csv": ("company_id", "account"),
    "marketing/people.csv": ("person_id", "contact"),
    "marketing/leads.csv": ("lead_id", "lead"),
    "support/organisations.csv": ("org_id", "account"),
    "support/requesters.csv": ("requester_id", "contact"),
    "product/workspaces.csv": ("workspace", "account"),
    "billing/customers.csv": ("customer_no", "account"),
    "billing/attention.csv": ("attention_id", "contact"),
    "billing/invoices.csv": ("invoice_no", "outcome"),
}


def rows(demo: Path, name: str) -> list[dict[str, str]]:
    with (demo / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";" if name.startswith("marketing") else ","))


def digests(demo: Path) -> dict[str, str]:
    files = sorted(p for p in demo.rglob("*") if p.is_file())
    return {str(p.relative_to(demo)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    write_demo(out, accounts=200, seed=7)
    return out


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("null")
    write_demo(out, accounts=200, seed=7, null=True)
    return out


def test_the_same_arguments_give_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, accounts=200, seed=7)
    assert digests(tmp_path) == digests(demo)


def test_another_seed_gives_another_company(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, accounts=200, seed=8)
    assert digests(tmp_path)["crm/Account.csv"] != digests(demo)["crm/Account.csv"]


def test_a_small_world_is_the_beginning_of_a_large_one(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path, accounts=100, seed=7)
    for name in ("crm/Account.csv", "mail/events.csv", "truth/probabilities.csv"):
        small = (tmp_path / name).read_text(encoding="utf-8")
        assert (demo / name).read_text(encoding="utf-8").startswith(small)


@pytest.mark.parametrize("name", IDS)
def test_the_truth_names_every_record_once(demo: Path, name: str) -> None:
    column, kind = IDS[name]
    source = name.partition("/")[0]
    told = [r["record_id"] for r in rows(demo, "truth/entities.csv") if r["source"] == source and r["kind"] == kind]
    there = [r[column] for r in rows(demo, name)]
    if kind == "account" or len({f for f, (_, k) in IDS.items() if f.startswith(source) and k == kind}) == 1:
        assert sorted(told) == sorted(there)
    assert len(there) == len(set(there)) > 0


def test_references_inside_the_files_hold(demo: Path) -> None:
    ids = {name: {r[column] for r in rows(demo, name)} for name, (column, _) in IDS.items()}
    deals, contacts = ids["crm/Opportunity.csv"], ids["crm/Contact.csv"]
    assert {r["OpportunityId"] for r in rows(demo, "crm/OpportunityHistory.csv")} == deals
    assert {r["ContactId"] for r in rows(demo, "crm/OpportunityContactRole.csv")} <= contacts
    assert {r["AccountId"] for r in rows(demo, "crm/Opportunity.csv")} <= ids["crm/Account.csv"]
    assert {r["crm_opportunity"] for r in rows(demo, "mail/events.csv")} - {""} <= deals
    assert {r["address_id"] for r in rows(demo, "mail/attendees.csv")} <= ids["mail/people.csv"]
    assert {r["crm_reference"] for r in rows(demo, "billing/invoices.csv")} - {""} <= deals
    assert set(pq.read_table(demo / "product/usage.parquet")["workspace"].to_pylist()) <= ids["product/workspaces.csv"]


def test_every_closed_deal_has_one_last_moment_at_its_last_open_stage(demo: Path) -> None:
    entered: dict[str, tuple[str, str]] = {}
    for r in rows(demo, "crm/OpportunityHistory.csv"):
        stage, since = entered.get(r["OpportunityId"], ("", ""))
        if not r["StageName"].startswith("Closed") and r["StageName"] != stage:
            stage, since = r["StageName"], r["CreatedDate"]
        entered[r["OpportunityId"]] = stage, since
    deals = rows(demo, "crm/Opportunity.csv")
    closed = {r["Id"]: int(r["StageName"] == "Closed Won") for r in deals if r["Closed_On__c"]}
    last = [r for r in rows(demo, "truth/probabilities.csv") if r["moment"] == "last"]
    assert {r["record_id"]: int(r["label"]) for r in last} == closed
    assert {r["record_id"]: r["as_of"] for r in last} == {k: entered[k][1] for k in closed}
    assert all(r["as_of"] < r["closed_at"] for r in last)


@pytest.mark.parametrize("kind", ["demo", "null"])
def test_the_probability_is_that_of_the_documented_causes(kind: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(kind)
    for r in rows(folder, "truth/probabilities.csv")[:500]:
        values = {name: float(r[name]) for name in causes.CAUSE_NAMES}
        expected = causes.probability(causes.log_odds(values, null=kind == "null"))
        assert float(r["if_decided_now"]) == pytest.approx(expected, abs=2e-5)


def test_in_the_null_world_nothing_of_the_graph_moves_the_outcome() -> None:
    calm = {c.name: c.centre for c in causes.CAUSES}
    for cause in (*causes.GRAPH, *causes.FIT):
        assert causes.log_odds({**calm, cause.name: cause.centre + 1}, null=True) == causes.log_odds(calm, null=True)
        assert causes.log_odds({**calm, cause.name: cause.centre + 1}, null=False) != causes.log_odds(calm, null=False)


def test_no_truth_leaks_into_the_files(demo: Path) -> None:
    shown = {"stage", "size", "renewal", "expansion"}
    hidden = {*causes.CAUSE_NAMES, "probability", "if_decided_now", "entity_id", "fit", "pull", "label"} - shown
    for name, header in HEADERS.items():
        if not name.startswith("truth"):
            assert not hidden & set(header.replace(";", ",").lower().split(",")), name
    entities = {r["entity_id"] for r in rows(demo, "truth/entities.csv")}
    for name in IDS:
        for row in rows(demo, name):
            assert not entities & set(row.values()), name


def test_nothing_is_known_after_the_calendar(demo: Path) -> None:
    stamps = {
        "crm/Opportunity.csv": "SystemModstamp",
        "crm/OpportunityHistory.csv": "CreatedDate",
        "crm/Task.csv": "CreatedDate",
        "mail/events.csv": "logged",
        "mail/people.csv": "first_seen",
        "billing/invoices.csv": "issued",
    }
    for name, column in stamps.items():
        values = [r[column] for r in rows(demo, name)]
        assert min(values) > "2022-12-31", name
        assert max(values) < "2026-01-01T02", name
    assert clock.iso(clock.END) == "2026-01-01T00:00:00.000Z"


def test_traces_of_the_outcome_are_known_after_it(demo: Path) -> None:
    closed = {r["Id"]: r["Closed_On__c"] for r in rows(demo, "crm/Opportunity.csv")}
    roles = [r for r in rows(demo, "crm/OpportunityContactRole.csv") if closed[r["OpportunityId"]]]
    assert sum(r["CreatedDate"] > closed[r["OpportunityId"]] for r in roles) > 20
    deals = [r for r in rows(demo, "crm/Opportunity.csv") if r["Closed_On__c"]]
    assert all(r["SystemModstamp"] > r["Closed_On__c"] for r in deals)
    invoices = [r for r in rows(demo, "billing/invoices.csv") if r["crm_reference"]]
    assert all(r["issued"] > closed[r["crm_reference"]] for r in invoices)


def test_the_mapping_names_files_and_columns_that_exist(demo: Path) -> None:
    mapping = tomllib.loads((demo / "sources.toml").read_text(encoding="utf-8"))
    assert tuple(mapping["source"]) == SOURCES
    for source, kinds in mapping["source"].items():
        for kind, table in kinds.items():
            if isinstance(table, dict) and "files" in table:
                assert (demo / table["files"]).is_file(), f"{source}.{kind}"


@pytest.mark.parametrize("accounts", [1, 3, 49, 51])
def test_any_number_of_accounts_will_do(accounts: int, tmp_path: Path) -> None:
    report = write_demo(tmp_path, accounts=accounts, seed=3)
    assert len({r["entity_id"] for r in rows(tmp_path, "truth/entities.csv") if r["kind"] == "account"}) == accounts
    assert report.records == sum(n for f, n in report.rows.items() if not f.startswith(("truth", "rates")))


def test_no_accounts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="accounts is 0; give at least 1"):
        write_demo(tmp_path, accounts=0)


def test_progress_is_told_block_by_block(tmp_path: Path) -> None:
    told: list[tuple[int, int | None, str]] = []
    write_demo(tmp_path, accounts=120, progress=lambda done, total, what: told.append((done, total, what)))
    assert told == [(50, 120, "companies"), (100, 120, "companies"), (120, 120, "companies")]
