"""How long work says where it stands: a call with (done, total or None, what)."""

from collections.abc import Callable

Progress = Callable[[int, int | None, str], None]
