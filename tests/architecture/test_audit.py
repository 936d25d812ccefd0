"""Every action in the audit log has a sentence to show it."""

import ast
import re

import pytest

from grader.messages.message import SENTENCES
from grader.web.pages.accounts.audit_log import ACTIONS
from tests.architecture.conftest import collected
from tests.fixtures.machine import CHECKOUT

WRITERS = [
    path
    for part in ("grader/services", "grader/cli", "grader/demo", "grader/devserver", "worker")
    for path in sorted((CHECKOUT / part).rglob("*.py"))
    if "Event(" in path.read_text(encoding="utf-8")
]
ACTION = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*")


def _written() -> set[str]:
    """Return every text that looks like an action and is no key of a sentence, in the files that write into the log."""
    texts = {
        node.value
        for path in WRITERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if ACTION.fullmatch(text)} - set(SENTENCES)


def test_every_action_has_words() -> None:
    assert "person.role-changed" in _written()
    assert _written() - set(ACTIONS) == set()


@pytest.mark.long
def test_the_words_are_collected_for_translation() -> None:
    said = {str(message.id) for message in collected() if message.id}
    words = {str(text) for action in ACTIONS.values() for text in (action.title, action.sentence) if text}
    assert words - said == set()
