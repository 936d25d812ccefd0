"""Signing in and out: by password, by link, by single sign-on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from grader.services.accounts.authentication import Secret, digest, new_secret
from grader.services.accounts.passwords import verify_password
from grader.services.accounts.registration import Person, normal_email, row_of
from grader.services.errors import IdentityRefused, LinkRefused, SignInRefused, UnusableEmail
from grader.store import accounts
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions
from grader.vocabulary import LinkPurpose, SignInMethod

LONGEST_AGENT: Final = 300
"""Real user agents are shorter."""


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that signs in: how long its session lasts, and its user agent."""

    lifetime: timedelta
    agent: str | None = None


def start_session(session: Session, user_id: int, way: SignInMethod, browser: Browser, now: datetime) -> Secret:
    """Start a browser session for an authenticated user and return its token for the cookie."""
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
    accounts.add_session(session, row)
    return secret


def _harmless(agent: str | None) -> str | None:
    """Return the user agent if it consists of visible characters that can be stored."""
    return "".join(filter(str.isprintable, agent or ""))[:LONGEST_AGENT] or None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Typed credentials; `tries` counts recent failures of this e-mail address from the same network address."""

    email: str
    password: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class ByLink:
    """The result of a sign-in by link: the session's token, and whether to set a password now."""

    token: Secret
    sets_password: bool


def sign_in(sessions: Sessions, typed: Credentials, browser: Browser, now: datetime) -> Secret:
    """Start a browser session and return its token for the cookie.

    Raises:
        SignInRefused: the e-mail address or password is incorrect, or the account is disabled.
        SignInBusy: too many passwords are being checked.
    """
    with sessions() as session:
        user_id, stored = _candidate(session, typed.email)
    if not verify_password(stored, typed.password, typed.tries) or user_id is None:
        raise SignInRefused("The e-mail address or password is incorrect.")
    with sessions.begin() as session:
        return start_session(session, user_id, SignInMethod.PASSWORD, browser, now)


def sign_in_by_link(sessions: Sessions, plain: str, browser: Browser, now: datetime) -> ByLink:
    """Consume a one-time link, start a browser session and return its token.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or the account is disabled.
    """
    with sessions.begin() as session:
        used = accounts.use_link(session, digest(plain), now)
        if used is None:
            raise _refused()
        sets_password = used.purpose == LinkPurpose.RESET
        way = SignInMethod.RESET if sets_password else SignInMethod.LINK
        return ByLink(start_session(session, used.user_id, way, browser, now), sets_password)


def purpose_of_link(sessions: Sessions, plain: str, now: datetime) -> LinkPurpose:
    """Return the purpose of a one-time link without consuming it.

    Raises:
        LinkRefused: it was used before, has expired or never existed, or the account is disabled.
    """
    with sessions() as session:
        purpose = accounts.link_purpose(session, digest(plain), now)
    if purpose is None:
        raise _refused()
    return LinkPurpose(purpose)


def sign_out(sessions: Sessions, plain: str, now: datetime) -> None:
    """End a browser session; unknown or ended sessions are ignored."""
    with sessions.begin() as session:
        accounts.revoke_session(session, digest(plain), now)


def _refused() -> LinkRefused:
    return LinkRefused("This link has been used or has expired. Request a new one.")


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
    """A person as identified by a trusted issuer; `email` only if the issuer has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str


def sign_in_by_sso(sessions: Sessions, identity: Identity, browser: Browser, now: datetime) -> Secret:
    """Start a browser session for a person signed in by an issuer, and return its token.

    The first sign-in is matched by the verified e-mail address, or creates a student; later ones are matched by the
    issuer's subject, even if the e-mail address changes.

    Raises:
        IdentityRefused: the account is disabled, or new and without a verified e-mail address.
        UnusableEmail: the issuer's e-mail address is invalid.
    """
    with sessions.begin() as session:
        user_id = accounts.user_of_identity(session, identity.issuer, identity.subject) or _link_identity(
            session, identity, now
        )
        user = accounts.lock_user(session, user_id)
        if user is None or user.disabled_at is not None:
            raise IdentityRefused("Your account is disabled. Contact the administrators of this service.")
        return start_session(session, user_id, SignInMethod.OPENID, browser, now)


def _link_identity(session: Session, identity: Identity, now: datetime) -> int:
    if identity.email is None:
        raise IdentityRefused("The sign-in provider has not verified your e-mail address.")
    email = normal_email(identity.email)
    user_id = accounts.user_id_of(session, email)
    if user_id is None:
        row = row_of(Person(email, identity.name), now)
        user_id = accounts.add_user(session, row)
        if user_id is not None:
            add_event(
                session, AuditEvent(now, "person.created", user_id, subject_id=user_id, detail={"to": row["role"]})
            )
        else:  # a concurrent sign-in was first
            user_id = accounts.user_id_of(session, email)
    if user_id is None:
        raise IdentityRefused("Your account has just been removed.")
    if accounts.add_identity(session, identity.issuer, identity.subject, user_id, now):
        add_event(session, AuditEvent(now, "person.identity-linked", user_id, subject_id=user_id))
    return user_id
