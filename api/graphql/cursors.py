"""Keyset cursors: where a page ended, by the value it is ordered by and the id, so that deep pages are not slow."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from kg.errors import InputError

Key = str | float | int | datetime | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the order it belongs to, its value there (None: it has none and sorts last), its id."""

    order: str
    value: Key
    id: str

    def encode(self) -> str:
        """The cursor as opaque text."""
        value = {"t": self.value.isoformat()} if isinstance(self.value, datetime) else self.value
        return base64.urlsafe_b64encode(json.dumps([self.order, value, self.id]).encode()).decode().rstrip("=")


def decode(text: str, order: str) -> Cursor:
    """The cursor that `text` stands for.

    Raises:
        InputError: it is no cursor, or belongs to a list in another order.
    """
    try:
        made, value, id_ = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(value, dict):
            value = datetime.fromisoformat(value["t"])
    except (binascii.Error, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"after: {text[:40]!r} is not a cursor of ours; take `endCursor` of the page before."
        ) from error
    if made != order or not isinstance(id_, str) or not isinstance(value, str | int | float | datetime | None):
        raise InputError(f"after: this cursor belongs to the order {made!r}, but the list is ordered by {order!r}.")
    return Cursor(order, value, id_)
