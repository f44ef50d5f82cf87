"""The files of the demo: one header each, written row by row so that nothing is held in memory."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from hashlib import blake2b
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

HEADERS: Final = MappingProxyType(
    {
        "crm/Account.csv": "Id,Name,Website,Phone,BillingStreet,BillingCity,BillingPostalCode,BillingCountry,Industry,"
        "NumberOfEmployees,"
        "AnnualRevenue,Registration_Number__c,ParentId,CreatedDate,SystemModstamp",
        "crm/Contact.csv": "Id,AccountId,FirstName,LastName,Email,Phone,Title,Department,LinkedIn__c,MailingCity,"
        "MailingCountry,CreatedDate,"
        "SystemModstamp",
        "crm/AccountContactRelation.csv": "Id,AccountId,ContactId,Title,StartDate,EndDate,CreatedDate",
        "crm/AccountRelation.csv": "Id,AccountFromId,AccountToId,Type,CreatedDate",
        "crm/User.csv": "Id,Name,Email,Team__c,IsActive,CreatedDate",
        "crm/Product2.csv": "Id,Name,Family,List_Price__c,CreatedDate",
        "crm/Opportunity.csv": "Id,Name,AccountId,ContactId,Type,LeadSource,CampaignId,Marketing_Lead__c,"
        "StageName,Amount,"
        "CurrencyIsoCode,"
        "CloseDate,OwnerId,Win_Loss_Reason__c,Competitor__c,CreatedDate,Closed_On__c,SystemModstamp",
        "crm/OpportunityHistory.csv": "Id,OpportunityId,StageName,Amount,CurrencyIsoCode,CloseDate,OwnerId,CreatedDate",
        "crm/OpportunityLineItem.csv": "Id,OpportunityId,Product2Id,Quantity,TotalPrice,CurrencyIsoCode,CreatedDate",
        "crm/OpportunityContactRole.csv": "Id,OpportunityId,ContactId,Role,Confidence__c,CreatedDate,SystemModstamp",
        "crm/Task.csv": "Id,WhoId,WhatId,OwnerId,Type,Call_Direction__c,Subject,CallDurationInMinutes,ActivityDateTime,"
        "CreatedDate",
        "mail/people.csv": "address_id,display_name,email,organisation,first_seen",
        "mail/events.csv": "event_id,kind,direction,mailbox,start,minutes,subject,crm_opportunity,logged",
        "mail/attendees.csv": "event_id,address_id,email,logged",
        "marketing/companies.csv": "company_id;company_name;domain;phone;city;country;sector;headcount;created",
        "marketing/people.csv": "person_id;first;last;email;phone;job_title;company_name;company_id;country;linkedin;"
        "created",
        "marketing/leads.csv": "lead_id;full_name;email;phone;company;job_title;country;website;source;"
        "campaign_id;status;"
        "created;updated;"
        "converted;crm_opportunity",
        "marketing/campaigns.csv": "campaign_id;name;kind;started",
        "support/organisations.csv": "org_id,org_name,domain,phone,street,city,zip,country,created",
        "support/requesters.csv": "requester_id,org_id,full_name,email,phone,role,created",
        "support/tickets.csv": "ticket_id,org_id,requester_id,priority,subject,opened,solved",
        "product/workspaces.csv": "workspace,owner_company,signup_domain,city,country,vat,created",
        "billing/customers.csv": "customer_no,legal_name,domain,phone,street,city,postcode,country,register_no,since",
        "billing/attention.csv": "attention_id,customer_no,attention,mail,since",
        "billing/invoices.csv": "invoice_no,customer_no,crm_reference,product,amount,currency,issued,paid",
        "rates.csv": "date,currency,rate",
        "truth/entities.csv": "source,record_id,kind,entity_id",
        "truth/links.csv": "source,record_id,contact_entity_id,account_entity_id",
    }
)
DELIMITERS: Final = MappingProxyType({"marketing": ";"})
USAGE: Final = pa.schema(
    [("workspace", pa.string()), ("week", pa.date32()), ("active_users", pa.int32()), ("events", pa.int32())]
)


def opaque(prefix: str, *parts: object) -> str:
    """An id that a system gave: says nothing about what it stands for."""
    return prefix + blake2b("/".join(map(str, parts)).encode(), digest_size=6).hexdigest()


class Files:
    """Every open file of the demo; `rows` counts the source rows written, truth and rates not included."""

    def __init__(self, out: Path, seed: int, extra: dict[str, str]) -> None:
        """Open all files under `out`, writing headers; `extra` are headers known only to the caller."""
        self.out, self.seed, self.rows = out, seed, 0
        self.handles: dict[str, TextIOWrapper] = {}
        self.writers: dict[str, Any] = {}
        self.counts: dict[str, int] = {}
        for name, header in {**HEADERS, **extra}.items():
            delimiter = DELIMITERS.get(name.partition("/")[0], ",")
            handle = self.open(name)
            self.writers[name] = csv.writer(handle, delimiter=delimiter, lineterminator="\n").writerow
            handle.write(header + "\n")
            self.counts[name] = 0
        self.events = self.open("marketing/events.jsonl")
        self.counts["marketing/events.jsonl"] = self.counts["product/usage.parquet"] = 0
        (out / "product").mkdir(parents=True, exist_ok=True)
        self.parquet = pq.ParquetWriter(out / "product" / "usage.parquet", USAGE)
        self.usage: tuple[list[str], list[int], list[int], list[int]] = ([], [], [], [])

    def open(self, name: str) -> TextIOWrapper:
        """A text file under `out`."""
        path = self.out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.handles[name] = path.open("w", encoding="utf-8", newline="")
        return self.handles[name]

    def row(self, name: str, values: Sequence[object]) -> None:
        """One row of a CSV file."""
        self.writers[name](values)
        self.counts[name] += 1
        if not name.startswith(("truth", "rates")):
            self.rows += 1

    def truth(self, source: str, record: str, kind: str, entity: str) -> None:
        """Which entity a record truly is."""
        self.row("truth/entities.csv", (source, record, kind, entity))

    def event(self, values: dict[str, object]) -> None:
        """One line of the marketing events."""
        self.events.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.counts["marketing/events.jsonl"] += 1
        self.rows += 1

    def week(self, workspace: str, day: int, users: int, events: int) -> None:
        """One week of use; `day` counts from 1970."""
        for column, value in zip(self.usage, (workspace, day, users, events), strict=True):
            column.append(value)  # type: ignore[attr-defined]
        self.rows += 1
        self.counts["product/usage.parquet"] += 1
        if len(self.usage[0]) >= 50_000:
            self.flush()

    def flush(self) -> None:
        """Write the weeks held so far."""
        if self.usage[0]:
            self.parquet.write_table(
                pa.table([pa.array(c, f.type) for c, f in zip(self.usage, USAGE, strict=True)], schema=USAGE)
            )
            self.usage = ([], [], [], [])

    def id(self, prefix: str, *parts: object) -> str:
        """An opaque id of this world."""
        return opaque(prefix, self.seed, *parts)

    def __enter__(self) -> Self:
        """Use as a context: all files are closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything."""
        self.flush()
        self.parquet.close()
        for handle in self.handles.values():
            handle.close()
