"""Keyset cursors: where a page ended, by the value it is ordered by and the id, so that deep pages are not slow.

A cursor carries a checksum, so that one which was cut or edited is refused instead of leading somewhere else.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from api.graphql.given import hold, readable
from kg.errors import InputError

Key = str | float | int | datetime | None
CHECK = 6
"""Bytes of the checksum."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the order it belongs to, its value there (None: it has none and sorts last), its id."""

    order: str
    value: Key
    id: str

    def encode(self) -> str:
        """The cursor as opaque text."""
        value = {"t": self.value.isoformat()} if isinstance(self.value, datetime) else self.value
        said = json.dumps([self.order, value, self.id]).encode()
        return base64.urlsafe_b64encode(_check(said) + said).decode().rstrip("=")


def _check(said: bytes) -> bytes:
    return blake2b(said, digest_size=CHECK, person=b"dealgraph cursor").digest()


def decode(text: str, order: str) -> Cursor:
    """The cursor that `text` stands for.

    Raises:
        InputError: it is no cursor or was edited, or belongs to a list in another order.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if _check(raw[CHECK:]) != raw[:CHECK]:
            raise ValueError("edited")
        made, value, id_ = json.loads(raw[CHECK:])
        found = _value(value)
        hold("after", [made, value, id_])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(
            f"after: {readable(text[:40])!r} is not a cursor of ours; take `endCursor` of the page before."
        ) from error
    if made != order or not isinstance(id_, str):
        raise InputError(f"after: this cursor belongs to the order {made!r}, but the list is ordered by {order!r}.")
    return Cursor(order, found, id_)


def _value(value: Any) -> Key:
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["t"])
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise ValueError("no value of an order")
    return value
