from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.services.begin import Browser, begin
from grader.services.errors import LinkRefused, SignInRefused, UnusableEmail
from grader.services.passwords import verify_password
from grader.services.register import normal_email
from grader.services.secret import Secret, digest
from grader.store import browser_sessions, links, users
from grader.store.browser_sessions import Way
from grader.store.engine import Sessions
from grader.store.links import Purpose


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed; `tries` says how often the same e-mail failed from the same place lately."""

    email: str
    password: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class ByLink:
    """Somebody who came in by a link: the session's token, and whether a password is to be set now."""

    token: Secret
    sets_password: bool


def sign_in(sessions: Sessions, typed: Credentials, browser: Browser, now: datetime) -> Secret:
    """Start a browser session and return its token, for the cookie.

    Raises:
        SignInRefused: e-mail and password don't fit together, or the user is disabled.
        SignInBusy: too many passwords are being checked just now.
    """
    with sessions() as session:
        user_id, stored = _candidate(session, typed.email)
    if not verify_password(stored, typed.password, typed.tries) or user_id is None:
        raise SignInRefused("E-mail and password don't fit together.")
    with sessions.begin() as session:
        return begin(session, user_id, Way.PASSWORD, browser, now)


def sign_in_by_link(sessions: Sessions, plain: str, browser: Browser, now: datetime) -> ByLink:
    """Use a one-time link up, start a browser session and return its token.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or its user is disabled.
    """
    with sessions.begin() as session:
        used = links.use(session, digest(plain), now)
        if used is None:
            raise _refused()
        sets_password = used.purpose == Purpose.RESET
        way = Way.RESET if sets_password else Way.LINK
        return ByLink(begin(session, used.user_id, way, browser, now), sets_password)


def purpose_of_link(sessions: Sessions, plain: str, now: datetime) -> Purpose:
    """Return what a one-time link is for, without using it.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or its user is disabled.
    """
    with sessions() as session:
        purpose = links.purpose_of(session, digest(plain), now)
    if purpose is None:
        raise _refused()
    return Purpose(purpose)


def sign_out(sessions: Sessions, plain: str, now: datetime) -> None:
    """End the browser session; one that is unknown or ended already does no harm."""
    with sessions.begin() as session:
        browser_sessions.revoke(session, digest(plain), now)


def _refused() -> LinkRefused:
    return LinkRefused("This link was used before or has expired; please ask for a new one.")


def _candidate(session: Session, email: str) -> tuple[int | None, str | None]:
    try:
        user = users.find_by_email(session, normal_email(email))
    except UnusableEmail:
        return None, None
    if user is None or user.disabled_at is not None:
        return None, None
    return user.id, user.password_hash
