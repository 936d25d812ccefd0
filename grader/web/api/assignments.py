"""Assignments through REST: what is set, and the marks, from the same function as on the pages."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from grader.judging.policy import Counting, Open, Shown, state, visible
from grader.services.accounts.authentication import Principal, Scope
from grader.services.assignments.assignments import CourseAssignment, assigned_to, reached, student_at, students_of
from grader.services.assignments.marks import StudentMark, mark_of, marks_of, max_points_of
from grader.services.errors import UnknownAssignment
from grader.web.api.inputs import learner_of, refuse_other_learner
from grader.web.api.requests import LARGEST_INTEGER, Ref
from grader.web.api.routing import Reply, operation
from grader.web.api.schemas import RequestQuery, ResponseBody
from grader.web.dependencies import web_services

DUE_MINUTE = "What comes before this minute has ended is in time: due 23:59 lasts until 23:59:59."


class LateOut(ResponseBody):
    """What lateness costs: `per_day` of the mark for each 24 h begun, `cap` at most, for `days` (null: for ever)."""

    per_day: float
    cap: float
    days: int | None


class AssignmentOut(ResponseBody):
    """An exercise that a course is set; times are those for everybody, without anyone's extension."""

    id: int
    course: str
    exercise: str
    title: str
    opens_at: datetime | None
    due_at: datetime | None = Field(description=DUE_MINUTE)
    attempts: int | None = Field(description="How many there are; null for as many as one likes.")
    counting: Counting
    late: LateOut
    variants: bool = Field(description="Whether each student has given values of the student's own.")
    marks_shown: Shown

    @classmethod
    def of(cls, assignment: CourseAssignment) -> Self:
        """Tell one."""
        policy = assignment.policy
        return cls(
            id=assignment.id,
            course=assignment.course,
            exercise=assignment.slug,
            title=assignment.title,
            opens_at=assignment.opens_at,
            due_at=assignment.due_at,
            attempts=policy.attempts,
            counting=policy.counting,
            late=LateOut.model_validate(policy.late),
            variants=policy.variants,
            marks_shown=policy.marks,
        )


class AssignmentList(ResponseBody):
    """All assignments that the token reaches, by due time."""

    items: list[AssignmentOut]


class MarkOut(ResponseBody):
    """What the gradebook shows of one student: gradings, lateness, attempts and what was set by hand, in one figure."""

    learner_ref: str
    state: Open = Field(description="Whether an attempt could be sent now, or why not.")
    due_at: datetime | None = Field(description=f"The student's own. {DUE_MINUTE}")
    share: float | None = Field(description="0 to 1; null while nothing is graded, or where it is not shown yet.")
    points: float | None
    of: float
    submission_id: UUID | None = Field(description="The submission that makes the mark.")
    late_days: int
    lost: float = Field(
        description="The share of its points that lateness costs, 0 to 1; deducted in `points` already."
    )
    overridden: bool = Field(description="Whether a person has set it.")
    attempts_used: int
    attempts_left: int | None = Field(description="Null for as many as one likes.")

    @classmethod
    def of_student(cls, learner_ref: str, standing: StudentMark, found: Open, *, hidden: bool = False) -> Self:
        """Tell one; `hidden` leaves the figure out."""
        mark = standing.mark
        return cls(
            learner_ref=learner_ref,
            state=found,
            due_at=standing.terms.due_at,
            share=None if hidden else mark.share,
            points=None if hidden else mark.points,
            of=mark.of,
            submission_id=None if hidden else mark.counted,
            late_days=0 if hidden else mark.late_days,
            lost=0.0 if hidden else mark.lost,
            overridden=not hidden and mark.overridden,
            attempts_used=mark.attempts_used,
            attempts_left=mark.attempts_left,
        )


class MarkList(ResponseBody):
    """A mark for each student of the course, by e-mail."""

    items: list[MarkOut]


class MarkAsked(RequestQuery):
    """Whose mark."""

    learner_ref: Ref | None = Field(
        default=None, description="The student's e-mail. A student's own token may leave it out."
    )


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
        standing = mark_of(session, assignment, max_points_of(session, web_services().catalog, assignment), user_id)
    return Reply(_mark_out(assignment, email, standing, now, own=caller.user_id is not None))


@operation("GET", "/assignments/<int:assignment_id>/marks", scope=Scope.RESULTS)
def list_marks(caller: Principal, assignment_id: int) -> Reply[MarkList]:
    """Give the mark of each student of the course, also of those who have sent nothing."""
    if caller.learner_ref is not None:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        assignment = _reached(session, caller, assignment_id)
        students = dict(students_of(session, assignment.course_id))
        standings = marks_of(session, assignment, max_points_of(session, web_services().catalog, assignment), students)
    now = web_services().clock()
    items = [_mark_out(assignment, students[user], standing, now) for user, standing in standings.items()]
    return Reply(MarkList(items=items))


def _reached(session: Session, caller: Principal, assignment_id: int) -> CourseAssignment:
    if assignment_id > LARGEST_INTEGER:
        raise UnknownAssignment(f"There is no assignment {assignment_id} for this token.")
    return reached(session, caller, assignment_id)


def _mark_out(
    assignment: CourseAssignment, learner_ref: str, standing: StudentMark, now: datetime, *, own: bool = False
) -> MarkOut:
    terms, used = standing.terms, standing.mark.attempts_used
    hidden = own and not visible(terms.policy.marks, terms, used, now)
    found = Open.CLOSED if assignment.archived else state(terms, used, now)
    return MarkOut.of_student(learner_ref, standing, found, hidden=hidden)
