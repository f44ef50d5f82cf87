"""dealgraph demo: writes the files of a made-up company."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands import show
from api.commands.show import AsJson


def demo(
    out: Annotated[Path, typer.Option("--out", help="Folder to write into.")],
    accounts: Annotated[int, typer.Option(min=1, help="How many accounts; about 105 records come with each.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    null: Annotated[bool, typer.Option("--null", help="Cut every tie between the graph and the outcomes.")] = False,
    json: AsJson = False,
) -> None:
    """Write what the systems of a made-up company hold, its sources.toml, and the truth beside them."""
    from resolution.demo import write_demo

    with show.progress(quiet=json) as stage:
        found = write_demo(out, accounts=accounts, seed=seed, null=null, progress=stage("demo"))
    if json:
        show.as_json(
            {"out": str(out), "accounts": accounts, "seed": seed, "records": found.records, "rows": dict(found.rows)}
        )
    else:
        show.out.print(
            f"{found.records:,} records of {found.accounts:,} accounts are in {out}: "
            f"run `dealgraph refresh --sources {out}/sources.toml`."
        )
