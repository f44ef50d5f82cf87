"""What a source could tell about an entity in one record, before it is written down."""

from dataclasses import dataclass

from tests.benchmarks.population.lands import Land

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Mention:
    """One record to be: whose it is, which source tells it, and the facts in their true spelling.

    `what` is person, organisation or site; a mixed file has two of them.
    """

    entity: str
    source: int
    what: str
    land: Land
    facts: Facts
