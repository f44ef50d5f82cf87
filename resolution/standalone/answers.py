"""The answers of a person about pairs of a file, as `dealgraph resolve ask` writes the questions."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from kg.errors import InputError
from resolution.clustering.cluster import Pair, Union
from resolution.database.rows import row_key_sql

SAME = {"yes": True, "no": False}
NEEDED = ("record_id_a", "record_id_b", "same")


@dataclass(frozen=True, slots=True)
class Answers:
    """By pair of row keys, in sorted order: whether a person said that the two are one."""

    said: Mapping[Pair, bool] = field(default_factory=dict)

    @property
    def together(self) -> frozenset[Pair]:
        """Pairs that are one."""
        return frozenset(pair for pair, same in self.said.items() if same)

    @property
    def apart(self) -> frozenset[Pair]:
        """Pairs that are two."""
        return frozenset(pair for pair, same in self.said.items() if not same)

    def among(self, keys: frozenset[str], stand_in: Mapping[str, str]) -> "Answers":
        """Those on two of these rows; a row that another one stands for is answered for by that one."""
        said = {}
        for (a, b), same in self.said.items():
            x, y = sorted((stand_in.get(a, a), stand_in.get(b, b)))
            if x in keys and y in keys and x != y:
                said[(x, y)] = same
        return Answers(said)


NOTHING = Answers()


def read_answers(con: duckdb.DuckDBPyConnection, path: Path) -> Answers:
    """Read record_id_a, record_id_b and same (yes, no, or blank) of the rows in table `file`; blank rows are skipped.

    Where two sources use one record_id, the columns a_source and b_source say which row is meant.

    Raises InputError, naming path:line, where a word is neither, a record is unknown, or answers contradict.
    """
    rows = {
        (str(source or ""), str(record)): str(key)
        for source, record, key in con.execute(
            f"SELECT {_source(con)}, record_id, {row_key_sql()} FROM file ORDER BY row_no"
        ).fetchall()
    }
    by_record: dict[str, list[str]] = {}
    for (_, record), key in rows.items():
        by_record.setdefault(record, []).append(key)
    said: dict[Pair, bool] = {}
    for place, row in _rows(path):
        word = (row["same"] or "").strip()
        if not word:
            continue
        if word.lower() not in SAME:
            raise InputError(f"{place}: same is {word!r}: write yes or no, or leave it blank")
        a, b = (_key(place, row, end, rows, by_record) for end in "ab")
        if a == b:
            raise InputError(f"{place}: record {row['record_id_a']!r} stands on both sides: name two records")
        pair = (min(a, b), max(a, b))
        if said.setdefault(pair, SAME[word.lower()]) != SAME[word.lower()]:
            raise InputError(f"{place}: this pair was answered {_other(word)} above: keep one of the two answers")
    _hold(path, said, {key: record for (_, record), key in rows.items()})
    return Answers(said)


def _source(con: duckdb.DuckDBPyConnection) -> str:
    return "source" if "source" in {str(row[0]) for row in con.execute("DESCRIBE file").fetchall()} else "''"


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            have = tuple(reader.fieldnames or ())
            if lacking := [name for name in NEEDED if name not in have]:
                raise InputError(
                    f"{path} has no column {lacking[0]}: give the file that `dealgraph resolve ask` wrote, with yes or "
                    "no in the column same"
                )
            for row in reader:
                yield f"{path}:{reader.line_num}", row
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a CSV in UTF-8: {error}") from error


def _key(
    place: str, row: Mapping[str, str], end: str, rows: Mapping[Pair, str], by_record: Mapping[str, list[str]]
) -> str:
    record = (row[f"record_id_{end}"] or "").strip()
    keys = by_record.get(record, [])
    if not keys:
        raise InputError(f"{place}: the file has no record {record!r}: name a record_id of the file")
    if len(keys) == 1:
        return keys[0]
    found = rows.get(((row.get(f"{end}_source") or "").strip(), record))
    if found is None:
        raise InputError(f"{place}: several sources have a record {record!r}: say which in the column {end}_source")
    return found


def _other(word: str) -> str:
    return "no" if SAME[word.lower()] else "yes"


def _hold(path: Path, said: Mapping[Pair, bool], names: Mapping[str, str]) -> None:
    """Refuse a no between records that a chain of yes puts together."""
    union = Union()
    for (a, b), same in said.items():
        if same:
            union.join(a, b)
    for (a, b), same in sorted(said.items()):
        if not same and union.find(a) == union.find(b):
            raise InputError(
                f"{path}: {names[a]!r} and {names[b]!r} are answered no, but other answers make them one: change one"
            )
