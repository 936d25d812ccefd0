"""Whatever is written into the audit log can be read there in words."""

import ast
from collections.abc import Iterator
from pathlib import Path

from grader.web.pages.accounts.audit_words import ACTIONS
from tests.fixtures.machine import CHECKOUT
from tools.messages import collect

CODE = sorted(path for part in ("grader", "worker") for path in (CHECKOUT / part).rglob("*.py"))


def _events(path: Path) -> Iterator[ast.expr]:
    """What is given as the action, wherever an event of the log is made."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "Event":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "action"]
            yield (node.args[1:2] + named)[0]


def _texts(node: ast.expr) -> set[str]:
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)}


EVENTS = [(path.relative_to(CHECKOUT).as_posix(), action) for path in CODE for action in _events(path)]


def test_every_action_is_written_where_it_happens_so_that_it_can_be_found() -> None:
    assert [(place, ast.unparse(action)) for place, action in EVENTS if not _texts(action)] == []


def test_every_action_has_words_and_no_others_have() -> None:
    assert {text for _, action in EVENTS for text in _texts(action)} == set(ACTIONS)


def test_the_words_are_collected_for_translation() -> None:
    said = {str(message.id) for message in collect() if message.id}
    words = {str(text) for action in ACTIONS.values() for text in (action.title, action.sentence) if text}
    assert words - said == set()
