"""Any file of persons or organisations, read into the columns that the matchers know.

Columns are recognised by name (`SYNONYMS`); `resolution.fit` makes a matcher of its own for files that need more.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.database.connection import quoted, text_sql
from resolution.matchers import ACCOUNT, CONTACT, Matcher
from resolution.normalise.placeholders import Placeholder, blank, find_placeholders, subject_among
from resolution.sources.files import Files, fetch, plain_columns
from resolution.sources.mapping import Reader
from resolution.sources.reading.unpack import members

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "contact": {
        "name": ("name", "full_name", "fullname", "primary_name_full", "name_full", "person", "contact_name"),
        "first_name": (
            "first_name",
            "firstname",
            "given_name",
            "givenname",
            "forename",
            "fname",
            "fname_c1",
            "first",
            "primary_name_first",
            "name_first",
        ),
        "last_name": (
            "last_name",
            "lastname",
            "surname",
            "family_name",
            "lname",
            "lname_c1",
            "last",
            "primary_name_last",
            "name_last",
        ),
        "email": ("email", "e_mail", "mail", "email_address"),
        "phone": ("phone", "telephone", "phone_number", "phonenumber", "mobile", "tel"),
        "title": ("title", "job_title", "jobtitle", "position"),
        "company": ("company", "company_name", "employer", "organisation", "organization", "account_name"),
        "street": (
            "street",
            "address",
            "address_1",
            "address1",
            "addr_line1",
            "addr_full",
            "street_address",
            "addr_line_1",
        ),
        "city": ("city", "town", "suburb", "addr_city", "locality"),
        "postcode": ("postcode", "zip", "zip_code", "zipcode", "postal_code", "addr_postal_code", "postcode_fake"),
        "country": ("country", "addr_country", "country_code"),
        "birth_date": ("birth_date", "birthdate", "dob", "date_of_birth", "birthday"),
        "national_id": (
            "national_id",
            "soc_sec_id",
            "ssn",
            "ssn_number",
            "social_security_number",
            "national_id_number",
            "passport_number",
            "tax_id",
        ),
        "linkedin": ("linkedin", "linkedin_url", "profile_url"),
        "gender": ("gender", "sex"),
    },
    "account": {
        "name": (
            "name",
            "company",
            "company_name",
            "account_name",
            "organisation",
            "organization",
            "org_name",
            "primary_name_org",
            "name_org",
            "affiliation",
            "business_name",
            "trading_name",
            "affil1",
        ),
        "aliases": ("aliases", "alias", "secondary_name_org", "also_known_as", "former_name"),
        "domain": ("domain", "company_domain", "web_domain"),
        "website": ("website", "url", "web", "homepage", "site"),
        "email": ("email", "email_address", "e_mail"),
        "phone": ("phone", "telephone", "phone_number", "tel"),
        "street": ("street", "address", "address_1", "addr_line1", "addr_full", "street_address", "address_concat"),
        "city": ("city", "town", "suburb", "addr_city"),
        "postcode": ("postcode", "zip", "zip_code", "postal_code", "addr_postal_code"),
        "country": ("country", "addr_country", "country_code"),
        "registration_id": (
            "registration_id",
            "company_number",
            "registration_number",
            "national_id_number",
            "tax_id_number",
            "vat",
            "vat_number",
            "lei_number",
            "duns",
        ),
    },
}
IGNORED = frozenset(
    {
        "record_id",
        "source",
        "data_source",
        "rec_id",
        "id",
        "unique_id",
        "cluster",
        "entity_id",
        "group",
        "label_true",
        "name_true",
    }
)
NULLS = ("", "NA", "NULL", "nan")
"""Texts of a CSV file that say nothing."""
PARQUET = ".parquet"
PLAIN = (".csv", ".tsv", ".txt", PARQUET)
"""Endings of files that DuckDB is tried on first."""
LONGEST = 1_000
"""Characters of a value that count: what compares letters grows with the square of their number."""
PERSON_SIGNS = ("first_name", "last_name", "birth_date", "national_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file was understood: our field → its column, and the matcher to use."""

    fields: dict[str, str]
    matcher: Matcher
    emptied: tuple[Placeholder, ...] = ()
    """Values that stand for nothing, and were emptied so that the matcher does not learn from them."""


def read_records(con: duckdb.DuckDBPyConnection, path: Path, into: str, said: list[str] | None = None) -> list[str]:
    """Load a file as text into table `into`, numbered by `row_no`; returns its columns' names.

    A plain CSV or Parquet file is DuckDB's; any other, and one that it cannot read, is read as sources are: workbooks,
    archives, JSON, other encodings, a header below notes. What was guessed there is added to `said`.

    Raises:
        InputError: there is no such file, no column record_id, or a record_id that is empty or stands twice.
        SourceRefused: the file cannot be read.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there: name a CSV file with a column record_id")
    if not (path.suffix.lower() in PLAIN and _read_plain(con, path, into)):
        _read_any(con, path, into, [] if said is None else said)
    columns = [str(row[0]) for row in con.execute(f"DESCRIBE {into}").fetchall()][1:]
    names = plain_names(columns, str(path))
    both = list(zip(columns, names, strict=True))
    long = " + ".join(f"count(*) FILTER (length({quoted(c)}) > {LONGEST})" for c, n in both if n != "record_id")
    if long and said is not None and (cut := con.execute(f"SELECT {long} FROM {into}").fetchall()[0][0]):
        said.append(f"{path}: {cut} values are longer than {LONGEST:,} characters: their beginnings count")
    renamed = ", ".join(
        f'{quoted(c) if n == "record_id" else f"left({quoted(c)}, {LONGEST})"} AS "{n}"' for c, n in both
    )
    con.execute(f"CREATE OR REPLACE TABLE {into} AS SELECT row_no, {renamed} FROM {into}")
    _hold_ids(con, into, path, "source" in names)
    return names


def _read_plain(con: duckdb.DuckDBPyConnection, path: Path, into: str) -> bool:
    """Whether DuckDB could read the file, and found records in it."""
    read = f"read_csv(?, all_varchar=true, header=true, nullstr={list(NULLS)}, parallel=false)"
    if path.suffix.lower() == PARQUET:
        read = "(SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?))"
    numbered = f"CREATE OR REPLACE TABLE {into} AS SELECT row_number() OVER () AS row_no, * FROM {read}"
    try:
        con.execute(numbered, [str(path)])
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return False
    return any("record" in str(row[0]).lower() for row in con.execute(f"DESCRIBE {into}").fetchall())


def _read_any(con: duckdb.DuckDBPyConnection, path: Path, into: str, said: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="dealgraph-records-") as scratch:
        files, (member, *others) = Files(con, Path(scratch)), members(path)
        if others:
            raise InputError(f"{path} holds {len(others) + 1} files: name one of them, unpacked")
        opened = files.open(member, Reader(), guess=True)
        columns = list({name.lower(): name for name in reversed(plain_columns(opened, ()))}.values())[::-1]
        if cut := fetch(files, "raw_records", [member], Reader(), columns).broken:
            place, _, why = cut[0]
            raise InputError(f"{place}: {why}")
        empty = ", ".join(text_sql(word) for word in NULLS)
        taken = ", ".join(
            f"CASE WHEN {quoted(c)} NOT IN ({empty}) THEN {quoted(c)} END AS {quoted(c)}" for c in columns
        )
        con.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT row_number() OVER (ORDER BY __n) AS row_no, {taken} "
            "FROM raw_records; DROP TABLE raw_records"
        )
        guesses = (guess.partition(": set encoding")[0] for guess in opened.guesses)
        said += [*files.notes(), *(f"{path}: {guess}; save it as UTF-8 if that is wrong" for guess in guesses)]


def _hold_ids(con: duckdb.DuckDBPyConnection, table: str, path: Path, sourced: bool) -> None:
    """Refuses records that no id, or no id of their own, tells apart; a source may use the ids of another."""
    first = con.execute(f"SELECT min(row_no) FROM {table} WHERE record_id IS NULL").fetchall()[0][0]
    if first is not None:
        raise InputError(f"{path}: row {first} has no record_id: give each record one of its own")
    key = "coalesce(source, ''), record_id" if sourced else "record_id"
    twice = con.execute(
        f"SELECT any_value(record_id), min(row_no), max(row_no) FROM {table} GROUP BY {key} HAVING count(*) > 1 "
        "ORDER BY 2 LIMIT 1"
    ).fetchall()
    if twice:
        id_, one, other = twice[0]
        raise InputError(f"{path}: record_id {id_!r} stands in rows {one} and {other}: it has to name one record")


def plain_names(columns: Sequence[str], path: str) -> list[str]:
    """The names under which a file's columns are known: plain, lower case, no two the same.

    Raises InputError where none is record_id.
    """
    names: list[str] = []
    for column in columns:
        apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
        plain = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_") or "column"
        taken = {"row_no", *names}
        spare = (f"{plain}_{n}" for n in count(2))
        names.append(plain if plain not in taken else next(name for name in spare if name not in taken))
    if "record_id" not in names:
        raise InputError(f"{path} has no column record_id; it has {', '.join(names)}")
    return names


def recognise(columns: list[str], kind: str) -> dict[str, str]:
    """Our field → the column of the file that fills it, by name."""
    fields: dict[str, str] = {}
    for name, synonyms in SYNONYMS[kind].items():
        if (found := next((s for s in synonyms if s in columns), None)) and found not in fields.values():
            fields[name] = found
    return fields


def _value(field: str, column: str, columns: list[str]) -> str:
    if field == "birth_date":
        return (
            f'coalesce(try_cast("{column}" AS TIMESTAMP), try_strptime("{column}", '
            "['%Y%m%d', '%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y', '%d-%m-%Y', '%-m/%-d/%Y', '%-m/%-d/%y']))"
        )
    if field == "street" and column == "address_1" and "street_number" in columns:
        return f"concat_ws(' ', street_number, \"{column}\")"
    return f'"{column}"'


def read_input(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: list[str],
    kind: str,
    *,
    where: str = "true",
    whole: bool = True,
) -> Reading:
    """Make `input_<kind>` from a loaded file; `uid` is 'row|file:<row number>', padded: text order is row order.

    Of a `whole` file, values that many strangers share are emptied; a part of one cannot tell.
    """
    matcher = CONTACT if kind == "contact" else ACCOUNT
    fields = recognise(columns, kind)
    parts = {"by", "bm", "bd"} if kind == "contact" and {"by", "bm", "bd"} <= set(columns) else set()
    select = []
    for name in matcher.columns:
        kind_of = "TIMESTAMP" if name == "birth_date" else "VARCHAR"
        if name == "birth_date" and parts and name not in fields:
            select.append(
                "try_cast(\"by\" || '-' || lpad(bm, 2, '0') || '-' || lpad(bd, 2, '0') AS TIMESTAMP) AS birth_date"
            )
        else:
            value = _value(name, fields[name], columns) if name in fields else "NULL"
            select.append(f"({value})::{kind_of} AS {name}")
    source = "coalesce(source, 'file')" if "source" in columns else "'file'"
    con.execute(
        f"CREATE OR REPLACE TABLE input_{kind} AS SELECT 'row|file:' || lpad(row_no::VARCHAR, 9, '0') AS uid, "
        f"{source} AS source, "
        f"{', '.join(select)} FROM {table} WHERE {where}"
    )
    return Reading(fields, matcher, _emptied(con, kind, set(fields)) if whole else ())


def _emptied(con: duckdb.DuckDBPyConnection, kind: str, filled: set[str]) -> tuple[Placeholder, ...]:
    subject = subject_among(kind, filled)
    if not subject.who:
        return ()
    found = find_placeholders(con, f"input_{kind}", subject)
    blank(con, f"input_{kind}", found)
    return found
