"""Assignments in REST: the assignments themselves, and marks, from the same function as on the pages."""

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
from grader.services.regrading.regrades import FoundRegrade, regrades_of
from grader.vocabulary import RegradeState
from grader.web.api.inputs import learner_of, refuse_other_learner
from grader.web.api.requests import LARGEST_INTEGER, Ref
from grader.web.api.routing import Reply, operation
from grader.web.api.schemas import RequestQuery, ResponseBody
from grader.web.dependencies import web_services

DUE_MINUTE = "Submissions are on time until the end of this minute: due 23:59 lasts until 23:59:59."


class LateOut(ResponseBody):
    """The late penalty: `per_day` of the mark for each 24 h begun, up to `cap`, for `days` (null: without end)."""

    per_day: float
    cap: float
    days: int | None


class AssignmentOut(ResponseBody):
    """An exercise set in a course; times are the general ones, without extensions."""

    id: int
    course: str
    exercise: str
    title: str
    opens_at: datetime | None
    due_at: datetime | None = Field(description=DUE_MINUTE)
    attempts: int | None = Field(description="Number of attempts; null if unlimited.")
    counting: Counting
    late: LateOut
    variants: bool = Field(description="Whether each student gets different given values.")
    marks_shown: Shown

    @classmethod
    def of(cls, assignment: CourseAssignment) -> Self:
        """Convert one."""
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
    """All assignments that the token can access, by due time."""

    items: list[AssignmentOut]


class MarkOut(ResponseBody):
    """A student's mark as in the gradebook: gradings, lateness, attempts and a mark set by hand in one figure."""

    learner_ref: str
    state: Open = Field(description="Whether an attempt can be submitted now, or why not.")
    due_at: datetime | None = Field(description=f"Including the student's extension. {DUE_MINUTE}")
    share: float | None = Field(description="0 to 1; null if nothing is graded yet or the mark is not shown yet.")
    points: float | None
    of: float
    submission_id: UUID | None = Field(description="The submission that determines the mark.")
    late_days: int
    lost: float = Field(description="Late penalty as a share, 0 to 1; already deducted from `points`.")
    overridden: bool = Field(description="Whether an instructor has overridden the mark.")
    attempts_used: int
    attempts_left: int | None = Field(description="Null if unlimited.")

    @classmethod
    def of_student(cls, learner_ref: str, standing: StudentMark, found: Open, *, hidden: bool = False) -> Self:
        """Convert one; `hidden` omits the figure."""
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
    """A mark for each student of the course, by e-mail address."""

    items: list[MarkOut]


class RegradeOut(ResponseBody):
    """A regrade of an assignment, and how far it is."""

    id: int
    state: RegradeState = Field(description="Only `applied` and `rolling-back` change marks.")
    proposed_at: datetime
    applied_at: datetime | None
    rolled_back_at: datetime | None
    submissions: int = Field(description="How many there are to be judged.")
    judged: int
    percent: int = Field(description="Of the submissions, 100 only if all have been judged.")
    seconds_left: int | None = Field(
        description="About how long judging the rest takes; null if that is not known yet, or nothing is to be done."
    )

    @classmethod
    def of(cls, regrade: FoundRegrade, now: datetime) -> Self:
        """Convert one."""
        return cls(
            id=regrade.id,
            state=regrade.state,
            proposed_at=regrade.asked_at,
            applied_at=regrade.applied_at,
            rolled_back_at=regrade.rolled_back_at,
            submissions=regrade.total,
            judged=regrade.done,
            percent=regrade.percent,
            seconds_left=regrade.seconds_left(now),
        )


class RegradeList(ResponseBody):
    """All regrades of an assignment, newest first."""

    items: list[RegradeOut]


class MarkAsked(RequestQuery):
    """The student whose mark is requested."""

    learner_ref: Ref | None = Field(
        default=None, description="The student's e-mail address. Optional with a student's own token."
    )


@operation("GET", "/assignments", scope=Scope.READ)
def list_assignments(caller: Principal) -> Reply[AssignmentList]:
    """List the assignments that the token can access, by due time.

    A student's own token can access those of the student's courses, a token of the client `web` all of them.
    """
    with web_services().sessions() as session:
        found = assigned_to(session, caller)
    return Reply(AssignmentList(items=[AssignmentOut.of(assignment) for assignment in found]))


@operation("GET", "/assignments/<int:assignment_id>/mark", scope=Scope.READ, refuses=frozenset({422}))
def show_mark(caller: Principal, query: MarkAsked, assignment_id: int) -> Reply[MarkOut]:
    """Return one student's mark; with a student's own token only once the assignment shows marks."""
    learner, now = learner_of(caller, query.learner_ref), web_services().clock()
    with web_services().sessions() as session:
        assignment = _reached(session, caller, assignment_id)
        user_id, email = student_at(session, assignment, learner.ref)
        standing = mark_of(session, assignment, max_points_of(session, web_services().catalog, assignment), user_id)
    return Reply(_mark_out(assignment, email, standing, now, own=caller.user_id is not None))


@operation("GET", "/assignments/<int:assignment_id>/marks", scope=Scope.RESULTS)
def list_marks(caller: Principal, assignment_id: int) -> Reply[MarkList]:
    """Return the mark of each student of the course, including those without a submission."""
    if caller.learner_ref is not None:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        assignment = _reached(session, caller, assignment_id)
        students = dict(students_of(session, assignment.course_id))
        standings = marks_of(session, assignment, max_points_of(session, web_services().catalog, assignment), students)
    now = web_services().clock()
    items = [_mark_out(assignment, students[user], standing, now) for user, standing in standings.items()]
    return Reply(MarkList(items=items))


@operation("GET", "/assignments/<int:assignment_id>/regrades", scope=Scope.RESULTS)
def list_regrades(caller: Principal, assignment_id: int) -> Reply[RegradeList]:
    """Return the regrades of an assignment, with the progress of one that is being judged."""
    if caller.learner_ref is not None:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        found = regrades_of(session, _reached(session, caller, assignment_id).id)
    now = web_services().clock()
    return Reply(RegradeList(items=[RegradeOut.of(regrade, now) for regrade in found]))


def _reached(session: Session, caller: Principal, assignment_id: int) -> CourseAssignment:
    if assignment_id > LARGEST_INTEGER:
        raise UnknownAssignment(f"Assignment {assignment_id} does not exist or this token cannot access it.")
    return reached(session, caller, assignment_id)


def _mark_out(
    assignment: CourseAssignment, learner_ref: str, standing: StudentMark, now: datetime, *, own: bool = False
) -> MarkOut:
    terms, used = standing.terms, standing.mark.attempts_used
    hidden = own and not visible(terms.policy.marks, terms, used, now)
    found = Open.CLOSED if assignment.archived else state(terms, used, now)
    return MarkOut.of_student(learner_ref, standing, found, hidden=hidden)
