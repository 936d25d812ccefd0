"""Who is registered: what administrators look through."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from grader.services.errors import UnknownPerson
from grader.store.browser_sessions import BrowserSession
from grader.store.users import Role, User


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is looked for: part of a name or an e-mail, a role; None narrows nothing."""

    text: str | None = None
    role: Role | None = None
    only_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody who is registered; `seen_at` as far as a session remembers it."""

    id: int
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Some of those who were looked for, by name, and how many there are in all."""

    people: tuple[Listed, ...]
    total: int


def directory(session: Session, wanted: Wanted, limit: int, offset: int = 0) -> Listing:
    """Return those who are looked for, by name."""
    conditions = _conditions(wanted)
    total = session.scalars(select(func.count()).select_from(User).where(*conditions)).one()
    page = select(User).where(*conditions).order_by(func.lower(User.name), User.id).limit(limit).offset(offset)
    people = session.scalars(page).all()
    last = select(BrowserSession.user_id, func.max(BrowserSession.seen_at)).group_by(BrowserSession.user_id)
    rows = session.execute(last.where(BrowserSession.user_id.in_([user.id for user in people])))
    seen: dict[int, datetime | None] = {user_id: moment for user_id, moment in rows}  # noqa: C416 - rows are no tuples to mypy
    return Listing(tuple(_listed(user, seen.get(user.id)) for user in people), total)


def somebody(session: Session, user_id: int) -> Listed:
    """Return one person.

    Raises:
        UnknownPerson: there is none.
    """
    user = session.get(User, user_id)
    if user is None:
        raise UnknownPerson("There is no such person.")
    last = select(func.max(BrowserSession.seen_at)).where(BrowserSession.user_id == user_id)
    return _listed(user, session.scalars(last).one())


def _listed(user: User, seen_at: datetime | None) -> Listed:
    return Listed(
        user.id,
        user.email,
        user.name,
        Role(user.role),
        user.created_at,
        user.disabled_at,
        user.password_hash is not None,
        seen_at,
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text is not None:
        columns = (User.name, User.email)
        found.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    if wanted.role is not None:
        found.append(User.role == wanted.role)
    if wanted.only_disabled:
        found.append(User.disabled_at.is_not(None))
    return found
