"""Every kind of record that a source can state, declared once."""

from kg.errors import ConfigurationError
from resolution.kinds.deals import DEALS
from resolution.kinds.events import EVENTS
from resolution.kinds.parties import PARTIES
from resolution.records import Kind

KINDS: tuple[Kind, ...] = (*PARTIES, *DEALS, *EVENTS)
BY_NAME: dict[str, Kind] = {kind.name: kind for kind in KINDS}

for _kind in KINDS:
    for _field in _kind.fields:
        if _unknown := [name for name in _field.refers if name not in BY_NAME]:
            raise ConfigurationError(f"{_kind.name}.{_field.name} refers to {_unknown}, which are no kinds")
