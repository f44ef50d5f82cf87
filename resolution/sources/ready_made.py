"""Ready-made mappings, and TOML files as tables."""

import tomllib
from pathlib import Path
from typing import Any, Final

from kg.errors import BadMapping

MAPPINGS: Final = Path(__file__).parent / "mappings"


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds.

    Raises:
        BadMapping: the file is absent or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadMapping(f"{path}: cannot be read ({error.strerror}); name a sources.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path}: is no TOML: {error}") from error


def ready_made() -> tuple[str, ...]:
    """Names that `use =` takes."""
    return tuple(sorted(p.stem for p in MAPPINGS.glob("*.toml")))


def about_mapping(name: str) -> str:
    """What a ready-made mapping says that it reads."""
    return str(read_toml(MAPPINGS / f"{name}.toml").get("about", ""))
