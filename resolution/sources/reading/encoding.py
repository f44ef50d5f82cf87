"""Decides the encoding of a file from all its bytes, with the evidence; writes it out as clean UTF-8.

Unicode is certain (a byte order mark, or every byte valid UTF-8). Anything older is decided only where the other
readings are no words of any language they are made for; else it is asked, with names in each reading.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kg.errors import SourceRefused
from resolution.sources.reading.alphabets import ENCODINGS, fits

BLOCK = 1 << 20
SAMPLE = 4_000
"""Lines with letters beyond ASCII that are judged; whether they can be decoded is tried on every line."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """An encoding, the sentence with its evidence (blank where it is plain UTF-8), and whether it is a guess."""

    encoding: str
    evidence: str = ""
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to decode a file: the words with letters beyond ASCII, and those that fit no language."""

    encoding: str
    words: tuple[str, ...]
    misfits: tuple[str, ...]


def decide(path: Path, name: str, named: str, *, guess: bool = False) -> Decision:
    """The encoding of a file; `named` is what the mapping says, '' if nothing.

    With `guess` the likeliest is taken where it is open, and `Decision.guess` says so.

    Raises:
        SourceRefused: the named encoding does not fit, or none is named and several do.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK)
    marked = next((encoding for mark, encoding in MARKS if head.startswith(mark)), None) or _unmarked(head)
    plain = named.lower().replace("_", "-")
    if named and plain not in ("utf-8", "utf8", "utf-8-sig"):
        return _named(path, name, named, marked)
    if marked:
        bad = bad_line(path, marked)
        if bad:
            raise SourceRefused(f"{name}:{bad} is not {marked}, though the file begins so: export it again")
        return Decision(marked, "" if marked == "utf-8-sig" else f"reads as {marked}, by its first bytes")
    bad = bad_line(path, "utf-8")
    if not bad:
        return Decision("utf-8")
    if named:
        raise SourceRefused(f"{name}:{bad} is not {named}: {_asked(_ranked(path))}")
    return _older(path, name, bad, guess)


def bad_line(path: Path, encoding: str) -> int:
    """The first line that `encoding` cannot decode; 0 if there is none."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for block in iter(partial(file.read, BLOCK), b""):
                try:
                    line += decoder.decode(block).count("\n")
                except UnicodeDecodeError as error:
                    return line + error.object[: error.start].count(b"\n")
            decoder.decode(b"", final=True)
    except UnicodeError:
        return line
    return 0


def as_utf8(path: Path, encoding: str, target: Path) -> None:
    """Writes a file out as UTF-8 without a mark, each line ended by one line feed."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as old, target.open("w", encoding="utf-8", newline="") as new:
        held = ""
        while block := old.read(BLOCK):
            text = held + decoder.decode(block)
            held = "\r" if text.endswith("\r") else ""
            new.write(_ends(text.removesuffix("\r")))
        new.write(_ends(held + decoder.decode(b"", final=True)))


def _ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _unmarked(head: bytes) -> str | None:
    """UTF-16 without a mark, by the blank half of its letters."""
    if head.count(0) * 5 < len(head):
        return None
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def _named(path: Path, name: str, named: str, marked: str | None) -> Decision:
    encoding = marked if marked and named.lower().replace("_", "-") in ("utf-16", "utf-32") else named
    if marked and marked.split("-")[:2] != encoding.lower().replace("_", "-").split("-")[:2]:
        raise SourceRefused(f"{name} is {marked}, by its first bytes, not {named}: take encoding out, or set it so")
    if bad := bad_line(path, encoding):
        raise SourceRefused(f"{name}:{bad} is not {named}: {_asked(_ranked(path)) or 'set another encoding'}")
    if not marked and _multibyte(path) and not bad_line(path, "utf-8"):
        raise SourceRefused(f"{name} is UTF-8, not {named}: take encoding = {named!r} out")
    return Decision(encoding)


def _multibyte(path: Path) -> bool:
    return any(True for _ in _lines(path))


def _older(path: Path, name: str, bad: int, guess: bool) -> Decision:
    """Decides between the encodings that are older than Unicode."""
    readings = _ranked(path)
    if not readings:
        raise SourceRefused(
            f"{name}:{bad} is neither UTF-8 nor any other encoding that is known here: save it as UTF-8"
        )
    best, rest = readings[0], _different(readings)
    total = len(best.words)
    certain = total > 0 and len(best.misfits) <= 0.05 * total
    if certain and all(len(r.misfits) >= max(2, 0.2 * total) for r in rest):
        shown = " ".join(
            f"; as {r.encoding} {len(r.misfits)} of {total} fit none ({_few(r.misfits)})" for r in rest[:1]
        )
        return Decision(
            best.encoding,
            f"reads as {best.encoding}: {total - len(best.misfits)} of {total} words with letters beyond ASCII fit a "
            f"language ({_few(best.words)}){shown}",
            guess=True,
        )
    if guess:
        return Decision(best.encoding, _asked(readings), guess=True)
    raise SourceRefused(f"{name} is not UTF-8, and its encoding is open: {_asked(readings)}")


def _asked(readings: list[Reading]) -> str:
    if not readings:
        return ""
    best = readings[0]
    shown = [best, *_different(readings)[:2]]
    if len(shown) == 1:
        return f'set encoding = "{best.encoding}", in which it reads {_few(best.words)}'
    differ = [i for i, word in enumerate(best.words) if any(r.words[i] != word for r in shown[1:])]
    told = [f"as {r.encoding} it reads {_few([r.words[i] for i in differ if i < len(r.words)])}" for r in shown]
    return "; ".join(told) + f': set encoding, for example "{best.encoding}", to the one that reads right'


def _few(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(words[:3])


def _different(readings: list[Reading]) -> list[Reading]:
    """The readings that give other words than the first, each once."""
    seen = {readings[0].words}
    kept = []
    for reading in readings[1:]:
        if reading.words not in seen:
            seen.add(reading.words)
            kept.append(reading)
    return kept


def _ranked(path: Path) -> list[Reading]:
    """Every encoding that can decode the whole file, the likeliest first."""
    lines = list(dict.fromkeys(line for line, _ in zip(_lines(path), range(SAMPLE), strict=False)))
    readings = []
    for encoding in ENCODINGS:
        try:
            decoded = [line.decode(encoding) for line in lines]
        except UnicodeDecodeError:
            continue
        if any("\x80" <= c <= "\x9f" for text in decoded for c in text) or bad_line(path, encoding):
            continue
        parts = [t for text in decoded for t in re.split(r'[\s,;|\t"/()]+', text)]
        words = tuple(dict.fromkeys(w for w in parts if any(ord(c) > 127 for c in w)))
        readings.append(Reading(encoding, words, tuple(w for w in words if not fits(w, encoding))))
    return sorted(readings, key=lambda r: len(r.misfits) / max(1, len(r.words)))


def _lines(path: Path) -> Iterator[bytes]:
    """Lines with a byte beyond ASCII."""
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                yield line
