"""Preview of how a different policy or due time would change current marks. Judges and stores nothing."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from grader.judging.policy import Policy, mark, points_gained
from grader.services.assignments.assignments import AssignmentSettings, CourseAssignment, all_terms, students_of
from grader.services.assignments.marks import marks_of


@dataclass(frozen=True, slots=True)
class MarkChangePreview:
    """The numbers of students whose marks would rise and fall."""

    up: int = 0
    down: int = 0

    @property
    def is_any(self) -> bool:
        """Whether any mark would change."""
        return bool(self.up or self.down)

    @property
    def key(self) -> str:
        """A key that differs for every different preview."""
        return f"{self.up}-{self.down}"


def preview_mark_changes(
    session: Session, assignment: CourseAssignment, wanted: AssignmentSettings, worth: float
) -> MarkChangePreview:
    """Return how changing an assignment would affect marks; `worth` is the exercise's points."""
    students = [user_id for user_id, _ in students_of(session, assignment.course_id)]
    changed = replace(assignment, opens_at=wanted.opens_at, due_at=wanted.due_at, policy=wanted.policy)
    terms = all_terms(session, changed, students)
    gains = []
    for user_id, before in marks_of(session, assignment, worth, students).items():
        after = mark(terms[user_id], before.attempts, worth)
        gains.append(points_gained(before.mark, after))
    return MarkChangePreview(sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains))


def without_marks(wanted: Policy, now: Policy) -> Policy:
    """Return the wanted policy with the parts that affect marks as they are now."""
    late = replace(wanted.late, per_day=now.late.per_day, cap=now.late.cap)
    return replace(wanted, attempts=now.attempts, counting=now.counting, points=now.points, late=late)
