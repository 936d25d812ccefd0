from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask, g

from grader.services.accounts.authentication import SignedIn
from grader.vocabulary import Role
from grader.web.pages import formatting


@pytest.mark.parametrize(
    ("points", "text"), [(16.5, "16.5"), (20.0, "20"), (1 / 3, "0.33"), (0.0, "0"), (1e6, "1000000")]
)
def test_points_are_written_without_noise(points: float, text: str) -> None:
    assert formatting.mark(points) == text


@pytest.mark.parametrize(("value", "text"), [(0.05, "0.05"), (-3.0, "\N{MINUS SIGN}3"), (0.1 + 0.2, "0.3")])
def test_given_values_are_written_as_the_exercise_says_them(value: float, text: str) -> None:
    assert formatting.given(value) == text


def test_computed_values_have_six_significant_digits() -> None:
    assert formatting.computed(-0.59326999) == "\N{MINUS SIGN}0.59327"


def test_moments_are_written_in_utc() -> None:
    moment = datetime(2026, 11, 23, 6, 30, tzinfo=timezone(timedelta(hours=7)))
    assert formatting.clock(moment) == formatting.clock(moment.astimezone(UTC)) == "22 Nov 2026, 23:30 UTC"


def test_vietnamese_numbers_have_a_decimal_comma(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "vi"}):
        assert (formatting.mark(16.5), formatting.given(0.05), formatting.computed(-0.59327)) == (
            "16,5",
            "0,05",
            "\N{MINUS SIGN}0,59327",
        )


def test_vietnamese_moments_begin_with_the_hour(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "vi"}):
        assert formatting.clock(datetime(2026, 11, 23, 6, 30, tzinfo=UTC)) == "06:30, 23/11/2026 UTC"


def test_moments_are_written_in_the_time_zone_that_the_reader_has_chosen(app: Flask) -> None:
    with app.test_request_context("/"):
        g.user = SignedIn(1, "an@example.org", "An", Role.STUDENT, time_zone="Asia/Ho_Chi_Minh")
        assert formatting.clock(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "23 Nov 2026, 06:30 +07"
