"""The command line: `dealgraph …`. Thin over the rooms; an error is one sentence and an exit code of the error tree."""

from __future__ import annotations

import json
import sys
from typing import NoReturn

import typer

from api.commands import identity, judge, resolve, scores, serve, server
from api.commands.demo import demo
from api.commands.develop import bench, schema
from api.commands.features import features
from api.commands.forecast import forecast
from api.commands.health import fairness, health
from api.commands.models import models
from api.commands.quickstart import quickstart
from api.commands.refresh import refresh, undo
from api.commands.segments import segment
from api.commands.sources import sources
from api.commands.what_if import what_if
from kg.errors import DealgraphError

app = typer.Typer(
    name="dealgraph",
    help="A knowledge graph of B2B sales: scores with the paths behind them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    server.up,
    server.down,
    server.status,
    server.migrate,
    refresh,
    undo,
    scores.train,
    scores.explain,
    scores.export,
    server.backup,
    server.restore,
    serve.serve,
    serve.token,
    demo,
    bench,
    schema,
    quickstart,
)
GROUPS = {
    "sources": sources,
    "resolve": resolve.resolve,
    "features": features,
    "score": scores.score,
    "models": models,
    "forecast": forecast,
    "segment": segment,
    "check": server.check,
}
for _command in COMMANDS:
    app.command(_command.__name__)(_command)
resolve.resolve.command("why")(identity.why)
resolve.resolve.command("how")(identity.how)
resolve.resolve.command("events")(identity.events)
resolve.resolve.command("follow")(identity.follow)
for _judging in judge.COMMANDS:
    resolve.resolve.command(_judging.__name__)(_judging)
resolve.resolve.add_typer(judge.judgements, name="judgements")
for _named, _told in (("what-if", what_if), ("health", health), ("fairness", fairness)):
    scores.score.command(_named)(_told)
for _name, _group in GROUPS.items():
    app.add_typer(_group, name=_name)


def main() -> NoReturn:
    """Run the command line; what goes wrong is told in one sentence, as JSON where `--json` was asked for."""
    try:
        app()
    except DealgraphError as error:
        _tell(str(error), error.graphql_code)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _tell("Interrupted: run the same command again, it goes on from there.", "INTERRUPTED")
        sys.exit(130)
    sys.exit(0)


def _tell(message: str, code: str) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": {"message": message, "code": code}}, ensure_ascii=False), file=sys.stderr)
    else:
        print(f"dealgraph: {message}", file=sys.stderr)


if __name__ == "__main__":
    main()
