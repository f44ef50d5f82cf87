"""Every kind of record that a source can state, declared once: ours, and a company's own in the present context."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from kg.errors import ConfigurationError
from kg.ontology import Declared, Words
from kg.ontology.own import Own
from resolution.kinds.deals import DEALS
from resolution.kinds.events import EVENTS
from resolution.kinds.own import with_own
from resolution.kinds.parties import PARTIES
from resolution.records import Kind

BUILT_IN: tuple[Kind, ...] = (*PARTIES, *DEALS, *EVENTS)


@lru_cache(maxsize=8)
def _by_name(own: Own) -> dict[str, Kind]:
    return {kind.name: kind for kind in with_own(own, BUILT_IN)}


KINDS: Sequence[Kind] = Declared((), lambda own: with_own(own, BUILT_IN))
BY_NAME: Mapping[str, Kind] = Words({}, _by_name)

for _kind in KINDS:
    for _field in _kind.fields:
        if _unknown := [name for name in _field.refers if name not in BY_NAME]:
            raise ConfigurationError(f"{_kind.name}.{_field.name} refers to {_unknown}, which are no kinds")
