"""Everything that a class has sent to an assignment, in one row a student: for those who look at the class as a whole."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Text, and_, any_, cast, func, literal, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from grader.store.drafts import Draft
from grader.store.failures import Failure
from grader.store.gradings import Grading
from grader.store.learners import Learner
from grader.store.submissions import Submission

Stamp: TypeAlias = tuple[int, int, int]
"""Submissions of a student, the sum of the ids of the gradings that count, what could not be judged."""


def stamps(session: Session, assignment_id: int) -> dict[int, Stamp]:
    """Return by user what changes with anything that the user has sent; read from indexes alone."""
    rows = session.execute(
        select(
            Learner.user_id,
            func.count().label("sent"),
            func.coalesce(func.sum(Grading.id), 0).label("graded"),
            func.count(Failure.submission_id).label("failed"),
        )
        .select_from(Submission)
        .join(Learner, Learner.id == Submission.learner_id)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.assignment_id == assignment_id, Learner.user_id.is_not(None))
        .group_by(Learner.user_id)
    )
    return {row.user_id: (row.sent, int(row.graded), row.failed) for row in rows}


def of_assignment(
    session: Session, assignment_id: int, revision: str, user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return user, and arrays in the order of sending: ids, times, points, verdicts, mistakes (as text).

    With them comes what `stamps` tells. A thousand rows with arrays are read several times quicker than twenty thousand rows. `failed` are the
    ids of what could not be judged, `unusable` of those among them whose file cannot be used, `former` the revisions, by id, of what was judged by another one than `revision`;
    all are None where there is none. What was sent by learners without a user (an LMS's) is not there; of all students where nobody
    is named.
    """
    failed = and_(Failure.submission_id.is_not(None), Grading.id.is_(None))
    unusable = and_(Failure.unusable_file.is_not(None), Grading.id.is_(None))
    wanted = (
        select(
            Learner.user_id,
            _array(Submission.id).label("ids"),
            _array(Submission.submitted_at).label("sent_at"),
            _array(Grading.given).label("given"),
            _array(Grading.max).label("max"),
            _array(Grading.verdicts).label("verdicts"),
            _array(cast(Grading.mistakes, Text)).label("mistakes"),
            type_coerce(func.array_agg(Submission.id).filter(failed), NullType()).label("failed"),
            type_coerce(func.array_agg(Submission.id).filter(unusable), NullType()).label("unusable"),
            func.jsonb_object_agg(Submission.id, Grading.revision).filter(Grading.revision != revision).label("former"),
            func.coalesce(func.sum(Grading.id), 0).label("graded"),
            func.count(Failure.submission_id).label("failures"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .outerjoin(Grading, and_(Grading.submission_id == Submission.id, Grading.counts))
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.assignment_id == assignment_id, Learner.user_id.is_not(None))
        .group_by(Learner.user_id)
    )
    if user_ids is not None:
        wanted = wanted.where(Learner.user_id.in_(user_ids))
    return session.execute(wanted).all()


def stamp_of(row: Row[*tuple[Any, ...]]) -> Stamp:
    """Return the stamp of a student whose row was read."""
    return len(row.ids), int(row.graded), row.failures


def entries(session: Session, wanted: Sequence[tuple[object, str]]) -> Sequence[str | None]:
    """Return what was typed in a field of a submission, for each pair of the two, in their order."""
    if not wanted:
        return []
    ids, names = zip(*wanted, strict=True)
    pair = (
        func.unnest(literal(list(ids), ARRAY(Submission.id.type)), literal(list(names), ARRAY(Text())))
        .table_valued("submission_id", "name", with_ordinality="place")
        .render_derived()
    )
    typed = func.coalesce(
        func.jsonb_extract_path_text(Submission.answers, pair.c.name, "number"),
        func.jsonb_extract_path_text(Submission.answers, pair.c.name),
    )
    query = select(typed).join_from(pair, Submission, Submission.id == pair.c.submission_id).order_by(pair.c.place)
    return session.scalars(query).all()


def givens_of(session: Session, submission_ids: Collection[UUID]) -> dict[UUID, Mapping[str, float]]:
    """Return the learner's own given values that submissions were answered with, where there are some."""
    if not submission_ids:
        return {}
    own = select(Submission.id, Submission.givens).where(
        Submission.id == any_(literal(list(submission_ids), ARRAY(Submission.id.type))), Submission.givens.is_not(None)
    )
    return {row.id: row.givens for row in session.execute(own)}


def drafting(session: Session, assignment_id: int) -> frozenset[int]:
    """Return the users who have typed something and not sent it."""
    return frozenset(session.scalars(select(Draft.user_id).where(Draft.place == f"assignment:{assignment_id}")))


def _array(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """All of a student's, in the order of sending; psycopg has made a list of it already."""
    in_order = aggregate_order_by(column, Submission.submitted_at, Submission.id)
    return type_coerce(func.array_agg(in_order), NullType())
