"""The aggregates of a feature as Cypher; kg/features/recompute.py repeats each in Python, and a test compares them."""

from dataclasses import dataclass
from typing import Final

from kg.errors import BadQuery


@dataclass(frozen=True, slots=True)
class Aggregate:
    """How rows become a value.

    `parts` are aggregated over the rows, `value` is built from them; the feature's `empty` stands where `n` (the number
    of rows) or the part named `divisor` is 0. `needs` are the columns read; `ordered`: the order of rows matters.
    """

    name: str
    about: str
    parts: str
    value: str
    needs: tuple[str, ...] = ("x",)
    ordered: bool = True
    divisor: str = ""
    argument: bool = False


AGGREGATES: Final[dict[str, Aggregate]] = {
    a.name: a
    for a in (
        Aggregate("count", "number of rows", "", "toFloat(n)", needs=(), ordered=False),
        Aggregate("distinct", "number of different x", "count(DISTINCT x) AS a", "toFloat(a)", ordered=False),
        Aggregate("sum", "sum of x", "sum(1.0 * x) AS a", "a"),
        Aggregate("mean", "mean of x", "sum(1.0 * x) AS a", "a / n"),
        Aggregate("share", "share of rows with x = 1", "sum(1.0 * x) AS a", "a / n"),
        Aggregate(
            "weighted_mean",
            "sum of x * w over sum of w",
            "sum(1.0 * x * w) AS a, sum(1.0 * w) AS b",
            "a / b",
            needs=("x", "w"),
            divisor="b",
        ),
        Aggregate(
            "ratio",
            "sum of x over sum of w",
            "sum(1.0 * x) AS a, sum(1.0 * w) AS b",
            "a / b",
            needs=("x", "w"),
            divisor="b",
        ),
        Aggregate("max", "greatest x", "max(x) AS a", "toFloat(a)", ordered=False),
        Aggregate("min", "smallest x", "min(x) AS a", "toFloat(a)", ordered=False),
        Aggregate("median", "median of x", "percentileCont(1.0 * x, 0.5) AS a", "a", ordered=False),
        Aggregate(
            "slope",
            "least-squares slope of x per week of `at`",
            "sum(1.0 * x) AS sx, sum(days(as_of, at) / 7) AS st, "
            "sum(x * days(as_of, at) / 7) AS sxt, sum((days(as_of, at) / 7) ^ 2) AS stt",
            "(n * sxt - sx * st) / (n * stt - st * st)",
            needs=("x", "at"),
            divisor="(n * stt - st * st)",
        ),
        Aggregate(
            "days_since", "days since the newest `at`", "max(at) AS a", "days(a, as_of)", needs=("at",), ordered=False
        ),
        Aggregate(
            "decayed_sum",
            "sum of x, halved every so many days",
            "sum(x * 2.0 ^ (-days(at, as_of) / $argument)) AS a",
            "a",
            needs=("x", "at"),
            argument=True,
        ),
        Aggregate("latest", "x of the newest row", "collect(x) AS a", "a[0]", needs=("x", "at")),
    )
}


def aggregate_of(text: str, place: str) -> tuple[Aggregate, float | None]:
    """The aggregate that a header names, and its argument (`decayed_sum 30`)."""
    name, _, argument = text.partition(" ")
    aggregate = AGGREGATES.get(name)
    if aggregate is None:
        raise BadQuery(f"{place}:1: {name!r} is no aggregate; the aggregates are {', '.join(AGGREGATES)}.")
    if aggregate.argument != bool(argument):
        raise BadQuery(
            f"{place}:1: {name!r} takes {'one number, as in decayed_sum 30' if aggregate.argument else 'no argument'}."
        )
    return aggregate, float(argument) if argument else None
