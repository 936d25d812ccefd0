"""Rows as plain values, for archives and personal data exports."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from grader.store import tallies
from grader.store.submission_tables import (
    AuditEntry,
    Blob,
    Draft,
    Failure,
    Grading,
    Learner,
    Regrade,
    RegradeResult,
    Submission,
    Variant,
)
from grader.store.tables import (
    Allowance,
    Assignment,
    Base,
    BrowserSession,
    Client,
    Course,
    Enrolment,
    ExternalIdentity,
    MarkOverride,
    ResetRequest,
    SignInLink,
    StudentMessage,
    Token,
    User,
    table,
)
from grader.vocabulary import WEB_CLIENT, CourseRole


def _submissions(session: Session, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield submissions, oldest first, each with its learner, gradings and failure."""
    wanted = (
        select(
            *table(Submission).c,
            Learner.user_id,
            Learner.ref.label("learner"),
            Client.name.label("client"),
            Failure.reason.label("failure"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(*conditions)
        .order_by(Submission.submitted_at, Submission.id)
    )
    for some in session.execute(wanted, execution_options={"yield_per": AT_ONCE}).partitions():
        graded = _gradings_of(session, [row.id for row in some])
        for row in some:
            sent = {name: plain_value(value) for name, value in row._asdict().items()}
            yield {**sent, "gradings": graded.get(row.id, [])}


def _people(session: Session, course_id: int, *conditions: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """Yield the members of a course with their roles."""
    wanted = (
        select(User.id, User.email, User.name, Enrolment.role, Enrolment.student_number, Enrolment.joined_at)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, *conditions)
        .order_by(User.id)
    )
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {name: plain_value(value) for name, value in row._asdict().items()}


def _gradings_of(session: Session, submission_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    wanted = select(*table(Grading).c).where(Grading.submission_id.in_(submission_ids)).order_by(Grading.id)
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(wanted):
        found[row.submission_id].append({name: plain_value(value) for name, value in row._asdict().items()})
    return found


AT_ONCE = 200
SECRETS = frozenset({"password_hash", "token_sha256", "sha256", "join_code"})
"""Columns that no archive contains: they would allow signing in or joining a course."""


def plain_rows(
    session: Session, model: type[Base], *conditions: ColumnElement[bool], without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table in key order without secrets, a few hundred in memory at a time."""
    columns = [column for column in table(model).c if column.name not in SECRETS and column.name not in without]
    wanted = select(*columns).where(*conditions).order_by(*table(model).primary_key.columns)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield {column.name: plain_value(value) for column, value in zip(columns, row, strict=True)}


def rows_of_person(
    session: Session, model: type[Base], user_id: int, *, without: Collection[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that concern one user."""
    about = ABOUT.get(model)
    condition = table(model).c.user_id == user_id if about is None else about(user_id)
    return plain_rows(session, model, condition, without=without)


ABOUT: Mapping[type[Base], Callable[[int], ColumnElement[bool]]] = MappingProxyType(
    {
        User: lambda user_id: User.id == user_id,
        Variant: lambda user_id: Variant.learner_id.in_(select(Learner.id).where(Learner.user_id == user_id)),
        StudentMessage: lambda user_id: or_(StudentMessage.to_user == user_id, StudentMessage.from_user == user_id),
        AuditEntry: lambda user_id: or_(AuditEntry.subject_id == user_id, AuditEntry.actor_id == user_id),
    }
)
"""Conditions for a user's rows in tables without a column `user_id`."""


def submissions_of_person(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the submissions of one user, as in `archived_submissions`."""
    return _submissions(session, Learner.user_id == user_id)


def courses_of_person(session: Session, user_id: int) -> Iterator[dict[str, Any]]:
    """Yield the courses in which a user is enrolled."""
    wanted = (
        select(Course.id, Course.title, Enrolment.role, Enrolment.student_number, Enrolment.joined_at)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.user_id == user_id)
        .order_by(Course.id)
    )
    for row in session.execute(wanted).all():
        yield {**row._asdict(), "joined_at": row.joined_at.isoformat()}


def assignments_of_person(session: Session, user_id: int) -> Sequence[int]:
    """Return the ids of the assignments in a student's courses, and of those the user has submitted to."""
    studied = select(Enrolment.course_id).where(Enrolment.user_id == user_id, Enrolment.role == CourseRole.STUDENT)
    sent = select(Submission.assignment_id).join(Learner, Learner.id == Submission.learner_id)
    wanted = select(Assignment.id).where(
        or_(Assignment.course_id.in_(studied), Assignment.id.in_(sent.where(Learner.user_id == user_id)))
    )
    return session.scalars(wanted.order_by(Assignment.id)).all()


def files_of_person(session: Session, user_id: int) -> Iterator[tuple[str, bytes]]:
    """Yield hash and content of each file that a user has submitted, one in memory at a time."""
    sent = select(Submission.blob_sha256).join(Learner, Learner.id == Submission.learner_id)
    hashes = session.scalars(sent.where(Learner.user_id == user_id, Submission.blob_sha256.is_not(None)).distinct())
    for sha256 in sorted(filter(None, hashes.all())):
        yield sha256, session.scalars(select(Blob.content).where(Blob.sha256 == sha256)).one()


def plain_value(value: Any) -> Any:
    """Return a JSON value: times in ISO 8601, ids as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


Rows = Iterator[dict[str, Any]]
LEASE = ("lease_until", "tries")
"""Columns of a regrade that say how far its worker is."""


def archived_course(session: Session, course_id: int) -> dict[str, Any]:
    """Return the row of a course."""
    return next(plain_rows(session, Course, Course.id == course_id))


def archived_people(session: Session, course_id: int, user_id: int | None) -> Rows:
    """Yield the members of a course, or one of them."""
    return _people(session, course_id, *_whose(User.id, user_id))


def archived_rows(session: Session, assignment_ids: Collection[int], user_id: int | None) -> Iterator[tuple[str, Rows]]:
    """Yield the rows of these assignments by table: all, or those about one student."""

    def at(column: Any) -> Any:
        return column.in_(assignment_ids)

    yield "assignments", plain_rows(session, Assignment, at(Assignment.id))
    allowed = _whose(Allowance.user_id, user_id)
    yield "allowances", plain_rows(session, Allowance, at(Allowance.assignment_id), *allowed)
    overridden = _whose(MarkOverride.user_id, user_id)
    yield "mark_overrides", plain_rows(session, MarkOverride, at(MarkOverride.assignment_id), *overridden)
    told = _whose(StudentMessage.to_user, user_id)
    yield "messages", plain_rows(session, StudentMessage, at(StudentMessage.assignment_id), *told)
    yield "regrades", plain_rows(session, Regrade, at(Regrade.assignment_id), without=LEASE)
    if user_id is None:
        regrades = select(Regrade.id).where(at(Regrade.assignment_id))
        yield "regrade_results", plain_rows(session, RegradeResult, RegradeResult.regrade_id.in_(regrades))


def archived_submissions(session: Session, assignment_ids: Collection[int], user_id: int | None) -> Rows:
    """Yield the submissions to these assignments: all, or those of one student."""
    to_them = Submission.assignment_id.in_(assignment_ids)
    return _submissions(session, to_them, *_whose(Learner.user_id, user_id))


def archived_audit(session: Session, course_id: int, assignment_ids: Collection[int], user_id: int | None) -> Rows:
    """Yield the log entries of these assignments and of the course itself, all or those about one student."""
    of_the_course = and_(AuditEntry.course_id == course_id, AuditEntry.assignment_id.is_(None))
    about = or_(AuditEntry.assignment_id.in_(assignment_ids), of_the_course)
    return plain_rows(session, AuditEntry, about, *_whose(AuditEntry.subject_id, user_id))


def _whose(column: Any, user_id: int | None) -> list[ColumnElement[bool]]:
    return [] if user_id is None else [column == user_id]


SIGN_INS = (BrowserSession, SignInLink, Token, Draft, ExternalIdentity, ResetRequest)
"""Rows that belong to an account but not to marks."""

UNUSABLE: Mapping[str, object] = {"password_hash": None, "language": None, "time_zone": None}


def learners_of_person(session: Session, user: User) -> list[int]:
    """Return a user's learners, including those of the web pages that existed before the account."""
    web = select(Client.id).where(Client.name == WEB_CLIENT).scalar_subquery()
    theirs = or_(
        Learner.user_id == user.id,
        (Learner.user_id.is_(None)) & (Learner.client_id == web) & (Learner.ref == user.email),
    )
    return list(session.scalars(select(Learner.id).where(theirs)))


def delete_sign_ins_and_messages(session: Session, user_id: int) -> None:
    """Delete sessions, links, tokens, drafts, and messages to and from a user."""
    for model in SIGN_INS:
        session.execute(delete(model).where(model.user_id == user_id))
    session.execute(
        delete(StudentMessage).where(or_(StudentMessage.to_user == user_id, StudentMessage.from_user == user_id))
    )


def delete_work(session: Session, learner_ids: Collection[int]) -> None:
    """Delete submissions with their gradings, learners, and files that nobody else has submitted."""
    theirs = Submission.learner_id.in_(learner_ids)
    files = set(session.scalars(select(Submission.blob_sha256).where(theirs, Submission.blob_sha256.is_not(None))))
    tallies.forget(session, learner_ids)
    session.execute(delete(Submission).where(theirs))
    session.execute(delete(Learner).where(Learner.id.in_(learner_ids)))
    in_use = select(Submission.id).where(Submission.blob_sha256 == Blob.sha256).exists()
    session.execute(delete(Blob).where(Blob.sha256.in_(files), ~in_use))


def delete_user(session: Session, user_id: int) -> None:
    """Delete a user; marks and enrolments go with it."""
    session.execute(delete(User).where(User.id == user_id))


def anonymise(session: Session, user_id: int, user: Mapping[str, object], learner_refs: Mapping[int, str]) -> None:
    """Keep submissions and marks without anything that identifies the person.

    Args:
        session: joined.
        user_id: the person.
        user: replaces the columns of the user.
        learner_refs: new references, by learner.
    """
    session.execute(update(User).where(User.id == user_id).values({**UNUSABLE, **user}))
    for learner_id, ref in learner_refs.items():
        session.execute(update(Learner).where(Learner.id == learner_id).values(ref=ref, user_id=user_id))
    tallies.rename(session, learner_refs)
    session.execute(update(Enrolment).where(Enrolment.user_id == user_id).values(student_number=None))
    session.execute(update(Submission).where(Submission.learner_id.in_(learner_refs)).values(client_ref=None))
    for model in (Allowance, MarkOverride):
        session.execute(update(model).where(model.user_id == user_id).values(reason=""))
