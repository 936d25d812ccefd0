from datetime import datetime

from sqlalchemy.dialects.postgresql import insert

from grader.services.authenticate import SignedIn
from grader.services.errors import CourseArchived, UnknownJoinCode
from grader.services.join_code import normal_join_code
from grader.store import audit, courses
from grader.store.audit import Event
from grader.store.engine import Sessions
from grader.store.enrolments import CourseRole, Enrolment


def join(sessions: Sessions, who: SignedIn, typed: str, now: datetime) -> int:
    """Make a person a student of the course of a code, and return the course's id; who is in it stays what he is.

    Raises:
        UnknownJoinCode: no course is joined by this code.
        CourseArchived: the course is over.
    """
    with sessions.begin() as session:
        course = courses.by_join_code(session, normal_join_code(typed))
        if course is None:
            raise UnknownJoinCode("No course can be joined by this code. Codes change: ask for the one of today.")
        row = {"course_id": course.id, "user_id": who.id, "role": CourseRole.STUDENT.value, "joined_at": now}
        joined = insert(Enrolment).values(row).on_conflict_do_nothing().returning(Enrolment.user_id)
        if course.archived_at is not None:
            raise CourseArchived("This course is archived: nobody can join it any more.")
        if session.scalars(joined).one_or_none() is not None:
            detail = {"to": CourseRole.STUDENT.value, "by": "code"}
            audit.add(session, Event(now, "member.added", who.id, course.id, subject_id=who.id, detail=detail))
        return course.id
