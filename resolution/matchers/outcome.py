"""Outcomes: the closed deal of the CRM and the invoices or contracts that billing holds for it."""

from resolution.matchers.terms import Block, Comparison, Level, Matcher, Veto

PREPARE = """
CREATE OR REPLACE TABLE prepared_outcome AS
SELECT uid AS unique_id, source, side, account, round(amount, 2) AS amount, round(amount)::VARCHAR AS amount_key,
    place_text(product) AS product,
       ended_at, strftime(ended_at, '%Y-%m') AS ended_month
FROM input_outcome
"""

ACCOUNT = Comparison(
    "account",
    "The resolved account.",
    "account_l IS NULL OR account_r IS NULL",
    (Level("same account", "account_l = account_r", 0.95),),
    otherwise_m=0.05,
    needs=("account",),
)
AMOUNT = Comparison(
    "amount",
    "Amount.",
    "amount_l IS NULL OR amount_r IS NULL",
    (
        Level("same amount", "amount_l = amount_r", 0.6),
        Level("within 2 %", "abs(amount_l - amount_r) <= 0.02 * greatest(abs(amount_l), abs(amount_r))", 0.1),
        Level("within 15 %", "abs(amount_l - amount_r) <= 0.15 * greatest(abs(amount_l), abs(amount_r))", 0.1),
        Level(
            "a whole part of it",
            "abs(greatest(amount_l, amount_r) / nullif(least(amount_l, amount_r), 0) - "
            "round(greatest(amount_l, amount_r) / "
            "nullif(least(amount_l, amount_r), 0))) < 0.01 AND greatest(amount_l, amount_r) / "
            "nullif(least(amount_l, amount_r), 0) < 12.5",
            0.05,
        ),
    ),
    otherwise_m=0.15,
    needs=("amount",),
)
PRODUCT = Comparison(
    "product",
    "Product as written.",
    "product_l IS NULL OR product_r IS NULL",
    (
        Level("same product", "product_l = product_r", 0.7, "product"),
        Level(
            "product alike",
            "jaro_winkler_similarity(product_l, product_r) >= 0.85 OR contains(product_l, "
            "product_r) OR contains(product_r, product_l)",
            0.1,
        ),
    ),
    otherwise_m=0.2,
    needs=("product",),
)
TIME = Comparison(
    "time",
    "How long after the close it was issued.",
    "ended_at_l IS NULL OR ended_at_r IS NULL",
    (
        Level("within ten days", "abs(date_diff('day', ended_at_l, ended_at_r)) <= 10", 0.4),
        Level("within 45 days", "abs(date_diff('day', ended_at_l, ended_at_r)) <= 45", 0.35),
        Level("within 120 days", "abs(date_diff('day', ended_at_l, ended_at_r)) <= 120", 0.1),
    ),
    otherwise_m=0.15,
    needs=("ended_at",),
)

OUTCOME = Matcher(
    kind="outcome",
    about="Ends of deals, across CRM and billing.",
    columns=("side", "account", "amount", "product", "ended_at"),
    prepare=PREPARE,
    comparisons=(ACCOUNT, AMOUNT, PRODUCT, TIME),
    blocks=(
        Block("same account", "account", ("account",), 200),
        Block("same amount and month", "amount_key || '|' || ended_month", ("amount", "ended_at")),
    ),
    training=(("account",), ("amount_key",), ("amount_key", "ended_month")),
    sure=(("account", "amount_key"),),
    threshold=2.0,
    vetoes=(Veto("not a deal and an invoice", "side_l = side_r", ("side",)),),
)
