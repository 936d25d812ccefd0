"""A person is erased while the person's submissions are being judged."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from grader.judging.answers import ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.services.accounts.administration import Act
from grader.services.accounts.authentication import operator
from grader.services.grading.context import GradingContext
from grader.services.grading.drain import drain_context
from grader.services.privacy.erasure import Extent, erase_person
from grader.services.regrading.worker import regrade_some
from grader.store.submission_tables import Grading, Waiting
from grader.vocabulary import RegradeState
from tests.fixtures.classroom import Classroom
from tests.fixtures.regrading import Exam, Office


def erasing(exam: Exam, classroom: Classroom, extent: Extent) -> GradingContext:
    """A context of grading in which Sara is erased while the first batch is judged."""
    left = [classroom.students[0]]

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        for sara in left:
            erase_person(exam.sessions, sara.id, sara.email, extent, Act(operator(), exam.context.clock()))
        left.clear()
        return judge(exercise, batch)

    return replace(exam.context, judge=meanwhile)


@pytest.mark.process
@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize("practice", [True, False])
def test_the_others_are_graded_all_the_same(
    exam: Exam, classroom: Classroom, extent: Extent, *, practice: bool
) -> None:
    exam.send(number=0, practice=practice)
    exam.send(number=1, practice=practice)
    drained = drain_context(erasing(exam, classroom, extent))
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
