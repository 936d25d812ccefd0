from datetime import timedelta

import pytest
from sqlalchemy import select

from grader.judging.policy import Policy
from grader.services.assignments.assignments import find_assignment, terms_at_assignments, terms_of
from grader.services.assignments.extensions import (
    Extension,
    extensions_at,
    grant_extension,
    revoke_extension,
)
from grader.services.courses.members import StudentPlace
from grader.services.courses.membership import InstructorOf
from grader.services.errors import UnknownAssignment, UnknownMember, UnusableAllowance
from grader.store.database import Sessions
from grader.store.submission_tables import AuditEntry
from grader.store.tables import Assignment
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock

DAY = timedelta(days=1)


@pytest.fixture
def by(classroom: Classroom) -> InstructorOf:
    return classroom.as_instructor


@pytest.fixture
def at(classroom: Classroom, assign: Assign) -> StudentPlace:
    return StudentPlace(assign(policy=Policy(attempts=2)), classroom.students[0].id)


def test_more_time_and_attempts_are_ones_own(
    sessions: Sessions, by: InstructorOf, at: StudentPlace, classroom: Classroom, clock: Clock
) -> None:
    later = clock() + 30 * DAY
    grant_extension(sessions, by, at, Extension(later, 2, "ill"), clock())
    with sessions() as session:
        assignment = find_assignment(session, at.assignment_id)
        own, other = (terms_of(session, assignment, student.id) for student in classroom.students)
        (granted,) = extensions_at(session, at.assignment_id)
    assert (own.due_at, own.allowed, other.due_at, other.allowed) == (later, 4, assignment.due_at, 2)
    assert (granted.name, granted.grant) == ("Sara", Extension(later, 2, "ill"))


def test_what_another_course_has_allowed_stays(
    sessions: Sessions, by: InstructorOf, at: StudentPlace, clock: Clock
) -> None:
    grant_extension(sessions, by, at, Extension(None, 1, "ill"), clock())
    revoke_extension(sessions, InstructorOf(by.course_id + 1, by.user_id), at, clock())
    with sessions() as session:
        assert len(extensions_at(session, at.assignment_id)) == 1


def test_it_is_changed_and_withdrawn_and_all_of_it_noted(
    sessions: Sessions, by: InstructorOf, at: StudentPlace, clock: Clock
) -> None:
    grant_extension(sessions, by, at, Extension(None, 1, "a power cut"), clock())
    grant_extension(sessions, by, at, Extension(None, 3, "two power cuts"), clock())
    for _ in range(2):
        revoke_extension(sessions, by, at, clock())
    with sessions() as session:
        assert extensions_at(session, at.assignment_id) == ()
        noted = session.execute(select(AuditEntry.action, AuditEntry.subject_id).order_by(AuditEntry.id)).all()
    assert [tuple(entry) for entry in noted] == [
        ("allowance.given", at.user_id),
        ("allowance.given", at.user_id),
        ("allowance.withdrawn", at.user_id),
    ]


def test_what_allows_nothing_is_refused(sessions: Sessions, by: InstructorOf, at: StudentPlace, clock: Clock) -> None:
    nothing = [
        Extension(None, 0, "ill"),
        Extension(None, 1, " "),
        Extension(clock(), 0, "ill"),
        Extension(None, -1, "ill"),
        Extension(None, 1001, "ill"),
        Extension(None, 1, "x" * 501),
    ]
    for grant in nothing:
        with pytest.raises(UnusableAllowance):
            grant_extension(sessions, by, at, grant, clock())
    with sessions() as session:
        assert extensions_at(session, at.assignment_id) == ()


def test_only_people_of_ones_own_course_are_allowed_more(
    sessions: Sessions, by: InstructorOf, at: StudentPlace, classroom: Classroom, clock: Clock
) -> None:
    elsewhere = InstructorOf(classroom.course_id + 1, classroom.stranger.id)
    with pytest.raises(UnknownAssignment):
        grant_extension(sessions, elsewhere, at, Extension(None, 1, "ill"), clock())
    with pytest.raises(UnknownMember):
        grant_extension(
            sessions,
            by,
            StudentPlace(at.assignment_id, classroom.stranger.id),
            Extension(None, 1, "ill"),
            clock(),
        )


def test_an_extension_is_never_shorter_than_what_holds_for_everybody(
    sessions: Sessions, by: InstructorOf, at: StudentPlace, clock: Clock
) -> None:
    extended = clock() + 8 * DAY
    grant_extension(sessions, by, at, Extension(extended, 0, "ill"), clock())
    for moved, own in ((clock() + 30 * DAY, clock() + 30 * DAY), (clock() + DAY, extended), (None, None)):
        with sessions.begin() as session:
            session.get_one(Assignment, at.assignment_id).due_at = moved
        with sessions() as session:
            assignment = find_assignment(session, at.assignment_id)
            assert terms_of(session, assignment, at.user_id).due_at == own
            assert terms_at_assignments(session, [assignment], at.user_id)[at.assignment_id].due_at == own
