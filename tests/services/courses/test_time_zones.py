from datetime import UTC, datetime

import pytest

from grader.services.courses.time_zones import Unclear, UnclearTimeError, is_zone, moment, shown, zones


def test_a_time_on_the_wall_is_a_moment() -> None:
    assert moment("2026-11-27T23:59", "Asia/Ho_Chi_Minh") == datetime(2026, 11, 27, 16, 59, tzinfo=UTC)
    assert moment("2026-07-01T12:00", "Europe/Berlin") == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert moment(" 2026-07-01T12:00:30 ", "UTC") == datetime(2026, 7, 1, 12, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "why"),
    [
        ("2026-03-29T02:00", "Europe/Berlin", Unclear.SKIPPED),
        ("2026-03-29T02:59", "Europe/Berlin", Unclear.SKIPPED),
        ("2026-10-25T02:00", "Europe/Berlin", Unclear.TWICE),
        ("2026-10-25T02:59", "Europe/Berlin", Unclear.TWICE),
        ("2026-10-04T02:15", "Australia/Lord_Howe", Unclear.SKIPPED),
        ("2011-12-30T12:00", "Pacific/Apia", Unclear.SKIPPED),
        ("", "UTC", Unclear.UNREADABLE),
        ("27.11.2026 23:59", "UTC", Unclear.UNREADABLE),
        ("2026-02-29T10:00", "UTC", Unclear.UNREADABLE),
        ("2026-11-27T23:59+01:00", "UTC", Unclear.UNREADABLE),
        ("0001-01-01T00:00", "Asia/Tokyo", Unclear.UNREADABLE),
        ("9999-12-31T23:59", "America/Lima", Unclear.UNREADABLE),
        ("9001-01-01T00:00", "America/Lima", Unclear.UNREADABLE),
    ],
)
def test_what_is_no_moment_says_why(text: str, zone: str, why: Unclear) -> None:
    with pytest.raises(UnclearTimeError) as unclear:
        moment(text, zone)
    assert unclear.value.why is why


@pytest.mark.parametrize("text", ["2026-03-29T01:59", "2026-03-29T03:00", "2026-10-25T01:59", "2026-10-25T03:00"])
def test_just_before_and_after_it_is_clear(text: str) -> None:
    assert shown(moment(text, "Europe/Berlin"), "Europe/Berlin") == text


def test_zones_are_places_and_utc() -> None:
    assert is_zone("Asia/Ho_Chi_Minh")
    assert is_zone("UTC")
    assert not is_zone("Etc/GMT+5")
    assert not is_zone("../../etc/passwd")
    assert len(zones()) > 300
