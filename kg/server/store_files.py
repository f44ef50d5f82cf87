"""The database's files while a backup is put in their place: the old ones are kept until the new ones are whole.

neo4j-admin empties a database before it reads the backup, so a broken backup would leave nothing. Here the old files
are moved aside first; one rename makes the new ones final, and whatever is found aside later is put back.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ASIDE, DISCARDED = "aside", "discarded"
PARTS = ("databases", "transactions")


def set_aside(home: Path, database: str) -> None:
    """Move the database's files out of the way."""
    aside = home / "data" / ASIDE
    for part in PARTS:
        (aside / part).mkdir(parents=True, exist_ok=True)
        place = home / "data" / part / database
        if place.exists():
            place.rename(aside / part / database)


def put_back(home: Path) -> None:
    """Put back what is aside, if anything is: a restore failed, or was killed."""
    aside = home / "data" / ASIDE
    for part in PARTS:
        for kept in (aside / part).glob("*"):
            place = home / "data" / part / kept.name
            shutil.rmtree(place, ignore_errors=True)
            kept.rename(place)
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(home / "data" / DISCARDED, ignore_errors=True)


def discard(home: Path) -> None:
    """Make the new files final."""
    aside = home / "data" / ASIDE
    if aside.exists():
        discarded = home / "data" / DISCARDED
        shutil.rmtree(discarded, ignore_errors=True)
        aside.rename(discarded)
        shutil.rmtree(discarded, ignore_errors=True)
