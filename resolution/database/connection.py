"""How this room opens DuckDB: in UTC, and without DuckDB's own progress bars between ours."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import duckdb

from kg.errors import Busy, NotFound
from resolution.settings import settings

T = TypeVar("T")


def connect(path: Path | str = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to a file, or to memory; `duckdb.IOException` where another process holds the file."""
    con = duckdb.connect(str(path), read_only=read_only)
    con.execute("SET enable_progress_bar = false")
    con.execute("SET TimeZone = 'UTC'")
    return con


def text_sql(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def texts_sql(texts: Iterable[str]) -> str:
    """Texts as a list of SQL's."""
    return ", ".join(map(text_sql, texts))


def attach(con: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    """Attaches a DuckDB file under a name, to be read."""
    con.execute(f"ATTACH {text_sql(str(file))} AS {name} (READ_ONLY)")


def rows_in(con: duckdb.DuckDBPyConnection, source: str) -> int:
    """How many rows a source has; `source` begins with FROM."""
    return int(con.execute(f"SELECT count(*) {source}").fetchall()[0][0])


def new_name(target: Path) -> Path:
    """The file beside a target that becomes it when it is whole."""
    return target.with_name(f"{target.name}.new")


@contextmanager
def workplace(target: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for work on all records, on a scratch file beside the target that goes with it.

    What DuckDB takes stays below DEALGRAPH_RESOLUTION_MEMORY; rows are kept in no order.

    Raises:
        Busy: another process works beside this target.
    """
    scratch, chosen = target.with_name(f"{target.name}.work"), settings()
    file = scratch / "work.duckdb"
    try:
        if file.exists():
            connect(file).close()
    except duckdb.Error as error:
        if "lock" in str(error):  # else it is half a file, which nobody holds
            raise Busy(f"{scratch.name}: another resolution is at work; wait for it, or stop it") from error
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    con = connect(file)
    try:
        con.execute(f"SET memory_limit = '{chosen.resolution_memory}'")
        con.execute(f"SET threads = {chosen.resolution_threads}")
        con.execute(f"SET temp_directory = {text_sql(str(scratch))}")
        con.execute("SET preserve_insertion_order = false")
        yield con
    finally:
        con.close()
        shutil.rmtree(scratch, ignore_errors=True)


def beside(target: Path) -> Path:
    """The file that becomes the target, without what a killed run left; Busy while another resolution writes it."""
    fresh = new_name(target)
    try:
        if fresh.exists():
            connect(fresh).close()
    except duckdb.IOException as error:
        raise Busy(f"{fresh.name}: another resolution is being written; wait for it, or stop it") from error
    except duckdb.Error:
        pass  # half a file, which nobody holds
    leave_nothing(fresh)
    return fresh


def leave_nothing(fresh: Path) -> None:
    """Remove a file that did not become its target, and its log."""
    for left in (fresh, fresh.with_name(f"{fresh.name}.wal")):
        left.unlink(missing_ok=True)


def from_resolution(resolution_db: Path, read: Callable[[duckdb.DuckDBPyConnection], T], lacking: str) -> T:
    """What `read` finds in a resolution file; `lacking` names what an earlier version of the file is without.

    Raises:
        NotFound: nothing was resolved here yet, or the file is without it.
    """
    if not resolution_db.is_file():
        raise NotFound(f"{resolution_db} is not there: run `dealgraph refresh --sources sources.toml` first.")
    con = connect(resolution_db, read_only=True)
    try:
        return read(con)
    except duckdb.CatalogException as error:
        raise NotFound(f"{resolution_db} is of an earlier version, without {lacking}: refresh first.") from error
    finally:
        con.close()


def quoted(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'
