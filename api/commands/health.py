"""dealgraph score health and score fairness: whether a score can be trusted, and how it treats groups."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from api.commands import show
from api.commands.scores import Name
from api.commands.show import AsJson, AsOf, published_or

MOST_MOVED = 10


def health(name: Name, as_of: AsOf = None, json: AsJson = False) -> None:
    """Whether a score can be trusted today: what feeds it, what moved, what came of what it said."""
    from scoring.health.report import report
    from scoring.scores import score_named

    with show.graph() as graph, show.progress(quiet=json) as stage:
        at, home = published_or(graph, as_of), show.settings().home
        found = report(graph, score_named(name), at, home=home, progress=stage("health"))
    if json:
        show.as_json(found)
        return
    _print(found)


def _print(found: dict[str, Any]) -> None:
    told = list(found["warnings"])
    told += [b["sentence"] for b in found["breaches"] if not any(w.startswith(b["sentence"]) for w in told)]
    told += [found["untold"]] if found["untold"] else []
    show.out.print(
        f"{found['score']} {found['model']} answers by {found['basis']} for {found['open']:,} that are open."
    )
    for sentence in dict.fromkeys(told or ["Nothing is wrong with it."]):
        show.out.print(sentence, markup=False, highlight=False)
    show.table(
        ("source of", "rows in a year", "days since", "longest before", "silent"),
        [
            (s["named"], s["rows"], f"{s['days']:.0f}", f"{s['longest']:.0f}", "yes" if s["silent"] else "")
            for s in found["sources"]
        ],
        right=("rows in a year", "days since", "longest before"),
    )
    moved = list(found["moved"].items())[:MOST_MOVED]
    show.table(
        ("moved most", "stability index", "by chance in", "distance", "missing", "before"),
        [
            (
                n,
                f"{m['psi']:.3f}",
                f"{m['p']:.1%}",
                f"{m['ks']:.2f}",
                f"{m['is_missing']:.0%}",
                f"{m['was_missing']:.0%}",
            )
            for n, m in moved
        ],
        right=("stability index", "by chance in", "distance", "missing", "before"),
    )
    _print_answers(found)


def _print_answers(found: dict[str, Any]) -> None:
    answers, promised = found["answers"], found["promised"]
    if answers is None:
        show.out.print("No month of answers is decided yet, so what was said cannot be held against what came.")
    else:
        show.out.print(
            f"Of {answers['answers']:,} answers of decided months {answers['said']:.1%} was said and "
            f"{answers['came']:.1%} came ({answers['low']:.1%} to {answers['high']:.1%})."
        )
        rows = [(m, int(f["answers"]), f"{f['said']:.1%}", f"{f['came']:.1%}") for m, f in answers["months"].items()]
        show.table(("month", "answers", "said", "came"), rows, right=("answers", "said", "came"))
    if promised:
        real = (answers or {}).get("measures", {})
        then = (answers or {}).get("promised", {})
        words = {"auc": "AUC", "brier": "Brier", "log_loss": "log loss"}
        figures = [
            (words[k], f"{v:.3f}", *(f"{x[k]:.3f}" if k in x else "" for x in (then, real)))
            for k, v in promised.items()
        ]
        show.table(("measure", "expected now", "expected then", "came then"), figures)


def fairness(
    name: Name,
    as_of: AsOf = None,
    months: Annotated[int, typer.Option(min=1, max=60, help="Months to go back for outcomes.")] = 6,
    json: AsJson = False,
) -> None:
    """How a score treats regions, sizes of company, sources and owners: who is chosen, what was said, what came."""
    from scoring.health.fairness import fairness as measure
    from scoring.learning.train import gather
    from scoring.scores import score_named
    from scoring.settings import settings

    with show.graph() as graph, show.progress(quiet=json) as stage:
        at, home, asked = published_or(graph, as_of), show.settings().home, score_named(name)
        found = gather(graph, asked, as_of=at, progress=stage("features"))
        told = measure(graph, found, at, settings(), home=home, months=months, progress=stage("fairness"))
    if json:
        show.as_json(told)
        return
    _print_fairness(told)


def _print_fairness(told: dict[str, Any]) -> None:
    show.out.print(f"Chosen is {told['chosen']}. Intervals hold in 90 of 100 cases; accounts are resampled.")
    for when, words in (("now", "open now"), ("past", "past moments")):
        for kind, found in told[when].items():
            names = list(next(iter(found["groups"].values())))[3:]
            rows: list[tuple[Any, ...]] = [
                (f"{name}{' (too small)' if g['too_small'] else ''}", g["n"], *(_share(g[f]) for f in names))
                for name, g in found["groups"].items()
            ]
            rows.append(("largest difference", "", *(_share(found["apart"].get(f)) for f in names)))
            show.table((f"{kind}, {words}", "n", *(f.replace("_", " ") for f in names)), rows, right=("n",))
    if not told["past"]:
        show.out.print("No past month can be judged: too little had ended by then to learn from.")


def _share(one: dict[str, float | None] | None) -> str:
    if one is None or one["value"] is None:
        return ""
    low, high = one["low"], one["high"]
    return f"{one['value']:.0%}" + (f" ({low:.0%} to {high:.0%})" if low is not None and high is not None else "")
