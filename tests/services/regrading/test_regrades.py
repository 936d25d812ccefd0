"""Which regrades can be proposed, applied, rolled back and discarded, and by whom."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select

from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.overrides import NO_OVERRIDES, Overrides
from grader.judging.report import Report
from grader.services.courses.membership import InstructorOf
from grader.services.errors import (
    NothingToRegrade,
    RegradeBusy,
    RegradeNotThere,
    UnknownAssignment,
    UnknownRegrade,
)
from grader.services.grading.drain import drain_context
from grader.services.regrading.worker import regrade_some
from grader.store.submission_tables import RegradeResult
from grader.vocabulary import RegradeState
from tests.fixtures.classroom import Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import Exam, Office

WIDER = Overrides.from_json({"tolerance": {"relative": 0.06}})


def test_while_one_is_worked_on_there_is_no_other_and_a_ready_one_makes_way(office: Office) -> None:
    first = office.propose()
    with pytest.raises(RegradeBusy):
        office.propose(WIDER)
    office.work()
    second = office.ready(WIDER)
    assert office.find(first).state is RegradeState.DISCARDED
    assert office.find(second).state is RegradeState.READY
    assert office.gradings() == 6


def test_what_is_discarded_leaves_nothing_behind(office: Office, exam: Exam) -> None:
    regrade_id = office.ready()
    office.discard(regrade_id)
    assert office.gradings() == 3
    with exam.sessions() as session:
        assert session.scalars(select(RegradeResult)).all() == []
    with pytest.raises(RegradeNotThere):
        office.ask_apply(regrade_id)


def test_only_the_last_one_applied_can_be_rolled_back(office: Office, exam: Exam, clock: Clock) -> None:
    first = office.applied()
    clock.advance(1)
    second = office.applied(WIDER)
    with pytest.raises(RegradeNotThere, match="later"):
        office.ask_back(first)
    for regrade_id in (second, first):
        office.ask_back(regrade_id)
        office.work()
    assert exam.counting() == [("", "w")] * 3


def test_a_proposal_that_changes_nothing_is_refused(office: Office) -> None:
    with pytest.raises(NothingToRegrade):
        office.propose(NO_OVERRIDES)


def test_only_assignments_of_ones_own_course_are_judged_again(office: Office, classroom: Classroom) -> None:
    regrade_id = office.ready()
    office.who = InstructorOf(classroom.course_id + 1, classroom.stranger.id)
    for refused in (office.ask_apply, office.discard):
        with pytest.raises(UnknownRegrade):
            refused(regrade_id)
    with pytest.raises(UnknownAssignment):
        office.propose()


def test_progress_tells_how_much_is_judged_and_about_how_long_the_rest_takes(
    office: Office, exam: Exam, clock: Clock
) -> None:
    def slow(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        clock.advance(10)
        return judge(exercise, batch)

    exam.override()
    known = exam.send()
    drain_context(exam.context)
    exam.override(NO_OVERRIDES)
    regrade_id = office.propose()
    waiting = office.find(regrade_id)
    assert (waiting.percent, waiting.seconds_left(clock())) == (0, None)
    context = replace(exam.context, judge=slow, limits=replace(exam.context.limits, regrade_batch=1))
    regrade_some(context)
    judged = office.find(regrade_id)
    assert (judged.done, judged.total, judged.known) == (2, 4, 1), known
    assert (judged.percent, judged.seconds_left(clock())) == (50, 20)
    office.work()
    ready = office.find(regrade_id)
    assert (ready.percent, ready.seconds_left(clock())) == (100, None)
