"""Everything about a course, or about single assignments of it, as one JSON document; docs/exports.md has its schema."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from grader.services.json_stream import document
from grader.store import archives
from grader.store.allowances import Allowance
from grader.store.assignments import Assignment
from grader.store.audit import AuditEntry
from grader.store.courses import Course
from grader.store.learners import Learner
from grader.store.mark_overrides import MarkOverride
from grader.store.messages import Message
from grader.store.plain_rows import rows
from grader.store.regrades import Regrade, RegradeResult
from grader.store.submissions import Submission
from grader.store.users import User

FORMAT, VERSION = "nn-grader/course", 1


def course_archive(
    session: Session, course_id: int, assignment_ids: list[int], now: datetime, *, user_id: int | None = None
) -> Iterator[str]:
    """Write everything about these assignments of a course, or all of it that is about one person."""
    return document(_parts(session, course_id, assignment_ids, now, user_id))


def _parts(
    session: Session, course_id: int, assignment_ids: list[int], now: datetime, user_id: int | None
) -> Iterator[tuple[str, Any]]:
    def whose(column: Any) -> list[ColumnElement[bool]]:
        return [] if user_id is None else [column == user_id]

    yield "format", FORMAT
    yield "version", VERSION
    yield "exported_at", now.isoformat()
    yield "course", next(rows(session, Course, Course.id == course_id))
    yield "people", archives.people(session, course_id, *whose(User.id))
    yield "assignments", rows(session, Assignment, Assignment.id.in_(assignment_ids))
    yield "allowances", rows(session, Allowance, Allowance.assignment_id.in_(assignment_ids), *whose(Allowance.user_id))
    set_by_hand = and_(MarkOverride.assignment_id.in_(assignment_ids), *whose(MarkOverride.user_id))
    yield "mark_overrides", rows(session, MarkOverride, set_by_hand)
    yield "messages", rows(session, Message, Message.assignment_id.in_(assignment_ids), *whose(Message.to_user))
    yield (
        "regrades",
        rows(session, Regrade, Regrade.assignment_id.in_(assignment_ids), without=("lease_until", "tries")),
    )
    if user_id is None:
        yield "regrade_results", rows(session, RegradeResult, _results_of(assignment_ids))
    sent = archives.submissions(session, Submission.assignment_id.in_(assignment_ids), *whose(Learner.user_id))
    yield "submissions", sent
    about = or_(AuditEntry.assignment_id.in_(assignment_ids), _of_the_course(course_id))
    yield "audit", rows(session, AuditEntry, about, *whose(AuditEntry.subject_id))


def _results_of(assignment_ids: list[int]) -> ColumnElement[bool]:
    return RegradeResult.regrade_id.in_(select(Regrade.id).where(Regrade.assignment_id.in_(assignment_ids)))


def _of_the_course(course_id: int) -> ColumnElement[bool]:
    return and_(AuditEntry.course_id == course_id, AuditEntry.assignment_id.is_(None))
