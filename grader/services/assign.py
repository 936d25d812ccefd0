"""Setting a course an assignment, and changing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.checking.policy import Policy
from grader.services.authenticate import SignedIn
from grader.store import audit
from grader.store.assignments import Assignment
from grader.store.audit import Event
from grader.store.engine import Sessions
from grader.store.submissions import Submission


@dataclass(frozen=True, slots=True)
class Setting:
    """What instructors say of an assignment."""

    slug: str
    title: str
    opens_at: datetime | None
    due_at: datetime | None
    policy: Policy


def create_assignment(sessions: Sessions, who: SignedIn, course_id: int, wanted: Setting, now: datetime) -> int:
    """Set the course an assignment, and return its id."""
    with sessions.begin() as session:
        made = Assignment(course_id=course_id, created_at=now, **_columns(wanted))
        session.add(made)
        session.flush()
        audit.add(session, Event(now, "assignment.created", who.id, course_id, made.id, detail=_detail(wanted)))
        return made.id


def change_assignment(sessions: Sessions, who: SignedIn, assignment_id: int, wanted: Setting, now: datetime) -> None:
    """Change an assignment; once something has been sent to it, its exercise stays what it was."""
    with sessions.begin() as session:
        kept = session.get_one(Assignment, assignment_id, with_for_update=True)
        columns = _columns(wanted)
        if submissions_to(session, assignment_id):
            del columns["slug"]
        changed = [name for name, value in columns.items() if getattr(kept, name) != value]
        if not changed:
            return
        for name in changed:
            setattr(kept, name, columns[name])
        detail = {**_detail(wanted), "changed": changed}
        audit.add(session, Event(now, "assignment.changed", who.id, kept.course_id, assignment_id, detail=detail))


def archive_assignment(
    sessions: Sessions, who: SignedIn, assignment_id: int, now: datetime, *, archived: bool = True
) -> None:
    """Put an assignment away, or take it out again: nothing is sent to it meanwhile, and its marks don't show."""
    with sessions.begin() as session:
        kept = session.get_one(Assignment, assignment_id, with_for_update=True)
        if (kept.archived_at is not None) == archived:
            return
        kept.archived_at = now if archived else None
        action = "assignment.archived" if archived else "assignment.restored"
        audit.add(session, Event(now, action, who.id, kept.course_id, assignment_id))


def submissions_to(session: Session, assignment_id: int) -> int:
    """Return how many submissions there are to an assignment."""
    counted = select(func.count()).select_from(Submission).where(Submission.assignment_id == assignment_id)
    return session.scalars(counted).one()


def _columns(wanted: Setting) -> dict[str, object]:
    return {
        "slug": wanted.slug,
        "title": wanted.title,
        "opens_at": wanted.opens_at,
        "due_at": wanted.due_at,
        "policy": wanted.policy.to_json(),
    }


def _detail(wanted: Setting) -> dict[str, object]:
    due = None if wanted.due_at is None else wanted.due_at.isoformat()
    return {"due_at": due, "policy": wanted.policy.to_json()}


def put_away_in(session: Session, course_id: int) -> list[tuple[int, str]]:
    """Return id and title of the assignments of a course that were put away."""
    model = Assignment
    wanted = select(model.id, model.title).where(model.course_id == course_id, model.archived_at.is_not(None))
    return [(row.id, row.title) for row in session.execute(wanted.order_by(model.id))]
