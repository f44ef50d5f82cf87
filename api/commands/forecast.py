"""dealgraph forecast: what a period will bring, what moved that number, how far such numbers were right."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands import show
from api.commands.show import AsJson, AsOf, published_or

if TYPE_CHECKING:
    from scoring.forecast.closing import Closing
    from scoring.forecast.forecast import Forecast
    from scoring.forecast.ledger import Ledger
    from scoring.forecast.parts import Figures

forecast = typer.Typer(help="What a period will bring, what moved it, how far it was right.", no_args_is_help=True)
PeriodName = Annotated[str | None, typer.Argument(help="2026Q1, 2026-02 or 2026; without one the quarter of now.")]
Deals = list[str] | None
SHOWN = 20
FEW_WINS = 20


@forecast.command("show")
def show_forecast(
    period: PeriodName = None,
    by: Annotated[str, typer.Option(help="all, team, rep or product.")] = "all",
    quota: Annotated[
        Path | None, typer.Option(help="CSV of period, part (all, team, rep, product), name, amount.")
    ] = None,
    slip: Annotated[Deals, typer.Option(help="If this deal (its id) slipped out of the period; several times.")] = None,
    lose: Annotated[Deals, typer.Option(help="If this deal were lost; several times.")] = None,
    win: Annotated[Deals, typer.Option(help="If this deal were won in the period; several times.")] = None,
    leads: Annotated[int, typer.Option(min=0, help="If so many more leads came now.")] = 0,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it in the graph, to hold it against what comes.")] = False,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """What is won already, what the open deals will bring, and what is not there yet."""
    from kg.errors import InputError
    from kg.store.runs import new_run
    from scoring.forecast.forecast import make
    from scoring.forecast.kept import keep as keep_it
    from scoring.forecast.parts import figures, read_quotas
    from scoring.forecast.scenario import Scenario, imagined

    supposed = Scenario(tuple(slip or ()), tuple(lose or ()), tuple(win or ()), leads)
    if keep and supposed != Scenario():
        raise InputError(
            "--keep keeps what is expected, not what is supposed: leave --slip, --lose, --win, --leads out."
        )
    quotas = read_quotas(quota) if quota else None
    with show.graph() as graph, show.progress(quiet=json) as stage:
        at = published_or(graph, as_of)
        made = make(graph, _score(), _period(period, at), at, home=show.settings().home, progress=stage("forecast"))
        asked = imagined(graph, made, supposed) if supposed != Scenario() else made
        found = figures(asked, by, quotas)
        if keep:
            keep_it(graph, made, new_run(datetime.now(UTC)))
    if json:
        show.as_json(_plain(asked, found, made))
        return
    _print(asked, found, made)


@forecast.command("deal")
def when_it_ends(
    record: Annotated[str, typer.Option("--record", help="source:record_id; the source ends at the first colon.")],
    by: Annotated[datetime | None, typer.Option(help="The chance to be won by this day.")] = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """When one open deal ends: the chance week by week, the days that takes, and why."""
    import numpy as np

    from kg.errors import NotFound
    from scoring.forecast import closing
    from scoring.forecast.cycle import learn_cycle
    from scoring.forecast.history import read_history, standing
    from scoring.serving.explain import explain

    with show.graph() as graph, show.progress(quiet=json) as stage:
        at, score = published_or(graph, as_of), _score()
        said = explain(graph, score, record, at, home=show.settings().home, first=1, paths=1)
        stage("forecast")(0, None, "reading deals")
        history = read_history(graph, at)
    here = [i for i in history.open_at(at.timestamp()) if history.ids[i] == said["entity_id"]]
    if not here:
        raise NotFound(
            f"{record} is a deal that had ended by {at:%Y-%m-%d}: only of open ones can be said when they end."
        )
    deal = standing(history, at.timestamp(), np.array(here))
    found = closing.closing(learn_cycle(history), deal, said["probability"], at)
    wanted = by.replace(tzinfo=by.tzinfo or UTC) if by else None
    show.as_json(_closing_json(found, wanted)) if json else _print_closing(found, wanted)


def _closing_json(found: Closing, by: datetime | None) -> dict[str, Any]:
    rows = {"as_of": found.as_of.isoformat(), "probability": found.chance, "weekly": found.weekly}
    rows |= {"days": found.days, "days_if_won": found.days_if_won, "factors": [asdict(f) for f in found.factors]}
    return rows | ({"won_by": found.won_by(by)} if by else {})


def _print_closing(found: Closing, by: datetime | None) -> None:
    def told(days: tuple[float | None, ...]) -> str:
        return " / ".join("more than two years" if d is None else f"{d:,.0f}" for d in days)

    show.out.print(f"Won {found.chance:.1%} of the time, whenever that is; it ends within a week {found.weekly:.1%}.")
    if by:
        show.out.print(f"Won by {by:%Y-%m-%d}: {found.won_by(by):.1%}.")
    show.out.print(
        f"Days until it ends, in 10, 50 and 90 of 100 cases: {told(found.days)}; if won {told(found.days_if_won)}."
    )
    rows = [(f.sentence, f"× {f.won:.2f}", f"× {f.lost:.2f}") for f in found.factors]
    show.table(("in the coming week", "to be won", "to be lost"), rows, right=("to be won", "to be lost"))


@forecast.command("ledger")
def show_ledger(
    period: PeriodName = None,
    since: Annotated[
        str | None, typer.Option("--from", help="The earlier moment; without one the forecast kept last.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="The later moment; without one what is published.")] = None,
    before: Annotated[
        str | None, typer.Option(help="Version of the model at the earlier moment, if none was kept.")
    ] = None,
    first: Annotated[int, typer.Option(min=1, help="Entries to show.")] = SHOWN,
    json: AsJson = False,
) -> None:
    """Every movement of a forecast between two moments by cause; the entries add up."""
    from kg.errors import NotFound
    from scoring.forecast.forecast import make
    from scoring.forecast.kept import kept_at, kept_before
    from scoring.forecast.ledger import ledger

    with show.graph() as graph:
        to = published_or(graph, until)
        asked, score = _period(period, to), _score()
        moment = show.moment(since, "--from")
        name = score.name, asked.name
        kept = kept_at(graph, *name, moment) if moment else kept_before(graph, *name, to)
        if kept is None and moment is None:
            raise NotFound(f"No forecast of {asked.name} was kept before {to:%Y-%m-%d}: name a moment with --from.")
        begin = kept.as_of if kept else moment or to
        home = show.settings().home
        version = kept.version if kept else before
        earlier = make(graph, score, asked, begin, home=home, version=version)
        found = ledger(graph, score, earlier, make(graph, score, asked, to, home=home), home=home, kept=kept)
    if json:
        entries = [asdict(entry) for entry in found.entries]
        told = {"period": asked.name, "from": begin, "to": to, "before": found.before, "after": found.after}
        show.as_json({**told, "kept": kept is not None, "by_cause": found.by_cause(), "entries": entries,
                      "residual": found.residual})  # fmt: skip
        return
    _print_ledger(found, first, kept=kept is not None)


def _score() -> Any:
    from kg.errors import ConfigurationError
    from scoring.scores import ever_won

    found = ever_won()
    if found is None:
        raise ConfigurationError("A forecast needs a score of deals that says whether they will ever be won.")
    return found


def _period(text: str | None, at: datetime) -> Any:
    from scoring.forecast.periods import period, quarter_of

    return period(text) if text else quarter_of(at)


def _print(made: Forecast, found: list[Figures], usual: Forecast) -> None:
    new, cycle = made.learned.fresh, made.learned.cycle
    show.out.print(f"{made.period.name} as of {made.as_of:%d %b %Y}: {made.expected:,.0f} expected.")
    if made is not usual:
        show.out.print(f"Without what is supposed {usual.expected:,.0f}.")
    columns = (
        "",
        "won",
        "open deals",
        "new",
        "expected",
        "90 of 100",
        "50",
        "10 of 100",
        "quota",
        "covered",
        "reached",
    )
    show.table(columns, [_row(f) for f in found], right=columns[1:])
    told = ", ".join(f"{name} {amount:,.0f}" for name, amount in made.categories.items())
    show.out.print(f"Amounts of open deals: {told}.")
    if made.guessed:
        show.out.print(
            f"{made.guessed} open deals have no amount: {made.learned.usual:,.0f} stands for each (a guess)."
        )
    if new.lately is None and new.amount == 0 and made.period.end > made.as_of:
        show.out.print("No history says what new deals will bring: they count nothing.")
    if cycle.wins < FEW_WINS and len(made.deals.rows):
        show.out.print(f"When deals are won was learned from {cycle.wins} won deals: a guess.")


def _print_ledger(found: Ledger, first: int, *, kept: bool) -> None:
    said = "as it was kept" if kept else "as it is computed today"
    show.out.print(
        f"{found.period.name}: {found.before:,.0f} on {found.since:%d %b %Y} ({said}), "
        f"{found.after:,.0f} on {found.until:%d %b %Y}."
    )
    show.table(("cause", "moved by"), [(c, f"{v:+,.0f}") for c, v in found.by_cause().items()], right=("moved by",))
    rows = [
        (e.cause, e.name, f"{e.money:+,.0f}", " ".join(t for t in (e.feature, e.detail) if t))
        for e in found.entries[:first]
    ]
    show.table(("cause", "deal", "moved by", "how"), rows, right=("moved by",))
    if len(found.entries) > first:
        show.out.print(f"{len(found.entries) - first} smaller entries: --first, or --json for all.")


def _row(f: Figures) -> tuple[str, ...]:
    money = (f.booked, f.open, f.fresh, f.expected, f.low, f.median, f.high)
    covered = f"{f.expected / f.quota:.0%}" if f.quota else "–"
    reached = f"{f.reach:.0%}" if f.reach is not None else "–"
    return (f.name, *(f"{v:,.0f}" for v in money), f"{f.quota:,.0f}" if f.quota is not None else "–", covered, reached)


def _plain(made: Forecast, found: list[Figures], usual: Forecast) -> dict[str, Any]:
    history, rows = made.history, made.deals.rows
    deals = [
        {"id": str(history.ids[r]), "name": str(history.names[r]), "chance": float(p), "share": float(s),
         "amount": float(a), "expected": float(e)}
        for r, p, s, a, e in zip(rows, made.chance, made.share, made.amount, made.each, strict=True)
    ]  # fmt: skip
    return {
        "period": made.period.name,
        "as_of": made.as_of,
        "score": made.score,
        "version": made.version,
        "expected": made.expected,
        "usual": usual.expected,
        "parts": [{**asdict(f), "expected": f.expected} for f in found],
        "categories": made.categories,
        "guessed": made.guessed,
        "new_business": asdict(made.learned.fresh),
        "deals": sorted(deals, key=lambda d: (-float(d["expected"]), d["id"])),
        "won": [str(i) for i in history.ids[made.won]],
    }


@forecast.command("report")
def show_report(
    quarters: Annotated[int, typer.Option(min=1, help="At most so many quarters.")] = 8,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """Forecasts made anew at the beginning of past quarters, held against what came."""
    from scoring.forecast.backtest import backtest, report
    from scoring.settings import settings

    with show.graph() as graph, show.progress(quiet=json) as stage:
        at = published_or(graph, as_of)
        found = report(backtest(graph, _score(), at, settings(), quarters, stage("forecasts")))
    if json:
        show.as_json(found)
        return
    if not found["quarters"]:
        show.out.print("No quarter can be tested: a year of history has to lie before it.")
        return
    columns = ("quarter", "expected", "90 of 100", "10 of 100", "came", "quarter before", "year before")
    rows = [
        (q["period"], *(f"{q[n]:,.0f}" for n in ("expected", "low", "high", "came", "last", "year_before")))
        for q in found["quarters"]
    ]
    show.table(columns, rows, right=columns[1:])
    parts = (
        "by",
        "parts",
        "in the band (80 % asked)",
        "said for 1 that came",
        "error",
        "of quarter before",
        "of year before",
    )
    lines = [
        (name, f["parts"], f"{f['within']:.0%}", f"{f['said_per_came']:.2f}",
         *(f"{f[n]:,.0f}" for n in ("error_expected", "error_last", "error_year_before")))
        for name, f in found["by"].items()
    ]  # fmt: skip
    show.table(parts, lines, right=parts[1:])
