"""What the browser's reader (static/numbers.js) is held to as well: tests/browser asks it the same table."""

import json
from pathlib import Path

import pytest

from grader.checking.numbers import Unreadable, read_number

TABLE: list[tuple[str, str]] = json.loads((Path(__file__).parents[1] / "fixtures/readable.json").read_text("utf-8"))

WORDS = {
    "long": "characters",
    "infinite": "NaN and infinity",
    "zero": "divides by zero",
    "large": "too large",
    "separators": "more than one comma or point",
    "other": "not a number",
}


@pytest.mark.parametrize(("text", "reason"), TABLE)
def test_the_table_that_the_browser_shares_says_what_is_read(text: str, reason: str) -> None:
    if not reason:
        read_number(text)
        return
    with pytest.raises(Unreadable, match=WORDS[reason]):
        read_number(text)
