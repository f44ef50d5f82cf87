"""Unpacks what is compressed: members of a zip archive stand for files of their own, gzip is written out once."""

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceRefused
from resolution.sources.reading.shapes import PLAIN_ENDS, Shape, shape_of


@dataclass(frozen=True, slots=True)
class Part:
    """One file of rows: what messages call it, where its plain bytes lie, and how it is read."""

    name: str
    path: Path
    shape: Shape


def members(path: Path) -> list[Path]:
    """The files that `path` stands for: itself, or the data files of a zip archive as `archive.zip/member.csv`.

    Raises:
        SourceRefused: the archive is damaged, or holds nothing that can be read.
    """
    if not path.name.lower().endswith(".zip") or not path.is_file():
        return [path]
    inside = [n for n in _archived(path) if n.lower().removesuffix(".gz").endswith(PLAIN_ENDS)]
    if not inside:
        raise SourceRefused(
            f"{path.name} holds no file that can be read (.csv, .xlsx, .json, .parquet): export it again"
        )
    return [path / name for name in inside]


def archive_of(path: Path) -> Path | None:
    """The zip archive in which a path lies; None for a file of the disk."""
    return next((p for p in path.parents if p.suffix.lower() == ".zip" and p.is_file()), None)


def called(path: Path) -> str:
    """What messages and places call a file: its name, with the archive that holds it before it."""
    archive = archive_of(path)
    return f"{archive.name}/{path.relative_to(archive).as_posix()}" if archive else path.name


def unpack(path: Path, scratch: Path) -> Part:
    """The plain bytes of a file, written into `scratch` where it is compressed.

    Raises:
        SourceRefused: it is empty, damaged, protected, or not what its name says.
    """
    name, archive, plain = called(path), archive_of(path), path
    if not archive and path.stat().st_size == 0:
        raise SourceRefused(f"{name} is empty: export it again, or take it out of files")
    if archive:
        plain = _fresh(scratch, path.name)
        _extract(archive, path.relative_to(archive).as_posix(), plain, name)
    if path.name.lower().endswith(".gz"):
        packed, plain = plain, _fresh(scratch, path.name.lower().removesuffix(".gz"))
        _gunzip(packed, plain, name)
    return Part(name, plain, shape_of(plain, name))


def _archived(path: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceRefused(f"{path.name} is no whole zip archive: export it again") from error
    if any(i.filename.startswith("xl/") for i in infos):
        raise SourceRefused(f"{path.name} is an Excel workbook: rename it to end in .xlsx")
    for info in infos:
        parts = info.filename.split("/")
        if not info.is_dir() and not any(p.startswith((".", "__MACOSX")) for p in parts):
            yield info.filename


def _extract(archive: Path, member: str, target: Path, name: str) -> None:
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(member) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except KeyError as error:
        raise SourceRefused(f"{archive.name} holds no {member}: name one of its files") from error
    except RuntimeError as error:
        raise SourceRefused(f"{name} is protected by a password: pack it without one") from error
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise SourceRefused(f"{name} cannot be unpacked, the archive is damaged: export it again") from error


def _gunzip(packed: Path, target: Path, name: str) -> None:
    try:
        with gzip.open(packed) as source, target.open("wb") as plain:
            shutil.copyfileobj(source, plain, 1 << 20)
    except gzip.BadGzipFile as error:
        raise SourceRefused(f"{name} is no gzip file, though its name ends in .gz: rename it") from error
    except (EOFError, zlib.error, OSError) as error:
        raise SourceRefused(f"{name} is cut off or damaged: export it again") from error
    if target.stat().st_size == 0:
        raise SourceRefused(f"{name} is empty: export it again, or take it out of files")


def _fresh(scratch: Path, name: str) -> Path:
    """A path in `scratch` that no other file has."""
    number = sum(1 for _ in scratch.iterdir())
    return scratch / f"{number}-{name}"
