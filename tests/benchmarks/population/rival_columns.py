"""What a careful user sees in a file before setting up a rival: the kind of each column, and its values written alike.

None of dealgraph's code is used here: the rivals must owe nothing to what they are compared with.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from anyascii import anyascii

from tests.benchmarks.population.problem import Problem

NAMES = ("name", "forename", "surname")
"""The kinds that name whom a record is about."""
PLACEHOLDERS = frozenset(
    [
        "na",
        "n/a",
        "nan",
        "null",
        "none",
        "nil",
        "unknown",
        "unk",
        "tbd",
        "tbc",
        "xxx",
        "-",
        "--",
        ".",
        "?",
        "missing",
        "not available",
        "not provided",
        "not known",
        "test",
    ]
)
WORDS = (
    ("email", "email mail"),
    ("phone", "phone tel telephone mobile cell fax"),
    ("date", "dob birth birthdate birthday born date founded"),
    ("postcode", "postcode zip zipcode postal plz"),
    ("place", "city town county state country region province suburb municipality"),
    ("web", "web website url domain homepage"),
    ("address", "address street road addr"),
    ("forename", "first given forename fname christian"),
    ("surname", "last surname family lname"),
    (
        "name",
        "name company organisation organization org business firm employer account contact person customer client",
    ),
)
"""Header words of a kind: the first kind with a word in the header is the column's."""
OURS = frozenset(
    [
        "source",
        "system",
        "created",
        "updated",
        "modified",
        "timestamp",
        "row",
        "record",
        "uid",
        "uuid",
        "guid",
        "id",
        "at",
        "on",
        "by",
        "date",
        "no",
    ]
)
"""A header of such words only is the book-keeping of a system, and says nothing of whom the record is about."""
CODED = frozenset(("id", "no", "nr", "number", "code", "type", "line", "class", "category", "description"))
"""With such a word a header names a code of the thing, not the thing: customer_id is no customer's name."""
DATE = re.compile(
    r"(\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|(19|20)\d{6}|"
    r"\d{1,2}[ -][a-z]{3,9}[ ,-]+\d{2,4}|[a-z]{3,9} \d{1,2},? \d{2,4})$"
)
UK = re.compile(r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}")
MOST = 0.7
"""Such a share of a column's values must look like a kind for the values to say what the header does not."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A file as a rival reads it: cleaned texts (None where missing) a row, and the kind of each column in use."""

    table: pd.DataFrame
    kinds: dict[str, str]

    def of(self, *kinds: str) -> list[str]:
        """The columns of some kinds, in the order of the file."""
        return [column for column, kind in self.kinds.items() if kind in kinds]


def read(problem: Problem) -> Columns:
    """Clean the values of a problem and tell the kind of each column; columns that tell nothing apart are left out."""
    raw = pd.DataFrame(list(problem.rows), columns=list(problem.columns), dtype=object)
    table, kinds = {}, {}
    for at, header in enumerate(problem.columns[1:], 1):
        folded = raw.iloc[:, at].map(fold)
        values = folded[folded.notna()]
        kind = kind_of(header, values)
        if kind == "ignored" or values.nunique() < 2:
            continue
        name = f"c{at}_" + re.sub(r"\W+", "_", header.lower(), flags=re.ASCII)  # safe in the SQL of any rival
        table[name] = tidy(folded, kind)
        kinds[name] = kind
    return Columns(pd.DataFrame(table, index=raw.index, dtype=object), kinds)


def fold(text: object) -> str | None:
    """A value in lower-case ASCII whatever its script, its blanks made single; None for nothing and placeholders."""
    plain = anyascii(unicodedata.normalize("NFKC", str(text or ""))).lower()
    plain = " ".join(plain.split())
    return None if not plain or plain in PLACEHOLDERS else plain


def kind_of(header: str, values: pd.Series) -> str:
    """The kind of a column, by what its values look like and then by the words of its header."""
    if values.empty:
        return "ignored"
    words = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", header).lower()))
    if words and words <= OURS and words != {"date"}:
        return "ignored"
    told = next((kind for kind, listed in WORDS if _says(words, listed.split())), "")
    if _says(words, CODED) and told not in ("phone", "postcode"):
        told = ""
    if values.str.contains("@", regex=False).mean() > MOST:
        return "email"
    if values.str.match(DATE).mean() > MOST and told not in ("phone", "postcode"):
        return "date"
    return told if told not in ("", "date", "email") else _by_values(values)


def _says(words: Iterable[str], listed: Iterable[str]) -> bool:
    """Whether a header has one of the listed words, or one of four letters or more run together with another."""
    runs = tuple(word for word in listed if len(word) >= 4)
    return any(word in listed or word.startswith(runs) or word.endswith(runs) for word in words)


def _by_values(values: pd.Series) -> str:
    """The kind of a column whose header says nothing."""
    if values.str.match(r"(https?://|www\.)").mean() > MOST:
        return "web"
    if values.str.fullmatch(r"[+()\d][-+()\d ./]{7,}").mean() > MOST:
        return "phone"
    if values.nunique() <= max(30, len(values) / 50):
        return "category"
    if values.str.contains(r"\d").mean() > MOST and values.str.count(" ").mean() < 1:
        return "code" if values.str.len().mean() >= 5 else "category"
    return "text"


def tidy(folded: pd.Series, kind: str) -> pd.Series:
    """Write the values of a kind in one manner: dates as ISO, telephones as digits, web addresses as hosts."""
    if kind == "date":
        return _dates(folded)
    if kind == "phone":
        tidied = folded.str.replace(r"\D", "", regex=True)
        return tidied.where(tidied.str.len() >= 5, None)
    if kind == "web":
        return folded.str.replace(r"^(https?://)?(www\.)?|/.*$", "", regex=True).replace("", None)
    if kind in ("email", "code"):
        return folded.str.replace(" ", "", regex=False)
    if kind == "postcode":
        return folded
    tidied = folded.str.replace(r"[^\w ]+", " ", regex=True).str.split().str.join(" ")
    return tidied.where(tidied != "", None)


def _dates(folded: pd.Series) -> pd.Series:
    """Dates as ISO texts; whether the day or the month is written first is read off the values above twelve."""
    parts = folded.str.extract(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ]\d{2,4}$").astype(float)
    month_first = (parts[1] > 12).sum() > (parts[0] > 12).sum()
    year_first = folded.str.match(r"\d{4}", na=False)
    iso = pd.to_datetime(folded.where(year_first, None), format="mixed", errors="coerce")
    rest = folded.where(~year_first, None)
    other = pd.to_datetime(rest, format="mixed", dayfirst=not month_first, errors="coerce")
    both = iso.fillna(other).dt.strftime("%Y-%m-%d")
    return both.astype(object).where(both.notna(), None)


def main_name(columns: Columns) -> pd.Series:
    """The name of each record: its name columns joined, or the text with the most values; "" where it is missing."""
    named = columns.of("forename", "surname") + columns.of("name")
    if not named:
        texts = columns.of("text") or list(columns.kinds)
        digits = {c: columns.table[c].str.contains(r"\d", na=False).mean() for c in texts}
        named = sorted(texts, key=lambda c: (digits[c] > 1 - MOST, -columns.table[c].nunique()))[:1]
    if not named:
        return pd.Series([""] * len(columns.table), index=columns.table.index)
    return columns.table[named].fillna("").agg(" ".join, axis=1).str.split().str.join(" ")
