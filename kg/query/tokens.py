"""The words of a Cypher text, with quotes and comments understood: the one scanner behind queries and migrations."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from kg.errors import BadQuery

Kind = Literal["space", "comment", "string", "name", "param", "word", "number", "symbol"]

PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
      | (?P<name>`(?:``|[^`])*`)
      | (?P<param>\$(?:`(?:``|[^`])*`|\w+))
      | (?P<word>[^\W\d]\w*)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<symbol>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign: what it is, its text, where it begins (offset) and its line, counted from 1."""

    kind: Kind
    text: str
    at: int
    line: int

    @property
    def upper(self) -> str:
        """The text in capitals where it is a word, else the sign itself; a quoted name is never a keyword."""
        return self.text.upper() if self.kind == "word" else self.text

    @property
    def identifier(self) -> str | None:
        """The name that a word or a back-quoted name stands for, None for anything else."""
        if self.kind == "word":
            return self.text
        return self.text[1:-1].replace("``", "`") if self.kind == "name" else None


def scan(text: str, place: str = "query") -> Iterator[Token]:
    """Every token of `text`, spaces and comments included; BadQuery where a quote or comment never ends."""
    line = 1
    for match in PATTERN.finditer(text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # the groups of PATTERN are the kinds
        piece = match.group()
        if kind == "symbol" and (piece in "'\"`" or text.startswith("/*", match.start())):
            opener = "/*" if piece == "/" else piece
            raise BadQuery(f"{place}:{line}: the {opener} that opens here is never closed.")
        yield Token(kind, piece, match.start(), line)
        line += piece.count("\n")


def substitute(pattern: re.Pattern[str], make: Callable[[re.Match[str]], str], text: str, place: str = "query") -> str:
    """`text` with each match of a pattern outside quotes, comments and back-quoted names replaced."""
    if not pattern.search(text):
        return text
    quiet = [(t.at, t.at + len(t.text)) for t in scan(text, place) if t.kind in ("comment", "string", "name")]

    def made(match: re.Match[str]) -> str:
        return match.group() if any(start <= match.start() < end for start, end in quiet) else make(match)

    return pattern.sub(made, text)


def words(text: str, place: str = "query") -> list[Token]:
    """The tokens that mean something: spaces and comments left out."""
    return [token for token in scan(text, place) if token.kind not in ("space", "comment")]


def statements(text: str, place: str = "query") -> list[str]:
    """The statements of a script, split at semicolons outside quotes, comments and back-quoted names.

    A piece that holds only comments is no statement.
    """
    found: list[str] = []
    start, meaning = 0, False
    for token in scan(text, place):
        if token.kind == "symbol" and token.text == ";":
            if meaning:
                found.append(text[start : token.at].strip())
            start, meaning = token.at + 1, False
        elif token.kind not in ("space", "comment"):
            meaning = True
    if meaning:
        found.append(text[start:].strip())
    return found


def is_auto_commit(tokens: list[Token]) -> bool:
    """Whether the text holds CALL … IN TRANSACTIONS."""
    return any(
        token.upper == "TRANSACTIONS" and "IN" in {t.upper for t in tokens[max(0, i - 3) : i]}
        for i, token in enumerate(tokens)
        if token.kind == "word"
    )
