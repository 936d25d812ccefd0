"""Claims that nobody works on any more: freed, so that what waits need not wait for their leases."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.store import claims, regrading
from grader.store.engine import DATABASE_AWAY, Sessions

_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Freed:
    """How many claims were freed."""

    submissions: int = 0
    regrades: int = 0


def free_claims(sessions: Sessions, holders: Collection[str]) -> Freed:
    """Let others take up at once what these holders had claimed; each has cost a try, since it may be what ended them."""
    with sessions.begin() as session:
        return Freed(claims.free(session, holders), regrading.free(session, holders))


def free_abandoned(sessions: Sessions, is_gone: Callable[[str], bool]) -> Freed:
    """Free the claims of every holder that is known to be gone."""
    with sessions() as session:
        holders = claims.holders(session) | regrading.holders(session)
    gone = {holder for holder in holders if is_gone(holder)}
    return free_claims(sessions, gone) if gone else Freed()


@contextmanager
def freed_when_database_returns(
    sessions: Sessions, holder: str | None, patience: float, pause: float = _PAUSE
) -> Iterator[None]:
    """Free a holder's claims where the database was away during the block, as soon as it is back; then the error is raised.

    Args:
        sessions: where the claims are.
        holder: whose claims; None where they have no name, and end with their leases.
        patience: seconds after which the leases have ended, and nothing is left to free.
        pause: seconds between two tries.
    """
    try:
        yield
    except DATABASE_AWAY:
        until = time.monotonic() + patience
        while holder is not None and time.monotonic() < until and not _is_freed(sessions, holder):
            time.sleep(pause)
        raise


def _is_freed(sessions: Sessions, holder: str) -> bool:
    try:
        free_claims(sessions, [holder])
    except DATABASE_AWAY:
        return False
    return True
