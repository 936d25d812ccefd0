"""Administration of accounts, and the directory of people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import Administrator, Secret
from grader.services.accounts.registration import Person, row_of
from grader.services.accounts.tokens import new_link
from grader.services.errors import EmailTaken, LastAdministrator, UnknownPerson
from grader.store import accounts
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions
from grader.store.tables import User
from grader.vocabulary import LinkPurpose, Role, UserFilter


@dataclass(frozen=True, slots=True)
class Act:
    """An administrator's act, and when it happens."""

    by: Administrator
    now: datetime

    @property
    def actor_id(self) -> int | None:
        """The user who acts; None for a command."""
        return self.by.user_id


def create_person(sessions: Sessions, person: Person, act: Act) -> int:
    """Register a person and return the user id.

    Raises:
        EmailTaken: the e-mail address is already registered.
        UnusableEmail: it is not a valid e-mail address.
        WeakPassword: the password is too weak.
    """
    row = row_of(person, act.now)
    with sessions.begin() as session:
        user_id = accounts.add_user(session, row)
        if user_id is None:
            raise EmailTaken(Message("refused.email-taken", email=str(row["email"])))
        add_event(
            session, AuditEvent(act.now, "person.created", act.actor_id, subject_id=user_id, detail={"to": row["role"]})
        )
    return user_id


def change_role(sessions: Sessions, user_id: int, role: Role, act: Act) -> None:
    """Change a person's site role; the current role changes nothing.

    Raises:
        UnknownPerson: there is no such person.
        LastAdministrator: no administrator would be left.
    """
    with sessions.begin() as session:
        user = _changeable(session, user_id, is_leaving=role is not Role.ADMINISTRATOR)
        if user.role == role:
            return
        detail = {"from": user.role, "to": role.value}
        accounts.change_user(session, user_id, {"role": role.value})
        add_event(session, AuditEvent(act.now, "person.role-changed", act.actor_id, subject_id=user_id, detail=detail))


def disable(sessions: Sessions, user_id: int, act: Act) -> None:
    """Disable an account: its sessions end, its links and tokens stop working at once. Work and marks stay.

    Raises:
        UnknownPerson: there is no such person.
        LastAdministrator: no administrator would be left.
    """
    with sessions.begin() as session:
        user = _changeable(session, user_id, is_leaving=True)
        if user.disabled_at is not None:
            return
        accounts.change_user(session, user_id, {"disabled_at": act.now})
        accounts.revoke_sessions_of_user(session, user_id, act.now)
        accounts.revoke_tokens_of_user(session, user_id, act.now)
        accounts.revoke_links(session, user_id)
        add_event(session, AuditEvent(act.now, "person.disabled", act.actor_id, subject_id=user_id))


def enable(sessions: Sessions, user_id: int, act: Act) -> None:
    """Re-enable an account; its owner has to sign in again.

    Raises:
        UnknownPerson: there is no such person.
    """
    with sessions.begin() as session:
        if _known_user(session, user_id).disabled_at is None:
            return
        accounts.change_user(session, user_id, {"disabled_at": None})
        add_event(session, AuditEvent(act.now, "person.enabled", act.actor_id, subject_id=user_id))


def link_for(sessions: Sessions, user_id: int, act: Act, lifetime: timedelta) -> Secret:
    """Create a one-time sign-in link that leads to setting a password; it replaces any earlier one.

    Raises:
        UnknownPerson: there is no such person, or the account is disabled.
    """
    with sessions.begin() as session:
        if _known_user(session, user_id).disabled_at is not None:
            raise UnknownPerson("This account is disabled, so a link would not work.")
        add_event(session, AuditEvent(act.now, "person.link-made", act.actor_id, subject_id=user_id))
        return new_link(session, user_id, LinkPurpose.RESET, act.now, lifetime)


def _known_user(session: Session, user_id: int) -> User:
    user = accounts.lock_user(session, user_id)
    if user is None:
        raise UnknownPerson("This person does not exist.")
    return user


def _changeable(session: Session, user_id: int, *, is_leaving: bool) -> User:
    """Lock and return the person, who may leave the administrators only if another one stays.

    Administrators are locked in one order, so that two concurrent changes cannot deadlock.
    """
    if is_leaving and accounts.lock_administrators(session) == {user_id}:
        raise LastAdministrator("This is the only administrator. Make another person an administrator first.")
    return _known_user(session, user_id)


@dataclass(frozen=True, slots=True)
class Listed:
    """A registered person; `seen_at` is the latest use of any remembered session."""

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
    """One page of the people that match, by name, and their total number."""

    people: tuple[Listed, ...]
    total: int


def directory(session: Session, which: UserFilter, limit: int, offset: int = 0) -> Listing:
    """Return those who are looked for, by name."""
    people, total = accounts.search_users(session, which, limit, offset)
    seen = accounts.last_seen(session, [user.id for user in people])
    return Listing(tuple(_listed(user, seen.get(user.id)) for user in people), total)


def somebody(session: Session, user_id: int) -> Listed:
    """Return one person.

    Raises:
        UnknownPerson: there is no such person.
    """
    user = accounts.find_user(session, user_id)
    if user is None:
        raise UnknownPerson("This person does not exist.")
    return _listed(user, accounts.last_seen(session, [user_id]).get(user_id))


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
