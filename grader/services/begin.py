from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from grader.services.secret import Secret, new_secret
from grader.store import browser_sessions
from grader.store.browser_sessions import Way

LONGEST_AGENT: Final = 300
"""What browsers call themselves is shorter; anything longer is somebody playing."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What signs in: how long it stays signed in, and what it calls itself."""

    lifetime: timedelta
    agent: str | None = None


def begin(session: Session, user_id: int, way: Way, browser: Browser, now: datetime) -> Secret:
    """Start a browser session for somebody who was let in, and return its token, for the cookie."""
    secret = new_secret()
    row: dict[str, object] = {
        "token_sha256": secret.sha256,
        "user_id": user_id,
        "created_at": now,
        "expires_at": now + browser.lifetime,
        "agent": _harmless(browser.agent),
        "seen_at": now,
        "begun_by": way.value,
    }
    browser_sessions.add(session, row)
    return secret


def _harmless(agent: str | None) -> str | None:
    """What a browser calls itself, of characters that can be seen and stored."""
    return "".join(filter(str.isprintable, agent or ""))[:LONGEST_AGENT] or None
