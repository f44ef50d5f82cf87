"""A company's own scores: `scores/<name>.toml` beside sources.toml, held against what its parts declare."""

import tomllib
from collections.abc import Mapping
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
    "prior_rate", "cuts", "minimum_each", "decision_share",
)  # fmt: skip
WAYS = ("up", "down", "none")


def own_scores(taken: tuple[str, ...]) -> tuple[Score, ...]:
    """The own scores of this context, by name; `taken` are the names of ours.

    Raises:
        ConfigurationError: a file cannot be followed; the message names file, key, value and the valid values.
    """
    return _read(current(), taken)


@lru_cache(maxsize=8)
def _read(own: Own, taken: tuple[str, ...]) -> tuple[Score, ...]:
    return tuple(_score(path, text, taken) for path, text in own.folder("scores", ".toml").items())


def _score(path: str, text: str, taken: tuple[str, ...]) -> Score:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}.") from error
    name = PurePosixPath(path).stem
    if name in taken or not name.isidentifier() or name.lower() != name:
        raise ConfigurationError(
            f"{path}: {name!r} is a score of Dealgraph's, or is not small letters, digits and underscores; "
            "name the file differently."
        )
    if unknown := [key for key in table if key not in KEYS]:
        raise ConfigurationError(f"{path}: does not know {unknown[0]!r}; it takes {', '.join(KEYS)}.")
    for key in ("entity", "question", "about"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise ConfigurationError(f"{path}: {key} = {table.get(key)!r} should be a text.")
    if table["entity"] not in ENTITIES:
        raise ConfigurationError(f"{path}: entity = {table['entity']!r} is not one of {', '.join(ENTITIES)}.")
    features = _features(path, table)
    try:
        return Score(
            name=name,
            entity=table["entity"],
            question=table["question"],
            about=table["about"],
            horizon=_horizon(path, table),
            features=features,
            flat=frozenset(_texts(path, "flat", table.get("flat", []))),
            rules=tuple(_rule(path, rule) for rule in table.get("rules", [])),
            prior_rate=_number(path, "prior_rate", table.get("prior_rate", 0.25)),
            cuts=_cuts(path, table.get("cuts", [0.6, 0.35, 0.15])),
            minimum_each=int(_number(path, "minimum_each", table.get("minimum_each", 40))),
            decision_share=_share(path, table),
            labels=_query(path, "labels", table.get("labels", name)),
            population=_query(path, "populations", table.get("population", f"open_{table['entity']}")),
            monotone=_monotone(path, table.get("monotone", {}), features),
        )
    except ConfigurationError as error:
        raise error if str(error).startswith(path) else ConfigurationError(f"{path}: {error}") from error


def _features(path: str, table: Mapping[str, Any]) -> tuple[str, ...]:
    names = _texts(path, "features", table.get("features"))
    valid = [f.name for f in load_features().values() if f.entity == table["entity"]]
    if wrong := [name for name in names if name not in valid]:
        raise ConfigurationError(
            f"{path}: features: {wrong[0]!r} is no feature of a {table['entity']}; they are "
            f"{', '.join(valid) or 'none'}."
        )
    if not names:
        raise ConfigurationError(f"{path}: features = [] should name at least one of {', '.join(valid) or 'none yet'}.")
    return names


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
    if "horizon_days" not in table:
        return None
    days = _number(path, "horizon_days", table["horizon_days"])
    if not 1 <= days <= 36_500:
        raise ConfigurationError(f"{path}: horizon_days = {days:g} is outside 1 to 36500.")
    return timedelta(days=int(days))


def _share(path: str, table: Mapping[str, Any]) -> float | None:
    share = _number(path, "decision_share", table["decision_share"]) if "decision_share" in table else None
    if share is not None and not 0 < share <= 1:
        raise ConfigurationError(f"{path}: decision_share = {share:g} is outside 0 to 1.")
    return share


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
