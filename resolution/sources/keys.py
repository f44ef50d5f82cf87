"""Every key that a sources.toml takes, table by table: what the reader allows and docs/sources.md lists."""

from dataclasses import dataclass
from typing import Final

from kg.errors import ConfigurationError

TABLES: Final = ("workspace", "source", "section", "value", "attributes", "attribute")
"""[workspace], [source.NAME], [source.NAME.KIND], a field's { … }, attributes = { … }, and one column of those."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its name, the tables that take it, an example of its value and what it says."""

    name: str
    tables: str
    example: str
    about: str

    def __post_init__(self) -> None:
        if unknown := set(self.tables.split()) - set(TABLES):
            raise ConfigurationError(f"key {self.name!r} names {sorted(unknown)}, which are not tables")


KEYS: Final = (
    Key("currency", "workspace", '"EUR"', "Currency that amounts are converted into."),
    Key(
        "rates",
        "workspace",
        '"rates.csv"',
        "File of date, currency, rate: what one unit of the currency is worth in the workspace's.",
    ),
    Key("name", "workspace", '"Acme"', "Name of the workspace."),
    Key("placeholders", "workspace", '["tbd", "00000"]', "Further values that stand for nothing and are emptied."),
    Key("keep", "workspace", '["info@acme.com"]', "Values that look like placeholders and are none."),
    Key(
        "use", "source", '"salesforce"', "Ready-made mapping that this table is laid over; `KIND = false` drops a kind."
    ),
    Key("about", "source", '"Nightly export"', "What the source is, for people."),
    Key("not_used", "source", '{ "*.pdf" = "no table" }', "Files that the mapping knows and leaves, with the reason."),
    Key(
        "files",
        "source section",
        '"exports/deals*.csv"',
        "Patterns of files, relative to sources.toml: CSV, XLSX, JSON, JSON lines, Parquet, also in .zip or .gz.",
    ),
    Key("match", "section", '["*deal*.*"]', "Patterns that pick a section's files among those of the source."),
    Key("table", "source section", '"duckdb:crm.duckdb:deals"', "Table of a DuckDB database instead of files."),
    Key("delimiter", "source section", '";"', "What parts the columns of a CSV."),
    Key("quote", "source section", "'\"'", "What quotes a value of a CSV."),
    Key(
        "encoding", "source section", '"cp1252"', "Encoding of text files; without it, decided from all rows or asked."
    ),
    Key("decimal", "source section", '","', "Decimal mark of numbers."),
    Key("sheet", "source section", '"Deals"', "Sheet of a workbook; without it, the first visible one that has rows."),
    Key("rows", "source section", '"data.items"', "Path of the array that holds the rows of a JSON document."),
    Key("skip", "source section", "3", "Lines above the header; without it, the header is found."),
    Key("footer", "source section", "false", "false keeps totals and notices below the rows as rows."),
    Key("time_zone", "source section value", '"Europe/Stockholm"', "Zone of times that name none; UTC without it."),
    Key(
        "known_at",
        "source section value attributes attribute",
        '["Modified", { constant = "2024-01-01" }]',
        "When the source knew it: a column, { column, constant, format, epoch }, or a list (the first that is filled).",
    ),
    Key("optional", "source section value", "true", "Columns may be missing without stopping the source."),
    Key(
        "mode",
        "source section",
        '"append"',
        "snapshot: a record that is no longer listed ends. append: absence says nothing.",
    ),
    Key("snapshot", "source section", "false", "Older form of `mode`: true is snapshot, false is append."),
    Key(
        "newest_by",
        "source section",
        '"Modified"',
        "An id that stands twice is settled by the row with the newest of these.",
    ),
    Key(
        "deleted",
        "source section",
        '{ column = "IsDeleted", values = ["1"] }',
        "Rows that say that their record ended.",
    ),
    Key(
        "merged_into",
        "source section",
        '"MasterRecordId"',
        "Column with the id of the record that took this one's place.",
    ),
    Key(
        "merged_ids",
        "source section",
        '{ column = "Merged ids", by = ";" }',
        "Column with the ids of the records whose place this one took.",
    ),
    Key("id", "section", '"Id"', "Column, or columns, of the record's id; also { column, prefix, suffix, first }."),
    Key(
        "where",
        "section",
        '{ Type = ["A", "B"] }',
        "Rows that count: column = value, a list, { not = … } or { starts = … }. Others are left out and told.",
    ),
    Key("distinct", "section", "true", "Rows that repeat a record are one record."),
    Key("split", "section", '{ column = "Contacts", by = ";" }', "A row becomes one for each part of the column."),
    Key("attributes", "section", '"*"', "Own columns that count as they are: see [own columns](#columns-of-your-own)."),
    Key("column", "value attribute", '"Amount"', "Column, or list of columns joined by a space."),
    Key("first", "value", "true", "Of several columns, the first that is filled, instead of all joined."),
    Key("constant", "value", '"call"', "The same value for every row."),
    Key("default", "value", '"new"', "Value where the column is empty."),
    Key("values", "value", '{ "Closed Won" = "won" }', "What the column's values mean, in any case."),
    Key(
        "otherwise", "value", '"other"', "Meaning of values that `values` does not list; without it, they are rejected."
    ),
    Key("ref", "value", '"crm:AccountId"', "Column with the id of another record, with the source that has it."),
    Key("by", "value", '"name"', "The reference holds this field of the other record instead of its id."),
    Key("prefix", "value", '"task-"', "Put before the value."),
    Key("starts", "value", '"003"', "Only values that begin so; others are empty."),
    Key("part", "value", '";"', "The first part of a value that holds several."),
    Key(
        "format",
        "value",
        '"%d/%m/%Y"',
        "How times are written; a question of `suggest` begins with ? and must be answered.",
    ),
    Key("epoch", "value", '"ms"', "Times as numbers: s, ms or excel."),
    Key("times", "value", "1000", "Factor that a number is multiplied by."),
    Key(
        "band",
        "value",
        '"low"',
        "What a band such as 51-200 counts as: low, its lower bound; middle, its geometric mean.",
    ),
    Key("currency", "value", '"CurrencyIsoCode"', "Column with the currency of an amount."),
    Key("currency_is", "value", '"USD"', "Currency of an amount, the same in every row."),
    Key(
        "lookup",
        "value",
        '{ files = "stages.csv", key = "Id", value = "Label" }',
        "Second file in which the value is looked up; for stages also order, won, closed.",
    ),
    Key("won", "value", '"IsWon"', "Column that says whether a stage is won."),
    Key("closed", "value", '"IsClosed"', "Column that says whether a stage is closed."),
    Key("probability", "value", '"Probability"', "Column by which stages are put in order."),
    Key("columns", "attributes", '"*"', "Every column that no field reads, or a list of columns."),
    Key("except", "attributes", '["Notes"]', "Columns that `*` leaves."),
    Key("name", "attribute", '"Budget confirmed"', "Name to show, instead of the column's."),
    Key(
        "type",
        "attribute",
        '"ordinal"',
        "number, money, flag, category, list, date, ordinal or text; read off the values without it.",
    ),
    Key("order", "attribute", '["low", "high"]', "Levels of an ordinal, lowest first."),
    Key(
        "aggregate",
        "attribute",
        '"share"',
        "How contacts' values count for a deal: share, any or best; without it, they do not.",
    ),
    Key(
        "personal",
        "attribute",
        "false",
        "Whether the values are personal data: those are shown to analysts only and count nowhere.",
    ),
    Key(
        "from",
        "attribute",
        '"lead"',
        "Reference by which the row says whose attribute it is, if not the row's own record.",
    ),
)


def keys_of(table: str) -> frozenset[str]:
    """The names that a table takes."""
    return frozenset(key.name for key in KEYS if table in key.tables.split())
