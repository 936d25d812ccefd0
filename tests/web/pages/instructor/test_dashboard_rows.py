import pytest
from flask import Flask

from grader.analytics.fields import FieldTally
from grader.analytics.records import WhichAttempt
from grader.judging.verdict import Verdict
from grader.web.pages.instructor.dashboard_rows import FieldRow, field_rows


def row(share: float | None = 0.7, discrimination: float | None = 0.3, **counts: int) -> FieldRow:
    counted = {verdict: counts.get(verdict.name.lower(), 0) for verdict in Verdict}
    (made,) = field_rows(
        [FieldTally("y", "y", counted, share, discrimination)], WhichAttempt.COUNTED, lambda _: "/list"
    )
    return made


@pytest.fixture(autouse=True)
def _speaks(app: Flask) -> object:
    with app.test_request_context():
        yield


def test_the_pieces_of_a_bar_fill_it_in_the_order_of_the_verdicts() -> None:
    made = row(missing=1, correct=2, follows=1)
    assert [(piece.verdict, piece.start, piece.width) for piece in made.pieces] == [
        ("correct", 0, 50),
        ("follows", 50, 25),
        ("missing", 75, 25),
    ]
    assert made.words == "2 correct, 1 follows, 1 blank"


@pytest.mark.parametrize(("share", "word"), [(0.9, "easy"), (0.85, "easy"), (0.6, "medium"), (0.2, "hard"), (None, "")])
def test_difficulty_has_a_word(share: float | None, word: str) -> None:
    assert row(share).ease == word


@pytest.mark.parametrize(
    ("discrimination", "word"),
    [
        (0.5, "good"),
        (0.3, "fair"),
        (0.1, "poor"),
        (-0.1, "poor"),
        (None, "not enough data"),
    ],
)
def test_discrimination_has_a_word(discrimination: float | None, word: str) -> None:
    made = row(discrimination=discrimination, correct=30)
    assert made.telling == word
    assert not made.is_alarming


def test_a_field_that_is_turned_round_beyond_chance_alarms() -> None:
    assert row(discrimination=-0.1, correct=900).is_alarming
    assert row(discrimination=-0.4, correct=30).telling == "negative discrimination: check this field"


def test_nothing_is_written_as_minus_zero() -> None:
    assert row(discrimination=-0.001).discrimination == "0.00"
