"""Any file of persons or organisations, read into the columns that the matchers know.

Columns are recognised by name (`SYNONYMS`); `resolution.fit` makes a matcher of its own for files that need more.
"""

from dataclasses import dataclass

import duckdb

from resolution.database.rows import row_key_sql
from resolution.matchers import ACCOUNT, CONTACT, Matcher
from resolution.normalise.placeholders import Placeholder, empty_placeholders, subject_among

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
PERSON_SIGNS = ("first_name", "last_name", "birth_date", "national_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file was understood: our field → its column, and the matcher to use."""

    fields: dict[str, str]
    matcher: Matcher
    emptied: tuple[Placeholder, ...] = ()
    """Values that stand for nothing, and were emptied so that the matcher does not learn from them."""


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
    """Make `input_<kind>` from a loaded file; `uid` is the key of a row.

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
        f"CREATE OR REPLACE TABLE input_{kind} AS SELECT {row_key_sql()} AS uid, "
        f"{source} AS source, "
        f"{', '.join(select)} FROM {table} WHERE {where}"
    )
    subject = subject_among(kind, set(fields))
    return Reading(fields, matcher, empty_placeholders(con, f"input_{kind}", subject) if whole else ())
