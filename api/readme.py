"""The tables of the README, written from the declarations themselves, so that they cannot say something else.

A table stands between `<!-- table: NAME -->` and `<!-- end -->`; `dealgraph schema --readme` rewrites them, a test
compares.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic_settings import BaseSettings

from api.settings import ApiSettings
from kg.errors import ConfigurationError
from kg.features.features import load_features
from kg.settings import GraphSettings
from resolution.settings import ResolutionSettings
from scoring.scores import SCORES
from scoring.settings import ScoringSettings

README = Path(__file__).parent.parent / "README.md"
SETTINGS: tuple[type[BaseSettings], ...] = (GraphSettings, ResolutionSettings, ScoringSettings, ApiSettings)
PLACE = re.compile(r"(<!-- table: (?P<name>\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(
        "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )


def features() -> str:
    """Every feature: what it says, of what, and which way it speaks."""
    found = sorted(load_features().values(), key=lambda f: (f.entity, f.family == "flat", f.family, f.name))
    return table(
        ("feature", "of", "family", "what it says", "unit"),
        ((f"`{f.name}`", f.entity, f.family, f.about, f.unit) for f in found),
    )


def scores() -> str:
    """Every score: its question and how many features stand behind it."""
    return table(
        ("score", "of", "question", "what the number means", "features"),
        ((f"`{s.name}`", s.entity, s.question, s.about, str(len(s.features))) for s in SCORES),
    )


def commands(root: object) -> str:
    """Every command of the CLI with its first sentence."""
    return table(("command", "what it does"), _walk(root, "dealgraph"))


def _walk(command: object, path: str) -> Iterable[tuple[str, ...]]:
    for name, child in sorted(getattr(command, "commands", {}).items()):
        if getattr(child, "commands", None):
            yield from _walk(child, f"{path} {name}")
        elif not getattr(child, "hidden", False):
            yield f"`{path} {name}`", (getattr(child, "help", "") or "").split("\n\n")[0]


def settings() -> str:
    """Every setting, as the environment names it."""
    rows: dict[str, tuple[str, ...]] = {}
    for kind in SETTINGS:
        prefix = str(kind.model_config.get("env_prefix", ""))
        for name, declared in kind.model_fields.items():
            default = "" if declared.default is None else f"`{declared.default}`"
            rows.setdefault(prefix + name.upper(), (f"`{prefix}{name.upper()}`", declared.description or "", default))
    return table(("variable", "what it sets", "default"), (rows[name] for name in sorted(rows)))


TABLES: dict[str, Callable[[object], str]] = {
    "features": lambda _: features(),
    "scores": lambda _: scores(),
    "commands": commands,
    "settings": lambda _: settings(),
}


def render(text: str, root: object) -> str:
    """The README's text with every table written anew; `root` is the command line as click has it.

    Raises:
        ConfigurationError: a place names a table that does not exist.
    """

    def write(found: re.Match[str]) -> str:
        if (name := found["name"]) not in TABLES:
            raise ConfigurationError(f"README.md: there is no table {name!r}; there are {', '.join(TABLES)}.")
        return found[1] + TABLES[name](root) + found[3]

    return PLACE.sub(write, text)
