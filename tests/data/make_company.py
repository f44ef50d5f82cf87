"""Writes one small invented company in four shapes: Salesforce API names, HubSpot export names, and both as Fivetran
  lays them down.

Run `python -m tests.data.make_company`; the files beside this script are its output. The same 30 accounts, 75
  contacts, 48 leads and
90 deals (about 64 of them closed) stand in each shape, and everything joins. Deals with more people and more meetings
  win more often.
"""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
START = datetime(2022, 1, 10, 9, 0)
END = datetime(2024, 12, 20, 17, 0)
STAGES = ("Prospecting", "Qualification", "Needs Analysis", "Proposal/Price Quote", "Negotiation/Review")
HUBSPOT_STAGES = dict(
    zip(
        STAGES,
        (
            "Appointment Scheduled",
            "Qualified To Buy",
            "Presentation Scheduled",
            "Decision Maker Bought-In",
            "Contract Sent",
        ),
        strict=True,
    )
) | {"Closed Won": "Closed Won", "Closed Lost": "Closed Lost"}
STAGE_IDS = {name: name.lower().replace(" ", "").replace("-", "") for name in HUBSPOT_STAGES.values()}
ROLES = ("Economic Buyer", "Champion", "Technical Buyer", "Business User", "Procurement")
TITLES = {
    "Economic Buyer": "Chief Financial Officer",
    "Champion": "Director of Operations",
    "Technical Buyer": "Senior IT Architect",
    "Business User": "Planner",
    "Procurement": "Head of Purchasing",
}
TOWNS = (("Umeå", "Sweden"), ("Aarhus", "Denmark"), ("Ghent", "Belgium"), ("Graz", "Austria"), ("Porto", "Portugal"))
INDUSTRIES = ("Manufacturing", "Logistics", "Energy", "Retail")
WORDS = ("Nordpil", "Hexamark", "Valdano", "Kestrel", "Ombra", "Tindra", "Fjordline", "Brixen", "Corvida", "Lumora")
FORMS = ("AB", "GmbH", "NV")
FIRST = (
    "Alva",
    "Bruno",
    "Carla",
    "Dario",
    "Elin",
    "Franz",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Klara",
    "Lars",
    "Mira",
    "Nils",
    "Ota",
)
LAST = (
    "Ahlgren",
    "Baptista",
    "Claes",
    "Dorn",
    "Ekwall",
    "Ferreira",
    "Gruber",
    "Holm",
    "Iversen",
    "Jansen",
    "Kofler",
    "Lund",
    "Moreau",
)
Row = dict[str, Any]


def stamp(moment: datetime | None) -> str:
    """ISO text in UTC."""
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def company() -> dict[str, list[Row]]:
    """The company's records, in no system's shape."""
    draw = random.Random(20240117)
    reps = [
        {
            "id": i,
            "name": f"{FIRST[i]} {LAST[-1 - i]}",
            "email": f"{FIRST[i].lower()}@seller.example",
            "team": ("North", "South")[i % 2],
        }
        for i in range(5)
    ]
    products = [
        {"id": i, "name": n, "family": f}
        for i, (n, f) in enumerate((("Plan", "Core"), ("Plan Pro", "Core"), ("Route", "Add-on")))
    ]
    accounts: list[Row] = []
    for i in range(30):
        town, country = TOWNS[i % 5]
        name = f"{WORDS[i % 10]} {('Systems', 'Freight', 'Foods')[i // 10]}"
        accounts.append(
            {
                "id": i,
                "name": f"{name} {FORMS[i % 3]}",
                "domain": name.lower().replace(" ", "-") + ".example",
                "city": town,
                "country": country,
                "industry": INDUSTRIES[i % 4],
                "employees": draw.randrange(40, 4000),
                "parent": i - 10 if i in (14, 25) else None,
                "created": START + timedelta(days=draw.randrange(0, 60)),
            }
        )
    contacts: list[Row] = []
    for i in range(75):
        account, role = accounts[i % 30], ROLES[(i // 30 + i) % 5]
        first, last = FIRST[i % 15], LAST[(i * 5 + i // 15) % 13]
        contacts.append(
            {
                "id": i,
                "first": first,
                "last": last,
                "email": f"{first}.{last}@{account['domain']}".lower(),
                "title": TITLES[role],
                "role": role,
                "account": account["id"],
                "created": account["created"] + timedelta(days=draw.randrange(1, 200)),
            }
        )
    deals, history, roles, activities, lines = _deals(draw, accounts, contacts, reps)
    leads = []
    for i in range(48):
        contact = contacts[i]
        deal = next((d for d in deals if d["account"] == contact["account"] and i % 3 == 0), None)
        created = (deal["opened"] if deal else contact["created"]) - timedelta(days=draw.randrange(1, 9))
        leads.append(
            {
                "id": i,
                "contact": contact,
                "created": created,
                "rep": i % 5,
                "deal": deal,
                "converted": deal["opened"] if deal else None,
                "source": ("Web", "Fair", "Referral")[i % 3],
                "status": "Qualified" if deal else "Working",
            }
        )
    return {
        "reps": reps,
        "products": products,
        "accounts": accounts,
        "contacts": contacts,
        "deals": deals,
        "history": history,
        "roles": roles,
        "activities": activities,
        "lines": lines,
        "leads": leads,
    }


def _deals(draw: random.Random, accounts: list[Row], contacts: list[Row], reps: list[Row]) -> tuple[list[Row], ...]:
    deals: list[Row] = []
    history: list[Row] = []
    roles: list[Row] = []
    activities: list[Row] = []
    lines: list[Row] = []
    for i in range(90):
        account, rep = accounts[(i * 7) % 30], reps[i % 5]
        opened = START + timedelta(days=90 + i * 10, hours=draw.randrange(0, 8))
        people = [c for c in contacts if c["account"] == account["id"]]
        people = people[: draw.randrange(1, len(people) + 1)]
        meetings = draw.randrange(0, 5)
        wins = draw.random() < min(0.85, 0.1 + 0.15 * len(people) + 0.09 * meetings)
        is_open = opened > END - timedelta(days=200) or i % 11 == 10
        reached = draw.randrange(1, 5) if is_open or not wins else 5
        at, amount = opened, float(draw.randrange(8, 90) * 500)
        deal = {
            "id": i,
            "name": f"{account['name']} {('Plan', 'Plan Pro', 'Route')[i % 3]}",
            "account": account["id"],
            "rep": rep["id"],
            "opened": opened,
            "kind": ("New Business", "New Business", "Renewal")[i % 3],
            "source": ("Web", "Fair", "Referral")[i % 3],
            "people": [c["id"] for c in people],
            "reason": "",
        }
        entries = list(STAGES[:reached]) + ([] if is_open else ["Closed Won" if wins else "Closed Lost"])
        close = opened + timedelta(days=90)
        for n, name in enumerate(entries):
            history.append(
                {
                    "id": len(history),
                    "deal": i,
                    "stage": name,
                    "at": at,
                    "amount": amount,
                    "close": close,
                    "rep": rep["id"],
                }
            )
            deal |= {"stage": name, "modified": at, "amount": amount}
            if n + 1 < len(entries):
                at = min(at + timedelta(days=draw.randrange(4, 25), minutes=7), END)
                if draw.random() < 0.25:
                    close += timedelta(days=30)
                if draw.random() < 0.2:
                    amount = round(amount * 0.9, 2)
        deal |= {
            "close": close if is_open else at,
            "reason": "" if is_open or wins else ("Price", "No decision", "Competitor")[i % 3],
        }
        deals.append(deal)
        lines.append({"id": i, "deal": i, "product": i % 3, "amount": amount, "created": opened})
        for c in people:
            roles.append(
                {
                    "id": len(roles),
                    "deal": i,
                    "contact": c["id"],
                    "role": c["role"],
                    "created": max(opened, c["created"]),
                }
            )
        for n in range(meetings + 2):
            when = opened + (at - opened) * (n + 1) / (meetings + 3) + timedelta(minutes=n)
            activities.append(
                {
                    "id": len(activities),
                    "deal": i,
                    "contact": people[n % len(people)]["id"],
                    "account": account["id"],
                    "rep": rep["id"],
                    "kind": "Meeting" if n < meetings else ("Call", "Email")[n % 2],
                    "at": when,
                    "subject": f"Step {n + 1}",
                }
            )
    return deals, history, roles, activities, lines


def write(path: Path, rows: list[Row]) -> None:
    """One CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def salesforce(c: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Objects under their API names."""

    def key(prefix: str, n: int | None) -> str:
        return "" if n is None else f"{prefix}5f0000{n:06d}AAA"

    deals = {d["id"]: d for d in c["deals"]}
    calls = [a for a in c["activities"] if a["kind"] != "Meeting"]
    meetings = [a for a in c["activities"] if a["kind"] == "Meeting"]
    return {
        "User": [
            {
                "Id": key("005", r["id"]),
                "Name": r["name"],
                "Email": r["email"],
                "Department": r["team"],
                "IsActive": "true",
                "CreatedDate": stamp(START),
            }
            for r in c["reps"]
        ],
        "Product2": [
            {
                "Id": key("01t", p["id"]),
                "Name": p["name"],
                "Family": p["family"],
                "IsDeleted": "false",
                "CreatedDate": stamp(START),
                "SystemModstamp": stamp(START),
            }
            for p in c["products"]
        ],
        "Account": [
            {
                "Id": key("001", a["id"]),
                "Name": a["name"],
                "Website": f"https://www.{a['domain']}",
                "BillingCity": a["city"],
                "BillingCountry": a["country"],
                "Industry": a["industry"],
                "NumberOfEmployees": a["employees"],
                "ParentId": key("001", a["parent"]),
                "IsDeleted": "false",
                "CreatedDate": stamp(a["created"]),
                "SystemModstamp": stamp(a["created"]),
            }
            for a in c["accounts"]
        ],
        "Contact": [
            {
                "Id": key("003", p["id"]),
                "AccountId": key("001", p["account"]),
                "FirstName": p["first"],
                "LastName": p["last"],
                "Name": f"{p['first']} {p['last']}",
                "Email": p["email"],
                "Title": p["title"],
                "IsDeleted": "false",
                "CreatedDate": stamp(p["created"]),
                "SystemModstamp": stamp(p["created"]),
            }
            for p in c["contacts"]
        ],
        "Lead": [
            {
                "Id": key("00Q", x["id"]),
                "Name": f"{x['contact']['first']} {x['contact']['last']}",
                "FirstName": x["contact"]["first"],
                "LastName": x["contact"]["last"],
                "Email": x["contact"]["email"],
                "Company": c["accounts"][x["contact"]["account"]]["name"],
                "Title": x["contact"]["title"],
                "LeadSource": x["source"],
                "Status": x["status"],
                "OwnerId": key("005", x["rep"]),
                "IsDeleted": "false",
                "CreatedDate": stamp(x["created"]),
                "ConvertedDate": stamp(x["converted"]),
                "ConvertedOpportunityId": key("006", x["deal"]["id"]) if x["deal"] else "",
                "ConvertedContactId": key("003", x["contact"]["id"]) if x["deal"] else "",
                "SystemModstamp": stamp(x["converted"] or x["created"]),
            }
            for x in c["leads"]
        ],
        "Opportunity": [
            {
                "Id": key("006", d["id"]),
                "AccountId": key("001", d["account"]),
                "Name": d["name"],
                "StageName": d["stage"],
                "Amount": d["amount"],
                "CloseDate": d["close"].strftime("%Y-%m-%d"),
                "Type": d["kind"],
                "LeadSource": d["source"],
                "OwnerId": key("005", d["rep"]),
                "IsClosed": str(d["stage"].startswith("Closed")).lower(),
                "IsWon": str(d["stage"] == "Closed Won").lower(),
                "Loss_Reason__c": d["reason"],
                "IsDeleted": "false",
                "CreatedDate": stamp(d["opened"]),
                "SystemModstamp": stamp(d["modified"]),
            }
            for d in c["deals"]
        ],
        "OpportunityHistory": [
            {
                "Id": key("008", h["id"]),
                "OpportunityId": key("006", h["deal"]),
                "StageName": h["stage"],
                "Amount": h["amount"],
                "CloseDate": h["close"].strftime("%Y-%m-%d"),
                "CreatedDate": stamp(h["at"]),
            }
            for h in c["history"]
        ],
        "OpportunityContactRole": [
            {
                "Id": key("00K", r["id"]),
                "OpportunityId": key("006", r["deal"]),
                "ContactId": key("003", r["contact"]),
                "Role": r["role"],
                "IsDeleted": "false",
                "CreatedDate": stamp(r["created"]),
            }
            for r in c["roles"]
        ],
        "OpportunityLineItem": [
            {
                "Id": key("00k", x["id"]),
                "OpportunityId": key("006", x["deal"]),
                "Product2Id": key("01t", x["product"]),
                "Quantity": 1,
                "TotalPrice": x["amount"],
                "IsDeleted": "false",
                "CreatedDate": stamp(x["created"]),
            }
            for x in c["lines"]
        ],
        "Task": [
            {
                "Id": key("00T", a["id"]),
                "WhoId": key("003", a["contact"]),
                "WhatId": key("006", a["deal"]),
                "AccountId": key("001", a["account"]),
                "OwnerId": key("005", a["rep"]),
                "Subject": a["subject"],
                "TaskSubtype": a["kind"],
                "CompletedDateTime": stamp(a["at"]),
                "IsDeleted": "false",
                "CreatedDate": stamp(a["at"]),
            }
            for a in calls
        ],
        "Event": [
            {
                "Id": key("00U", a["id"]),
                "WhoId": key("003", a["contact"]),
                "WhatId": key("006", a["deal"]),
                "AccountId": key("001", a["account"]),
                "OwnerId": key("005", a["rep"]),
                "Subject": a["subject"],
                "StartDateTime": stamp(a["at"]),
                "DurationInMinutes": 45,
                "IsDeleted": "false",
                "CreatedDate": stamp(min(a["at"], deals[a["deal"]]["modified"])),
            }
            for a in meetings
        ],
    }


def hubspot(c: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """HubSpot's export names; references by id where the export has them."""

    def key(base: int, n: int) -> str:
        return str(base + n)

    reps = {r["id"]: r["name"] for r in c["reps"]}
    leads = {x["contact"]["id"]: x for x in c["leads"]}
    names = {a["id"]: a["name"] for a in c["accounts"]}

    def day(moment: datetime | None) -> str:
        return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M")

    contacts = []
    for p in c["contacts"]:
        lead = leads.get(p["id"])
        contacts.append(
            {
                "Record ID": key(101, p["id"]),
                "First Name": p["first"],
                "Last Name": p["last"],
                "Email": p["email"],
                "Job Title": p["title"],
                "Associated Company": names[p["account"]],
                "Associated Company IDs": key(7001, p["account"]),
                "Lifecycle Stage": "" if lead is None else "Opportunity" if lead["deal"] else "Lead",
                "Original Source": lead["source"] if lead else "",
                "Contact owner": reps[lead["rep"]] if lead else "",
                "First Deal Created Date": day(lead["converted"]) if lead else "",
                "Associated Deal IDs": key(90001, lead["deal"]["id"]) if lead and lead["deal"] else "",
                "Create Date": day(min(p["created"], lead["created"]) if lead else p["created"]),
                "Last Modified Date": day(
                    max(p["created"], (lead["converted"] or lead["created"]) if lead else p["created"])
                ),
            }
        )
    activities = []
    for a in c["activities"]:
        activities.append(
            {
                "Record ID": key(500001, a["id"]),
                "Activity type": a["kind"],
                "Activity title": a["subject"],
                "Activity date": day(a["at"]),
                "Activity assigned to": reps[a["rep"]],
                "Associated Contact IDs": key(101, a["contact"]),
                "Associated Deal IDs": key(90001, a["deal"]),
                "Associated Company IDs": key(7001, a["account"]),
                "Create Date": day(a["at"]),
            }
        )
    changes: list[Row] = []
    for h in c["history"]:
        common = {"Object ID": key(90001, h["deal"]), "Timestamp": stamp(h["at"])}
        changes.append(
            {**common, "Property Name": "dealstage", "Property Value": STAGE_IDS[HUBSPOT_STAGES[h["stage"]]]}
        )
        changes.append({**common, "Property Name": "closedate", "Property Value": h["close"].strftime("%Y-%m-%d")})
    return {
        "companies": [
            {
                "Record ID": key(7001, a["id"]),
                "Company name": a["name"],
                "Company Domain Name": a["domain"],
                "City": a["city"],
                "Country/Region": a["country"],
                "Industry": a["industry"],
                "Number of Employees": f"{a['employees']:,}",
                "Parent Company": names[a["parent"]] if a["parent"] is not None else "",
                "Create Date": day(a["created"]),
                "Last Modified Date": day(a["created"]),
            }
            for a in c["accounts"]
        ],
        "contacts": contacts,
        "deals": [
            {
                "Record ID": key(90001, d["id"]),
                "Deal Name": d["name"],
                "Deal Stage": HUBSPOT_STAGES[d["stage"]],
                "Pipeline": "Sales Pipeline",
                "Amount": f"{d['amount']:,.2f}",
                "Close Date": day(d["close"]),
                "Create Date": day(d["opened"]),
                "Deal owner": reps[d["rep"]],
                "Deal Type": d["kind"],
                "Original Source Type": d["source"],
                "Associated Company": names[d["account"]],
                "Associated Company IDs": key(7001, d["account"]),
                "Associated Contact IDs": ";".join(key(101, p) for p in d["people"]),
                "Closed Lost Reason": d["reason"],
                "Last Modified Date": day(d["modified"]),
            }
            for d in c["deals"]
        ],
        "deal-property-history": changes,
        "activities": activities,
    }


def snake(name: str) -> str:
    """`NumberOfEmployees` as `number_of_employees`, as Fivetran writes it."""
    plain = name.removesuffix("__c").replace("_", "")
    spaced = "".join(
        f"_{c.lower()}" if c.isupper() or (c.isdigit() and not plain[i - 1].isdigit()) else c
        for i, c in enumerate(plain)
    )
    return spaced.strip("_") + ("_c" if name.endswith("__c") else "")


def fivetran_salesforce(c: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The same objects in snake case; the history of opportunities as versions."""
    tables = {}
    for name, rows in salesforce(c).items():
        if name != "OpportunityHistory":
            tables[snake(name)] = [
                {snake(k): v for k, v in row.items()} | {"_fivetran_synced": stamp(END)} for row in rows
            ]
    deals = {row["id"]: row for row in tables["opportunity"]}
    versions = []
    for row in salesforce(c)["OpportunityHistory"]:
        won, closed = row["StageName"] == "Closed Won", row["StageName"].startswith("Closed")
        deal = deals[row["OpportunityId"]]
        versions.append(
            {
                "_fivetran_active": "false",
                "_fivetran_start": row["CreatedDate"],
                "id": row["OpportunityId"],
                "amount": row["Amount"],
                "close_date": row["CloseDate"],
                "stage_name": row["StageName"],
                "is_won": str(won).lower(),
                "is_closed": str(closed).lower(),
                "is_deleted": "false",
                "owner_id": deal["owner_id"],
            }
        )
    return tables | {"opportunity_history": versions}


def fivetran_hubspot(c: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Properties as property_<name>, associations and history in tables of their own."""
    synced = {"_fivetran_synced": stamp(END)}
    stages = [*STAGES, "Closed Won", "Closed Lost"]
    ids = {name: STAGE_IDS[HUBSPOT_STAGES[name]] for name in stages}
    leads = {x["contact"]["id"]: x for x in c["leads"]}
    kinds = {"Meeting": "engagement_meeting", "Call": "engagement_call", "Email": "engagement_email"}
    tables: dict[str, list[Row]] = {
        "owner": [
            {
                "owner_id": r["id"] + 1,
                "email": r["email"],
                "first_name": r["name"].split()[0],
                "last_name": r["name"].split()[1],
                "created_at": stamp(START),
                **synced,
            }
            for r in c["reps"]
        ],
        "company": [
            {
                "id": a["id"] + 7001,
                "is_deleted": "false",
                "property_name": a["name"],
                "property_domain": a["domain"],
                "property_city": a["city"],
                "property_country": a["country"],
                "property_industry": a["industry"],
                "property_numberofemployees": a["employees"],
                "property_createdate": stamp(a["created"]),
                "property_hs_parent_company_id": "" if a["parent"] is None else a["parent"] + 7001,
                "property_hs_lastmodifieddate": stamp(a["created"]),
                **synced,
            }
            for a in c["accounts"]
        ],
        "contact": [
            {
                "id": p["id"] + 101,
                "_fivetran_deleted": "false",
                "property_firstname": p["first"],
                "property_lastname": p["last"],
                "property_email": p["email"],
                "property_jobtitle": p["title"],
                "property_associatedcompanyid": p["account"] + 7001,
                "property_lifecyclestage": "lead" if p["id"] in leads else "",
                "property_createdate": stamp(p["created"]),
                "property_hs_analytics_source": leads[p["id"]]["source"] if p["id"] in leads else "",
                "property_first_deal_created_date": stamp(leads[p["id"]]["converted"]) if p["id"] in leads else "",
                "property_lastmodifieddate": stamp(p["created"]),
                **synced,
            }
            for p in c["contacts"]
        ],
        "deal_pipeline_stage": [
            {
                "stage_id": ids[name],
                "label": HUBSPOT_STAGES[name],
                "pipeline_id": "default",
                "display_order": n,
                "closed_won": str(name == "Closed Won").lower(),
                "is_closed": str(name.startswith("Closed")).lower(),
                **synced,
            }
            for n, name in enumerate(stages)
        ],
        "deal": [
            {
                "deal_id": d["id"] + 90001,
                "is_deleted": "false",
                "deal_pipeline_id": "default",
                "deal_pipeline_stage_id": ids[d["stage"]],
                "owner_id": d["rep"] + 1,
                "property_dealname": d["name"],
                "property_amount": d["amount"],
                "property_closedate": stamp(d["close"]),
                "property_createdate": stamp(d["opened"]),
                "property_dealtype": d["kind"].lower().replace(" ", ""),
                "property_closed_lost_reason": d["reason"],
                "property_hs_lastmodifieddate": stamp(d["modified"]),
                **synced,
            }
            for d in c["deals"]
        ],
        "deal_stage": [
            {
                "deal_id": h["deal"] + 90001,
                "value": ids[h["stage"]],
                "date_entered": stamp(h["at"]),
                "_fivetran_start": stamp(h["at"]),
                **synced,
            }
            for h in c["history"]
        ],
        "deal_property_history": [
            {
                "deal_id": h["deal"] + 90001,
                "timestamp": stamp(h["at"]),
                "source": "CRM_UI",
                "name": name,
                "value": value,
                **synced,
            }
            for h in c["history"]
            for name, value in (("amount", h["amount"]), ("closedate", stamp(h["close"])))
        ],
        "deal_company": [
            {"deal_id": d["id"] + 90001, "company_id": d["account"] + 7001, "_fivetran_synced": stamp(d["opened"])}
            for d in c["deals"]
        ],
        "deal_contact": [
            {"deal_id": r["deal"] + 90001, "contact_id": r["contact"] + 101, "_fivetran_synced": stamp(r["created"])}
            for r in c["roles"]
        ],
    }
    for kind, table in kinds.items():
        tables[table] = [
            {
                "engagement_id": a["id"] + 500001,
                "_fivetran_deleted": "false",
                "property_hs_createdate": stamp(a["at"]),
                "property_hs_timestamp": stamp(a["at"]),
                "property_hubspot_owner_id": a["rep"] + 1,
            }
            for a in c["activities"]
            if a["kind"] == kind
        ]
    for table, column, base, end in (
        ("engagement_deal", "deal_id", 90001, "deal"),
        ("engagement_contact", "contact_id", 101, "contact"),
        ("engagement_company", "company_id", 7001, "account"),
    ):
        tables[table] = [
            {"engagement_id": a["id"] + 500001, column: a[end] + base, "_fivetran_synced": stamp(a["at"])}
            for a in c["activities"]
        ]
    return tables


SHAPES = {
    "salesforce": salesforce,
    "hubspot": hubspot,
    "fivetran/salesforce": fivetran_salesforce,
    "fivetran/hubspot": fivetran_hubspot,
}


def main() -> None:
    """Writes every shape beside this script, each with its sources.toml."""
    records = company()
    for shape, make in SHAPES.items():
        for name, rows in make(records).items():
            write(HERE / shape / f"{name}.csv", rows)
        source = "crm" if shape == "salesforce" else shape.replace("/", "_")
        use = "_".join(shape.split("/"))
        text = f'[workspace]\ncurrency = "EUR"\n\n[source.{source}]\nuse = "{use}"\nfiles = "."\n'
        (HERE / shape / "sources.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
