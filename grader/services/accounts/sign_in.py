"""Signing in and out: by password, by link, by a sign-on service."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from grader.services.accounts.authentication import Secret, digest, new_secret
from grader.services.accounts.passwords import verify_password
from grader.services.accounts.registration import Person, normal_email, row_of
from grader.services.errors import IdentityRefused, LinkRefused, SignInRefused, UnusableEmail
from grader.store import accounts, browser_sessions
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions
from grader.vocabulary import LinkPurpose, SignInMethod

LONGEST_AGENT: Final = 300
"""What browsers call themselves is shorter; anything longer is somebody playing."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What signs in: how long it stays signed in, and what it calls itself."""

    lifetime: timedelta
    agent: str | None = None


def start_session(session: Session, user_id: int, way: SignInMethod, browser: Browser, now: datetime) -> Secret:
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
    browser_sessions.add_session(session, row)
    return secret


def _harmless(agent: str | None) -> str | None:
    """What a browser calls itself, of characters that can be seen and stored."""
    return "".join(filter(str.isprintable, agent or ""))[:LONGEST_AGENT] or None


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
        return start_session(session, user_id, SignInMethod.PASSWORD, browser, now)


def sign_in_by_link(sessions: Sessions, plain: str, browser: Browser, now: datetime) -> ByLink:
    """Use a one-time link up, start a browser session and return its token.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or its user is disabled.
    """
    with sessions.begin() as session:
        used = accounts.use_link(session, digest(plain), now)
        if used is None:
            raise _refused()
        sets_password = used.purpose == LinkPurpose.RESET
        way = SignInMethod.RESET if sets_password else SignInMethod.LINK
        return ByLink(start_session(session, used.user_id, way, browser, now), sets_password)


def purpose_of_link(sessions: Sessions, plain: str, now: datetime) -> LinkPurpose:
    """Return what a one-time link is for, without using it.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or its user is disabled.
    """
    with sessions() as session:
        purpose = accounts.link_purpose(session, digest(plain), now)
    if purpose is None:
        raise _refused()
    return LinkPurpose(purpose)


def sign_out(sessions: Sessions, plain: str, now: datetime) -> None:
    """End the browser session; one that is unknown or ended already does no harm."""
    with sessions.begin() as session:
        browser_sessions.revoke_session(session, digest(plain), now)


def _refused() -> LinkRefused:
    return LinkRefused("This link was used before or has expired; please ask for a new one.")


def _candidate(session: Session, email: str) -> tuple[int | None, str | None]:
    try:
        user = accounts.user_by_email(session, normal_email(email))
    except UnusableEmail:
        return None, None
    if user is None or user.disabled_at is not None:
        return None, None
    return user.id, user.password_hash


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to an issuer that we believe; `email` only where the issuer vouches for it."""

    issuer: str
    subject: str
    email: str | None
    name: str


def sign_in_by_sso(sessions: Sessions, identity: Identity, browser: Browser, now: datetime) -> Secret:
    """Start a browser session for somebody whom an issuer has signed in, and return its token.

    At the first time the person is found by the e-mail that the issuer vouches for, or becomes a new student; from
    then on by the issuer's own number, also when the e-mail changes there or here.

    Raises:
        IdentityRefused: the person is disabled, or new and without an e-mail that the issuer vouches for.
        UnusableEmail: the issuer's e-mail is none.
    """
    with sessions.begin() as session:
        user_id = accounts.user_of_identity(session, identity.issuer, identity.subject) or _link_identity(
            session, identity, now
        )
        user = accounts.lock_user(session, user_id)
        if user is None or user.disabled_at is not None:
            raise IdentityRefused("You cannot sign in here any more. Ask those who run this service.")
        return start_session(session, user_id, SignInMethod.OPENID, browser, now)


def _link_identity(session: Session, identity: Identity, now: datetime) -> int:
    if identity.email is None:
        raise IdentityRefused("The other service does not vouch for your e-mail address, by which you are known here.")
    email = normal_email(identity.email)
    user_id = accounts.user_id_of(session, email)
    if user_id is None:
        row = row_of(Person(email, identity.name), now)
        user_id = accounts.add_user(session, row)
        if user_id is not None:
            add_event(
                session, AuditEvent(now, "person.created", user_id, subject_id=user_id, detail={"to": row["role"]})
            )
        else:  # somebody else was first, at the same moment
            user_id = accounts.user_id_of(session, email)
    if user_id is None:
        raise IdentityRefused("You were removed from this service just now.")
    if accounts.add_identity(session, identity.issuer, identity.subject, user_id, now):
        add_event(session, AuditEvent(now, "person.identity-linked", user_id, subject_id=user_id))
    return user_id
