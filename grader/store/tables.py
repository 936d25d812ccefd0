"""The data model, first half: accounts, courses, exercises, assignments."""

from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name that migrations can refer to."""


class Base(DeclarativeBase):
    """The base of all tables: named constraints, and timestamps with time zone."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text(),
        dict[str, Any]: JSONB(none_as_null=True),
    }


def table(model: type[Base]) -> Table:
    """Return the table of a model, for statements that are built once and executed often."""
    return cast("Table", model.__table__)


class User(Base):
    """A person who can sign in; without a password only by link."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('student', 'instructor', 'administrator')", name="role"),
        Index("ix_users_lower_name", text("lower(name)"), "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[str]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Client(Base):
    """A source of submissions: our own pages, or an LMS."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class ExternalIdentity(Base):
    """A person's identity at an OpenID Connect provider."""

    __tablename__ = "identities"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    linked_at: Mapped[datetime]


class Token(Base):
    """A bearer token of the API; shown once, stored only as its SHA-256."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(unique=True)
    name: Mapped[str]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignInLink(Base):
    """A one-time sign-in link of a user."""

    __tablename__ = "sign_in_links"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(server_default="sign-in")
    used_at: Mapped[datetime | None]


class SchemaSupport(Base):
    """The oldest version of the programs that works with the schema as it is: one row, kept by `grader db upgrade`.

    A version is the newest migration that a program knows.
    """

    __tablename__ = "schema_support"

    oldest_program: Mapped[str] = mapped_column(Text, primary_key=True)


class ResetRequest(Base):
    """A request for a sign-in link; if no e-mail can be sent, an administrator answers it.

    `language` is that of the page on which it was made. Each try to send an e-mail counts; the next one may start at
    `next_at`.
    """

    __tablename__ = "reset_requests"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    language: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class BrowserSession(Base):
    """A signed-in browser; the cookie holds the token, this row only its SHA-256. `id` identifies it to its owner.

    `agent` is its user agent; `begun_by` is how the person signed in: `SignInMethod`.
    """

    __tablename__ = "sessions"

    token_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    agent: Mapped[str | None]
    seen_at: Mapped[datetime | None]
    begun_by: Mapped[str] = mapped_column(server_default="password")


class Course(Base):
    """A course, in which people are set assignments.

    Due times are entered in `time_zone`. People who know `join_code` may enrol as students; None disables
    self-enrolment.
    """

    __tablename__ = "courses"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    title: Mapped[str]
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    join_code: Mapped[str | None] = mapped_column(unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Enrolment(Base):
    """Membership of a person in a course; deleted when the person leaves, while submissions stay."""

    __tablename__ = "enrolments"
    __table_args__ = (CheckConstraint("role IN ('student', 'assistant', 'instructor')", name="role"),)

    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    student_number: Mapped[str | None]
    joined_at: Mapped[datetime]


class StudentMessage(Base):
    """A message from the staff to one student, about an assignment or a submission."""

    __tablename__ = "messages"
    __table_args__ = (Index(None, "to_user", "sent_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    to_user: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    from_user: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), index=True)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    text: Mapped[str]
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class Assignment(Base):
    """An exercise set in a course.

    Attributes:
        policy: how gradings become a mark (`judging.policy.Policy`).
        overrides: deviations from the exercise's folder in judging; empty for none.
        overrides_key: distinguishes gradings by their overrides; empty for none.
    """

    __tablename__ = "assignments"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str]
    title: Mapped[str]
    opens_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    policy: Mapped[dict[str, Any]]
    overrides: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    overrides_key: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Allowance(Base):
    """An extension: a later due time or more attempts for one student at an assignment."""

    __tablename__ = "allowances"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    due_at: Mapped[datetime | None]
    extra_attempts: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[str]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]


class MarkOverride(Base):
    """A mark set by hand in place of the computed one; the newest that was not revoked applies."""

    __tablename__ = "mark_overrides"
    __table_args__ = (Index(None, "assignment_id", "user_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    share: Mapped[float]
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None]


class Revision(Base):
    """An exercise as it was served: everything its hash covers, so that old gradings can be explained and repeated."""

    __tablename__ = "revisions"

    revision: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    source: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
