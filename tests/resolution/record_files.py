"""Names to make people of, and files of records with their truth, as `resolve evaluate` takes them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

_FIRST = "Anna Erik Maja Lars Sofia Nils Karin Johan Elin Per Ida Olof Greta Hugo Vera Axel Tove Sten Ylva Bo"
_LAST = "Berg Lund Holm Dahl Ek Sand Vik Falk Strand Hedin Roos Frisk Ljung Modig Rask Stolt Quist Zetter"
FIRST, LAST = _FIRST.split(), _LAST.split()


def write(folder: Path, rows: Sequence[Mapping[str, str]], truth: Sequence[tuple[str, str]]) -> tuple[Path, Path]:
    """R.csv and T.csv: records, and which entity each belongs to."""
    records, answer = folder / "R.csv", folder / "T.csv"
    with records.open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    answer.write_text("record_id,entity_id\n" + "".join(f"{a},{b}\n" for a, b in truth))
    return records, answer
