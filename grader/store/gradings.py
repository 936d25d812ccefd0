"""Gradings: at most one of a submission counts."""

from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import Uuid as SqlUuid
from sqlalchemy import any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from grader.store.base import table
from grader.store.submission_tables import Grading, Submission

_NEW = insert(table(Grading))
_ADD = _NEW.on_conflict_do_update(
    index_elements=[Grading.submission_id, Grading.revision, Grading.judge_version, Grading.overrides_key],
    set_={"counts": True, "counts_since": _NEW.excluded.graded_at},
)
_SILENCE = (
    update(table(Grading))
    .where(table(Grading).c.submission_id == any_(bindparam("ids", type_=ARRAY(SqlUuid))), table(Grading).c.counts)
    .values(counts=False)
)


def add_gradings(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert gradings, which count from now on; of one that exists already the report stays as it is."""
    stop_counting(session, [cast("UUID", row["submission_id"]) for row in rows])
    session.execute(_ADD, rows)


def stop_counting(session: Session, submission_ids: Sequence[UUID]) -> None:
    """No grading of these submissions counts any more: another one is about to."""
    session.execute(_SILENCE, {"ids": list(submission_ids)})


def most_points(session: Session, assignment_id: int) -> float | None:
    """Return what the exercise of an assignment is worth to the gradings that count; None where there are none."""
    own = select(Submission.id).where(Submission.assignment_id == assignment_id)
    return session.scalars(select(func.max(Grading.max)).where(Grading.submission_id.in_(own), Grading.counts)).one()
