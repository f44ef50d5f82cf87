"""Proposed mappings parse, stage the files they were made from, and guess what a person would."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kg.errors import SourceRefused
from resolution.sources.mapping_file import read_mapping
from resolution.sources.suggest import suggest
from resolution.staging.stage import stage

NOW = datetime(2024, 6, 1, tzinfo=UTC)
FILES = {
    "companies.csv": "customer;sector;employees;office_location\nAcme;technolgy;12;Spain\nBell;retail;1,200;Peru\n",
    "opportunities.csv": (
        "opportunity_id;sales_agent;customer;deal_stage;engage_date;close_date;close_value\n"
        "1C;Ann;Acme;Won;20.10.2016;01.03.2017;1054\n2D;Ann;Bell;Lost;21.10.2016;02.03.2017;0\n3E;Ben;Acme;Engaging;25.10.2016;;\n4F;Ben;;Prospecting;;;\n"
    ),
    "Leads.csv": (
        "Prospect ID,Lead Number,Lead Origin,Lead Source,Converted,TotalVisits,Last Activity,Country\n"
        "7927b2df,660737,API,Olark Chat,0,0,Page Visited on Website,\n2a272436,660728,API,Organic "
        "Search,1,5,Email Opened,India\n"
    ),
    "sf_opportunity.csv": (
        "sf_id,Name,StageName,CloseDate,Amount,AccountId,CreatedDate,SystemModstamp\n"
        "0061,Gift,Pledged,2020-01-02,100.0,0011,2019-12-01 10:00:00,2020-01-01 10:00:00\n"
        "0062,Gift 2,Closed Won,2020-03-02,50.0,0012,2019-12-02 10:00:00,2020-03-02 10:00:00\n"
    ),
    "support_cases.csv": "case_number,priority,subject,opened,closed\n1,P1,Down,2024-01-01 10:00,2024-01-02 "
    "10:00\n2,P3,Slow,2024-01-03 10:00,\n",
}


def laid(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).write_text(FILES[name], encoding="utf-8")
    return [folder / name for name in names]


@pytest.mark.parametrize(
    ("names", "staged", "lines"),
    [
        (("companies.csv", "opportunities.csv"), {"account": 2, "deal": 4}, (
            'delimiter = ";"', 'id = "customer"',
                'account = { ref = "customer" }   # values of companies.csv, customer',
            'opened_at = { column = "engage_date", format = "%d.%m.%Y" }',
            'values = { "Prospecting" = "open:1", "Engaging" = "open:2", "Lost" = "lost", "Won" = "won" }',
        )),
        (("Leads.csv",), {"lead": 2}, ('id = "Prospect ID"   # unique too: Lead Number',
            'source_name = "Lead Source"', "# known_at: no column tells")),
        (("sf_opportunity.csv",), {"deal": 2}, ('id = "sf_id"',
            'known_at = "SystemModstamp"   # time of the last change', '"Closed Won" = "won"')),
        (("support_cases.csv",), {"ticket": 2}, ('id = "case_number"', '"P1" = "severe", "P3" = "normal"',
            'opened_at = "opened"')),
    ],
)  # fmt: skip
def test_a_proposal_stages_the_unseen_file(
    tmp_path: Path, names: tuple[str, ...], staged: dict[str, int], lines: tuple[str, ...]
) -> None:
    text = suggest(laid(tmp_path, *names))
    for line in lines:
        assert line in text
    config = tmp_path / "sources.toml"
    config.write_text(text, encoding="utf-8")
    assert read_mapping(config).sources[0].name == "suggested"
    report = stage(config, tmp_path / "staging.duckdb", now=NOW)
    assert not report.refused
    assert {c.kind: c.staged for c in report.counts} == staged
    assert report.rejected == 0


def test_what_resembles_nothing_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    path.write_text("pressure,wind\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(SourceRefused, match="no column resembles"):
        suggest([path])
