"""Documents, docstrings and comments are written in plain English (CONTRIBUTING.md)."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.fixtures.machine import CHECKOUT

BANNED = re.compile(
    r"\b(anew|of this number|this is no|com(e|es|ing) to nothing|came to nothing|put(s|ting)? away|mended|"
    r"he|she|his|her|hers|him|himself|herself|whoever|somebody|be it|told|meanwhile)\b",
    re.IGNORECASE,
)
"""Phrases that read as translated, and pronouns that guess a person's gender."""

DOCUMENTS = [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
CODE = sorted(path for part in ("grader", "worker", "tools", "migrations") for path in (CHECKOUT / part).rglob("*.py"))
ATTRIBUTE = re.compile(r"^\s*\w+:", re.MULTILINE)
"""The name of an attribute or argument in a docstring, which is code."""


def _prose(path: Path) -> Iterator[str]:
    """Yield the documentation strings and comments of a module that may have a banned phrase."""
    text = path.read_text(encoding="utf-8")
    if not BANNED.search(text):  # parsing all of the code takes seconds
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield ATTRIBUTE.sub("", node.value.value)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def _banned(path: Path, texts: Iterator[str]) -> list[str]:
    name = path.relative_to(CHECKOUT).as_posix()
    return [f"{name}: {match[0]!r} in {text!r}" for text in texts for match in BANNED.finditer(text)]


def test_documents_avoid_translated_phrases() -> None:
    found = [hit for path in DOCUMENTS for hit in _banned(path, iter(path.read_text(encoding="utf-8").splitlines()))]
    assert found == []


def test_docstrings_and_comments_avoid_translated_phrases() -> None:
    assert [hit for path in CODE for hit in _banned(path, _prose(path))] == []


def test_a_banned_phrase_is_found_in_prose_and_not_in_names_of_attributes(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""One.\n\n    told: a name.\n"""\n\nx = "anew"  # made anew\n', encoding="utf-8")
    assert [match[0] for text in _prose(module) for match in BANNED.finditer(text)] == ["anew"]
