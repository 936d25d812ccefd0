"""Judging never hides a fault: what was read is judged, and nothing on the way catches an exception."""

import ast
from pathlib import Path

from tests.fixtures.machine import CHECKOUT

READING = {
    "answers": {"Unreadable", "RefusedFile"},
    "fitting": {"RefusedFile"},
    "parser": {"SyntaxError", "MemoryError", "RecursionError"},
    "judge_weights": {"RefusedFile"},
}
"""The modules that read what was sent may catch what reading it raises, and nothing else."""

PURE = sorted(path for part in ("judging", "engine") for path in (CHECKOUT / "grader" / part).rglob("*.py"))


def caught(path: Path) -> set[str]:
    """The exceptions that a module catches; "everything" where it names none."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            found |= (
                {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"everything"}
            )
        if isinstance(node, ast.Attribute) and node.attr == "suppress":
            found.add("everything")
    return found


def test_no_exception_is_caught_inside_judging() -> None:
    assert {path.stem: names for path in PURE if (names := caught(path))} == READING
