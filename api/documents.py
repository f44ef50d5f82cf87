"""Tables of the documents, written from the declarations themselves, so that they cannot say something else.

A table stands between `<!-- table: NAME -->` and `<!-- end -->` in README.md or a page of docs/; `dealgraph schema
--docs` rewrites them, a test compares.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from pydantic_settings import BaseSettings

from api.settings import ApiSettings
from kg.errors import ConfigurationError
from kg.features.features import load_features
from kg.settings import GraphSettings
from resolution.kinds import KINDS
from resolution.settings import ResolutionSettings
from resolution.sources.keys import KEYS
from resolution.sources.keys import TABLES as KEY_TABLES
from resolution.sources.ready_made import about_mapping, ready_made
from scoring.scores import SCORES
from scoring.settings import ScoringSettings

ROOT = Path(__file__).parent.parent
SETTINGS: tuple[type[BaseSettings], ...] = (GraphSettings, ResolutionSettings, ScoringSettings, ApiSettings)
PLACE = re.compile(r"(<!-- table: (?P<name>[\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


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
        ((f"`{s.name}`", s.entity, s.said(s.question), s.said(s.about), str(len(s.features))) for s in SCORES),
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


def keys(of: str) -> str:
    """The keys that a table of a sources.toml takes."""
    return table(
        ("key", "example", "what it says"),
        ((f"`{key.name}`", f"`{key.example}`", key.about) for key in KEYS if of in key.tables.split()),
    )


def kinds() -> str:
    """Every kind of record with its fields; those that a row must have are bold."""
    return table(
        ("kind", "what it is", "fields"),
        (
            (f"`{k.name}`", k.about, ", ".join(f"**{f.name}**" if f.required else f.name for f in k.fields))
            for k in KINDS
        ),
    )


def mappings() -> str:
    """Every ready-made mapping."""
    return table(("use", "what it reads"), ((f"`{name}`", about_mapping(name)) for name in ready_made()))


TABLES: dict[str, Callable[[object], str]] = {
    "features": lambda _: features(),
    "scores": lambda _: scores(),
    "commands": commands,
    "settings": lambda _: settings(),
    "kinds": lambda _: kinds(),
    "mappings": lambda _: mappings(),
    **{f"keys {name}": partial(lambda of, _: keys(of), name) for name in KEY_TABLES},
}


def documents() -> list[Path]:
    """README.md and the pages of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def render(text: str, root: object) -> str:
    """A document's text with every table written anew; `root` is the command line as click has it.

    Raises:
        ConfigurationError: a place names a table that does not exist.
    """

    def write(found: re.Match[str]) -> str:
        if (name := found["name"]) not in TABLES:
            raise ConfigurationError(f"there is no table {name!r}; there are {', '.join(TABLES)}.")
        return found[1] + TABLES[name](root) + found[3]

    return PLACE.sub(write, text)
