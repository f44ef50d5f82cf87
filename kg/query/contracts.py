"""What the files of each folder of `cypher/` promise: the folder is the kind, the kind is a contract.

A feature's header gives entity, family, about, unit, aggregate, empty, monotone and the sentences because, each and
absent. It may give none (the sentence where no row has x > 0), window, take (only the heaviest rows), categorical,
prior (a Norm that joins the rows) and newest: how many of a hub's newest rows `newest((f)<-[v:WITH]-(d:Deal))` reads
(kg/render/newest.py), so that no feature's work grows with the square of an account's deals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kg.query.query import Mode


@dataclass(frozen=True, slots=True)
class Contract:
    """What every file of one folder promises.

    `moment` is the expression that `known(…)` compares with; `columns` come first, in any order; None for `optional`
    columns or header keys means that any further ones may stand there. A `guarded` file hands out free text by `told`
    alone.
    """

    kind: str
    about: str
    keys: tuple[str, ...]
    optional_keys: tuple[str, ...] | None = ()
    parameters: tuple[str, ...] = ()
    optional_parameters: tuple[str, ...] | None = ()
    columns: tuple[str, ...] = ()
    optional_columns: tuple[str, ...] | None = ()
    mode: Mode = "read"
    moment: str = "$as_of"
    guarded: bool = False


CONTRACTS: Final = (
    Contract(
        "features",
        "One graph feature: a pattern that begins at `e` and `as_of`.",
        keys=("entity", "family", "about", "unit", "aggregate", "empty", "monotone", "because", "each", "absent"),
        optional_keys=("window", "take", "categorical", "prior", "newest", "none"),
        optional_parameters=("personal",),
        columns=("id", "x", "nodes", "relationships"),
        optional_columns=None,
        moment="as_of",
        guarded=True,
    ),
    Contract(
        "norms",
        "Population figures as of a month.",
        keys=("about",),
        optional_keys=None,
        optional_parameters=None,
        optional_columns=None,
        moment="as_of",
    ),
    Contract(
        "networks",
        "The graph that a monthly measure is taken on.",
        keys=("about",),
        optional_keys=None,
        optional_parameters=None,
        optional_columns=None,
        moment="as_of",
    ),
    Contract(
        "labels",
        "What a score learns.",
        keys=("about",),
        optional_keys=None,
        parameters=("now",),
        optional_parameters=None,
        columns=("id", "as_of", "label"),
        optional_columns=None,
        moment="$now",
    ),
    Contract(
        "populations",
        "The entities that a score is about as of a moment.",
        keys=("about",),
        optional_keys=None,
        parameters=("as_of",),
        columns=("id",),
        optional_columns=None,
    ),
    Contract(
        "segments",
        "An account-based marketing segment.",
        keys=("about",),
        optional_keys=None,
        parameters=("as_of",),
        optional_parameters=None,
        columns=("id", "reason"),
        optional_columns=None,
        guarded=True,
    ),
    Contract(
        "checks",
        "An audit that must return no row.",
        keys=("about",),
        optional_keys=None,
        columns=("id", "found"),
        optional_columns=None,
    ),
    Contract(
        "conditions",
        "A condition of an entity `e` that files of reads call by its name, as in `holds(d)`.",
        keys=("about",),
        optional_parameters=None,
        columns=("id",),
    ),
    Contract(
        "reads",
        "What the doors read in batches.",
        keys=("about",),
        optional_keys=None,
        optional_parameters=None,
        optional_columns=None,
    ),
    Contract(
        "writes",
        "The few writes that are not rendered.",
        keys=("about",),
        optional_keys=None,
        optional_parameters=None,
        optional_columns=None,
        mode="write",
    ),
)
BY_KIND: Final[Mapping[str, Contract]] = {contract.kind: contract for contract in CONTRACTS}
