"""Deals that two systems both hold. Within one system every deal is taken to be a deal of its own."""

from resolution.matchers.terms import Block, Comparison, Level, Matcher, Veto

PREPARE = """
CREATE OR REPLACE TABLE prepared_deal AS
SELECT uid AS unique_id, source, place_text(name) AS name, account, round(amount, 2) AS amount, round(amount)::VARCHAR
    AS amount_key,
       opened_at, closed_at, strftime(opened_at, '%Y-%m-%d') AS opened_day, strftime(closed_at, '%Y-%m-%d') AS
           closed_day
FROM input_deal
"""

NAME = Comparison(
    "name",
    "Name of the deal.",
    "name_l IS NULL OR name_r IS NULL",
    (
        Level("same name", "name_l = name_r", 0.5, "name"),
        Level("name alike", "jaro_winkler_similarity(name_l, name_r) >= 0.9", 0.3),
    ),
    otherwise_m=0.2,
    needs=("name",),
)
AMOUNT = Comparison(
    "amount",
    "Amount.",
    "amount_l IS NULL OR amount_r IS NULL",
    (
        Level("same amount", "amount_l = amount_r", 0.7, "amount"),
        Level("within 2 %", "abs(amount_l - amount_r) <= 0.02 * greatest(abs(amount_l), abs(amount_r))", 0.1),
        Level("within 20 %", "abs(amount_l - amount_r) <= 0.2 * greatest(abs(amount_l), abs(amount_r))", 0.1),
    ),
    otherwise_m=0.1,
    needs=("amount",),
)
ACCOUNT = Comparison(
    "account",
    "The resolved account.",
    "account_l IS NULL OR account_r IS NULL",
    (Level("same account", "account_l = account_r", 0.95, "account"),),
    otherwise_m=0.05,
    needs=("account",),
)


def _moment(name: str, about: str, column: str, day: str) -> Comparison:
    """Two moments of one thing as two systems keep it: the same day, or not long apart."""
    apart = f"abs(date_diff('day', {column}_l, {column}_r))"
    return Comparison(
        name,
        about,
        f"{column}_l IS NULL OR {column}_r IS NULL",
        (
            Level("same day", f"{day}_l = {day}_r", 0.6),
            Level("within a week", f"{apart} <= 7", 0.2),
            Level("within a month", f"{apart} <= 31", 0.1),
        ),
        otherwise_m=0.1,
        needs=(column,),
    )


OPENED = _moment("opened", "When it was opened.", "opened_at", "opened_day")
CLOSED = _moment("closed", "When it ended.", "closed_at", "closed_day")

DEAL = Matcher(
    kind="deal",
    about="Opportunities, across systems.",
    columns=("name", "account", "amount", "opened_at", "closed_at"),
    prepare=PREPARE,
    comparisons=(NAME, AMOUNT, ACCOUNT, OPENED, CLOSED),
    blocks=(
        Block("same name", "name", ("name",)),
        Block("same account", "account", ("account",), 40),
        Block("same amount and day", "amount_key || '|' || coalesce(opened_day, closed_day)", ("amount",)),
    ),
    training=(("name",), ("account",), ("amount_key",)),
    sure=(("name", "account"), ("account", "amount_key", "opened_day")),
    threshold=2.0,
    vetoes=(Veto("two deals of one system", "source_l = source_r", ("source",), of_any=True),),
)
