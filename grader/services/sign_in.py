from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grader.services.errors import LinkRefused, SignInRefused, UnusableEmail
from grader.services.passwords import verify_password
from grader.services.register import normal_email
from grader.services.secret import Secret, digest, new_secret
from grader.store import browser_sessions, links, users
from grader.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed."""

    email: str
    password: str


def sign_in(sessions: Sessions, typed: Credentials, now: datetime, lifetime: timedelta) -> Secret:
    """Start a browser session and return its token, for the cookie.

    Raises:
        SignInRefused: e-mail and password don't fit together, or the user is disabled.
        SignInBusy: too many passwords are being checked just now.
    """
    with sessions() as session:
        user_id, stored = _candidate(session, typed.email)
    if not verify_password(stored, typed.password) or user_id is None:
        raise SignInRefused("E-mail and password don't fit together.")
    with sessions.begin() as session:
        return _start(session, user_id, now, lifetime)


def sign_in_by_link(sessions: Sessions, plain: str, now: datetime, lifetime: timedelta) -> Secret:
    """Use a one-time link up, start a browser session and return its token.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or its user is disabled.
    """
    with sessions.begin() as session:
        user_id = links.use(session, digest(plain), now)
        if user_id is None:
            raise LinkRefused("This link was used before or has expired; please ask for a new one.")
        return _start(session, user_id, now, lifetime)


def sign_out(sessions: Sessions, plain: str, now: datetime) -> None:
    """End the browser session; one that is unknown or ended already does no harm."""
    with sessions.begin() as session:
        browser_sessions.revoke(session, digest(plain), now)


def _candidate(session: Session, email: str) -> tuple[int | None, str | None]:
    try:
        user = users.find_by_email(session, normal_email(email))
    except UnusableEmail:
        return None, None
    if user is None or user.disabled_at is not None:
        return None, None
    return user.id, user.password_hash


def _start(session: Session, user_id: int, now: datetime, lifetime: timedelta) -> Secret:
    secret = new_secret()
    row: dict[str, object] = {
        "token_sha256": secret.sha256,
        "user_id": user_id,
        "created_at": now,
        "expires_at": now + lifetime,
    }
    browser_sessions.add(session, row)
    return secret
