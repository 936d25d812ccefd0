"""The judging says nothing to anybody that is not in the table of sentences, and the table says nothing in vain."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from grader.judging.overrides import OverrideReason
from grader.messages.language import Template
from grader.messages.message import SENTENCES
from grader.messages.mistakes import MISTAKE_SENTENCES
from grader.messages.sentences import NO_LONGER_SAID
from tests.fixtures.machine import CHECKOUT

JUDGING = [path for part in ("judging", "weightfiles") for path in (CHECKOUT / "grader" / part).rglob("*.py")]
SPEAKING = [*JUDGING, *(path for part in ("services", "web") for path in (CHECKOUT / "grader" / part).rglob("*.py"))]
WORDS = re.compile(r"[A-Za-z']+ [a-z']+ [a-z']+")
OUR_FAULT = {"ValueError", "TypeError"}
"""What is raised for whoever writes code."""

FOR_AUTHORS = {"variants.py"}
"""Where nothing is said to who answers an exercise, only to who writes it."""


def _calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
            yield node


def _silent(node: ast.AST) -> bool:
    """Docstrings, the words of our own faults, and the titles of problems, which the catalogs of the pages hold."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "title":
        return True
    raised = node.exc if isinstance(node, ast.Raise) else None
    return isinstance(raised, ast.Call) and ast.unparse(raised.func) in OUR_FAULT


def _strings(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value
        elif not _silent(child):
            yield from _strings(child)


def test_no_sentence_is_said_that_is_not_in_the_table() -> None:
    found = {
        (path.name, text)
        for path in JUDGING
        for text in _strings(ast.parse(path.read_text(encoding="utf-8")))
        if WORDS.search(text) and path.name not in FOR_AUTHORS
    }
    assert found == set()


def test_every_sentence_is_said_somewhere_with_the_values_that_it_wants() -> None:
    said: set[str] = set()
    for path in SPEAKING:
        for call in _calls(path):
            if isinstance(call.args[0], ast.Constant):
                key = str(call.args[0].value)
                said.add(key)
                assert {keyword.arg for keyword in call.keywords} == Template.of(SENTENCES[key]).names, key
    assert said | set(MISTAKE_SENTENCES) | set(OverrideReason) == set(SENTENCES) - set(NO_LONGER_SAID)
    assert {Template.of(SENTENCES[reason]).names for reason in OverrideReason} == {frozenset({"place"})}
