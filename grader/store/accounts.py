"""Accounts: users, API tokens, sign-in links, external identities, password resets, clients, browser sessions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grader.store.tables import BrowserSession, Client, ExternalIdentity, ResetRequest, SignInLink, Token, User
from grader.vocabulary import LinkPurpose, Role, SignInMethod, UserFilter


def _conditions(which: UserFilter) -> list[ColumnElement[bool]]:
    """Return a filter as conditions on users."""
    found: list[ColumnElement[bool]] = []
    if which.text is not None:
        found.append(or_(*(column.icontains(which.text, autoescape=True) for column in (User.name, User.email))))
    if which.role is not None:
        found.append(User.role == which.role)
    if which.only_disabled:
        found.append(User.disabled_at.is_not(None))
    return found


def user_by_email(session: Session, email: str) -> User | None:
    """Return the user with this (normalised) e-mail address, disabled or not."""
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def add_user(session: Session, row: dict[str, object]) -> int | None:
    """Insert a user and return the new id, or None if the e-mail address is taken."""
    made = insert(User).values(row).on_conflict_do_nothing(index_elements=[User.email]).returning(User.id)
    return session.scalars(made).one_or_none()


def add_users(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Insert users; those whose e-mail address was taken, for example by a concurrent import, are left unchanged."""
    if rows:
        session.execute(insert(User).on_conflict_do_nothing(index_elements=[User.email]), rows)


def users_by_email(session: Session, emails: Collection[str]) -> Sequence[Row[int, str, str]]:
    """Return id, e-mail address and name of the users with these (normalised) addresses."""
    return session.execute(select(User.id, User.email, User.name).where(User.email.in_(emails))).all()


def users_by_id(session: Session, user_ids: Collection[int]) -> Sequence[Row[int, str, str]]:
    """Return id, name and e-mail of these users."""
    return session.execute(select(User.id, User.name, User.email).where(User.id.in_(user_ids))).all()


def is_anybody_but(session: Session, emails: Collection[str]) -> bool:
    """Return whether anybody has an account but those with these e-mails."""
    return session.scalar(select(User.id).where(User.email.not_in(emails)).limit(1)) is not None


def search_users(session: Session, which: UserFilter, limit: int, offset: int = 0) -> tuple[Sequence[User], int]:
    """Return one page of the matching users by name, and their total number."""
    conditions = _conditions(which)
    total = session.scalars(select(func.count()).select_from(User).where(*conditions)).one()
    page = select(User).where(*conditions).order_by(func.lower(User.name), User.id).limit(limit).offset(offset)
    return session.scalars(page).all(), total


def user_id_of(session: Session, email: str) -> int | None:
    """Return the id of the user with this (normalised) e-mail address."""
    return session.scalars(select(User.id).where(User.email == email)).one_or_none()


def find_user(session: Session, user_id: int) -> User | None:
    """Return a user."""
    return session.get(User, user_id)


def lock_user(session: Session, user_id: int) -> User | None:
    """Return a user, locked until the transaction ends."""
    return session.get(User, user_id, with_for_update=True, populate_existing=True)


def change_user(session: Session, user_id: int, values: dict[str, object]) -> None:
    """Update some columns of a user."""
    session.execute(update(User).where(User.id == user_id).values(values))


def lock_administrators(session: Session) -> set[int]:
    """Return the active administrators, locked: of two concurrent demotions, one waits."""
    enabled = select(User.id).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
    return set(session.scalars(enabled.order_by(User.id).with_for_update()))


def set_language(session: Session, user_id: int, language: str) -> None:
    """Store the language in which the person wants to read."""
    session.execute(update(User).where(User.id == user_id).values(language=language))


def ensure_client(session: Session, name: str) -> int:
    """Return the id of the client with this name, created if necessary."""
    known = select(Client.id).where(Client.name == name)
    found = session.scalars(known).one_or_none()
    if found is not None:
        return found
    session.execute(insert(Client).values(name=name).on_conflict_do_nothing(index_elements=[Client.name]))
    return session.scalars(known).one()


def user_of_identity(session: Session, issuer: str, subject: str) -> int | None:
    """Return the user whom an issuer identifies by this subject."""
    row = session.get(ExternalIdentity, (issuer, subject))
    return None if row is None else row.user_id


def add_identity(session: Session, issuer: str, subject: str, user_id: int, now: datetime) -> bool:
    """Store a user's identity at an issuer; return whether it was new."""
    row = {"issuer": issuer, "subject": subject, "user_id": user_id, "linked_at": now}
    made = insert(ExternalIdentity).values(row).on_conflict_do_nothing().returning(ExternalIdentity.user_id)
    return session.scalars(made).one_or_none() is not None


def add_token(session: Session, row: dict[str, object]) -> int:
    """Insert a token and return its id."""
    return session.scalars(insert(Token).values(row).returning(Token.id)).one()


def valid_token(session: Session, sha256: bytes, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Return id, client_id, user_id, email, role and scopes of a valid token."""
    return session.execute(_is_valid_token(), {"sha256": sha256, "now": now}).one_or_none()


def revoke_token(session: Session, token_id: int, now: datetime) -> bool:
    """Revoke a token; return whether there was one to revoke."""
    wanted = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None)).values(revoked_at=now)
    return session.scalars(wanted.returning(Token.id)).one_or_none() is not None


def valid_tokens(session: Session, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return all valid tokens, oldest first, with the client's name and the student's e-mail address."""
    wanted = (
        select(Token.id, Token.name, Client.name.label("client"), User.email, Token.scopes, Token.expires_at)
        .join(Client, Client.id == Token.client_id)
        .outerjoin(User, User.id == Token.user_id)
        .where(Token.revoked_at.is_(None), Token.expires_at > now)
        .order_by(Token.id)
    )
    return session.execute(wanted).all()


def tokens_of_user(session: Session, user_id: int, now: datetime) -> Sequence[Token]:
    """Return a student's own valid tokens, newest first."""
    wanted = select(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None), Token.expires_at > now)
    return session.scalars(wanted.order_by(Token.id.desc())).all()


def revoke_tokens_of_user(session: Session, user_id: int, now: datetime, token_id: int | None = None) -> int:
    """Revoke a student's own tokens, or only the given one; return their number."""
    theirs = update(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None))
    wanted = theirs if token_id is None else theirs.where(Token.id == token_id)
    return cast("CursorResult[Any]", session.execute(wanted.values(revoked_at=now))).rowcount


@cache
def _is_valid_token() -> Select[*tuple[Any, ...]]:
    """Built once: building the statement costs more than executing it, and every API request needs it."""
    return (
        select(Token.id, Token.client_id, Token.user_id, User.email, User.role, Token.scopes)
        .outerjoin(User, User.id == Token.user_id)
        .where(
            Token.sha256 == bindparam("sha256"),
            Token.revoked_at.is_(None),
            Token.expires_at > bindparam("now"),
            or_(Token.user_id.is_(None), and_(User.id.is_not(None), User.disabled_at.is_(None))),
        )
    )


def add_link(session: Session, row: dict[str, object]) -> None:
    """Insert a link."""
    session.execute(insert(SignInLink).values(row))


def use_link(session: Session, token_sha256: bytes, now: datetime) -> Row[int, str] | None:
    """Consume a link and return user_id and purpose, or None if invalid; of two concurrent uses only one succeeds."""
    used = (
        update(SignInLink)
        .where(*_is_usable_link(token_sha256, now))
        .values(used_at=now)
        .returning(SignInLink.user_id, SignInLink.purpose)
    )
    return session.execute(used).one_or_none()


def link_purpose(session: Session, token_sha256: bytes, now: datetime) -> str | None:
    """Return the purpose of a valid link, otherwise None."""
    return session.scalars(select(SignInLink.purpose).where(*_is_usable_link(token_sha256, now))).one_or_none()


def _is_usable_link(token_sha256: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Select a link that is unused and unexpired, of a user who may sign in."""
    return (
        SignInLink.token_sha256 == token_sha256,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
        SignInLink.user_id == User.id,
        User.disabled_at.is_(None),
    )


def revoke_links(session: Session, user_id: int, purpose: LinkPurpose | None = None) -> None:
    """Invalidate the user's unused links: all, or those with one purpose."""
    unused = delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
    session.execute(unused if purpose is None else unused.where(SignInLink.purpose == purpose))


def delete_ended_links(session: Session, now: datetime) -> int:
    """Delete links that can never be used again, and return their number."""
    ended = delete(SignInLink).where(or_(SignInLink.expires_at <= now, SignInLink.used_at <= now))
    return cast("CursorResult[Any]", session.execute(ended)).rowcount


@dataclass(frozen=True, slots=True)
class ClaimedReset:
    """A claimed reset request, with its user and language."""

    request_id: int
    user_id: int
    email: str
    name: str
    language: str | None


def request_reset(session: Session, email: str, language: str, now: datetime, asked_before: datetime) -> None:
    """Store a reset request for the enabled user with this e-mail address, unless there is a very recent one.

    A single statement in all cases, so that its duration reveals nothing.
    """
    recent = exists().where(ResetRequest.user_id == User.id, ResetRequest.asked_at > asked_before)
    who = select(User.id, literal(now), literal(language)).where(
        User.email == email, User.disabled_at.is_(None), ~recent
    )
    session.execute(insert(ResetRequest).from_select(["user_id", "asked_at", "language"], who))


def claim_reset(session: Session, now: datetime, pause: timedelta, most_tries: int) -> ClaimedReset | None:
    """Claim a request whose e-mail has to be sent and count the try; the pause before the next one doubles."""
    due = or_(ResetRequest.next_at.is_(None), ResetRequest.next_at <= now)
    row = session.execute(
        select(ResetRequest, User)
        .join(User, User.id == ResetRequest.user_id)
        .where(ResetRequest.answered_at.is_(None), ResetRequest.tries < most_tries, due, User.disabled_at.is_(None))
        .order_by(ResetRequest.id)
        .limit(1)
        .with_for_update(of=ResetRequest, skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    request, user = row
    request.next_at = now + pause * 2**request.tries
    request.tries += 1
    return ClaimedReset(request.id, user.id, user.email, user.name, user.language or request.language)


def answer_reset(session: Session, request_id: int, now: datetime, by: int | None) -> int | None:
    """Mark a request as answered and return its user; None if it does not exist or was answered before.

    All other requests of the same person are marked too, because only one link works.
    """
    asked = ResetRequest.answered_at.is_(None)
    found = select(ResetRequest.user_id).join(User, User.id == ResetRequest.user_id)
    user_id = session.scalars(
        found.where(ResetRequest.id == request_id, asked, User.disabled_at.is_(None)).with_for_update(of=ResetRequest)
    ).one_or_none()
    if user_id is not None:
        done = update(ResetRequest).where(ResetRequest.user_id == user_id, asked)
        session.execute(done.values(answered_at=now, answered_by=by))
    return user_id


def unanswered_resets(session: Session) -> Sequence[Row[int, int, str, str, datetime, int]]:
    """Return unanswered requests: id, user_id, name, e-mail address, asked_at and tries."""
    return session.execute(
        select(ResetRequest.id, User.id, User.name, User.email, ResetRequest.asked_at, ResetRequest.tries)
        .join(User, User.id == ResetRequest.user_id)
        .where(ResetRequest.answered_at.is_(None), User.disabled_at.is_(None))
        .order_by(ResetRequest.id)
    ).all()


def count_unanswered_resets(session: Session) -> int:
    """Return the number of reset requests that neither an e-mail nor an administrator has answered."""
    return session.scalars(select(func.count()).where(ResetRequest.answered_at.is_(None))).one()


def delete_old_resets(session: Session, asked_before: datetime) -> int:
    """Delete old requests, and return their number."""
    old = delete(ResetRequest).where(ResetRequest.asked_at < asked_before)
    return cast("CursorResult[Any]", session.execute(old)).rowcount


def add_session(session: Session, row: dict[str, object]) -> None:
    """Insert a browser session."""
    session.execute(insert(BrowserSession).values(row))


def user_of_session(session: Session, token_sha256: bytes, now: datetime) -> Row[User, BrowserSession] | None:
    """Return a session that is neither expired nor revoked, with its user, unless the user is disabled."""
    return session.execute(
        select(User, BrowserSession)
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(
            BrowserSession.token_sha256 == token_sha256,
            BrowserSession.revoked_at.is_(None),
            BrowserSession.expires_at > now,
            User.disabled_at.is_(None),
        )
    ).one_or_none()


def revoke_session(session: Session, token_sha256: bytes, now: datetime) -> None:
    """Revoke one session; ignores unknown and revoked ones."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.token_sha256 == token_sha256, BrowserSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_sessions_of_user(session: Session, user_id: int, now: datetime, but: int | None = None) -> int:
    """Revoke all sessions of a user, except the given one; return their number."""
    theirs = update(BrowserSession).where(BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None))
    if but is not None:
        theirs = theirs.where(BrowserSession.id != but)
    return cast("CursorResult[Any]", session.execute(theirs.values(revoked_at=now))).rowcount


def revoke_own_session(session: Session, user_id: int, session_id: int, now: datetime) -> bool:
    """Revoke a session of this user by its id; return whether there was one."""
    theirs = update(BrowserSession).where(
        BrowserSession.id == session_id, BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None)
    )
    return cast("CursorResult[Any]", session.execute(theirs.values(revoked_at=now))).rowcount > 0


def sessions_of_user(session: Session, user_id: int, now: datetime) -> Sequence[BrowserSession]:
    """Return the active sessions of a user, most recently used first."""
    theirs = select(BrowserSession).where(
        BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None), BrowserSession.expires_at > now
    )
    seen = func.coalesce(BrowserSession.seen_at, BrowserSession.created_at)
    return session.scalars(theirs.order_by(seen.desc(), BrowserSession.id.desc())).all()


def last_seen(session: Session, user_ids: Collection[int]) -> dict[int, datetime | None]:
    """Return when each of these users was last seen, according to the remaining sessions."""
    last = select(BrowserSession.user_id, func.max(BrowserSession.seen_at)).group_by(BrowserSession.user_id)
    return {row[0]: row[1] for row in session.execute(last.where(BrowserSession.user_id.in_(user_ids)))}


def session_with_user(session: Session, session_id: int) -> Row[User, BrowserSession] | None:
    """Return a session that was not revoked, with its user."""
    return session.execute(
        select(User, BrowserSession)
        .join(BrowserSession, BrowserSession.user_id == User.id)
        .where(BrowserSession.id == session_id, BrowserSession.revoked_at.is_(None))
    ).one_or_none()


def set_sign_in_method(session: Session, session_id: int, way: SignInMethod) -> None:
    """Change how a session began: setting a password uses up the permission given by a sign-in link."""
    session.execute(update(BrowserSession).where(BrowserSession.id == session_id).values(begun_by=way.value))


def note_use(session: Session, session_id: int, now: datetime, seen_before: datetime) -> None:
    """Record the use of a session, unless a use after `seen_before` is recorded."""
    session.execute(
        update(BrowserSession)
        .where(
            BrowserSession.id == session_id,
            or_(BrowserSession.seen_at.is_(None), BrowserSession.seen_at < seen_before),
        )
        .values(seen_at=now)
    )


def delete_ended_sessions(session: Session, now: datetime) -> int:
    """Delete sessions that can never be used again, and return their number."""
    ended = delete(BrowserSession).where(or_(BrowserSession.expires_at <= now, BrowserSession.revoked_at <= now))
    return cast("CursorResult[Any]", session.execute(ended)).rowcount
