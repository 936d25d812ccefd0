"""What another policy or due time would do to the marks that there are: nothing is judged anew, nothing is stored."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grader.judging.policy import Policy, mark
from grader.services.assignments.assignments import AssignmentSettings, CourseAssignment, all_terms, students_of
from grader.services.assignments.marks import marks_of

NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class MarkChangePreview:
    """How many students' marks would rise, how many would fall."""

    up: int = 0
    down: int = 0

    @property
    def is_any(self) -> bool:
        """Whether a mark would change."""
        return bool(self.up or self.down)

    @property
    def key(self) -> str:
        """What another effect is told apart by."""
        return f"{self.up}-{self.down}"


def preview_mark_changes(
    session: Session, assignment: CourseAssignment, wanted: AssignmentSettings, worth: float
) -> MarkChangePreview:
    """Return what changing an assignment would do to marks; `worth` are its exercise's points."""
    students = [user_id for user_id, _ in students_of(session, assignment.course_id)]
    changed = replace(assignment, opens_at=wanted.opens_at, due_at=wanted.due_at, policy=wanted.policy)
    terms = all_terms(session, changed, students)
    gains = []
    for user_id, before in marks_of(session, assignment, worth, students).items():
        after = mark(terms[user_id], before.attempts, worth)
        gains.append((after.points or 0.0) - (before.mark.points or 0.0))
    return MarkChangePreview(sum(gain > NOISE for gain in gains), sum(gain < -NOISE for gain in gains))


def without_marks(wanted: Policy, now: Policy) -> Policy:
    """Return what is wanted, but for what makes marks: that stays as it is now."""
    late = replace(wanted.late, per_day=now.late.per_day, cap=now.late.cap)
    return replace(wanted, attempts=now.attempts, counting=now.counting, points=now.points, late=late)
