"""A sources.toml is read into frozen data, or refused with one sentence that names the place."""

from pathlib import Path

import pytest

from kg.errors import BadMapping
from resolution.sources.mapping import Known
from resolution.sources.mapping_file import read_mapping
from resolution.sources.ready_made import ready_made

GOOD = """
[workspace]
currency = "eur"
rates = "rates.csv"
[source.crm]
files = "opps*.csv"
time_zone = "Europe/Stockholm"
known_at = ["SystemModstamp", { column = "Created", format = "%d/%m/%Y" }, { constant = "2020-01-01" }]
[source.crm.deal]
id = "Id"
account = { ref = "erp:AccountId" }
owner = { ref = "OwnerId" }
kind = { column = "Type", values = { "New Business" = "new" }, default = "new" }
stage = { column = "StageName", values = { "Prospecting" = "open:1", "Closed Won" = "won" } }
[[source.crm.activity]]
files = "tasks.csv"
id = { column = "Id", prefix = "task-" }
kind = { constant = "call" }
at = { column = "Date", epoch = "ms" }
[[source.crm.activity]]
files = "events.csv"
id = "Id"
kind = { constant = "meeting" }
at = "Date"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_is_read_whole(tmp_path: Path) -> None:
    workspace = read_mapping(written(tmp_path, GOOD))
    assert (workspace.currency, workspace.rates) == ("EUR", tmp_path / "rates.csv")
    deal, *activities = workspace.sources[0].sections
    assert deal.time_zone == "Europe/Stockholm"
    assert deal.known == (
        Known(("SystemModstamp",)),
        Known(("Created",), formats=("%d/%m/%Y",)),
        Known(constant="2020-01-01"),
    )
    assert (deal.values["account"].ref_source, deal.values["account"].columns) == ("erp", ("AccountId",))
    assert (deal.values["owner"].ref_source, deal.values["deal_kind"].default) == ("crm", "new")
    assert [(a.files, a.key_prefix) for a in activities] == [(("tasks.csv",), "task-"), (("events.csv",), "")]


DEAL = '[source.crm]\nfiles = "a.csv"\n[source.crm.deal]\nid = "Id"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "names no source"),
        ("[sources.x]\n", "unknown table [sources]"),
        ("not toml", "is no TOML"),
        ('[workspace]\ncurency = "EUR"\n', "does not know 'curency'"),
        ('[source."a:b".deal]\nid = "Id"\n', "has no colon"),
        (
            '[source.crm]\nuse = "siebel"\n',
            "there are fivetran_hubspot, fivetran_salesforce, hubspot, maven, salesforce",
        ),
        ('[source.crm]\nfiles = "a.csv"\n', "stages nothing"),
        ('[source.crm]\nfiles = "a.csv"\n[source.crm.deals]\nid = "Id"\n', "'deals' is neither a setting nor a kind"),
        ('[source.crm.deal]\nid = "Id"\n', "names neither files = nor table ="),
        ('[source.crm]\nfiles = "a.csv"\n[source.crm.deal]\nname = "N"\n', "needs id ="),
        (DEAL + 'nme = "N"\n', "a deal has no field 'nme'"),
        (DEAL + 'name = { col = "N" }\n', "does not know 'col'"),
        (DEAL + "name = { values = {} }\n", "names no column, constant or default"),
        (DEAL + 'name = { ref = "N" }\n', "ref = is for references only"),
        (
            DEAL + 'kind = { column = "T", values = { "N" = "fresh" } }\n',
            "'fresh' is no deal_kind; it is one of new, renewal, expansion",
        ),
        (
            DEAL + 'stage = { column = "S", values = { "N" = "closed" } }\n',
            "a stage means 'open:<order>', 'won' or 'lost'",
        ),
        (DEAL + 'account = { ref = "A", by = "shoe_size" }\n', "is no field of account"),
        (DEAL + 'opened_at = { column = "A", epoch = "min" }\n', "it is 's', 'ms' or 'excel'"),
        (DEAL + 'time_zone = "Stockholm"\n', "is no IANA zone"),
        (DEAL + 'encoding = "utf-99"\n', "encoding = 'utf-99' is unknown"),
        (DEAL + 'decimal = ";"\n', "it is '.' or ','"),
        (DEAL + 'where = { A = { like = "x" } }\n', "where A = a value"),
        (DEAL + 'split = "A"\n', "split = { column, by }"),
        ('[source.crm]\nfiles = "a.csv"\n[source.crm.history]\nof = { ref = "D" }\n', "says nothing of 'at'"),
    ],
)
def test_a_bad_mapping_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadMapping) as error:
        read_mapping(written(tmp_path, text))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value).strip() or "TOML" in str(error.value)


@pytest.mark.parametrize("name", ready_made())
def test_every_ready_made_mapping_can_be_read_and_overridden(tmp_path: Path, name: str) -> None:
    text = f'[source.crm]\nuse = "{name}"\nfiles = "."\n[source.crm.deal]\nname = "Label"\n'
    sections = {s.kind: s for s in read_mapping(written(tmp_path, text)).sources[0].sections}
    assert sections["deal"].values["name"].columns == ("Label",)
    assert sections["deal"].match and sections["deal"].values["stage"]


def test_all_that_is_wrong_is_told_in_one_go(tmp_path: Path) -> None:
    """Several sources, sections and fields that cannot be followed: a line each, in the order of the file."""
    file = tmp_path / "sources.toml"
    file.write_text(
        """[source.crm.deal]
files = "d.csv"
id = "Id"
nme = "Name"
amount = { column = "Amount", tims = 2 }
[source.crm.dael]
files = "x.csv"
[source.erp.account]
files = "a.csv"
id = "Id"
nam = "Name"
""",
        encoding="utf-8",
    )
    with pytest.raises(BadMapping) as refused:
        read_mapping(file)
    lines = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "[source.crm.deal]", "[source.crm.deal] amount", "[source.crm]", "[source.erp.account]",
    ]  # fmt: skip
    assert "has no field 'nme'" in lines[0] and "does not know 'tims'" in lines[1] and "'dael'" in lines[2]
