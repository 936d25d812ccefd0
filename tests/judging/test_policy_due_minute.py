from datetime import UTC, datetime, timedelta

import pytest

from grader.judging.policy import end_of_minute, is_past, start_of_minute

AT = datetime(2026, 11, 27, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 1, 59.999999])
def test_a_moment_is_read_as_its_minute(seconds: float) -> None:
    stored = AT + timedelta(seconds=seconds)
    assert (start_of_minute(stored), end_of_minute(stored)) == (AT, AT + timedelta(minutes=1))


def test_a_minute_is_past_when_it_has_ended() -> None:
    assert not is_past(AT, AT + timedelta(seconds=59.999999))
    assert is_past(AT, AT + timedelta(seconds=60))


def test_where_there_is_no_moment_nothing_is_past() -> None:
    assert not is_past(None, AT)
