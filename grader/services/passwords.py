from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from grader.sayings.saying import Saying
from grader.services.errors import SignInBusy, WeakPassword

AT_ONCE: Final = 2
"""A hash takes 64 MiB and a core's whole attention; more at once would starve everybody else."""

MOST_WAITING: Final = 14
"""Together with those at it half of a web server's threads: whatever else is asked for is answered as ever."""

WAITING_AGAIN: Final = 6
"""Places for whoever failed lately: a flood of guesses leaves the others to those who type their password once."""

PATIENCE_SECONDS: Final = 5.0
SHORTEST: Final = 8
LONGEST: Final = 1024

_hasher = PasswordHasher()
_turn = BoundedSemaphore(AT_ONCE)
_places = BoundedSemaphore(AT_ONCE + MOST_WAITING)
_places_again = BoundedSemaphore(WAITING_AGAIN)


def hash_password(password: str) -> str:
    """Return what is stored of a password: argon2id with its salt and parameters.

    Raises:
        WeakPassword: it has fewer than 8 or more than 1024 characters.
        SignInBusy: too many passwords are being checked just now.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(Saying("refused.weak-password", shortest=SHORTEST, longest=LONGEST))
    with _one_hash():
        return _hasher.hash(password.encode("utf-8", "surrogatepass"))


def verify_password(stored: str | None, password: str, *, again: bool = False) -> bool:
    """Tell whether this is the password; it takes the same time where nothing is stored.

    Args:
        stored: what `hash_password` returned; None where there is no password.
        password: what was typed.
        again: whether whoever asks failed lately, and so comes after those who did not.

    Raises:
        SignInBusy: too many passwords are being checked just now.
    """
    with _place_again() if again else nullcontext(), _one_hash():
        nobodys = _nobodys_hash()  # made at the first sign-in of all, known e-mail or not
        try:
            _hasher.verify(stored or nobodys, password[:LONGEST].encode("utf-8", "surrogatepass"))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _one_hash() -> Iterator[None]:
    """Wait for one's turn to compute a hash: few may, and all others are told at once.

    Raises:
        SignInBusy: too many wait already, or the turn does not come.
    """
    if not _places.acquire(blocking=False):
        raise _busy()
    try:
        if not _turn.acquire(timeout=PATIENCE_SECONDS):
            raise _busy()
        try:
            yield
        finally:
            _turn.release()
    finally:
        _places.release()


@contextmanager
def _place_again() -> Iterator[None]:
    if not _places_again.acquire(blocking=False):
        raise _busy()
    try:
        yield
    finally:
        _places_again.release()


def _busy() -> SignInBusy:
    return SignInBusy("Many people are signing in just now; please try again in a moment.")


@cache
def _nobodys_hash() -> str:
    """What is verified for an unknown e-mail, so that the time taken tells nobody who is registered."""
    return _hasher.hash("nobody has this password")
