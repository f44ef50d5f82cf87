"""One matching problem: a file of records, and which of them are one entity."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STRATA = ("subject", "size", "missing", "noise")
"""What a problem is counted under: whom it is about, how large its entities are, how much is missing, how dirty it is.
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Records with their truth. `kind` is what the command is told (contact, account, mixed).

    `columns` begins with record_id; `rows` are texts, empty where nothing is told; `truth` has the entity of each row.
    `strata` says for each of STRATA to which part of the population the problem belongs.
    """

    seed: int
    kind: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    truth: tuple[str, ...]
    strata: Mapping[str, str]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write records.csv and truth.csv (record_id, entity_id) into a folder; their paths."""
        records, truth = folder / "records.csv", folder / "truth.csv"
        with records.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(self.columns)
            writer.writerows(self.rows)
        with truth.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(("record_id", "entity_id"))
            writer.writerows((row[0], entity) for row, entity in zip(self.rows, self.truth, strict=True))
        return records, truth
