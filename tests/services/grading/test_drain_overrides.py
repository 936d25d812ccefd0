"""Submissions to an assignment are judged as the assignment says, also where that changes while they are judged."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.services.grading.context import GradingStats
from grader.services.grading.drain import drain_context
from grader.store.submission_tables import Grading, Waiting
from tests.fixtures.regrading import WIDE, Exam


def test_what_an_assignment_overrides_holds_for_its_submissions_alone(exam: Exam) -> None:
    exam.override()
    exam.send()
    exam.send(practice=True)
    assert drain_context(exam.context) == GradingStats(graded=2)
    assert exam.counting() == [("", "w"), (WIDE.key, "c")]


def test_a_grading_says_by_which_overrides_it_was_judged(exam: Exam) -> None:
    exam.override()
    exam.send()
    drain_context(exam.context)
    with exam.sessions() as session:
        assert session.scalars(select(Grading.overrides)).one() == WIDE.to_json()


def test_what_is_judged_while_the_overrides_change_is_judged_anew(exam: Exam) -> None:
    exam.send()
    judged: list[int] = []

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        if not judged:
            exam.override()
        judged.append(len(batch))
        return judge(exercise, batch)

    assert drain_context(replace(exam.context, judge=meanwhile)) == GradingStats(graded=1)
    assert judged == [1, 1]
    assert exam.counting() == [(WIDE.key, "c")]
    with exam.sessions() as session:
        assert session.scalars(select(Waiting)).all() == []


@pytest.mark.process
def test_a_submission_that_is_judged_alone_is_judged_by_the_overrides_too(exam: Exam) -> None:
    exam.override()
    exam.send()

    def fails(_exercise: Exercise, _batch: Sequence[ReadAnswers]) -> list[Report]:
        raise ZeroDivisionError

    assert drain_context(replace(exam.context, judge=fails)) == GradingStats(graded=1)
    assert exam.counting() == [(WIDE.key, "c")]
