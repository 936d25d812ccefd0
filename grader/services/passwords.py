from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from grader.sayings.saying import Saying
from grader.services.errors import SignInBusy, WeakPassword
from grader.services.turns import NoTurn, Turns

AT_ONCE: Final = 2
"""A hash takes 64 MiB and a core's whole attention; more at once would starve everybody else."""

MOST_WAITING: Final = 14
"""Together with those at it half of a web server's threads: whatever else is asked for is answered as ever."""

PATIENCE_SECONDS: Final = 15.0
SHORTEST: Final = 8
LONGEST: Final = 1024

_hasher = PasswordHasher()
_turns = Turns(AT_ONCE, MOST_WAITING, PATIENCE_SECONDS)


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


def verify_password(stored: str | None, password: str, tries: int = 0) -> bool:
    """Tell whether this is the password; it takes the same time where nothing is stored.

    Args:
        stored: what `hash_password` returned; None where there is no password.
        password: what was typed.
        tries: how often whoever asks failed lately: others, who did less often, come first.

    Raises:
        SignInBusy: too many passwords are being checked just now.
    """
    with _one_hash(tries):
        nobodys = _nobodys_hash()  # made at the first sign-in of all, known e-mail or not
        try:
            _hasher.verify(stored or nobodys, password[:LONGEST].encode("utf-8", "surrogatepass"))
        except (VerifyMismatchError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _one_hash(tries: int = 0) -> Iterator[None]:
    """Wait for one's turn to compute a hash: few may, and all others are told at once.

    Raises:
        SignInBusy: too many wait already, or the turn does not come.
    """
    try:
        with _turns.turn(tries):
            yield
    except NoTurn:
        raise _busy() from None


def _busy() -> SignInBusy:
    return SignInBusy("Many people are signing in just now; please try again in a moment.")


@cache
def _nobodys_hash() -> str:
    """What is verified for an unknown e-mail, so that the time taken tells nobody who is registered."""
    return _hasher.hash("nobody has this password")
