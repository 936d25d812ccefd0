from grader.analytics.records import LONG, attempt_counts, success
from grader.judging.policy import Policy
from tests.analytics.conftest import Student


def test_the_attempt_that_had_full_marks_first_is_counted(student: Student) -> None:
    seen = attempt_counts([student(10), student(2, 10, 10), student(2, 3, 4), student(None), student()])
    assert seen.needed == ((1, 1), (2, 1))
    assert (seen.not_yet, seen.median) == (1, 1.5)


def test_what_could_not_be_judged_is_no_attempt(student: Student) -> None:
    assert success(student("failed", 10)) == 1


def test_many_attempts_are_counted_together(student: Student) -> None:
    seen = attempt_counts([student(*[0] * 14, 10)])
    assert seen.needed[-1] == (LONG, 1)
    assert seen.median == 15


def test_who_has_none_left_has_used_all(student: Student) -> None:
    policy = Policy(attempts=2)
    assert attempt_counts([student(1, 2, policy=policy), student(1, policy=policy), student(5, 6)]).used_all == 1
