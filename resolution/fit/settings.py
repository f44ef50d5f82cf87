"""What `resolve fit` found, as a TOML file that people may change and `predict` and `evaluate` accept.

[contact]
threshold = -0.25          # log2; leave it out and it is chosen by the expected F1

[account]
entity = "site"            # or "organisation"; leave it out and the file says what one entity is

[[contact.column]]
name = "fname_c1"
role = "given"             # any of ROLES; dates may have formats = ["%d/%m/%Y"]
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import InputError
from resolution.fit.profile import DATE_FORMATS, DATED, Column
from resolution.fit.roles import ROLES
from resolution.fit.sites import ENTITIES


@dataclass(frozen=True, slots=True)
class Settings:
    """Columns and thresholds by kind."""

    kinds: Mapping[str, tuple[Column, ...]]
    thresholds: Mapping[str, float]
    entity: str | None = None
    """What one entity of a file of organisations is: `site` or `organisation`; None where the file is to say."""

    def columns(self, kind: str) -> tuple[Column, ...] | None:
        """The columns of a kind; None where the file says nothing of it."""
        return self.kinds.get(kind)

    def threshold(self, kind: str) -> float | None:
        """The threshold (log2) of a kind; None where it is to be chosen."""
        return self.thresholds.get(kind)


def write_settings(path: Path, kinds: Mapping[str, Sequence[Column]], thresholds: Mapping[str, float]) -> None:
    """Write a settings file."""
    lines = ["# Made by `dealgraph resolve fit`; change roles or the threshold, then give it to predict --settings."]
    for kind, columns in kinds.items():
        lines += ["", f"[{kind}]"] + ([f"threshold = {thresholds[kind]!r}"] if kind in thresholds else [])
        for column in columns:
            lines += [
                "",
                f"[[{kind}.column]]",
                f"name = {json.dumps(column.name)}",
                f"role = {json.dumps(column.role)}",
            ]
            if column.formats:
                lines.append(f"formats = {json.dumps(list(column.formats))}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_settings(path: Path) -> Settings:
    """Read a settings file; InputError names the place, the value and what is allowed."""
    if not path.is_file():
        raise InputError(f"{path} is not there: write one with `dealgraph resolve fit --out {path}`")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not TOML: {error}") from error
    for kind in raw:
        if kind not in ("contact", "account"):
            raise InputError(f"{path}: [{kind}] is no kind; use contact or account")
    kinds = {kind: columns for kind, part in raw.items() if (columns := _columns(path, kind, part))}
    thresholds = {kind: float(part["threshold"]) for kind, part in raw.items() if "threshold" in part}
    entity = raw.get("account", {}).get("entity")
    if entity not in (None, *ENTITIES):
        raise InputError(f"{path}: entity {entity!r} of account is not one of {', '.join(ENTITIES)}")
    return Settings(kinds, thresholds, entity)


def _columns(path: Path, kind: str, part: Mapping[str, Any]) -> tuple[Column, ...]:
    found = []
    for entry in part.get("column", []):
        name, role = str(entry.get("name", "")), str(entry.get("role", ""))
        if role not in ROLES:
            raise InputError(f"{path}: column {name!r} of {kind} has role {role!r}; use one of {', '.join(ROLES)}")
        formats = tuple(str(f) for f in entry.get("formats", DATE_FORMATS if role in DATED else ()))
        found.append(Column(name, role, 1.0, 2, "the settings", "", formats))
    return tuple(found)
