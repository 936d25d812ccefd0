from datetime import datetime

from grader.services.idempotency import KEPT
from grader.store import browser_sessions, idempotency, links
from grader.store.engine import Sessions


def tidy(sessions: Sessions, now: datetime) -> int:
    """Delete browser sessions, sign-in links and idempotency keys that have ended, and return how many."""
    with sessions.begin() as session:
        return (
            browser_sessions.delete_ended(session, now)
            + links.delete_ended(session, now)
            + idempotency.delete_expired(session, now - KEPT)
        )
