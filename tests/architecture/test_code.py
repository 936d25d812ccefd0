"""What no tool checks: how long files are, what they may be called, and who may read the clock and the environment."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.fixtures.machine import CHECKOUT

CODE = sorted(path for part in ("grader", "worker", "migrations", "tools") for path in (CHECKOUT / part).rglob("*.py"))
EVERYTHING = [*CODE, *sorted((CHECKOUT / "tests").rglob("*.py"))]
LONGEST = 450
MOST_MODULES = 25
SHORTEST = 40
SHORT = {
    "grader/cli/up.py": "a command is loaded when it is called, and loads no other",
    "grader/devserver/errors.py": "imported by all of the dev server and by commands that start nothing",
    "grader/services/json_stream.py": "gradebook and privacy both write with it, and neither imports the other",
    "grader/services/lru_cache.py": "belongs to no noun",
    "grader/web/rsgi.py": "the entry point of the web server: importing it builds the application",
}
"""Modules that may be short, each with its reason."""

MIRRORED = ("analytics", "demo", "devserver", "judging", "messages", "services", "store")
"""Packages whose tests are named after the module that they test, and what of it: `test_policy_visibility`."""

OF_THE_WHOLE = {
    "tests/judging/test_properties.py": "judging as a whole, on networks by chance",
    "tests/judging/reading/test_shared_table.py": "what Python and the browser's script must read alike",
}

MISSING_NOUNS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_utils", "tools", "stuff"}
EDGES = ("grader/web/", "grader/cli/", "grader/devserver/", "grader/demo/", "worker/")
EXCUSE = re.compile(r"#\s*(?:noqa(?!:)|type:\s*ignore(?!\[)|noqa: [A-Z0-9, ]+$|type: ignore\[[a-z, -]+\]$)")


def _name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


@cache
def _mentions(path: Path) -> frozenset[str]:
    """Every name with its dots that a file mentions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute))


def _functions_that_join(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and "session" in {argument.arg for argument in node.args.args}:
            yield node


def test_a_file_is_one_noun() -> None:
    assert [_name(path) for path in CODE if path.stem in MISSING_NOUNS] == []


def test_a_file_is_short() -> None:
    lengths = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_a_folder_holds_few_modules() -> None:
    modules = Counter(path.parent for path in CODE if path.stem != "__init__" and "versions" not in path.parts)
    assert {_name(folder): count for folder, count in modules.items() if count > MOST_MODULES} == {}


def test_a_module_under_forty_lines_has_its_reason() -> None:
    short = {
        _name(path)
        for path in CODE
        if path.is_relative_to(CHECKOUT / "grader")
        and path.stem not in {"__init__", "__main__"}
        and len(path.read_text(encoding="utf-8").splitlines()) < SHORTEST
    }
    assert short == set(SHORT)


def test_a_test_is_named_after_the_module_that_it_tests() -> None:
    tests = [path for room in MIRRORED for path in (CHECKOUT / "tests" / room).rglob("test_*.py")]
    assert [name for name in map(_name, tests) if name not in OF_THE_WHOLE and not _is_named_after_a_module(name)] == []


def _is_named_after_a_module(name: str) -> bool:
    """Tell whether a module, or a longer name that begins with one, stands in the same place of the product."""
    test = Path(name)
    room = CHECKOUT / "grader" / test.parent.relative_to("tests")
    tested = f"{test.stem.removeprefix('test_')}_"
    return any(tested.startswith(f"{module.stem}_") for module in room.iterdir() if module.suffix in {".py", ""})


def test_a_class_has_a_name_of_its_own() -> None:
    found = Counter(
        node.name
        for path in CODE
        if path.is_relative_to(CHECKOUT / "grader")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in found.items() if count > 1] == []


def test_an_exception_to_a_rule_has_its_reason_beside_it() -> None:
    lines = [(_name(path), line) for path in EVERYTHING for line in path.read_text(encoding="utf-8").splitlines()]
    assert [(name, line) for name, line in lines if EXCUSE.search(line)] == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {"os.environ", "os.getenv", "os.environb"}
    found = {_name(path) for path in CODE if readers & _mentions(path)}
    assert found == {"grader/settings.py", "tools/environment.py"}  # the latter runs before there is any of ours


def test_below_the_edges_time_is_an_argument() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "time.time", "date.today"}
    below = [path for path in CODE if not _name(path).startswith(EDGES)]
    assert [_name(path) for path in below if clocks & _mentions(path)] == []


def test_who_joins_a_session_never_commits() -> None:
    endings = {"session.commit", "session.rollback", "session.begin"}
    found = [
        (_name(path), function.name)
        for path in CODE
        for function in _functions_that_join(path)
        if endings & {ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    ]
    assert found == []


def test_queries_live_in_the_store() -> None:
    """Ruff refuses them elsewhere; here is who may be excused from that."""
    ruff = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    excused = {glob for glob, rules in ruff["per-file-ignores"].items() if "TID251" in rules}
    assert excused == {"tests/**", "bench/**", "{grader/store,migrations}/**"}


def test_rows_are_read_and_written_by_the_store_alone() -> None:
    methods = ("get", "get_one", "add", "add_all", "delete", "merge", "execute", "scalar", "scalars", "refresh")
    used = {f"session.{method}" for method in methods}
    elsewhere = [path for path in CODE if not _name(path).startswith(("grader/store/", "migrations/"))]
    assert [_name(path) for path in elsewhere if used & _mentions(path)] == []
