"""Regular clean-up, and release of the claims of dead workers."""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy.orm import Session

from grader.services.submissions.idempotency import KEPT
from grader.store import accounts, grading_queue, idempotency, regrade_chunks
from grader.store import regrades as stored_regrades
from grader.store.database import DATABASE_AWAY, Sessions

REQUESTS_KEPT: Final = timedelta(days=7)


def tidy(sessions: Sessions, now: datetime) -> int:
    """Delete expired browser sessions, sign-in links, reset requests and idempotency keys, and return their number."""
    with sessions.begin() as session:
        return (
            accounts.delete_ended_sessions(session, now)
            + accounts.delete_ended_links(session, now)
            + accounts.delete_old_resets(session, now - REQUESTS_KEPT)
            + idempotency.delete_expired_keys(session, now - KEPT)
        )


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """The numbers of what waits for a worker or, in the end, for an administrator; `oldest` is since when."""

    submissions: int
    oldest: datetime | None
    resets: int


def waiting_work(session: Session) -> WaitingWork:
    """Count what waits; reads no table that grows."""
    backlog = grading_queue.backlog(session)
    return WaitingWork(backlog.submissions, backlog.oldest, accounts.count_unanswered_resets(session))


class RecentWork:
    """What waited a moment ago: however many ask, the database counts once in a while.

    Args:
        kept: how long a count is used; zero counts each time.
    """

    def __init__(self, kept: timedelta = timedelta(seconds=5)) -> None:
        self._kept = kept
        self._lock = Lock()
        self._last: tuple[datetime, WaitingWork] | None = None

    def read(self, sessions: Sessions, now: datetime) -> WaitingWork:
        """Return what waits, as of now or a moment ago; one caller counts while others wait for its result."""
        with self._lock:
            if self._last is None or now - self._last[0] >= self._kept:
                with sessions() as session:
                    self._last = (now, waiting_work(session))
            return self._last[1]


_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Freed:
    """The numbers of released claims."""

    submissions: int = 0
    regrades: int = 0


def free_claims(sessions: Sessions, holders: Collection[str]) -> Freed:
    """Release the claims of these holders at once; each counts as a try, since it may have caused the death."""
    with sessions.begin() as session:
        freed = stored_regrades.free(session, holders) | regrade_chunks.free_chunks(session, holders)
        return Freed(grading_queue.end_leases(session, holders), len(freed))


def free_abandoned(sessions: Sessions, is_gone: Callable[[str], bool]) -> Freed:
    """Release the claims of every holder that is known to be gone."""
    with sessions() as session:
        of_regrades = stored_regrades.holders(session) | regrade_chunks.chunk_holders(session)
        holders = grading_queue.holders(session) | of_regrades
    gone = {holder for holder in holders if is_gone(holder)}
    return free_claims(sessions, gone) if gone else Freed()


@contextmanager
def freed_when_database_returns(
    sessions: Sessions, holder: str | None, patience: float, pause: float = _PAUSE
) -> Iterator[None]:
    """Release a holder's claims as soon as the database is back, if it was unavailable during the block; then re-raise.

    Args:
        sessions: of the database.
        holder: of the claims; None if they have no name and end with their leases.
        patience: seconds after which the leases have ended and nothing is left to release.
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
