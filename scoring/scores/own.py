"""A company's own scores, and what it changes of ours: `scores/<name>.toml` beside sources.toml.

A file named like one of our scores changes what it names and keeps the rest: a horizon of 30 days, other moments, more
features. Every file is held against what its parts declare.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from kg.errors import ConfigurationError
from kg.features.features import load_features
from kg.ontology import ENTITIES
from kg.ontology.own import Own, current
from kg.query.files import load_queries
from scoring.scores.score import Rule, Score

KEYS = (
    "entity", "question", "about", "population", "labels", "horizon_days", "features", "flat", "monotone", "rules",
    "prior_rate", "cuts", "minimum_each", "moments", "allow", "competitors",
)  # fmt: skip
WAYS = ("up", "down", "none")
WHENEVER = "whenever"


def all_scores(ours: tuple[Score, ...]) -> Sequence[Score]:
    """Our scores as this context changes them, then its own by name.

    Raises:
        ConfigurationError: a file cannot be followed; the message names file, key, value and the valid values.
    """
    return _read(current(), ours)


@lru_cache(maxsize=8)
def _read(own: Own, ours: tuple[Score, ...]) -> tuple[Score, ...]:
    found = {score.name: score for score in ours}
    for path, text in own.folder("scores", ".toml").items():
        score = _score(path, text, found.get(PurePosixPath(path).stem))
        found[score.name] = score
    return tuple(found.values())


def _score(path: str, text: str, ours: Score | None) -> Score:
    """The score of a file; `ours` is the one that it changes."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}.") from error
    name = PurePosixPath(path).stem
    if not name.isidentifier() or name.lower() != name:
        raise ConfigurationError(
            f"{path}: {name!r} is not made of small letters, digits and underscores; name the file differently."
        )
    if unknown := [key for key in table if key not in KEYS]:
        raise ConfigurationError(f"{path}: does not know {unknown[0]!r}; it takes {', '.join(KEYS)}.")
    if ours is not None and table.get("entity", ours.entity) != ours.entity:
        raise ConfigurationError(
            f"{path}: entity = {table['entity']!r}: {name} is a score of Dealgraph's, of a {ours.entity}; leave the "
            "key out, or name the file differently."
        )
    for key in ("entity", "question", "about"):
        if (ours is None or key in table) and (not isinstance(table.get(key), str) or not table[key].strip()):
            raise ConfigurationError(f"{path}: {key} = {table.get(key)!r} should be a text.")
    if ours is None and table["entity"] not in ENTITIES:
        raise ConfigurationError(f"{path}: entity = {table['entity']!r} is not one of {', '.join(ENTITIES)}.")
    try:
        return _made(path, name, table, ours)
    except ConfigurationError as error:
        raise error if str(error).startswith(path) else ConfigurationError(f"{path}: {error}") from error


def _made(path: str, name: str, table: Mapping[str, Any], ours: Score | None) -> Score:
    entity = ours.entity if ours else table["entity"]
    features = _features(path, table, entity) if ours is None or "features" in table else ours.features
    given: dict[str, Callable[[Any], Any]] = {
        "question": lambda value: value,
        "about": lambda value: value,
        "horizon": lambda _: _horizon(path, table),
        "flat": lambda value: frozenset(_texts(path, "flat", value)),
        "rules": lambda value: tuple(_rule(path, rule) for rule in value),
        "prior_rate": lambda value: _number(path, "prior_rate", value),
        "cuts": lambda value: _cuts(path, value),
        "minimum_each": lambda value: int(_number(path, "minimum_each", value)),
        "moments": lambda value: _moments(path, value),
        "labels": lambda value: _query(path, "labels", value),
        "population": lambda value: _query(path, "populations", value),
        "monotone": lambda value: _monotone(path, value, features),
        "allow": lambda value: _allow(path, value),
        "competitors": lambda value: _competitors(path, value, entity),
    }
    keys = {**{key: key for key in given}, "horizon": "horizon_days"}
    changed: dict[str, Any] = {key: read(table[keys[key]]) for key, read in given.items() if keys[key] in table}
    if ours is not None:
        kept = {
            "flat": ours.flat & set(features),
            "rules": tuple(rule for rule in ours.rules if rule.feature in features),
            "monotone": MappingProxyType({k: way for k, way in ours.monotone.items() if k in features}),
        }
        return replace(ours, **{**kept, **changed, "features": features})
    usual: dict[str, Any] = {
        "horizon": None,
        "flat": frozenset(),
        "rules": (),
        "prior_rate": 0.25,
        "cuts": (0.6, 0.35, 0.15),
        "labels": _query(path, "labels", table.get("labels", name)),
        "population": _query(path, "populations", table.get("population", f"open_{entity}")),
    }
    return Score(name=name, entity=entity, features=features, **{**usual, **changed})


def _features(path: str, table: Mapping[str, Any], entity: str) -> tuple[str, ...]:
    names = _texts(path, "features", table.get("features"))
    valid = [f.name for f in load_features().values() if f.entity == entity]
    if wrong := [name for name in names if name not in valid]:
        raise ConfigurationError(
            f"{path}: features: {wrong[0]!r} is no feature of a {entity}; they are {', '.join(valid) or 'none'}."
        )
    if not names:
        raise ConfigurationError(f"{path}: features = [] should name at least one of {', '.join(valid) or 'none yet'}.")
    return names


def _competitors(path: str, name: Any, entity: str) -> str:
    found = {f.name: f for f in load_features().values() if f.entity == entity and f.aggregate == "distinct"}
    if name not in found:
        raise ConfigurationError(
            f"{path}: competitors = {name!r} should be a feature of a {entity} that counts distinct ids of those it "
            f"competes with: write cypher/features/{entity}/<name>.cypher, aggregate distinct, x the id."
        )
    return str(name)


def _query(path: str, kind: str, name: Any) -> str:
    found = load_queries(kind)
    if name not in found:
        raise ConfigurationError(
            f"{path}: there is no cypher/{kind}/{name}.cypher; add it, or name one of {', '.join(found)}."
        )
    return str(name)


def _monotone(path: str, given: Any, features: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f'{path}: monotone = {given!r} should be a table of feature = "up", "down", "none".')
    for name, way in given.items():
        if name not in features or way not in WAYS:
            raise ConfigurationError(
                f"{path}: monotone.{name} = {way!r}: the feature is one of {', '.join(features)}, the way one of "
                f"{', '.join(WAYS)}."
            )
    return MappingProxyType(dict(given))


def _rule(path: str, given: Any) -> Rule:
    if not isinstance(given, Mapping) or set(given) != {"feature", "weight", "centre", "scale"}:
        raise ConfigurationError(f"{path}: rules: {given!r} should be {{ feature, weight, centre, scale }}.")
    numbers = (_number(path, f"rules.{key}", given[key]) for key in ("weight", "centre", "scale"))
    return Rule(str(given["feature"]), *numbers)


def _horizon(path: str, table: Mapping[str, Any]) -> timedelta | None:
    if table["horizon_days"] == WHENEVER:
        return None
    days = _number(path, "horizon_days", table["horizon_days"])
    if not 1 <= days <= 36_500:
        raise ConfigurationError(f"{path}: horizon_days = {days:g} is outside 1 to 36500 (or {WHENEVER!r}).")
    return timedelta(days=int(days))


def _moments(path: str, given: Any) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f"{path}: moments = {given!r} should be a table of kinds of moments and how much each counts, such as "
            "{ month_end = 1.0, opened = 0.5, day_30 = 1.0 }."
        )
    return MappingProxyType({str(kind): _number(path, f"moments.{kind}", weight) for kind, weight in given.items()})


def _allow(path: str, given: Any) -> Mapping[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(why, str) and why.strip() for why in given.values()):
        raise ConfigurationError(
            f'{path}: allow = {given!r} should be a table of column = "why it may be learned from".'
        )
    return MappingProxyType(dict(given))


def _cuts(path: str, given: Any) -> tuple[float, float, float]:
    if not isinstance(given, list) or len(given) != 3:
        raise ConfigurationError(f"{path}: cuts = {given!r} should be three probabilities, falling from A to C.")
    a, b, c = (_number(path, "cuts", value) for value in given)
    return a, b, c


def _number(path: str, key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigurationError(f"{path}: {key} = {value!r} is no number.")
    return float(value)


def _texts(path: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigurationError(f"{path}: {key} = {value!r} should be a list of names.")
    return tuple(value)
