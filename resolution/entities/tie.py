"""How the SELECT of a relationship is written: from where to where, known since when, and until when."""

Triple = tuple[str, str, str]


def tie_sql(
    start: str, end: str, known: str, source: str, *, more: str = "", closed: str = "NULL", group: bool = True
) -> str:
    """A SELECT of one row for each pair of ends: the earliest to say so, closed when all who said so have closed it."""
    if not group:
        return (
            f'SELECT {start} AS "start", {end} AS "end", {known} AS known_from, {closed} AS known_to{more} '
            f"FROM {source}"
        )
    return (
        f'SELECT {start} AS "start", {end} AS "end", min({known}) AS known_from, CASE WHEN count(*) = count({closed}) '
        f"THEN max({closed}) END AS known_to"
        f"{more} FROM {source} GROUP BY {start}, {end}"
    )


def first_record(record: str, known: str) -> str:
    """The record that said it first, as a further column for `tie_sql`."""
    return f", arg_min({record}, ({known}, {record})) AS record"
