"""The doors: serve, token, schema, bench, quickstart."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.auth import Role, make_token, signing_secret
from api.commands import process, show
from api.commands.show import AsJson
from api.settings import api_settings
from api.stages import Show
from kg.errors import ConfigurationError, IntegrityError

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


def serve() -> None:
    """Serve GraphQL at /graphql and the explorer, until stopped."""
    import uvicorn

    from api.app import create_app

    settings = api_settings()
    process.check_port(settings)
    show.err.print(f"Dealgraph listens at {settings.address} (GraphQL at /graphql). Stop with Ctrl-C.")
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_level="warning", server_header=False)


def token(
    role: Annotated[Role, typer.Option("--role", help="What it allows; a viewer sees no personal data.")] = Role.VIEWER,
    name: Annotated[str, typer.Option("--name", help="Who it is for; the log says so.")] = "cli",
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="How long it holds; DEALGRAPH_TOKEN_DAYS without one.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Make a token for GraphQL and the explorer."""
    settings = api_settings()
    made = make_token(signing_secret(settings.secret_file), role, name=name, days=days or settings.token_days)
    show.as_json({"token": made, "role": role, "days": days or settings.token_days}) if json else print(made)


def schema(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Fail when api/schema.graphql is not what the code says.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Write api/schema.graphql.")] = False,
    readme: Annotated[bool, typer.Option("--readme", help="Write the tables of the README.")] = False,
) -> None:
    """Print the GraphQL schema."""
    from api.schema import SNAPSHOT, schema_text

    text = schema_text()
    if check and (not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != text):
        raise IntegrityError(
            f"{SNAPSHOT.name} is not what the code says: run `dealgraph schema --write` and read the difference."
        )
    if readme:
        from api.readme import README, render

        README.write_text(render(README.read_text(encoding="utf-8"), context.find_root().command), encoding="utf-8")
    if write:
        SNAPSHOT.write_text(text, encoding="utf-8")
    if not (check or write or readme):
        print(text, end="")


def bench(
    records: Annotated[
        list[int] | None, typer.Option(help="Source records to measure with; 10,000 and 100,000 without it.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="JSON to write.")] = Path("bench.json"),
    json: AsJson = False,
) -> None:
    """Measure every part against its bare counterpart: one JSON and a table."""
    try:
        from tests.benchmarks.run import run
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"Benchmarks run from a clone with the development tools installed: {error.name} is not there."
        ) from error
    found = run(records or [10_000, 100_000], out)
    if json:
        show.as_json(found)


def quickstart(
    accounts: Annotated[int, typer.Option(min=20, help="Accounts of the demo company.")] = 500,
    seed: Annotated[int, typer.Option(help="Seed of the demo company.")] = 1,
) -> None:
    """From nothing to a running demo: Neo4j, a company's files, the whole line, the API. Interrupted, run it again."""
    from api.refresh import refresh
    from kg import server
    from kg.graph import Graph
    from kg.settings import settings as graph_settings

    settings = api_settings()
    folder = settings.home / "demo" / f"{accounts}-{seed}"
    with show.progress() as stage:
        if process.running(settings) is None:
            process.check_port(settings)
        server.up(graph_settings(), stage("up"))
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

    from resolution.sources.demo import write_demo

    if (folder / "sources.toml").exists():
        return
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    write_demo(part, accounts=accounts, seed=seed, progress=stage("demo"))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def first_record(graph: object) -> dict[str, str]:
    """A record of an account that several systems know, for a query to paste."""
    from kg.graph import Graph
    from kg.queries import load_queries

    assert isinstance(graph, Graph)  # noqa: S101 (for the type checker; Graph is imported late)
    rows = graph.read(load_queries("reads")["shared_record"])
    return {"source": rows[0]["source"], "record": rows[0]["record_id"]} if rows else {"source": "crm", "record": "?"}
