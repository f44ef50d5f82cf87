"""What stands beside the code: locks, containers, ignored files; and that nothing of one machine is in them."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from kg.graph import Graph
from kg.query.query import Query
from kg.server.lanes import LANES
from tests.house.code import ROOMS, ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
SLOW = ("splink", "sklearn", "pandas", "interpret", "duckdb", "scipy", "pyarrow", "networkx", "py2neo", "jgo", "skops",
        "pyspark")  # fmt: skip
# put together here, so that this file does not hold what it looks for
FOREIGN = re.compile(
    "|".join(
        [
            "/" + "work/", "/" + "root/", r"/" + r"home/\w+/", "/" + "opt/wheels", "/" + "Users/",
            "pypi" + r"\.org", "python" + "hosted", "maven" + r"\.(org|apache)", "npm" + r"js\.", "crates" + r"\.io",
            "proxy" + r"\.golang", "deb" + r"\.debian", "sona" + "type",
        ]
    )
)  # fmt: skip


def tracked() -> list[Path]:
    """The files that git keeps, or all that it would when this is no clone."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode:
        skipped = {".venv", ".dealgraph", "__pycache__"}
        return [f for f in ROOT.rglob("*") if f.is_file() and not skipped & set(f.relative_to(ROOT).parts)]
    return [ROOT / name for name in told.stdout.split("\0") if name and (ROOT / name).is_file()]


def environment_names() -> dict[str, list[tuple[str, object]]]:
    """Every variable that some settings object reads, with its owner and default."""
    found: dict[str, list[tuple[str, object]]] = {}
    for room in ROOMS:
        module = importlib.import_module(f"{room}.settings")
        for name, kind in vars(module).items():
            if inspect.isclass(kind) and issubclass(kind, BaseSettings) and kind.__module__ == module.__name__:
                prefix = kind.model_config["env_prefix"]
                for field, info in kind.model_fields.items():
                    found.setdefault(f"{prefix}{field}".upper(), []).append((name, info.default))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_its_hash(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    packages = [block for block in blocks if re.match(r"[a-z0-9._-]+==", block)]
    assert packages
    assert [block.split()[0] for block in packages if "--hash=sha256:" not in block] == []
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links|^-e ", text, re.MULTILINE) == []


def test_the_locks_hold_all_that_is_declared() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for lock, wanted in (
        ("requirements.lock", declared["dependencies"]),
        ("requirements-dev.lock", [*declared["dependencies"], *declared["optional-dependencies"]["dev"]]),
    ):
        locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
        names = {re.split(r"[\[<>=~! ]", line)[0] for line in wanted} - {"dealgraph"}
        assert names - locked == set(), lock


def test_both_locks_agree() -> None:
    pins = [dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)) for lock in LOCKS[:2]]
    assert {name: version for name, version in pins[0].items() if pins[1].get(name) != version} == {}


@pytest.mark.parametrize("lane", LANES, ids=lambda lane: lane.name)
def test_every_jar_is_locked(lane) -> None:
    from kg.server.jars import locked_jars

    jars = locked_jars(lane.lock_file)
    assert len({jar.file for jar in jars}) == len(jars) > 100
    assert all(re.fullmatch(r"[0-9a-f]{64}", jar.sha256) for jar in jars)


def test_no_file_knows_a_machine_or_a_registry() -> None:
    wrong = []
    for file in tracked():
        if file.suffix in {".png", ".parquet", ".woff2", ".ico"} or file.stat().st_size > 5_000_000:
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if found := FOREIGN.search(line[:5000]):
                wrong.append(f"{file.relative_to(ROOT)}:{number} {found.group()}")
    assert wrong == []


def test_state_and_secrets_are_never_committed() -> None:
    ignored = set((ROOT / ".gitignore").read_text().split())
    assert {".venv/", ".dealgraph/", "secrets/"} <= ignored
    assert [f for f in tracked() if {".dealgraph", ".venv", "secrets"} & set(f.relative_to(ROOT).parts)] == []


def test_compose_names_only_settings_that_exist() -> None:
    named = set(re.findall(r"\bDEALGRAPH_[A-Z0-9_]+", (ROOT / "docker-compose.yml").read_text()))
    assert named and named - set(environment_names()) == set()


def test_dockerfile_names_only_settings_that_exist() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"\bDEALGRAPH_[A-Z0-9_]+", text)) - set(environment_names()) == set()
    missing = [part for part in re.findall(r"^COPY ([^/\n]+) \S+$", text, re.MULTILINE)
               for name in part.split() if not (ROOT / name).exists()]  # fmt: skip
    assert missing == []


def test_compose_gives_neo4j_only_settings_that_it_knows(graph: Graph) -> None:
    known = {row["name"] for row in graph.read(Query("settings", "tests", "SHOW SETTINGS YIELD name RETURN name"))}
    named = re.findall(r"^ +NEO4J_(\w+):", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE)
    spelled = {name.replace("__", "\0").replace("_", ".").replace("\0", "_") for name in named if name != "AUTH_FILE"}
    assert spelled and spelled - known == set()


def test_compose_holds_no_password() -> None:
    text = re.sub(r"#.*", "", (ROOT / "docker-compose.yml").read_text())
    assert re.findall(r"(?i)(?:password|secret|token)\w*: *[\"']?[^\s\[/\"']", text.replace("secrets:\n", "")) == []
    assert "NEO4J_AUTH:" not in text and ":latest" not in text


def test_compose_is_valid() -> None:
    tool = shutil.which("docker-compose")
    if tool is None:
        assert not os.environ.get("CI"), "CI installs docker-compose"
        pytest.skip("docker-compose is not installed here: `apt-get install docker-compose` checks docker-compose.yml")
    command = [tool, "-f", "docker-compose.yml", "config"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("healthcheck:") == 2


def test_settings_of_one_name_mean_the_same() -> None:
    different = {name: owners for name, owners in environment_names().items() if len({repr(d) for _, d in owners}) > 1}
    assert different == {}


def test_every_setting_says_what_it_is() -> None:
    silent = []
    for room in ROOMS:
        module = importlib.import_module(f"{room}.settings")
        for kind in vars(module).values():
            if inspect.isclass(kind) and issubclass(kind, BaseSettings) and kind.__module__ == module.__name__:
                silent += [f"{room}.{name}" for name, info in kind.model_fields.items() if not info.description]
    assert silent == []


def test_the_request_path_is_light() -> None:
    """Rule 15: answering a request needs no Splink, scikit-learn or pandas, nor what else belongs to jobs.

    They are made impossible to import here: Neo4j's driver takes pandas along where it finds it, and does without.
    """
    script = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {SLOW!r}:
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
import api.app
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
