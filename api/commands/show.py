"""What commands show: progress bars for people, lines where nobody watches, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kg.errors import ConfigurationError, InputError, ServerError
from kg.progress import Progress as Tell

if TYPE_CHECKING:  # imported where used: --help has to come at once
    from api.jobs.stages import Show
    from api.settings import ApiSettings
    from kg.graph import Graph

# No emoji codes: a row number between colons, as in `deals.csv:100:`, would become a picture.
out = Console(soft_wrap=True, emoji=False)
err = Console(stderr=True, soft_wrap=True, emoji=False)
PAUSE = 0.2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Moment to speak of; a bare date means the end of that day, UTC.")
]


def settings() -> ApiSettings:
    """The settings of the API."""
    from api.settings import api_settings

    return api_settings()


def moment(text: str | None, name: str = "--as-of") -> datetime | None:
    """A moment that was typed; a bare date means the end of that day, UTC.

    Raises:
        InputError: it is no date.
    """
    if text is None:
        return None
    said = text.strip()
    try:
        if len(said) == 10:
            return datetime.combine(date.fromisoformat(said), time.max, tzinfo=UTC)
        found = datetime.fromisoformat(said)
    except ValueError as error:
        raise InputError(f"{name}: {text!r} is no date; write 2025-01-31 or 2025-01-31T12:00:00Z.") from error
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def as_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print rows under their headings."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*map(_cell, row))
    out.print(made)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else escape(str(value))


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Show]:
    """What stages tell their progress to: bars on a terminal, else lines on the error stream, for logs."""
    if quiet or not sys.stderr.isatty():
        yield _lines
        return
    columns = (
        TextColumn("{task.fields[stage]:<9}"),
        BarColumn(28),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bars:
        yield lambda stage: _bar(bars, stage)


def _bar(bars: Progress, stage: str) -> Tell:
    task = bars.add_task("", stage=stage, total=None)

    def tell(done: int, total: int | None, what: str) -> None:
        bars.update(task, completed=done, total=total, description=what if total else f"{done:,} {what}")

    return tell


def _lines(stage: str) -> Tell:
    last = {"what": "", "at": 0.0}
    _say(f"{stage} …")

    def tell(done: int, total: int | None, what: str) -> None:
        now = monotonic()
        if what != last["what"] or now - last["at"] > PAUSE or done == total:  # type: ignore[operator]
            last.update(what=what, at=now)
            _say(f"{stage} {done}{f'/{total}' if total else ''} {what}")

    return tell


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def one_line(what: str) -> Tell:
    """Progress of work that has one stage only."""
    return _lines(what)


@contextmanager
def graph() -> Iterator[Graph]:
    """The graph, with the own declarations that it is published with."""
    from api.jobs.own import published_own
    from kg.graph import Graph
    from kg.ontology.own import using

    with Graph.connect() as found, using(published_own(found)):
        yield found


@contextmanager
def published_words() -> Iterator[None]:
    """The own declarations that are published, where Neo4j answers; for lists that can do without it."""
    from api.jobs.own import published_own
    from kg.graph import Graph
    from kg.ontology.own import NOTHING, using

    try:
        with Graph.connect() as found:
            found.wait_ready(1)
            own = published_own(found)
    except (ServerError, ConfigurationError):
        own = NOTHING
    with using(own):
        yield


def published_or(graph: Any, text: str | None) -> datetime:
    """The moment that was typed, else the one that is published."""
    from kg.query.files import load_queries

    typed = moment(text)
    if typed is not None:
        return typed
    rows = graph.read(load_queries("reads")["workspace"])
    if not rows or rows[0]["as_of"] is None:
        raise ConfigurationError(
            "Nothing is published yet: run `dealgraph refresh --sources sources.toml`, or give --as-of."
        )
    at: datetime = rows[0]["as_of"]
    return at
