"""The comparison lists who gains and loses marks and why; students see their own changes."""

from typing import Any

import pytest

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.judging.overrides import NO_OVERRIDES, Overrides
from grader.judging.policy import Counting, Policy
from grader.judging.verdict import Verdict
from grader.services.assignments.assignments import find_assignment
from grader.services.grading.drain import drain_context
from grader.services.regrading.comparison import (
    Cause,
    ChangedVerdict,
    RegradeComparison,
    compare_marks,
    regrades_of_mark,
)
from grader.services.regrading.regrades import find_regrade
from tests.fixtures.classroom import Classroom
from tests.fixtures.regrading import SLUG, Exam, Office


def seen(office: Office, regrade_id: int) -> RegradeComparison:
    exercise = office.published.exercise
    with office.exam.sessions() as session:
        assignment = find_assignment(session, office.exam.assignment_id)
        regrade = find_regrade(session, regrade_id)
        return compare_marks(session, assignment, regrade, exercise, lambda _: exercise.field_names)


def test_who_gains_is_named_with_what_is_judged_otherwise(office: Office) -> None:
    found = seen(office, office.ready())
    assert [change.name for change in found.gains] == ["Sara", "Sven"]
    assert found.losses == ()
    verdict = ChangedVerdict("net_h1", Verdict.WRONG, Verdict.CORRECT)
    assert found.gains[0].verdicts == (verdict,)
    assert found.gains[0].causes == (Cause.VERDICTS,)
    assert found.gains[0].gained == pytest.approx(office.published.exercise.asked["net_h1"].points)
    assert found.verdicts == ((verdict, 3),)
    assert found.submissions == 3


def test_who_loses_comes_first_and_who_stays_is_only_counted(office: Office, exam: Exam) -> None:
    reference = office.published.exercise.reference
    exam.send({"net_h1": Entry(repr(float(reference["net_h1"])))}, number=0)
    drain_context(exam.context)
    strict = Overrides.from_json({"credit": {"correct": 0.5}})
    found = seen(office, office.ready(strict))
    assert [(change.name, change.causes) for change in found.losses] == [("Sara", (Cause.WORTH,))]
    assert (found.unchanged, found.gains) == (1, ())


def test_a_policy_is_a_cause_of_its_own(office: Office, exam: Exam) -> None:
    reference = office.published.exercise.reference
    for answers in ({"net_h1": Entry(repr(float(reference["net_h1"])))}, {"net_h1": Entry("9")}):
        exam.send(answers, number=0)
        exam.context.clock.advance(1)  # type: ignore[attr-defined]  # it is the test's own
    drain_context(exam.context)
    found = seen(office, office.ready(NO_OVERRIDES, policy=Policy(counting=Counting.LAST)))
    assert [(change.name, change.causes) for change in found.losses] == [("Sara", (Cause.POLICY,))]
    assert found.submissions == 0


def test_a_student_is_told_before_and_after_and_of_the_way_back(
    office: Office, exam: Exam, classroom: Classroom, catalog: Catalog
) -> None:
    sara = classroom.students[0].id
    points = catalog.find(SLUG).exercise.asked["net_h1"].points

    def told() -> list[tuple[Any, ...]]:
        with exam.sessions() as session:
            found = regrades_of_mark(session, exam.assignment_id, sara)
        return [(one.before.points, one.after.points, one.rolled_back, one.reason) for one in found]

    regrade_id = office.ready(reason="Rounding was too strict")
    assert told() == []
    office.ask_apply(regrade_id)
    office.work()
    assert told() == [(0.0, pytest.approx(points), False, "Rounding was too strict")]
    office.ask_back(regrade_id)
    office.work()
    assert told() == [(pytest.approx(points), 0.0, True, "Rounding was too strict")]


def test_a_student_whose_mark_stays_is_told_nothing(office: Office, exam: Exam, classroom: Classroom) -> None:
    office.applied(Overrides.from_json({"credit": {"correct": 0.5}}))
    with exam.sessions() as session:
        assert regrades_of_mark(session, exam.assignment_id, classroom.students[0].id) == ()
