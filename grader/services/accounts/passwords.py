"""Passwords: hashed a few at a time, verified, chosen."""

import string
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from itertools import count
from threading import Condition
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.errors import SignInBusy, UnknownSession, WeakPassword, WrongPassword
from grader.store import accounts
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions
from grader.store.tables import BrowserSession, User
from grader.vocabulary import SignInMethod

BEHIND: Final = 4
"""Later arrivals that go first for each earlier failure: not all of them, or a flood would keep others out forever."""

MOST_BEHIND: Final = 20


class NoTurn(Exception):
    """The queue is full of callers with no more failures, or the turn did not come in time."""


@dataclass(order=True, slots=True)
class _Ticket:
    """A place in the queue; the lowest rank is next."""

    rank: int
    number: int
    tries: int = field(compare=False)
    is_refused: bool = field(default=False, compare=False)


class Turns:
    """Admits some threads at a time and lets some more wait, for a limited time.

    If the queue is full, a new caller displaces the one with the most failures, if that has more: a flood of guesses
    crowds out itself, not a first-time caller.
    """

    def __init__(self, at_once: int, most_waiting: int, patience: float) -> None:
        self._at_once, self._most_waiting, self._patience = at_once, most_waiting, patience
        self._changed = Condition()
        self._numbers = count()
        self._running = 0
        self._waiting: list[_Ticket] = []

    @property
    def waiting(self) -> int:
        """The number of waiting callers."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def turn(self, tries: int = 0) -> Iterator[None]:
        """Wait for a turn and hold it; `tries` is the caller's number of recent failures.

        Raises:
            NoTurn: the queue is full, or the turn did not come in time.
        """
        with self._changed:
            number = next(self._numbers)
            self._wait(_Ticket(number + min(BEHIND * tries, MOST_BEHIND), number, tries))
            self._running += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _wait(self, ticket: _Ticket) -> None:
        self._make_room_for(ticket)
        self._waiting.append(ticket)
        is_next = self._changed.wait_for(lambda: ticket.is_refused or self._is_next(ticket), self._patience)
        if ticket.is_refused:
            raise NoTurn
        self._waiting.remove(ticket)
        if not is_next:
            raise NoTurn

    def _is_next(self, ticket: _Ticket) -> bool:
        return self._running < self._at_once and min(self._waiting) is ticket

    def _make_room_for(self, ticket: _Ticket) -> None:
        is_free = self._running < self._at_once and not self._waiting
        if is_free or len(self._waiting) < self._most_waiting:
            return
        last = max(self._waiting, default=ticket, key=lambda one: (one.tries, one.number))
        if last.tries <= ticket.tries:
            raise NoTurn
        last.is_refused = True
        self._waiting.remove(last)
        self._changed.notify_all()


AT_ONCE: Final = 2
"""A hash takes 64 MiB and a full core; more at a time would starve everything else."""

MOST_WAITING: Final = 14
"""Together with those being checked, half of a web server's threads: other requests are answered as usual."""

PATIENCE_SECONDS: Final = 15.0
SHORTEST: Final = 8
LONGEST: Final = 1024

_hasher = PasswordHasher()
_turns = Turns(AT_ONCE, MOST_WAITING, PATIENCE_SECONDS)


def hash_password(password: str) -> str:
    """Return a password as it is stored: argon2id with its salt and parameters.

    Raises:
        WeakPassword: it has fewer than 8 or more than 1024 characters, or is one of the most common ones.
        SignInBusy: too many passwords are being checked.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(Message("refused.weak-password", shortest=SHORTEST, longest=LONGEST))
    if _is_common(password):
        raise WeakPassword("This is one of the most common passwords, which are guessed first. Choose another one.")
    with _one_hash():
        return _hasher.hash(password.encode("utf-8", "surrogatepass"))


ENDINGS: Final = string.digits + string.punctuation
"""What people append to a common password to make it pass."""

FEWEST_DIFFERENT: Final = 3
"""A password of fewer different characters is one or two keys pressed again and again."""


def _is_common(password: str) -> bool:
    """Return whether a password, in any case and without digits and signs at its end, is one that is tried first."""
    typed = unicodedata.normalize("NFKC", password).casefold()
    tried = {typed, typed.rstrip(ENDINGS)}
    return len(set(typed)) < FEWEST_DIFFERENT or not tried.isdisjoint(_common_passwords())


@cache
def _common_passwords() -> frozenset[str]:
    """Return the list of the most common passwords, read on first use."""
    text = files("grader.services.accounts").joinpath("common_passwords.txt").read_text(encoding="ascii")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def verify_password(stored: str | None, password: str, tries: int = 0) -> bool:
    """Return whether the password is correct; takes the same time if no password is stored.

    Args:
        stored: the result of `hash_password`, or None without a password.
        password: as typed.
        tries: recent failures of the caller; callers with fewer go first.

    Raises:
        SignInBusy: too many passwords are being checked.
    """
    with _one_hash(tries):
        nobodys = _nobodys_hash()  # computed at the very first sign-in, whether or not the address is known
        try:
            _hasher.verify(stored or nobodys, password[:LONGEST].encode("utf-8", "surrogatepass"))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _one_hash(tries: int = 0) -> Iterator[None]:
    """Wait for a turn to compute a hash.

    Raises:
        SignInBusy: the queue is full, or the turn does not come in time.
    """
    try:
        with _turns.turn(tries):
            yield
    except NoTurn:
        raise _busy() from None


def _busy() -> SignInBusy:
    return SignInBusy("Many people are signing in right now. Try again in a moment.")


@cache
def _nobodys_hash() -> str:
    """The hash that is verified for unknown addresses, so that timing does not reveal who is registered."""
    return _hasher.hash("nobody has this password")


FORGETTABLE = 4
"""Shorter parts of a name also occur in good passwords."""


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password as typed; `current` is empty if the current one is not needed."""

    password: str
    current: str = ""


def needs_current(session: Session, session_id: int) -> bool:
    """Return whether the current password must be given to set a new one: not without one, nor after a reset.

    Raises:
        UnknownSession: the session has ended.
    """
    user, browser = _both(session, session_id)
    return user.password_hash is not None and browser.begun_by != SignInMethod.RESET


def choose_password(sessions: Sessions, who: SignedIn, typed: NewPassword, now: datetime) -> None:
    """Set the password of the signed-in person, and end all the person's other sessions and links.

    Raises:
        WrongPassword: the current password was required and is incorrect.
        WeakPassword: the new one is too short, too long, very common, or the person's name or e-mail address.
        SignInBusy: too many passwords are being checked.
        UnknownSession: the session has ended.
    """
    session_id = who.session_id or 0
    with sessions() as session:
        user, _ = _both(session, session_id)
        must_know = needs_current(session, session_id)
    if must_know and not verify_password(user.password_hash, typed.current):
        raise WrongPassword("The current password is incorrect.")
    _refuse_guessable(typed.password, user)
    hashed = hash_password(typed.password)
    with sessions.begin() as session:
        accounts.change_user(session, user.id, {"password_hash": hashed})
        accounts.revoke_sessions_of_user(session, user.id, now, but=session_id)
        accounts.set_sign_in_method(session, session_id, SignInMethod.PASSWORD)
        accounts.revoke_links(session, user.id)
        add_event(session, AuditEvent(now, "person.password-set", user.id, subject_id=user.id))


def _both(session: Session, session_id: int) -> tuple[User, BrowserSession]:
    row = accounts.session_with_user(session, session_id)
    if row is None:
        raise UnknownSession("This session has ended. Sign in again.")
    return row[0], row[1]


def _refuse_guessable(password: str, user: User) -> None:
    """Refuse the most obvious guesses: the person's e-mail address or name with few additions."""
    typed = password.casefold()
    own = {user.email, user.email.partition("@")[0], user.name.casefold(), *user.name.casefold().split()}
    for part in sorted(own, key=len, reverse=True):
        if len(part) >= FORGETTABLE:
            typed = typed.replace(part, "")
    if len(typed) < FORGETTABLE:
        raise WeakPassword("This password is too similar to your name or e-mail address. Choose another one.")
