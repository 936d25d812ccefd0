"""Documents, docstrings and comments are written in plain English (CONTRIBUTING.md)."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from grader.services.grading.isolated import NO_WORD
from tests.architecture.conftest import collected
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


BETTER = {
    r"anew": "again",
    r"this is no\b|is no (e-mail|name|role|text|CSV)": "“is not a …”; in an error, what to enter",
    r"of this number": "“no such …”",
    r"(come|comes|came) to nothing": "failed",
    r"(put|puts) away": "dismiss",
    r"(mend|mends|mended)": "fix, correct",
    r"(he|she|his|her|hers|him|himself|herself)": "they, or the person's role",
    r"whoever|somebody": "the person's role, or “anyone who”",
    r"nobody (is|fits|waits|has|needs|of)|nobody's": "“no …”, such as “No results”",
    r"be it": "whether",
    r"told": "notified, shown",
    r"meanwhile": "in the meantime, since then",
    r"left empty|left out": "“leave blank to …”",
    r"shut out|let in again": "disable, re-enable",
    r"passed over|not looked at": "ignored, skipped",
    r"is needed": "required",
    r"vouch(es)?": "verify",
    r"switch(ed)? off": "disable",
    r"just now": "right now",
    r"more than can be": "exceeds the maximum",
    r"judged (anew|again|otherwise)": "regraded, graded differently",
}
"""Phrases that no sentence of the interface has, as regular expressions, with the words to use instead."""

SAID = sorted(path for part in ("cli", "web/api") for path in (CHECKOUT / "grader" / part).rglob("*.py"))
"""Where help texts and descriptions of the API stand."""


def _better(text: str) -> list[str]:
    """Return a line per banned phrase of a sentence: the sentence, the phrase and what to write."""
    found = ((re.search(rf"\b(?:{phrase})\b", text, re.IGNORECASE), words) for phrase, words in BETTER.items())
    return [f"{text!r}: instead of {match[0]!r} write {words}" for match, words in found if match]


def test_sentences_of_the_interface_avoid_translated_phrases() -> None:
    ids = (message.id for message in collected() if message.id and not message.context)
    said = {str(part) for one in ids for part in (one if isinstance(one, tuple) else (one,))}
    assert [hit for text in sorted(said - {NO_WORD}) for hit in _better(text)] == []  # stored in rows


def test_commands_and_descriptions_of_the_api_avoid_translated_phrases() -> None:
    said = {
        node.value
        for path in SAID
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    }
    assert [hit for text in sorted(said) for hit in _better(text)] == []


def test_a_banned_phrase_comes_with_a_better_one() -> None:
    assert _better("This is no e-mail address.") == [
        "'This is no e-mail address.': instead of 'This is no' write “is not a …”; in an error, what to enter"
    ]
    assert _better("Enter a valid e-mail address.") == []
