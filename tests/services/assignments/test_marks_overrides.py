import pytest
from sqlalchemy import select

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.judging.policy import Override
from grader.services.assignments.assignments import find_assignment
from grader.services.assignments.marks import mark_of, override_mark, overrides_of, revoke_override
from grader.services.courses.members import StudentPlace
from grader.services.courses.membership import InstructorOf
from grader.services.errors import UnknownAssignment, UnusableMark
from grader.services.grading.drain import drain
from grader.store.database import Sessions
from grader.store.submission_tables import AuditEntry
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.submitting import submit_for

KIND = Override(0.9, "Right idea, shown in the oral exam")


@pytest.fixture
def at(assign: Assign, classroom: Classroom) -> StudentPlace:
    return StudentPlace(assign(), classroom.students[0].id)


def share(sessions: Sessions, at: StudentPlace) -> float | None:
    with sessions() as session:
        return mark_of(session, find_assignment(session, at.assignment_id), 6.0, at.user_id).mark.share


def test_a_mark_that_was_set_counts_until_it_is_taken_back(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    override_mark(sessions, classroom.as_instructor, at, KIND, clock())
    assert share(sessions, at) == 0.9
    revoke_override(sessions, classroom.as_instructor, at, clock.advance(1))
    assert share(sessions, at) is None


@pytest.fixture
def full_marks(
    sessions: Sessions, catalog: Catalog, classroom: Classroom, at: StudentPlace, clock: Clock
) -> StudentPlace:
    """The same student, who has sent what is right."""
    published = catalog.find("step-network-forward")
    right = {name: Entry(f"{published.exercise.reference[name]:g}") for name in published.exercise.field_names}
    submit_for(sessions, published, classroom.learner(), right, clock(), assignment_id=at.assignment_id)
    drain(sessions, catalog, clock)
    return at


def test_taking_it_back_brings_the_computed_mark(
    sessions: Sessions, classroom: Classroom, full_marks: StudentPlace, clock: Clock
) -> None:
    at = full_marks
    override_mark(sessions, classroom.as_instructor, at, Override(0.1, "Copied"), clock())
    override_mark(sessions, classroom.as_instructor, at, Override(0.2, "Partly copied"), clock.advance(1))
    assert share(sessions, at) == 0.2
    revoke_override(sessions, classroom.as_instructor, at, clock.advance(1))
    assert share(sessions, at) == 1.0


def test_all_that_was_set_is_kept_with_who_and_why(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    override_mark(sessions, classroom.as_instructor, at, Override(0.1, "Copied"), clock())
    override_mark(sessions, classroom.as_instructor, at, KIND, clock.advance(1))
    with sessions() as session:
        newest, first = overrides_of(session, at)
    assert (newest.reason, newest.made_by, newest.revoked_at) == (KIND.reason, "Ines", None)
    assert (first.share, first.revoked_by, first.revoked_at) == (0.1, "Ines", clock())


def test_it_is_logged_without_its_words(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    override_mark(sessions, classroom.as_instructor, at, KIND, clock())
    revoke_override(sessions, classroom.as_instructor, at, clock())
    revoke_override(sessions, classroom.as_instructor, at, clock())
    with sessions() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries][-2:] == ["mark.overridden", "mark.restored"]
    assert (entries[-2].subject_id, entries[-2].detail) == (at.user_id, {"share": 0.9})


@pytest.mark.parametrize("wanted", [Override(1.2, "Generous"), Override(-0.1, "Angry"), Override(0.5, "  ")])
def test_a_mark_is_a_share_with_a_reason(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock, wanted: Override
) -> None:
    with pytest.raises(UnusableMark):
        override_mark(sessions, classroom.as_instructor, at, wanted, clock())


def test_instructors_set_marks_of_their_own_course_only(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    with pytest.raises(UnknownAssignment):
        override_mark(sessions, InstructorOf(classroom.course_id + 1, classroom.stranger.id), at, KIND, clock())
    assert share(sessions, at) is None


def test_who_is_no_student_of_the_course_has_no_mark(
    sessions: Sessions, classroom: Classroom, at: StudentPlace, clock: Clock
) -> None:
    for who in (classroom.assistant, classroom.stranger):
        with pytest.raises(UnknownAssignment):
            override_mark(sessions, classroom.as_instructor, StudentPlace(at.assignment_id, who.id), KIND, clock())
