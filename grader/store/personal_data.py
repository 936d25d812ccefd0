"""Rows as plain values, for archives and personal data exports."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from grader.store import submission_tables, tables, tallies
from grader.vocabulary import WEB_CLIENT, CourseRole


def _submissions(session: Session, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield submissions, oldest first, each with its learner, gradings and failure."""
    wanted = (
        select(
            *tables.table(submission_tables.Submission).c,
            submission_tables.Learner.user_id,
            submission_tables.Learner.ref.label("learner"),
            tables.Client.name.label("client"),
            submission_tables.Failure.reason.label("failure"),
        )
        .join_from(
            submission_tables.Submission,
            submission_tables.Learner,
            submission_tables.Learner.id == submission_tables.Submission.learner_id,
        )
        .join(tables.Client, tables.Client.id == submission_tables.Learner.client_id)
        .outerjoin(
            submission_tables.Failure, submission_tables.Failure.submission_id == submission_tables.Submission.id
        )
        .where(*conditions)
        .order_by(submission_tables.Submission.submitted_at, submission_tables.Submission.id)
    )
    for some in session.execute(wanted, execution_options={"yield_per": AT_ONCE}).partitions():
        graded = _gradings_of(session, [row.id for row in some])
        for row in some:
            sent = {name: plain_value(value) for name, value in row._asdict().items()}
            yield {**sent, "gradings": graded.get(row.id, [])}


def _people(session: Session, course_id: int, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield the members of a course with their roles."""
    wanted = (
        select(
            tables.User.id,
            tables.User.email,
            tables.User.name,
            tables.Enrolment.role,
            tables.Enrolment.student_number,
            tables.Enrolment.joined_at,
        )
        .join(tables.Enrolment, tables.Enrolment.user_id == tables.User.id)
        .where(tables.Enrolment.course_id == course_id, *conditions)
        .order_by(tables.User.id)
    )
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {name: plain_value(value) for name, value in row._asdict().items()}


def _gradings_of(session: Session, submission_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    wanted = (
        select(*tables.table(submission_tables.Grading).c)
        .where(submission_tables.Grading.submission_id.in_(submission_ids))
        .order_by(submission_tables.Grading.id)
    )
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row.submission_id].append({name: plain_value(value) for name, value in row._asdict().items()})
    return found


AT_ONCE = 200
SECRETS = frozenset({"password_hash", "token_sha256", "sha256", "join_code"})
"""Columns that no archive contains: they would allow signing in or joining a course."""


def plain_rows(
    session: Session, model: type[tables.Base], *conditions: ColumnElement[bool], without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table in key order without secrets, a few hundred in memory at a time."""
    columns = [column for column in tables.table(model).c if column.name not in SECRETS and column.name not in without]
    wanted = select(*columns).where(*conditions).order_by(*tables.table(model).primary_key.columns)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {column.name: plain_value(value) for column, value in zip(columns, row, strict=True)}


def rows_of_person(
    session: Session, model: type[tables.Base], user_id: int, *, without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that concern one user."""
    about = ABOUT.get(model)
    condition = tables.table(model).c.user_id == user_id if about is None else about(user_id)
    return plain_rows(session, model, condition, without=without)


ABOUT: Mapping[type[tables.Base], Callable[[int], ColumnElement[bool]]] = MappingProxyType(
    {
        tables.User: lambda user_id: tables.User.id == user_id,
        submission_tables.Variant: lambda user_id: submission_tables.Variant.learner_id.in_(
            select(submission_tables.Learner.id).where(submission_tables.Learner.user_id == user_id)
        ),
        tables.StudentMessage: lambda user_id: or_(
            tables.StudentMessage.to_user == user_id, tables.StudentMessage.from_user == user_id
        ),
        submission_tables.AuditEntry: lambda user_id: or_(
            submission_tables.AuditEntry.subject_id == user_id, submission_tables.AuditEntry.actor_id == user_id
        ),
    }
)
"""Conditions for a user's rows in tables without a column `user_id`."""


def submissions_of_person(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the submissions of one user, as in `archived_submissions`."""
    return _submissions(session, submission_tables.Learner.user_id == user_id)


def courses_of_person(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the courses in which a user is enrolled."""
    wanted = (
        select(
            tables.Course.id,
            tables.Course.title,
            tables.Enrolment.role,
            tables.Enrolment.student_number,
            tables.Enrolment.joined_at,
        )
        .join(tables.Enrolment, tables.Enrolment.course_id == tables.Course.id)
        .where(tables.Enrolment.user_id == user_id)
        .order_by(tables.Course.id)
    )
    for row in session.execute(wanted).all():
        yield {**row._asdict(), "joined_at": row.joined_at.isoformat()}


def assignments_of_person(session: Session, user_id: int) -> Sequence[int]:
    """Return the ids of the assignments in a student's courses, and of those the user has submitted to."""
    studied = select(tables.Enrolment.course_id).where(
        tables.Enrolment.user_id == user_id, tables.Enrolment.role == CourseRole.STUDENT
    )
    sent = select(submission_tables.Submission.assignment_id).join(
        submission_tables.Learner, submission_tables.Learner.id == submission_tables.Submission.learner_id
    )
    wanted = select(tables.Assignment.id).where(
        or_(
            tables.Assignment.course_id.in_(studied),
            tables.Assignment.id.in_(sent.where(submission_tables.Learner.user_id == user_id)),
        )
    )
    return session.scalars(wanted.order_by(tables.Assignment.id)).all()


def files_of_person(session: Session, user_id: int) -> Iterator[tuple[str, bytes]]:
    """Yield hash and content of each file that a user has submitted, one in memory at a time."""
    sent = select(submission_tables.Submission.blob_sha256).join(
        submission_tables.Learner, submission_tables.Learner.id == submission_tables.Submission.learner_id
    )
    hashes = session.scalars(
        sent.where(
            submission_tables.Learner.user_id == user_id, submission_tables.Submission.blob_sha256.is_not(None)
        ).distinct()
    )
    for sha256 in sorted(filter(None, hashes.all())):
        yield (
            sha256,
            session.scalars(
                select(submission_tables.Blob.content).where(submission_tables.Blob.sha256 == sha256)
            ).one(),
        )


def plain_value(value: Any) -> Any:
    """Return a JSON value: times in ISO 8601, ids as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


Rows = Iterator[dict[str, Any]]
LEASE = ("lease_until", "planned_at", "known_when_planned", "tries")
"""Columns of a regrade that say how far its worker is."""


def archived_course(session: Session, course_id: int) -> dict[str, Any]:
    """Return the row of a course."""
    return next(plain_rows(session, tables.Course, tables.Course.id == course_id))


def archived_people(session: Session, course_id: int, user_id: int | None) -> Rows:
    """Yield the members of a course, or one of them."""
    return _people(session, course_id, *_whose(tables.User.id, user_id))


def archived_rows(session: Session, assignment_ids: Collection[int], user_id: int | None) -> Iterator[tuple[str, Rows]]:
    """Yield the rows of these assignments by table: all, or those about one student."""

    def at(column: Any) -> Any:
        return column.in_(assignment_ids)

    yield "assignments", plain_rows(session, tables.Assignment, at(tables.Assignment.id))
    allowed = _whose(tables.Allowance.user_id, user_id)
    yield "allowances", plain_rows(session, tables.Allowance, at(tables.Allowance.assignment_id), *allowed)
    overridden = _whose(tables.MarkOverride.user_id, user_id)
    yield "mark_overrides", plain_rows(session, tables.MarkOverride, at(tables.MarkOverride.assignment_id), *overridden)
    told = _whose(tables.StudentMessage.to_user, user_id)
    yield "messages", plain_rows(session, tables.StudentMessage, at(tables.StudentMessage.assignment_id), *told)
    yield (
        "regrades",
        plain_rows(session, submission_tables.Regrade, at(submission_tables.Regrade.assignment_id), without=LEASE),
    )
    if user_id is None:
        regrades = select(submission_tables.Regrade.id).where(at(submission_tables.Regrade.assignment_id))
        yield (
            "regrade_results",
            plain_rows(
                session, submission_tables.RegradeResult, submission_tables.RegradeResult.regrade_id.in_(regrades)
            ),
        )


def archived_submissions(session: Session, assignment_ids: Collection[int], user_id: int | None) -> Rows:
    """Yield the submissions to these assignments: all, or those of one student."""
    to_them = submission_tables.Submission.assignment_id.in_(assignment_ids)
    return _submissions(session, to_them, *_whose(submission_tables.Learner.user_id, user_id))


def archived_audit(session: Session, course_id: int, assignment_ids: Collection[int], user_id: int | None) -> Rows:
    """Yield the log entries of these assignments and of the course itself, all or those about one student."""
    of_the_course = and_(
        submission_tables.AuditEntry.course_id == course_id, submission_tables.AuditEntry.assignment_id.is_(None)
    )
    about = or_(submission_tables.AuditEntry.assignment_id.in_(assignment_ids), of_the_course)
    return plain_rows(
        session, submission_tables.AuditEntry, about, *_whose(submission_tables.AuditEntry.subject_id, user_id)
    )


def _whose(column: Any, user_id: int | None) -> list[ColumnElement[bool]]:
    return [] if user_id is None else [column == user_id]


SIGN_INS = (
    tables.BrowserSession,
    tables.SignInLink,
    tables.Token,
    submission_tables.Draft,
    tables.ExternalIdentity,
    tables.ResetRequest,
)
"""Rows that belong to an account but not to marks."""

UNUSABLE: Mapping[str, object] = {"password_hash": None, "language": None, "time_zone": None}


def learners_of_person(session: Session, user: tables.User) -> list[int]:
    """Return a user's learners, including those of the web pages that existed before the account."""
    web = select(tables.Client.id).where(tables.Client.name == WEB_CLIENT).scalar_subquery()
    theirs = or_(
        submission_tables.Learner.user_id == user.id,
        (submission_tables.Learner.user_id.is_(None))
        & (submission_tables.Learner.client_id == web)
        & (submission_tables.Learner.ref == user.email),
    )
    return list(session.scalars(select(submission_tables.Learner.id).where(theirs)))


def delete_sign_ins_and_messages(session: Session, user_id: int) -> None:
    """Delete sessions, links, tokens, drafts, and messages to and from a user."""
    for model in SIGN_INS:
        session.execute(delete(model).where(model.user_id == user_id))
    session.execute(
        delete(tables.StudentMessage).where(
            or_(tables.StudentMessage.to_user == user_id, tables.StudentMessage.from_user == user_id)
        )
    )


def delete_work(session: Session, learner_ids: Collection[int]) -> None:
    """Delete submissions with their gradings, learners, and files that nobody else has submitted."""
    theirs = submission_tables.Submission.learner_id.in_(learner_ids)
    files = set(
        session.scalars(
            select(submission_tables.Submission.blob_sha256).where(
                theirs, submission_tables.Submission.blob_sha256.is_not(None)
            )
        )
    )
    tallies.forget(session, learner_ids)
    session.execute(delete(submission_tables.Submission).where(theirs))
    session.execute(delete(submission_tables.Learner).where(submission_tables.Learner.id.in_(learner_ids)))
    in_use = (
        select(submission_tables.Submission.id)
        .where(submission_tables.Submission.blob_sha256 == submission_tables.Blob.sha256)
        .exists()
    )
    session.execute(delete(submission_tables.Blob).where(submission_tables.Blob.sha256.in_(files), ~in_use))


def delete_user(session: Session, user_id: int) -> None:
    """Delete a user; marks and enrolments go with it."""
    session.execute(delete(tables.User).where(tables.User.id == user_id))


def anonymise(session: Session, user_id: int, user: Mapping[str, object], learner_refs: Mapping[int, str]) -> None:
    """Keep submissions and marks without anything that identifies the person.

    Args:
        session: joined.
        user_id: the person.
        user: replaces the columns of the user.
        learner_refs: new references, by learner.
    """
    session.execute(update(tables.User).where(tables.User.id == user_id).values({**UNUSABLE, **user}))
    for learner_id, ref in learner_refs.items():
        session.execute(
            update(submission_tables.Learner)
            .where(submission_tables.Learner.id == learner_id)
            .values(ref=ref, user_id=user_id)
        )
    tallies.rename(session, learner_refs)
    session.execute(update(tables.Enrolment).where(tables.Enrolment.user_id == user_id).values(student_number=None))
    session.execute(
        update(submission_tables.Submission)
        .where(submission_tables.Submission.learner_id.in_(learner_refs))
        .values(client_ref=None)
    )
    for model in (tables.Allowance, tables.MarkOverride):
        session.execute(update(model).where(model.user_id == user_id).values(reason=""))
