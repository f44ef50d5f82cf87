"""dealgraph quickstart: from nothing to a running demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands import show

if TYPE_CHECKING:
    from api.jobs.stages import Show

QUERIES = (
    (
        "The three deals most likely to be won, each with its reasons and the paths behind them",
        "{ deals(first: 3, orderBy: {score: DESC}) { edges { node { name account { name } score { value low high "
        "contributions(first: 5) { sentence logOdds "
        "paths(first: 2) { sentence nodes { id label } relationships { type at } } } } } } } }",
    ),
    (
        "Who decides, who is missing, and who could introduce us",
        '{ deals(first: 1, filter: {state: "open"}) { edges { node { name '
        "buyingCenter { coverage sentence roles { role contact { name } metAt } "
        "missing { role sentence } } similarDeals(k: 3) { sentence result } } } } }",
    ),
    (
        "Which entity a record of the CRM is, and which other records are the same",
        '{{ entityForRecord(source: "{source}", recordId: "{record}") '
        "{{ __typename ... on Account {{ name records {{ source recordId }} }} }} }}",
    ),
)


def quickstart(
    accounts: Annotated[int, typer.Option(min=20, help="Accounts of the demo company.")] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the demo company.")] = 1,
) -> None:
    """From nothing to a running demo: Neo4j, a company's files, the whole line, the API. Interrupted, run it again."""
    from api.auth import Role, make_token, signing_secret
    from api.jobs import process
    from api.jobs.refresh import refresh
    from kg.graph import Graph
    from kg.server import managed
    from kg.settings import settings as graph_settings

    settings = show.settings()
    folder = settings.home / "demo" / f"{accounts}-{seed}"
    with show.progress() as stage:
        if process.running(settings) is None:
            process.check_port(settings)
        managed.up(graph_settings(), stage("up"))
        write_files(folder, accounts, seed, stage)
        with Graph.connect() as graph:
            found = refresh(graph, folder / "sources.toml", home=settings.home, show=stage, approve=True)
            record = first_record(graph)
        stage("serve")(0, None, "starting the API")
        api = process.start(settings)
    made = make_token(signing_secret(settings.secret_file), Role.ANALYST, name="quickstart", days=settings.token_days)
    ran = [done for done in found.stages if not done.skipped]
    show.out.print(
        f"{len(ran)} of {len(found.stages)} stages ran, the others were unchanged; as of {found.as_of:%Y-%m-%d}.\n"
    )
    print(f"Explorer   {api.address}/\nGraphQL    {api.address}/graphql\nToken      {made}\n")
    for title, text in QUERIES:
        filled = text.format(**record) if "{source}" in text else text
        print(f"# {title}\n{filled}\n")
    print("Paste one into:  curl -s " + f"{api.address}/graphql -H 'Content-Type: application/json' \\")
    print("  -H 'Authorization: Bearer <token>' -d '{\"query\": \"…\"}'      Stop it all with `make down`.")
    sys.stdout.flush()


def write_files(folder: Path, accounts: int, seed: int, stage: Show) -> None:
    """The demo company's files, unless they are there; written beside their place, so that half never counts."""
    import shutil

    from resolution.demo import write_demo

    if (folder / "sources.toml").exists():
        return
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    write_demo(part, accounts=accounts, seed=seed, truth=False, progress=stage("demo"))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def first_record(graph: object) -> dict[str, str]:
    """A record of an account that several systems know, for a query to paste."""
    from kg.graph import Graph
    from kg.query.files import load_queries

    assert isinstance(graph, Graph)  # noqa: S101 (for the type checker; Graph is imported late)
    rows = graph.read(load_queries("reads")["shared_record"])
    return {"source": rows[0]["source"], "record": rows[0]["record_id"]} if rows else {"source": "crm", "record": "?"}
