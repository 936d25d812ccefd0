from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.services.errors import UnknownSession, WeakPassword, WrongPassword
from grader.services.passwords import hash_password, verify_password
from grader.store import browser_sessions, links, users
from grader.store.audit import Event, add
from grader.store.browser_sessions import BrowserSession, Way
from grader.store.engine import Sessions
from grader.store.users import User

FORGETTABLE = 4
"""Shorter parts of a name occur in good passwords too."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What somebody typed; `current` is left empty by those who need not know it."""

    password: str
    current: str = ""


def needs_current(session: Session, session_id: int) -> bool:
    """Tell whether the present password must be given to set another: not where there is none, nor after a reset.

    Raises:
        UnknownSession: it has ended meanwhile.
    """
    user, browser = _both(session, session_id)
    return user.password_hash is not None and browser.begun_by != Way.RESET


def choose_password(sessions: Sessions, session_id: int, typed: NewPassword, now: datetime) -> None:
    """Set the password of whoever is signed in, and end all other sessions and links of that person.

    Raises:
        WrongPassword: the present one was needed and is another.
        WeakPassword: the new one is too short, too long, or the person's own name or e-mail.
        SignInBusy: too many passwords are being checked just now.
        UnknownSession: the session has ended meanwhile.
    """
    with sessions() as session:
        user, _ = _both(session, session_id)
        must_know = needs_current(session, session_id)
    if must_know and not verify_password(user.password_hash, typed.current):
        raise WrongPassword("This is not your present password.")
    _refuse_guessable(typed.password, user)
    hashed = hash_password(typed.password)
    with sessions.begin() as session:
        users.change(session, user.id, {"password_hash": hashed})
        browser_sessions.revoke_all(session, user.id, now, but=session_id)
        browser_sessions.rename(session, session_id, Way.PASSWORD)
        links.withdraw(session, user.id)
        add(session, Event(now, "person.password-set", user.id, subject_id=user.id))


def _both(session: Session, session_id: int) -> tuple[User, BrowserSession]:
    row = browser_sessions.find(session, session_id)
    if row is None:
        raise UnknownSession("This session has ended. Please sign in again.")
    return row[0], row[1]


def _refuse_guessable(password: str, user: User) -> None:
    """Refuse what anybody would try first: the person's own e-mail or name, with little besides."""
    typed = password.casefold()
    own = {user.email, user.email.partition("@")[0], user.name.casefold(), *user.name.casefold().split()}
    for part in sorted(own, key=len, reverse=True):
        if len(part) >= FORGETTABLE:
            typed = typed.replace(part, "")
    if len(typed) < FORGETTABLE:
        raise WeakPassword("This password is little more than your own name or e-mail address. Choose another one.")
