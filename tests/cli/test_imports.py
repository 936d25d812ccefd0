"""Each command imports only what it uses, so that none waits for the web server to load."""

import json
import subprocess
import sys

import pytest

from grader.cli import main
from tests.fixtures.machine import CHECKOUT

RUN = """
import json, os, sys
from grader.cli import main
stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
main(sys.argv[1:], standalone_mode=False, prog_name="grader")
json.dump(sorted(sys.modules), stdout)
"""
SERVERS = {"alembic", "celery", "flask", "psycopg", "redis", "requests", "sqlalchemy", "werkzeug"}
HEAVY = SERVERS | {"argon2", "h5py", "markdown_it", "math_core", "numpy", "pydantic", "rich", "ziamath"}
ANSWERS = CHECKOUT / "exercises/backprop-2-2-2/answers/correct/lecture.toml"


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has loaded when it ends."""
    command = [sys.executable, "-c", RUN, *arguments]
    return set(json.loads(subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True).stdout))


def test_help_loads_no_library_but_click() -> None:
    modules = loaded("--help")
    assert "click" in modules
    assert modules & HEAVY == set()
    assert {name for name in modules if name.startswith("grader.")} == {"grader.cli"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("grade", "backprop-2-2-2", str(ANSWERS)),
        ("grade", "backprop-2-2-2", str(ANSWERS), "--json"),
        ("exercises", "show", "backprop-2-2-2"),
        ("exercises", "check", "and-gate"),
    ],
)
def test_what_judges_here_and_now_loads_no_server_and_no_database(arguments: tuple[str, ...]) -> None:
    modules = loaded(*arguments)
    assert "numpy" in modules
    assert modules & SERVERS == set()


def test_grading_loads_nothing_that_shows_formulas() -> None:
    assert loaded("grade", "backprop-2-2-2", str(ANSWERS)) & {"markdown_it", "math_core", "ziamath"} == set()


@pytest.mark.parametrize("arguments", [("users", "--help"), ("tokens", "--help"), ("db", "--help"), ("up", "--help")])
def test_what_works_on_the_database_loads_no_web_server(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & {"flask", "werkzeug", "celery"} == set()


def test_the_list_of_commands_names_each_that_can_be_loaded() -> None:
    assert main._places
    for name, place in main._places.items():
        assert main.get_command(None, name) is not None, name  # type: ignore[arg-type]  # no context is needed
        assert len(place.help) < 60
        assert place.help.endswith(".")
