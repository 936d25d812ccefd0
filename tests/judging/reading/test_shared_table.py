"""What the browser's reader (static/numbers.js, formulas.js) is held to as well: tests/browser asks it the same table."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.judging.reading.lexer import without_own_name
from grader.judging.reading.numbers import Unreadable, read_number
from grader.judging.reading.parser import read_formula

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[2] / "fixtures/readable.json").read_text("utf-8"))


def said_of(read: Callable[[], object]) -> str:
    """The sentence with which a text is refused; nothing where it is read."""
    try:
        read()
    except Unreadable as refusal:
        return str(refusal.detail)
    return ""


@pytest.mark.parametrize(("text", "said"), TABLE["numbers"])
def test_the_table_that_the_browser_shares_says_which_numbers_are_read(text: str, said: str) -> None:
    assert said_of(lambda: read_number(text)) == said


@pytest.mark.parametrize(("text", "said"), TABLE["formulas"])
def test_the_table_that_the_browser_shares_says_which_formulas_are_read(text: str, said: str) -> None:
    assert said_of(lambda: read_formula(text, TABLE["names"])) == said


@pytest.mark.parametrize(("text", "name", "rest"), TABLE["equations"])
def test_the_table_says_what_is_left_where_a_field_is_named_before_its_value(text: str, name: str, rest: str) -> None:
    assert without_own_name(text, name) == rest
