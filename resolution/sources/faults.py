"""All that is wrong with a mapping, told in one go."""

from collections.abc import Iterator
from contextlib import contextmanager

from kg.errors import BadMapping


class Faults:
    """Collects the refusals of parts; `end` refuses the whole with all of them, a line each."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Go on behind the block, whatever is wrong in it."""
        try:
            yield
        except BadMapping as error:
            self.found.append(str(error))

    def end(self) -> None:
        """Refuse the whole where a part was refused.

        Raises:
            BadMapping: one line for each part.
        """
        if self.found:
            raise BadMapping("\n".join(self.found))
