"""What administrators do with people. Each of these is written into the audit log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grader.sayings.saying import Saying
from grader.services.errors import EmailTaken, LastAdministrator, UnknownPerson
from grader.services.link import make_link
from grader.services.register import Person, row_of
from grader.services.secret import Secret
from grader.store import browser_sessions, links, tokens, users
from grader.store.audit import Event, add
from grader.store.engine import Sessions
from grader.store.links import Purpose
from grader.store.users import Role, User


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, and when; None where it is a command."""

    actor_id: int | None
    now: datetime


def create_person(sessions: Sessions, person: Person, act: Act) -> int:
    """Register somebody and return the id.

    Raises:
        EmailTaken: somebody is registered with this e-mail.
        UnusableEmail: it is none.
        WeakPassword: the password does not protect.
    """
    row = row_of(person, act.now)
    with sessions.begin() as session:
        user_id = users.add(session, row)
        if user_id is None:
            raise EmailTaken(Saying("refused.email-taken", email=str(row["email"])))
        add(session, Event(act.now, "person.created", act.actor_id, subject_id=user_id, detail={"to": row["role"]}))
    return user_id


def change_role(sessions: Sessions, user_id: int, role: Role, act: Act) -> None:
    """Make somebody a student, an instructor or an administrator; the same as before changes nothing.

    Raises:
        UnknownPerson: there is none.
        LastAdministrator: nobody would be left to give the role back.
    """
    with sessions.begin() as session:
        user = _changeable(session, user_id, is_leaving=role is not Role.ADMINISTRATOR)
        if user.role == role:
            return
        detail = {"from": user.role, "to": role.value}
        users.change(session, user_id, {"role": role.value})
        add(session, Event(act.now, "person.role-changed", act.actor_id, subject_id=user_id, detail=detail))


def disable(sessions: Sessions, user_id: int, act: Act) -> None:
    """Shut somebody out at once: sessions end, links and tokens of the person's own stop working. Work and marks stay.

    Raises:
        UnknownPerson: there is none.
        LastAdministrator: nobody would be left to undo it.
    """
    with sessions.begin() as session:
        user = _changeable(session, user_id, is_leaving=True)
        if user.disabled_at is not None:
            return
        users.change(session, user_id, {"disabled_at": act.now})
        browser_sessions.revoke_all(session, user_id, act.now)
        tokens.revoke_of_user(session, user_id, act.now)
        links.withdraw(session, user_id)
        add(session, Event(act.now, "person.disabled", act.actor_id, subject_id=user_id))


def enable(sessions: Sessions, user_id: int, act: Act) -> None:
    """Let somebody in again, by signing in anew.

    Raises:
        UnknownPerson: there is none.
    """
    with sessions.begin() as session:
        if _known(session, user_id).disabled_at is None:
            return
        users.change(session, user_id, {"disabled_at": None})
        add(session, Event(act.now, "person.enabled", act.actor_id, subject_id=user_id))


def link_for(sessions: Sessions, user_id: int, act: Act, lifetime: timedelta) -> Secret:
    """Make a link that signs somebody in, once, and leads to setting a password; the one before stops working.

    Raises:
        UnknownPerson: there is none, or the person is disabled.
    """
    with sessions.begin() as session:
        if _known(session, user_id).disabled_at is not None:
            raise UnknownPerson("This person is disabled; a link would not sign in.")
        add(session, Event(act.now, "person.link-made", act.actor_id, subject_id=user_id))
        return make_link(session, user_id, Purpose.RESET, act.now, lifetime)


def _known(session: Session, user_id: int) -> User:
    user = users.find(session, user_id)
    if user is None:
        raise UnknownPerson("There is no such person.")
    return user


def _changeable(session: Session, user_id: int, *, is_leaving: bool) -> User:
    """The person, who may leave the administrators only where another one stays. All are locked in one order."""
    if is_leaving and users.lock_administrators(session) == {user_id}:
        raise LastAdministrator("This is the only administrator; make somebody else one first.")
    return _known(session, user_id)
