from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Identity, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Role(StrEnum):
    """What a person may do here: an instructor may give courses, an administrator everything."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


class User(Base):
    """A person who signs in; without a password only by a link."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("role IN ('student', 'instructor', 'administrator')", name="role"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[str]
    language: Mapped[str | None]
    time_zone: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


def find_by_email(session: Session, email: str) -> User | None:
    """Return the user with this (already normalised) e-mail, disabled or not."""
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def add(session: Session, row: dict[str, object]) -> int | None:
    """Insert a user and return the new id, or None where the e-mail is taken."""
    made = insert(User).values(row).on_conflict_do_nothing(index_elements=[User.email]).returning(User.id)
    return session.scalars(made).one_or_none()


def id_of(session: Session, email: str) -> int | None:
    """Return the id of the user with this (already normalised) e-mail."""
    return session.scalars(select(User.id).where(User.email == email)).one_or_none()


def find(session: Session, user_id: int) -> User | None:
    """Return a user, and let nobody else change that user before this transaction ends."""
    return session.get(User, user_id, with_for_update=True, populate_existing=True)


def change(session: Session, user_id: int, values: dict[str, object]) -> None:
    """Write some columns of a user."""
    session.execute(update(User).where(User.id == user_id).values(values))


def lock_administrators(session: Session) -> set[int]:
    """Return who is an administrator and not disabled; of two who would take the role away at once, one waits."""
    enabled = select(User.id).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
    return set(session.scalars(enabled.order_by(User.id).with_for_update()))


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember in which language the person wants to read."""
    session.execute(update(User).where(User.id == user_id).values(language=language))
