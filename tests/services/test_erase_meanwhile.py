"""Somebody is erased while the person's work is being judged."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from grader.checking.answers import ReadAnswers
from grader.checking.exercise import Exercise
from grader.checking.judge import judge
from grader.checking.report import Report
from grader.services.administer import Act
from grader.services.desk import Desk
from grader.services.erase import Extent, erase_person
from grader.services.grade import drain_desk
from grader.services.regrade.run import regrade_some
from grader.store.gradings import Grading
from grader.store.regrades import RegradeState
from grader.store.waiting import Waiting
from tests.fixtures.classroom import Classroom
from tests.fixtures.regrading import Exam, Office


def erasing(exam: Exam, classroom: Classroom, extent: Extent) -> Desk:
    """A desk at which Sara is erased while the first batch is judged."""
    left = [classroom.students[0]]

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        for sara in left:
            erase_person(exam.sessions, sara.id, sara.email, extent, Act(None, exam.desk.clock()))
        left.clear()
        return judge(exercise, batch)

    return replace(exam.desk, judge=meanwhile)


@pytest.mark.process
@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize("practice", [True, False])
def test_the_others_are_graded_all_the_same(
    exam: Exam, classroom: Classroom, extent: Extent, *, practice: bool
) -> None:
    exam.send(number=0, practice=practice)
    exam.send(number=1, practice=practice)
    drained = drain_desk(erasing(exam, classroom, extent))
    kept = 1 if extent is Extent.ERASE else 2
    with exam.sessions() as session:
        assert session.scalars(select(func.count()).select_from(Grading)).one() == kept
        assert session.scalars(select(func.count()).select_from(Waiting)).one() == 0
    assert (drained.graded, drained.failed) == (kept, 0)


@pytest.mark.parametrize("extent", Extent)
def test_a_regrade_goes_on_with_the_others(office: Office, exam: Exam, classroom: Classroom, extent: Extent) -> None:
    regrade_id = office.propose()
    while regrade_some(erasing(exam, classroom, extent)) is not None and office.find(regrade_id).is_at_work:
        pass
    office.ask_apply(regrade_id)
    office.work()
    found = office.find(regrade_id)
    assert (found.state, found.failure) == (RegradeState.APPLIED, None)
    kept = 1 if extent is Extent.ERASE else 3
    assert len(exam.counting()) == kept
