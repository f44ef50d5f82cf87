"""One clean company in 200 spellings of file stages the same records or is refused with one sentence.

Of them 160 are read by a mapping that says how the file is written, 40 by the one that `suggest` makes.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kg.errors import SourceRefused
from resolution.sources.suggest import suggest
from resolution.staging.stage import StageReport, stage
from tests.resolution.sources.spellings import Spelling, draw, mapping, write

NOW = datetime(2024, 7, 1, tzinfo=UTC)
SPELLINGS = 160
AT_ONCE = 20
FIELDS = {
    "account": "record_id, name, city, employees, revenue, known_from",
    "contact": "record_id, first_name, last_name, email, regexp_replace(account, '^[^:]*:', ''), known_from",
    "deal": "record_id, name, regexp_replace(account, '^[^:]*:', ''), amount, opened_at, close_date, stage, state, "
    "known_from",
}
ENGINE = re.compile(r"Error:|DuckDB|duckdb|read_csv|CSV Parser|Binder|Conversion|strptime|Traceback", re.IGNORECASE)
DAY = (23, 59, 59)
Records = dict[str, list[tuple[Any, ...]]]


def reference() -> Records:
    """What the company's records are, read off its table by hand."""
    end = lambda month, day: datetime(2024, month, day, *DAY)  # noqa: E731
    return {
        "account": [
            ("1", "Müller & Söhne, GmbH", "Köln", 120, 1234567.5, datetime(2024, 1, 5, 9, 30)),
            ("2", "Åkesson Rör AB", "Malmö", 45, 98000.25, datetime(2024, 1, 6, 10, 0, 30)),
            ("3", "Crédit Señor", "Besançon", 3000, 50000000.0, datetime(2024, 1, 7)),
            ("4", 'Jørgensen "Fjord" A/S', "Århus", None, None, datetime(2024, 2, 1, 23, 59, 59)),
        ],
        "contact": [
            ("003a", "Jürgen", "Weiß", "jw@mueller.example", "1", datetime(2024, 1, 8, 8)),
            ("003b", "Märta", "Åström", "ma@akesson.example", "2", datetime(2024, 1, 9, 8)),
            ("003c", "Zoé", "Lefèvre", None, "3", datetime(2024, 1, 10, 8)),
        ],
        "deal": [
            ("0061", "Röhren für Köln", "1", 1000.5, end(1, 10), end(3, 31), "Won", "won", datetime(2024, 4, 1, 7)),
            ("0062", "Mäklare; två", "2", 25000.0, end(1, 13), end(4, 30), "Open", "open", datetime(2024, 4, 2, 7)),
            ("0063", "Été à Besançon", "3", 1234567.89, end(2, 14), end(5, 15), "Lost", "lost", datetime(2024, 5, 16)),
            ("0064", "Fjord", "4", None, end(3, 25), end(6, 20), "Open", "open", datetime(2024, 5, 17, 7)),
        ],
    }


def staged(folder: Path, source: str) -> Records:
    with duckdb.connect(str(folder / "staging.duckdb"), read_only=True) as db:
        return {
            kind: db.execute(
                f"SELECT {fields} FROM staged_{kind} WHERE source = '{source}' ORDER BY record_id"
            ).fetchall()
            for kind, fields in FIELDS.items()
        }


def is_a_sentence(text: str) -> bool:
    return "\n" not in text and not ENGINE.search(text)


def batches() -> Iterator[list[Spelling]]:
    for start in range(0, SPELLINGS, AT_ONCE):
        yield [draw(number) for number in range(start, start + AT_ONCE)]


@pytest.mark.parametrize("spellings", list(batches()), ids=lambda batch: f"{batch[0].number}-{batch[-1].number}")
def test_every_spelling_stages_the_same_records_or_is_refused(tmp_path: Path, spellings: list[Spelling]) -> None:
    tables = [mapping(s, f"s{s.number}", write(s, tmp_path / f"s{s.number}")) for s in spellings]
    config = tmp_path / "sources.toml"
    config.write_text("\n".join(tables), encoding="utf-8")
    report = stage(config, tmp_path / "staging.duckdb", now=NOW)
    refused = {r.source: r.sentence for r in report.refused}
    assert report.rejected == 0, [c for c in report.counts if c.rejected]
    for spelling in spellings:
        name = f"s{spelling.number}"
        if name in refused:
            assert is_a_sentence(refused[name]), (spelling, refused[name])
            assert _may_be_refused(spelling), (spelling, refused[name])
        else:
            assert staged(tmp_path, name) == reference(), spelling


def _may_be_refused(spelling: Spelling) -> bool:
    """Only an encoding that nothing names and several readings fit."""
    return spelling.shape == "text" and not spelling.named and not spelling.encoding.startswith("utf")


@pytest.mark.parametrize("number", range(1000, 1040))
def test_a_proposal_reads_the_file_it_was_made_from(tmp_path: Path, number: int) -> None:
    spelling = draw(number)
    files = write(spelling, tmp_path / "files")
    paths = list(dict.fromkeys(tmp_path / "files" / name for name in files.values()))
    config = tmp_path / "sources.toml"
    try:
        config.write_text(suggest(paths), encoding="utf-8")
        report: StageReport = stage(config, tmp_path / "staging.duckdb", now=NOW)
    except SourceRefused as error:
        assert is_a_sentence(str(error)), (spelling, error)
        return
    for refusal in report.refused:
        assert is_a_sentence(refusal.sentence), (spelling, refusal)
    assert not report.rejected or spelling.decimal == ",", (spelling, report.counts)
    if not report.refused:
        _compare(spelling, staged(tmp_path, "suggested"), guess="# a guess: " in config.read_text(encoding="utf-8"))


def _compare(spelling: Spelling, found: Records, *, guess: bool) -> None:
    """Every field that the proposal maps is right; a name may differ where the encoding is told to be a guess."""
    for kind, rows in found.items():
        assert len(rows) == len(reference()[kind]) or spelling.decimal == ",", (spelling, kind)
        rights = {right[0]: right for right in reference()[kind]}
        for row in rows:
            right = rights[row[0]]
            for got, wanted in zip(row[:-1], right[:-1], strict=True):
                letters = guess and isinstance(wanted, str) and not wanted.isascii()
                assert got in (None, wanted) or letters, (spelling, kind, row, right)
