"""Golden values: of several records of one entity, the value that stands, and the record it came from.

Rules: `common` (said by most records, then by most sources, then newest), `newest` (known last), `trusted` (the most
    trusted source, then newest). Names of companies are counted without their legal forms first, so that three
    spellings with and without "Inc." outvote one typo; among them the most frequent one stands.
Ties go to the more trusted source, then to the record's key.
"""

from dataclasses import dataclass

from resolution.normalise.titles import department, seniority
from resolution.records import key_sql


@dataclass(frozen=True, slots=True)
class Golden:
    """One property: its name, SQL over a staged row `r`, the column whose knowledge time counts, and the rule.

    `core` is SQL of what values that say the same have in common (`v`: the value, `records`: those of the entity).
    """

    name: str
    sql: str
    column: str
    rule: str = "newest"
    core: str = "lower(v::VARCHAR)"


PERSON = (
    "coalesce(CASE WHEN r.name LIKE '%,%' AND len(string_split(r.name, ',')) = 2 THEN trim(split_part(r.name, ',', "
    "2)) || ' ' || "
    "trim(split_part(r.name, ',', 1)) ELSE filled(r.name) END, filled(concat_ws(' ', filled(r.first_name), "
    "filled(r.last_name))))"
)

WITHOUT_FORMS = "CASE WHEN records > 2 THEN coalesce(company_squashed(v), lower(v)) ELSE lower(v) END"
"""The name of a company without legal forms; only where there is a majority to be found."""

RECORDS = ", count(*) OVER (PARTITION BY e.id) AS records"

GOLDEN: dict[str, tuple[Golden, ...]] = {
    "account": (
        Golden("name", "filled(r.name)", "name", "common", WITHOUT_FORMS),
        Golden("domain", "company_domain(r.domain, r.website)", "domain", "common"),
        Golden("country", "filled(r.country)", "country", "trusted"),
        Golden("city", "filled(r.city)", "city", "trusted"),
        Golden("phone", "filled(r.phone)", "phone"),
        Golden("employees", "r.employees", "employees", "trusted"),
        Golden("revenue", "r.revenue", "revenue", "trusted"),
        Golden("registration_id", "filled(r.registration_id)", "registration_id", "common"),
        Golden("industry_name", "filled(r.industry)", "industry", "trusted"),
    ),
    "contact": (
        Golden("name", PERSON, "name", "common"),
        Golden("email", "coalesce(mail_of(r.email), filled(r.email))", "email"),
        Golden("phone", "filled(r.phone)", "phone"),
        Golden("title", "filled(r.title)", "title"),
        Golden("seniority", f"coalesce(r.seniority, {seniority('r.title')})", "title"),
        Golden("department", f"coalesce(filled(r.department), {department('r.title')})", "department", "trusted"),
        Golden("country", "filled(r.country)", "country"),
    ),
    "lead": (
        Golden("name", PERSON, "name"),
        Golden("email", "coalesce(mail_of(r.email), filled(r.email))", "email"),
        Golden("company", "filled(r.company)", "company"),
        Golden("title", "filled(r.title)", "title"),
        Golden("source", "filled(r.source_name)", "source_name"),
        Golden("status", "filled(r.status)", "status"),
        Golden("country", "filled(r.country)", "country"),
        Golden("created_at", "coalesce(r.created_at, r.known_from)", "created_at", "trusted"),
        Golden("converted_at", "r.converted_at", "converted_at"),
    ),
    "deal": (
        Golden("name", "filled(r.name)", "name", "trusted"),
        Golden("kind", "r.deal_kind", "deal_kind", "trusted"),
        Golden("amount", "r.amount", "amount", "trusted"),
        Golden("currency", "filled(r.currency)", "currency", "trusted"),
        Golden("opened_at", "r.opened_at", "opened_at", "trusted"),
        Golden("closed_at", "r.closed_at", "closed_at", "trusted"),
        Golden("close_date", "r.close_date", "close_date", "trusted"),
        Golden("stage", "filled(r.stage)", "stage", "trusted"),
        Golden("state", "r.state", "state", "trusted"),
        Golden("pipeline", "filled(r.pipeline)", "pipeline", "trusted"),
        Golden("lead_source", "filled(r.lead_source)", "lead_source", "trusted"),
    ),
}

ORDERS = {
    "common": "n DESC, sources DESC, same DESC, same_sources DESC, known DESC, rank, key",
    "newest": "known DESC, rank, key",
    "trusted": "rank, known DESC, key",
}


def golden_sql(kind: str) -> str:
    """SQL of one row an entity: its golden properties, `golden`, `golden_from`, known_from and known_to."""
    parts = [
        f"""g{i} AS (
            SELECT id, v, key FROM (SELECT *{_counts(g)} FROM (
                SELECT e.id, {g.sql} AS v, coalesce(r.{g.column}__known, r.known_from) AS known, t.rank, r.source,
                    {key_sql(kind, "r")} AS key{RECORDS if g.core == WITHOUT_FORMS else ""}
                FROM s_{kind} r JOIN e_{kind} e ON e.ref = r.source || ':' || r.record_id JOIN trust t USING (source)
            ) WHERE v IS NOT NULL) QUALIFY row_number() OVER (PARTITION BY id ORDER BY {ORDERS[g.rule]}) = 1
        )"""
        for i, g in enumerate(GOLDEN[kind])
    ]
    values = ", ".join(f'g{i}.v AS "{g.name}"' for i, g in enumerate(GOLDEN[kind]))
    joins = " ".join(f"LEFT JOIN g{i} ON g{i}.id = one.id" for i, _ in enumerate(GOLDEN[kind]))
    shown = [(i, g) for i, g in enumerate(GOLDEN[kind]) if g.name != "industry_name"]
    names = ", ".join(f"CASE WHEN g{i}.v IS NOT NULL THEN '{g.name}' END" for i, g in shown)
    keys = ", ".join(f"CASE WHEN g{i}.v IS NOT NULL THEN g{i}.key END" for i, g in shown)
    return f"""
WITH one AS (
    SELECT e.id, min(r.known_from) AS known_from, CASE WHEN count(*) = count(r.known_to) THEN max(r.known_to) END AS
        known_to
    FROM s_{kind} r JOIN e_{kind} e ON e.ref = r.source || ':' || r.record_id GROUP BY e.id
), {", ".join(parts)}
SELECT one.id, one.known_from, one.known_to, {values},
       list_filter([{names}], lambda x: x IS NOT NULL) AS golden, list_filter([{keys}], lambda x: x IS NOT NULL) AS
           golden_from
FROM one {joins}"""


def _counts(golden: Golden) -> str:
    """Columns that count who says the same: by its core (`n`, `sources`), and in the same letters."""
    if golden.rule != "common":
        return ""
    by_core, by_letters = (f"(PARTITION BY id, {what})" for what in (golden.core, "lower(v::VARCHAR)"))
    return (
        f", count(*) OVER {by_core} AS n, count(DISTINCT source) OVER {by_core} AS sources, "
        f"count(*) OVER {by_letters} AS same, count(DISTINCT source) OVER {by_letters} AS same_sources"
    )
