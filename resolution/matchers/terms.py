"""What a matcher is made of: comparisons with labelled levels, blocking keys, vetoes. Frozen, and checks itself."""

from dataclasses import dataclass

from kg.errors import ConfigurationError

KEEP_FROM = -12.0
"""Pairs below this weight (log2) are forgotten: nobody asks why they did not match."""


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of likeness: what people read, the condition over `<column>_l` and `<column>_r`, and where EM begins.

    `tf` names the column whose frequency adjusts the weight: sharing a rare value says more than sharing a common one.
    `m` is the share of true matches that meet this level, used until data say otherwise. With `u` both are declared for
    good: for a level whose weight the data cannot teach, because another comparison already counts the same fact.
    """

    label: str
    sql: str
    m: float
    tf: str | None = None
    u: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of evidence. The first level met counts; none where `missing` holds; the rest is `otherwise`."""

    name: str
    about: str
    missing: str
    levels: tuple[Level, ...]
    otherwise: str = "different"
    otherwise_m: float = 0.05
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or not self.levels or not self.needs:
            raise ConfigurationError(
                f"comparison {self.name!r} needs a plain name, at least one level and the columns it reads"
            )


@dataclass(frozen=True, slots=True)
class Block:
    """Records that share `key` are compared; a key that more than `cap` records share is a hub and is left out.

    `key` is a DuckDB expression over one prepared record: text, or a list of texts; null blocks nothing. With
    `neighbours`, each record of a hub is compared with so many others of it, drawn by chance, twice over.
    """

    about: str
    key: str
    needs: tuple[str, ...]
    cap: int = 60
    neighbours: int = 0


@dataclass(frozen=True, slots=True)
class Veto:
    """A pair that meets `sql` is never one entity.

    It is asked of pairs that would be accepted; with `of_any`, of weak pairs too, so that no third record joins them.
    """

    about: str
    sql: str
    needs: tuple[str, ...]
    of_any: bool = False


@dataclass(frozen=True, slots=True)
class Matcher:
    """Everything that decides whether two records of a kind are one entity. Weights are log2.

    `learn` is SQL that counts over all records what `prepare` needs of the rest, into `learned`, once for each model:
    so that `prepare` reads one record as it would among all.
    """

    kind: str
    about: str
    columns: tuple[str, ...]
    prepare: str
    comparisons: tuple[Comparison, ...]
    blocks: tuple[Block, ...]
    training: tuple[tuple[str, ...], ...]
    sure: tuple[tuple[str, ...], ...]
    sure_recall: float = 0.6
    threshold: float = 1.0
    missing_pair: float = -4.0
    keep_from: float = KEEP_FROM
    vetoes: tuple[Veto, ...] = ()
    learn: str | None = None
    learned: str = ""

    @property
    def draws_neighbours(self) -> bool:
        """Whether some records of hubs are compared nevertheless, drawn by chance."""
        return any(block.neighbours for block in self.blocks)

    def __post_init__(self) -> None:
        names = [c.name for c in self.comparisons]
        if len(names) != len(set(names)):
            raise ConfigurationError(f"matcher {self.kind!r} names a comparison twice: {names}")
        if not self.blocks or not self.training:
            raise ConfigurationError(f"matcher {self.kind!r} needs blocking keys and training blocks")
