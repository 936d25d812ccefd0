"""Assignments and marks as they are told."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field

from grader.checking.policy import Counting, Open, Shown
from grader.services.assignment import Assignment
from grader.services.marks import Standing
from grader.web.api.schema import Asked, Outgoing
from grader.web.api.text import Ref

DUE_MINUTE = "What comes before this minute has ended is in time: due 23:59 lasts until 23:59:59."


class LateOut(Outgoing):
    """What lateness costs: `per_day` of the mark for each 24 h begun, `cap` at most, for `days` (null: for ever)."""

    per_day: float
    cap: float
    days: int | None


class AssignmentOut(Outgoing):
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
    def of(cls, assignment: Assignment) -> Self:
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


class AssignmentList(Outgoing):
    """All assignments that the token reaches, by due time."""

    items: list[AssignmentOut]


class MarkOut(Outgoing):
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
    def of_student(cls, learner_ref: str, standing: Standing, found: Open, *, hidden: bool = False) -> Self:
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


class MarkList(Outgoing):
    """A mark for each student of the course, by e-mail."""

    items: list[MarkOut]


class MarkAsked(Asked):
    """Whose mark."""

    learner_ref: Ref | None = Field(
        default=None, description="The student's e-mail. A student's own token may leave it out."
    )
