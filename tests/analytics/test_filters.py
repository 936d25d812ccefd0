from datetime import timedelta

from grader.analytics.filters import Marked, Mistaken, Needed, Selection, SentBetween, Ungraded, Verdicts, select
from grader.analytics.records import StudentWork, WhichAttempt
from grader.judging.verdict import Verdict
from tests.analytics.conftest import BEGIN, Student

NAMES = ("net", "out")


def places(works: list[StudentWork], selection: Selection | None) -> list[tuple[int, int]]:
    return sorted((one.work.user_id, one.place) for one in select(works, NAMES, selection))


def test_all_are_given_the_newest_first(student: Student) -> None:
    found = select([student(1, 2), student(3)], NAMES)
    assert [one.place for one in found] == [1, 0, 0]


def test_a_verdict_is_that_of_the_attempt_that_is_looked_at(student: Student) -> None:
    works = [student(1, 9, verdicts=["wc", "cc"]), student(2, verdicts=["w-"]), student(), student(None)]
    assert places(works, Verdicts("net", Verdict.WRONG)) == [(2, 0)]
    assert places(works, Verdicts("net", Verdict.WRONG, WhichAttempt.FIRST)) == [(1, 0), (2, 0)]
    assert places(works, Verdicts("out", Verdict.MISSING)) == [(2, 0)]
    assert places(works, Verdicts("gone", Verdict.WRONG)) == []


def test_every_submission_with_a_mistake_is_found(student: Student) -> None:
    works = [student(1, 2, mistakes=[{"net": "ascent"}, {"out": "ascent"}]), student(3)]
    assert places(works, Mistaken("ascent")) == [(1, 0), (1, 1)]


def test_marks_are_found_by_their_range(student: Student) -> None:
    assert places([student(4, 7), student(6.4), student(7.5)], Marked(6.5, 7.5)) == [(1, 1)]


def test_times_are_found_without_their_end(student: Student) -> None:
    works = [student(1, 2, 3)]
    assert places(works, SentBetween(BEGIN, BEGIN + timedelta(hours=2))) == [(1, 0), (1, 1)]


def test_success_is_found_by_its_number(student: Student) -> None:
    works = [student(3, 10), student("failed", 10), student(3), student(*[1] * 11, 10)]
    assert places(works, Needed(2)) == [(1, 1)]
    assert places(works, Needed(1)) == [(2, 1)]
    assert places(works, Needed(0)) == [(3, 0)]
    assert places(works, Needed(10)) == [(4, 11)]


def test_what_has_no_score_is_found_by_its_reason(student: Student) -> None:
    works = [student(None, "failed")]
    assert places(works, Ungraded(failed=False)) == [(1, 0)]
    assert places(works, Ungraded(failed=True)) == [(1, 1)]
