from datetime import datetime, timedelta
from typing import Final

from grader.services.idempotency import KEPT
from grader.store import browser_sessions, idempotency, links, reset_requests
from grader.store.engine import Sessions

REQUESTS_KEPT: Final = timedelta(days=7)


def tidy(sessions: Sessions, now: datetime) -> int:
    """Delete browser sessions, sign-in links, requests for them and idempotency keys that have ended, and return how many."""
    with sessions.begin() as session:
        return (
            browser_sessions.delete_ended(session, now)
            + links.delete_ended(session, now)
            + reset_requests.delete_old(session, now - REQUESTS_KEPT)
            + idempotency.delete_expired(session, now - KEPT)
        )
