"""The server and its graph: up, down, status, migrate, check, backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.show import AsJson
from kg.errors import IntegrityError

check = typer.Typer(help="Audits: queries that must return no row, and the digest of the graph.", no_args_is_help=True)
BackupFile = Annotated[Path, typer.Argument(help="The backup's file.")]


def up(json: AsJson = False) -> None:
    """Start the managed Neo4j and wait until it answers."""
    from kg.server import managed
    from kg.settings import settings

    with show.progress(quiet=json) as stage:
        managed.up(settings(), stage("up"))
    status(json)


def down(json: AsJson = False) -> None:
    """Stop what was started here: the API of `quickstart` and the managed Neo4j."""
    from api.jobs import process
    from kg.server import managed
    from kg.settings import settings

    api = process.stop(show.settings())
    neo4j = managed.down(settings())
    if json:
        show.as_json({"api": api, "neo4j": neo4j})
    else:
        stopped = [name for name, was in (("the API", api), ("Neo4j", neo4j)) if was]
        show.out.print(f"Stopped {' and '.join(stopped)}." if stopped else "Nothing ran.")


def status(json: AsJson = False) -> None:
    """Say what runs, and what is published."""
    from api.jobs import process
    from kg.graph import Graph
    from kg.query.files import load_queries
    from kg.server import managed
    from kg.settings import settings

    found = managed.status(settings())
    published = None
    if found.answers or found.state == "elsewhere":
        with Graph.connect() as graph:
            graph.wait_ready(5)
            rows = graph.read(load_queries("reads")["workspace"])
            published = rows[0]["as_of"] if rows else None
    api = process.running(show.settings())
    if json:
        show.as_json({"neo4j": found, "published": published, "api": api and {"pid": api.pid, "address": api.address}})
        return
    rows_ = [
        ("neo4j", f"{found.state} at {found.uri}"),
        ("published", f"as of {published:%Y-%m-%d %H:%M} UTC" if published else "nothing yet"),
    ]
    show.table(
        ("what", "how"), [*rows_, ("api", f"{api.address} (process {api.pid})" if api else "not started by quickstart")]
    )


def migrate(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be applied.")] = False,
    json: AsJson = False,
) -> None:
    """Bring the graph's schema up to date."""
    from kg.graph import Graph
    from kg.store.migrate import migrate as apply

    with Graph.connect() as graph:
        applied = [m.version for m in apply(graph, dry_run=dry_run)]
    verb = "would be applied" if dry_run else "applied"
    show.as_json(applied) if json else show.out.print(
        f"{verb.capitalize()}: {', '.join(applied)}." if applied else "The schema is up to date."
    )


@check.command("digest")
def digest(json: AsJson = False) -> None:
    """64 hex digits that are equal for two graphs exactly when their nodes and relationships are."""
    from kg.store.checks import digest as of

    with show.graph() as graph, show.progress(quiet=True) as _:
        found = of(graph)
    show.as_json({"digest": found}) if json else print(found)


@check.command("audits")
def audits(json: AsJson = False) -> None:
    """Run every audit; the exit code says whether all hold."""
    from kg.store.checks import run_checks

    with show.graph() as graph:
        results = run_checks(graph)
    if json:
        show.as_json([{"name": r.name, "ok": r.ok, "sentence": r.sentence} for r in results])
    else:
        show.table(
            ("audit", "holds", "what is wrong first"),
            [(r.name, "yes" if r.ok else "NO", "" if r.ok else r.sentence) for r in results],
        )
    broken = [r for r in results if not r.ok]
    if broken:
        raise IntegrityError(f"{len(broken)} of {len(results)} audits do not hold; the first: {broken[0].sentence}")


@check.command("identity")
def identity(json: AsJson = False) -> None:
    """What the guards found at the last resolution; the exit code says whether any of it is an error."""
    from resolution.judgements.guards import findings_of, sentences

    found = findings_of(show.settings().home / "resolution.duckdb")
    if json:
        show.as_json(found)
    else:
        if found:
            show.table(
                ("guard", "severity", "entity", "what was found", "records"),
                [(f.guard, f.severity, f.entity_id, f.found, " ".join(f.records)) for f in found],
            )
        for sentence in sentences(found) or ("No guard found anything.",):
            show.out.print(f"• {sentence}", markup=False, highlight=False)
    if errors := [f for f in found if f.severity == "error"]:
        raise IntegrityError(f"{len(errors)} findings are errors; the first: {errors[0].entity_id}, {errors[0].found}.")


def backup(file: BackupFile, json: AsJson = False) -> None:
    """Write the database into one file."""
    from kg.server import managed
    from kg.settings import settings

    with show.progress(quiet=json) as stage:
        managed.backup(settings(), file, stage("backup"))
    show.as_json({"file": str(file), "bytes": file.stat().st_size}) if json else show.out.print(
        f"{file}: {file.stat().st_size / 1e6:,.1f} MB"
    )


def restore(file: BackupFile, json: AsJson = False) -> None:
    """Put a backup in the place of the database."""
    from kg.server import managed
    from kg.settings import settings

    with show.progress(quiet=json) as stage:
        managed.restore(settings(), file, stage("restore"))
    show.as_json({"file": str(file)}) if json else show.out.print(f"The database is that of {file}.")
