from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging.policy import (
    Attempt,
    Counting,
    Late,
    Open,
    Override,
    Policy,
    Shown,
    Terms,
    attempt_value,
    mark,
    points_gained,
    state,
    visible,
)

DUE = datetime(2026, 11, 27, 23, 59, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)


def terms(policy: Policy = Policy(), due_at: datetime | None = DUE, **more: Any) -> Terms:  # noqa: B008 - frozen
    return Terms(policy, DUE - timedelta(days=7), due_at, **more)


def attempt(number: int, given: float | None, sent_at: datetime = DUE - HOUR, *, failed: bool = False) -> Attempt:
    return Attempt(
        UUID(int=number), sent_at + number * timedelta(seconds=1), given, None if given is None else 10, failed
    )


def test_without_an_attempt_there_is_no_mark() -> None:
    none = mark(terms(Policy(attempts=3)), [], 10)
    assert (none.share, none.points, none.counted, none.attempts_left) == (None, None, None, 3)


def test_the_best_attempt_counts() -> None:
    best = mark(terms(Policy()), [attempt(1, 4), attempt(2, 8), attempt(3, 6)], 10)
    assert (best.share, best.points, best.counted) == (0.8, 8, UUID(int=2))


def test_the_last_attempt_counts_where_the_policy_says_so() -> None:
    last = mark(terms(Policy(counting=Counting.LAST)), [attempt(3, 6), attempt(1, 4), attempt(2, 8)], 10)
    assert last.counted == UUID(int=3)


def test_of_equally_good_attempts_the_first_counts() -> None:
    assert mark(terms(Policy()), [attempt(2, 8), attempt(1, 8)], 10).counted == UUID(int=1)


def test_an_attempt_that_waits_makes_no_mark_and_is_used() -> None:
    waiting = mark(terms(Policy(attempts=2, counting=Counting.LAST)), [attempt(1, 5), attempt(2, None)], 10)
    assert (waiting.counted, waiting.attempts_used, waiting.attempts_left) == (UUID(int=1), 2, 0)


def test_a_fault_of_ours_costs_no_attempt() -> None:
    failed = mark(terms(Policy(attempts=1)), [attempt(1, None, failed=True)], 10)
    assert (failed.share, failed.attempts_used, failed.attempts_left) == (None, 0, 1)


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (-HOUR, 0),
        (timedelta(0), 0),
        (timedelta(seconds=59, microseconds=999_999), 0),
        (MINUTE, 1),
        (24 * HOUR, 1),
        (24 * HOUR + MINUTE - MOMENT, 1),
        (24 * HOUR + MINUTE, 2),
    ],
)
def test_each_day_begun_is_a_day_late(after: timedelta, days: int) -> None:
    assert terms().late_days(DUE + after) == days


def test_lateness_costs_a_share_of_what_was_reached() -> None:
    late = mark(terms(Policy(late=Late(0.1, 0.5, None))), [attempt(1, 8, DUE + 25 * HOUR)], 10)
    assert (late.late_days, late.lost) == (2, 0.2)
    assert late.share == pytest.approx(0.64)


def test_lateness_costs_no_more_than_the_cap() -> None:
    late = mark(terms(Policy(late=Late(0.1, 0.5, None))), [attempt(1, 10, DUE + 24 * 30 * HOUR)], 10)
    assert late.share == 0.5


def test_a_late_attempt_never_takes_away_what_a_timely_one_had() -> None:
    both = [attempt(1, 8), attempt(2, 9, DUE + 49 * HOUR)]
    assert mark(terms(Policy(late=Late(0.1, 0.5, None))), both, 10).counted == UUID(int=1)


def test_an_extension_moves_the_due_time_of_one_student() -> None:
    extended = terms(Policy(late=Late(0.1)), DUE + 48 * HOUR)
    assert mark(extended, [attempt(1, 8, DUE + 47 * HOUR)], 10).late_days == 0


def test_attempts_beyond_those_allowed_do_not_count() -> None:
    stricter = mark(terms(Policy(attempts=1)), [attempt(1, 4), attempt(2, 8)], 10)
    assert (stricter.counted, stricter.attempts_left) == (UUID(int=1), 0)


def test_extra_attempts_are_the_students_own() -> None:
    more = mark(terms(Policy(attempts=1), extra_attempts=1), [attempt(1, 4), attempt(2, 8)], 10)
    assert more.counted == UUID(int=2)


def test_an_override_stands_in_place_of_the_computed_mark() -> None:
    set_by_hand = mark(terms(Policy(points=20), override=Override(0.75, "unreadable scan")), [attempt(1, 4)], 10)
    assert (set_by_hand.points, set_by_hand.of, set_by_hand.overridden, set_by_hand.counted) == (
        15,
        20,
        True,
        UUID(int=1),
    )


def test_an_assignment_may_be_worth_more_than_its_exercise() -> None:
    assert mark(terms(Policy(points=35)), [attempt(1, 5)], 10).points == 17.5


@pytest.mark.parametrize(
    ("policy", "used", "now", "expected"),
    [
        (Policy(), 0, DUE - timedelta(days=8), Open.NOT_YET),
        (Policy(), 9, DUE, Open.OPEN),
        (Policy(), 0, DUE + HOUR, Open.CLOSED),
        (Policy(late=Late(0.1, 1, 2)), 0, DUE + HOUR, Open.LATE),
        (Policy(late=Late(0.1, 1, 2)), 0, DUE + 49 * HOUR, Open.CLOSED),
        (Policy(late=Late(0.1, 1, None)), 0, DUE + 4900 * HOUR, Open.LATE),
        (Policy(attempts=2), 2, DUE - HOUR, Open.NO_ATTEMPTS_LEFT),
        (Policy(attempts=2), 1, DUE - HOUR, Open.OPEN),
    ],
)
def test_an_attempt_may_be_sent_while_it_is_open(policy: Policy, used: int, now: datetime, expected: Open) -> None:
    assert state(terms(policy), used, now) is expected


@pytest.mark.parametrize("seconds", [0, 1, 30, 59])
@pytest.mark.parametrize("days", [0, 2])
def test_the_last_minute_lasts_to_its_end_for_sending_lateness_and_what_is_shown_then(seconds: int, days: int) -> None:
    stored = terms(Policy(late=Late(0.1, 1, days)), DUE + timedelta(seconds=seconds))
    last = DUE + timedelta(days=days) + MINUTE - MOMENT
    assert (stored.late_days(last), state(stored, 0, last)) == (days, Open.LATE if days else Open.OPEN)
    assert not visible(Shown.AFTER_DUE, stored, 0, last)
    assert state(stored, 0, last + MOMENT) is Open.CLOSED
    assert visible(Shown.AFTER_DUE, stored, 0, last + MOMENT)
    assert state(stored, 0, DUE + MINUTE - MOMENT) is Open.OPEN


@pytest.mark.parametrize("seconds", [0, 59])
def test_it_opens_as_its_minute_begins(seconds: int) -> None:
    opens = DUE - HOUR + timedelta(seconds=seconds)
    assert state(Terms(Policy(), opens), 0, DUE - HOUR) is Open.OPEN
    assert state(Terms(Policy(), opens), 0, DUE - HOUR - MOMENT) is Open.NOT_YET


def test_without_a_due_time_it_never_closes() -> None:
    assert Terms(Policy()).closes_at is None
    assert state(Terms(Policy()), 100, DUE) is Open.OPEN


@pytest.mark.parametrize(
    ("shown", "used", "now", "expected"),
    [
        (Shown.AT_ONCE, 0, DUE - HOUR, True),
        (Shown.AFTER_LAST, 1, DUE - HOUR, False),
        (Shown.AFTER_LAST, 2, DUE - HOUR, True),
        (Shown.AFTER_LAST, 0, DUE + HOUR, True),
        (Shown.AFTER_DUE, 2, DUE - HOUR, False),
        (Shown.AFTER_DUE, 0, DUE + HOUR, True),
        (Shown.NEVER, 2, DUE + HOUR, False),
    ],
)
def test_what_is_shown_when(shown: Shown, used: int, now: datetime, expected: bool) -> None:
    assert visible(shown, terms(Policy(attempts=2)), used, now) is expected


def test_while_late_work_is_taken_nothing_is_shown_that_waits_for_the_end() -> None:
    assert not visible(Shown.AFTER_DUE, terms(Policy(late=Late(0.1, 1, 2))), 0, DUE + HOUR)
    assert visible(Shown.AFTER_DUE, terms(Policy(late=Late(0.1, 1, 2))), 0, DUE + 49 * HOUR)


def test_where_late_work_is_taken_for_ever_the_due_time_is_the_end() -> None:
    assert visible(Shown.AFTER_DUE, terms(Policy(late=Late(0.1, 1, None))), 0, DUE + HOUR)


@given(st.lists(st.tuples(st.integers(-100, 400), st.floats(0, 10)), max_size=6), st.sampled_from(Counting))
def test_a_mark_is_a_share_and_does_not_depend_on_the_order_of_rows(
    sent: list[tuple[int, float]], counting: Counting
) -> None:
    policy = Policy(attempts=4, counting=counting, late=Late(0.15, 0.9, None))
    attempts = [attempt(number, given, DUE + hours * HOUR) for number, (hours, given) in enumerate(sent)]
    forward, backward = mark(terms(policy), attempts, 10), mark(terms(policy), attempts[::-1], 10)
    assert forward == backward
    assert forward.share is None or 0 <= forward.share <= 1


@given(
    st.lists(st.tuples(st.integers(-5, 300), st.integers(0, 10)), min_size=1, max_size=6), st.sampled_from([DUE, None])
)
def test_the_first_of_the_attempts_that_are_worth_most_counts(
    sent: list[tuple[int, int]], due_at: datetime | None
) -> None:
    late = terms(Policy(late=Late(0.1, 0.5, None)), due_at)
    attempts = [attempt(k, given, DUE + minutes * 20 * MINUTE) for k, (minutes, given) in enumerate(sent)]
    values = {one: value.points for one in attempts if (value := attempt_value(late, one, 10)) is not None}
    best = min(attempts, key=lambda one: (-values[one], one.sent_at))
    found = mark(late, attempts, 10)
    assert (found.counted, found.points) == (best.submission_id, values[best])


@pytest.mark.parametrize("before", [MOMENT, timedelta(0)])
def test_lateness_begins_with_the_end_of_the_due_minute_for_the_choice_of_the_best_too(before: timedelta) -> None:
    sent_at = DUE + MINUTE - before - timedelta(seconds=2)
    both = [attempt(1, 8, DUE - HOUR), attempt(2, 9, sent_at)]
    counted = mark(terms(Policy(late=Late(0.5, 1, None))), both, 10).counted
    assert counted == UUID(int=2 if before else 1)


def test_a_policy_survives_being_stored() -> None:
    policy = Policy(3, Counting.LAST, Late(0.1, 0.5, None), False, Shown.AFTER_DUE, Shown.NEVER, Shown.AFTER_LAST, 12.5)
    assert Policy.from_json(policy.to_json()) == policy


def test_what_only_rounding_tells_apart_is_no_gain() -> None:
    none, some = mark(terms(), [], 10), mark(terms(), [attempt(1, 7)], 10)
    assert points_gained(none, some) == 7
    assert points_gained(some, none) == -7
    assert points_gained(some, replace(some, points=7 + 1e-12)) == 0
    assert points_gained(none, mark(terms(), [attempt(1, 0)], 10)) == 0


def test_attempts_are_taken_in_time_and_late_and_never_else() -> None:
    assert [one for one in Open if one.takes_attempts] == [Open.OPEN, Open.LATE]


@pytest.mark.parametrize(("own", "expected"), [(None, 35), (20.0, 20), (0.0, 0)])
def test_an_assignment_is_worth_what_its_policy_says_or_else_its_exercise(own: float | None, expected: float) -> None:
    assert Policy(points=own).points_of(35) == expected
