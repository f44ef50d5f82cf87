"""The managed server's jars: locked by `jgo lock`, fetched by jgo's resolver, and refused when a SHA-256 differs.

Every jar is fetched into a side folder, checked, and moved into place: an interrupted fetch leaves whole jars only, and
the next one continues with those still missing.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from jgo.env import LockFile
from jgo.maven import MavenContext, PythonResolver

from kg.errors import ConfigurationError, IntegrityError, ServerError
from kg.progress import Progress
from kg.server.lanes import Lane
from kg.server.process import exclusive

FETCHERS = 8
NEEDED_BYTES = 400 * 1024**2  # the jars take 140 MB, and each is there twice for a moment


@dataclass(frozen=True)
class Jar:
    """One locked jar: its Maven coordinate and the SHA-256 that it must have."""

    group: str
    name: str
    version: str
    classifier: str
    sha256: str

    @property
    def file(self) -> Path:
        """Its place below a Maven repository folder."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return Path(*self.group.split("."), self.name, self.version, f"{self.name}-{self.version}{tail}.jar")


def locked_jars(lock_file: Path) -> tuple[Jar, ...]:
    """The jars of a lock file, in class path order.

    Raises:
        ConfigurationError: the file is missing, cannot be read, or leaves a jar without a SHA-256.
    """
    try:
        locked = LockFile.load(lock_file).dependencies
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"The list of jars {lock_file} cannot be read: {error}") from error
    for each in locked:
        if not each.sha256:
            raise ConfigurationError(f"{lock_file} has no SHA-256 for {each.artifactId}: run `jgo lock` in its folder.")
    return tuple(
        Jar(each.groupId, each.artifactId, each.version, each.classifier or "", each.sha256 or "") for each in locked
    )


def jars_for(lane: Lane, folder: Path, *, maven_url: str | None = None, progress: Progress | None = None) -> list[Path]:
    """Paths of a lane's jars, each checked against its SHA-256; what is missing is fetched first.

    Args:
        lane: which Neo4j.
        folder: where jars are kept; may be shared by several homes and processes.
        maven_url: a repository to fetch from instead of Maven Central.
        progress: told (jars done, all, what).

    Raises:
        IntegrityError: a jar is not the locked one.
        ServerError: the network, the repository or the disk does not allow it.
    """
    jars = locked_jars(lane.lock_file)
    missing = [jar for jar in jars if not (folder / jar.file).exists()]
    if missing:
        _make(folder)
        with exclusive(folder / ".lock", what=f"fetching jars into {folder}"):
            missing = [jar for jar in jars if not (folder / jar.file).exists()]  # another process may have been first
            _fetch(missing, folder, maven_url, progress)
    check(jars, folder)
    return [folder / jar.file for jar in jars]


def check(jars: Iterable[Jar], folder: Path) -> None:
    """Compare every jar with its lock.

    Raises:
        IntegrityError: naming the first jar that differs and what to do about it.
    """
    for jar in jars:
        if _sha256(folder / jar.file) != jar.sha256:
            raise IntegrityError(
                f"{folder / jar.file} is not the jar that was locked (its SHA-256 differs): "
                "delete this file and run again to fetch it anew."
            )


def _fetch(missing: list[Jar], folder: Path, maven_url: str | None, progress: Progress | None) -> None:
    if not missing:
        return
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise ServerError(
            f"{folder} has {free // 1024**2} MB free and Neo4j's jars need {NEEDED_BYTES // 1024**2} MB: "
            "free some space, or name another folder in DEALGRAPH_JARS."
        )
    logging.getLogger("jgo").setLevel(logging.ERROR)
    side = folder / ".fetching"
    shutil.rmtree(side, ignore_errors=True)  # parts of an interrupted fetch
    repositories = {"given": maven_url.rstrip("/")} if maven_url else None
    context = MavenContext(
        resolver=PythonResolver(), repo_cache=side, local_repos=[], remote_repos=repositories, timeout=30
    )
    with ThreadPoolExecutor(FETCHERS) as pool:
        waiting = [pool.submit(_fetch_one, context, jar, folder) for jar in missing]
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                future.result()
                if progress is not None:
                    progress(done, len(missing), "fetching Neo4j")
        finally:
            pool.shutdown(cancel_futures=True)
            shutil.rmtree(side, ignore_errors=True)


def _fetch_one(context: MavenContext, jar: Jar, folder: Path) -> None:
    component = context.project(jar.group, jar.name).at_version(jar.version)
    try:
        fetched = component.artifact(jar.classifier).resolve()
        if _sha256(fetched) != jar.sha256:
            raise IntegrityError(
                f"{jar.group}:{jar.name}:{jar.version} as fetched is not the jar that was locked (its SHA-256 "
                "differs): it was not kept; try again, or from another repository (DEALGRAPH_MAVEN_URL)."
            )
        place = folder / jar.file
        place.parent.mkdir(parents=True, exist_ok=True)
        fetched.replace(place)
    except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo says "not found" by RuntimeError
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            needed = NEEDED_BYTES // 1024**2
            raise ServerError(f"The disk of {folder} is full: free {needed} MB and run again.") from error
        raise ServerError(
            f"{jar.group}:{jar.name}:{jar.version} could not be fetched from {_source(context)}: {_short(error)}; "
            "connect to the network (or name a repository in DEALGRAPH_MAVEN_URL) and run again: "
            "what has been fetched is kept."
        ) from error


def _source(context: MavenContext) -> str:
    return ", ".join(name if name == "central" else url for name, url in context.remote_repos.items())


def _short(error: Exception) -> str:
    return f"{type(error).__name__} {str(error)[:120]}".strip()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"The folder {folder} cannot be made: {error.strerror}.") from error


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
