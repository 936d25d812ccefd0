"""Assignments through REST: what is set, and the marks, from the same function as on the pages."""

from datetime import datetime

from sqlalchemy.orm import Session

from grader.checking.policy import Open, state, visible
from grader.services.assigned import assigned_to, reached, student_at, students_of
from grader.services.assignment import Assignment
from grader.services.errors import UnknownAssignment
from grader.services.marks import Standing, mark_of, marks_of
from grader.services.principal import Principal, Scope
from grader.services.worth import worth_of
from grader.web.api.assignment_schema import AssignmentList, AssignmentOut, MarkAsked, MarkList, MarkOut
from grader.web.api.learner import learner_of, refuse_other_learner
from grader.web.api.numbers import LARGEST
from grader.web.api.operation import Reply, operation
from grader.web.wiring import web_services


@operation("GET", "/assignments", scope=Scope.READ)
def list_assignments(caller: Principal) -> Reply[AssignmentList]:
    """List the assignments that the token reaches, by due time.

    A student's own token reaches those of the student's courses, a token of the client `web` all.
    """
    with web_services().sessions() as session:
        found = assigned_to(session, caller)
    return Reply(AssignmentList(items=[AssignmentOut.of(assignment) for assignment in found]))


@operation("GET", "/assignments/<int:assignment_id>/mark", scope=Scope.READ, refuses=frozenset({422}))
def show_mark(caller: Principal, query: MarkAsked, assignment_id: int) -> Reply[MarkOut]:
    """Give one student's mark; to a student's own token only as far as the assignment shows marks by now."""
    learner, now = learner_of(caller, query.learner_ref), web_services().clock()
    with web_services().sessions() as session:
        assignment = _reached(session, caller, assignment_id)
        user_id, email = student_at(session, assignment, learner.ref)
        standing = mark_of(session, assignment, worth_of(session, web_services().catalog, assignment), user_id)
    return Reply(_told(assignment, email, standing, now, own=caller.user_id is not None))


@operation("GET", "/assignments/<int:assignment_id>/marks", scope=Scope.RESULTS)
def list_marks(caller: Principal, assignment_id: int) -> Reply[MarkList]:
    """Give the mark of each student of the course, also of those who have sent nothing."""
    if caller.learner_ref is not None:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        assignment = _reached(session, caller, assignment_id)
        students = dict(students_of(session, assignment.course_id))
        standings = marks_of(session, assignment, worth_of(session, web_services().catalog, assignment), students)
    now = web_services().clock()
    items = [_told(assignment, students[user], standing, now) for user, standing in standings.items()]
    return Reply(MarkList(items=items))


def _reached(session: Session, caller: Principal, assignment_id: int) -> Assignment:
    if assignment_id > LARGEST:
        raise UnknownAssignment(f"There is no assignment {assignment_id} for this token.")
    return reached(session, caller, assignment_id)


def _told(assignment: Assignment, learner_ref: str, standing: Standing, now: datetime, *, own: bool = False) -> MarkOut:
    terms, used = standing.terms, standing.mark.attempts_used
    hidden = own and not visible(terms.policy.marks, terms, used, now)
    found = Open.CLOSED if assignment.archived else state(terms, used, now)
    return MarkOut.of_student(learner_ref, standing, found, hidden=hidden)
