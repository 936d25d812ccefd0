from grader.analytics.distribution import class_progress
from tests.analytics.conftest import Student


def test_every_student_is_in_one_of_three_states(student: Student) -> None:
    sent, failed, typing, idle = student(3), student("failed"), student(), student()
    seen = class_progress([sent, failed, typing, idle], {typing.user_id, sent.user_id})
    assert (seen.submitted, seen.in_progress, seen.not_started) == (2, 1, 1)
    assert seen.students == 4


def test_what_waits_and_what_was_set_aside_are_counted_apart(student: Student) -> None:
    seen = class_progress([student(3, None, "failed"), student(None)], set())
    assert (seen.submissions, seen.waiting, seen.set_aside) == (4, 2, 1)
