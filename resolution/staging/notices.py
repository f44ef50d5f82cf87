"""What a staging has to tell beside its counts: one typed list that check and refresh print and `--json` carries.

Whoever finds something worth reading adds a Notice to `Bench.notices`; nothing else is needed for it to be shown.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that was found: what (a word that stays the same), where, how often, and the sentence to read.

    `source`, `kind` and `field` are empty where the notice speaks of more than one.
    """

    what: str
    sentence: str
    source: str = ""
    kind: str = ""
    field: str = ""
    count: int = 1


def sorted_notices(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """The notices by source, kind and field; what was told twice is told once."""
    return tuple(sorted(dict.fromkeys(notices), key=lambda n: (n.source, n.kind, n.field, n.what, n.sentence)))


def sentences(notices: Iterable[Notice]) -> Iterator[str]:
    """One line for each notice, with the source that it speaks of."""
    for notice in notices:
        yield f"source {notice.source}: {notice.sentence}" if notice.source else notice.sentence


def first_of(values: Iterable[object], most: int = 3) -> str:
    """The first values as text, with an ellipsis where there are more."""
    listed = list(values)
    return ", ".join(map(str, listed[:most])) + (" …" if len(listed) > most else "")
