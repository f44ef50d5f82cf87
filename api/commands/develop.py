"""dealgraph schema and bench: for those who work on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.show import AsJson
from kg.errors import ConfigurationError, IntegrityError


def schema(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Fail when api/graphql/schema.graphql is not what the code says.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Write api/graphql/schema.graphql.")] = False,
    docs: Annotated[bool, typer.Option("--docs", help="Write the tables of README.md and docs/.")] = False,
) -> None:
    """Print the GraphQL schema."""
    from api.graphql.schema import SNAPSHOT, schema_text

    text = schema_text()
    if check and (not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != text):
        raise IntegrityError(
            f"{SNAPSHOT.name} is not what the code says: run `dealgraph schema --write` and read the difference."
        )
    if docs:
        from api.documents import documents, render

        for path in documents():
            path.write_text(render(path.read_text(encoding="utf-8"), context.find_root().command), encoding="utf-8")
    if write:
        SNAPSHOT.write_text(text, encoding="utf-8")
    if not (check or write or docs):
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
