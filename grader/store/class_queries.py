"""All submissions of a class to an assignment, read with few statements."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    Text,
    and_,
    any_,
    cast,
    func,
    literal,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from grader.store.database import BINARY
from grader.store.submission_queries import (
    counts_for_submission,
    current_grading,
    has_failed,
    has_failed_here,
    has_unusable_file,
    with_outcome,
)
from grader.store.submission_tables import Draft, Failure, Grading, Learner, Regrade, Submission
from grader.store.tables import Allowance, Assignment, Client, Enrolment, MarkOverride
from grader.vocabulary import CourseRole

Stamp: TypeAlias = tuple[int, int, int]
"""A student's submissions, the sum of the ids of counting gradings, the number of failures."""


def class_stamps(session: Session, assignment_id: int) -> dict[int, Stamp]:
    """Return a stamp by user that changes with the user's submissions; read from indexes alone."""
    stamps = (
        select(
            Learner.user_id,
            func.count().label("sent"),
            func.coalesce(func.sum(Grading.id), 0).label("graded"),
            func.count(Failure.submission_id).label("failed"),
        )
        .select_from(Submission)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Submission.assignment_id == assignment_id, Learner.user_id.is_not(None))
        .group_by(Learner.user_id)
    )
    rows = session.execute(with_outcome(stamps))
    return {row.user_id: (row.sent, int(row.graded), row.failed) for row in rows}


def attempts_of_assignment(
    session: Session, assignment_id: int, user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return for each user arrays in order of submission: ids, times, points.

    A thousand rows with arrays are read several times faster than twenty thousand rows. `failed` are the ids of
    submissions that could not be judged, `unusable` those among them whose file cannot be used; both are None if there
    are none. Submissions of learners without a user (of an LMS) are left out. Without `user_ids`, all students are
    returned.
    """
    return session.execute(_by_user(assignment_id, user_ids), execution_options=BINARY).all()


def work_of_assignment(
    session: Session, assignment_id: int, revision: str, user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return the same with arrays of verdicts and mistakes (as text), and the values of `class_stamps`.

    `former` are the revisions, by id, of submissions judged by another one than `revision`; None if there are none.
    """
    wanted = _by_user(assignment_id, user_ids).add_columns(
        _array(Grading.verdicts).label("verdicts"),
        _array(cast(Grading.mistakes, Text)).label("mistakes"),
        func.jsonb_object_agg(Submission.id, Grading.revision).filter(Grading.revision != revision).label("former"),
        func.coalesce(func.sum(Grading.id), 0).label("graded"),
        func.count(Failure.submission_id).label("failures"),
    )
    return session.execute(wanted, execution_options=BINARY).all()


def _by_user(assignment_id: int, user_ids: Collection[int] | None) -> Select[*tuple[Any, ...]]:
    wanted = (
        select(
            Learner.user_id,
            _array(Submission.id).label("ids"),
            _array(Submission.submitted_at).label("sent_at"),
            _array(Grading.given).label("given"),
            _array(Grading.max).label("max"),
            type_coerce(func.array_agg(Submission.id).filter(has_failed()), NullType()).label("failed"),
            type_coerce(func.array_agg(Submission.id).filter(has_unusable_file()), NullType()).label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .where(Submission.assignment_id == assignment_id, Learner.user_id.is_not(None))
        .group_by(Learner.user_id)
    )
    wanted = with_outcome(wanted)
    return wanted if user_ids is None else wanted.where(Learner.user_id.in_(user_ids))


def stamp_of(row: Row[*tuple[Any, ...]]) -> Stamp:
    """Return the stamp of a student's row."""
    return len(row.ids), int(row.graded), row.failures


def typed_entries(session: Session, wanted: Sequence[tuple[object, str]]) -> Sequence[str | None]:
    """Return the typed text for each pair of submission and field, in their order."""
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
    """Return the learners' own given values with which submissions were answered, if any."""
    if not submission_ids:
        return {}
    own = select(Submission.id, Submission.givens).where(
        Submission.id == any_(literal(list(submission_ids), ARRAY(Submission.id.type))), Submission.givens.is_not(None)
    )
    return {row.id: row.givens for row in session.execute(own)}


def users_drafting(session: Session, assignment_id: int) -> frozenset[int]:
    """Return the users who have typed something without submitting it."""
    return frozenset(session.scalars(select(Draft.user_id).where(Draft.place == f"assignment:{assignment_id}")))


def _array(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    """Aggregate a student's values in order of submission; psycopg returns a list."""
    in_order = aggregate_order_by(column, Submission.submitted_at, Submission.id)
    return type_coerce(func.array_agg(in_order), NullType())


def class_version(session: Session, assignment_id: int, course_id: int) -> tuple[Any, ...]:
    """Return the version; equal values stand for equal rows."""
    sent = session.execute(
        select(func.count(), func.max(Submission.submitted_at), func.count(Grading.id), func.sum(Grading.id))
        .select_from(Submission)
        .outerjoin(Grading, counts_for_submission())
        .where(Submission.assignment_id == assignment_id)
    ).one()
    besides = session.execute(select(*_other_rows(assignment_id, course_id))).one()
    return (*sent, *besides)


def _other_rows(assignment_id: int, course_id: int) -> tuple[ScalarSelect[Any], ...]:
    """Select the version of small tables."""
    override = (MarkOverride.assignment_id == assignment_id,)
    failed = select(func.count()).select_from(Failure).join(Submission, Submission.id == Failure.submission_id)
    return (
        failed.where(Submission.assignment_id == assignment_id).scalar_subquery(),
        select(func.count()).where(Draft.place == f"assignment:{assignment_id}").scalar_subquery(),
        select(func.max(MarkOverride.id)).where(*override).scalar_subquery(),
        select(func.max(MarkOverride.revoked_at)).where(*override).scalar_subquery(),
        select(func.max(Allowance.given_at)).where(Allowance.assignment_id == assignment_id).scalar_subquery(),
        select(func.count()).where(Allowance.assignment_id == assignment_id).scalar_subquery(),
        select(func.sum(func.hashtext(func.concat(Enrolment.user_id, Enrolment.role))))
        .where(Enrolment.course_id == course_id)
        .scalar_subquery(),
    )


ROWS_AT_ONCE = 500


def practice_submissions(session: Session, slug: str) -> Iterator[Row[Any]]:
    """Yield all practice submissions, oldest first, a few hundred in memory at a time."""
    current = current_grading()
    wanted = (
        select(
            Submission.id,
            Submission.submitted_at,
            Submission.revision,
            Submission.answers,
            Learner.ref.label("learner_ref"),
            Client.name.label("client"),
            current.c.report,
            Failure.reason.label("failure_reason"),
            Failure.unusable_file.is_not(None).label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(Submission.slug == slug, Submission.assignment_id.is_(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    yield from session.execute(wanted, execution_options={"yield_per": ROWS_AT_ONCE})


def count_students(session: Session, course_ids: Collection[int]) -> dict[int, int]:
    """Return the number of students of each course; courses without students are left out."""
    counted = select(Enrolment.course_id, func.count()).where(Enrolment.course_id.in_(course_ids))
    rows = session.execute(counted.where(Enrolment.role == CourseRole.STUDENT).group_by(Enrolment.course_id))
    return {row[0]: row[1] for row in rows}


def count_senders(session: Session, course_id: int) -> dict[int, int]:
    """Return the number of a course's students with submissions to each of its assignments."""
    counted = (
        select(Assignment.id, func.count(func.distinct(Enrolment.user_id)))
        .join(Submission, Submission.assignment_id == Assignment.id)
        .join(Learner, Learner.id == Submission.learner_id)
        .join(Enrolment, and_(Enrolment.user_id == Learner.user_id, Enrolment.course_id == Assignment.course_id))
        .where(Assignment.course_id == course_id, Enrolment.role == CourseRole.STUDENT)
        .group_by(Assignment.id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def failed_by_assignment(session: Session, course_ids: Collection[int]) -> Sequence[Row[int, int, str, int]]:
    """Return course, id and title of assignments with submissions that could not be graded, and how many (`number`)."""
    failed = (
        select(Assignment.course_id, Assignment.id, Assignment.title, func.count().label("number"))
        .join(Submission, Submission.assignment_id == Assignment.id)
        .where(Assignment.course_id.in_(course_ids), has_failed_here())
        .group_by(Assignment.id)
        .order_by(Assignment.id)
    )
    return session.execute(with_outcome(failed)).all()


def regrades_in(
    session: Session, course_ids: Collection[int], states: Collection[str]
) -> Sequence[Row[int, int, int, str]]:
    """Return course, id, assignment and its title of the regrades in one of these states, oldest first."""
    return session.execute(
        select(Assignment.course_id, Regrade.id, Regrade.assignment_id, Assignment.title)
        .join(Regrade, Regrade.assignment_id == Assignment.id)
        .where(Assignment.course_id.in_(course_ids), Regrade.state.in_(states))
        .order_by(Regrade.id)
    ).all()


def due_between(
    session: Session, course_ids: Collection[int], first: datetime, end: datetime
) -> Sequence[Row[int, int, str, datetime | None]]:
    """Return course, id, title and due time of assignments, not archived, that are due from `first` to before `end`."""
    return session.execute(
        select(Assignment.course_id, Assignment.id, Assignment.title, Assignment.due_at)
        .where(Assignment.course_id.in_(course_ids), Assignment.archived_at.is_(None))
        .where(Assignment.due_at >= first, Assignment.due_at < end)
        .order_by(Assignment.due_at)
    ).all()
