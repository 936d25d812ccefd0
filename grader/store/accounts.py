"""Accounts: users, API tokens, sign-in links, identities of other providers, password resets, clients."""

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

from grader.store.tables import Client, ExternalIdentity, ResetRequest, SignInLink, Token, User
from grader.vocabulary import LinkPurpose, Role


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Who is looked for: part of a name or an e-mail, a role; None narrows nothing."""

    text: str | None = None
    role: Role | None = None
    only_disabled: bool = False

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same, for a WHERE over users."""
        found: list[ColumnElement[bool]] = []
        if self.text is not None:
            found.append(or_(*(column.icontains(self.text, autoescape=True) for column in (User.name, User.email))))
        if self.role is not None:
            found.append(User.role == self.role)
        if self.only_disabled:
            found.append(User.disabled_at.is_not(None))
        return found


def user_by_email(session: Session, email: str) -> User | None:
    """Return the user with this (already normalised) e-mail, disabled or not."""
    return session.scalars(select(User).where(User.email == email)).one_or_none()


def add_user(session: Session, row: dict[str, object]) -> int | None:
    """Insert a user and return the new id, or None where the e-mail is taken."""
    made = insert(User).values(row).on_conflict_do_nothing(index_elements=[User.email]).returning(User.id)
    return session.scalars(made).one_or_none()


def add_users(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Insert users; those whose e-mail is taken by now, by another course's import say, are left as they are."""
    if rows:
        session.execute(insert(User).on_conflict_do_nothing(index_elements=[User.email]), rows)


def users_by_email(session: Session, emails: Collection[str]) -> Sequence[Row[int, str, str]]:
    """Return id, e-mail and name of the users with these (already normalised) e-mails."""
    return session.execute(select(User.id, User.email, User.name).where(User.email.in_(emails))).all()


def is_anybody_but(session: Session, emails: Collection[str]) -> bool:
    """Tell whether anybody has an account but those with these e-mails."""
    return session.scalar(select(User.id).where(User.email.not_in(emails)).limit(1)) is not None


def search_users(session: Session, which: UserFilter, limit: int, offset: int = 0) -> tuple[Sequence[User], int]:
    """Return some of the users that are wanted, by name, and how many there are in all."""
    conditions = which.conditions()
    total = session.scalars(select(func.count()).select_from(User).where(*conditions)).one()
    page = select(User).where(*conditions).order_by(func.lower(User.name), User.id).limit(limit).offset(offset)
    return session.scalars(page).all(), total


def user_id_of(session: Session, email: str) -> int | None:
    """Return the id of the user with this (already normalised) e-mail."""
    return session.scalars(select(User.id).where(User.email == email)).one_or_none()


def lock_user(session: Session, user_id: int) -> User | None:
    """Return a user, and let nobody else change that user before this transaction ends."""
    return session.get(User, user_id, with_for_update=True, populate_existing=True)


def change_user(session: Session, user_id: int, values: dict[str, object]) -> None:
    """Write some columns of a user."""
    session.execute(update(User).where(User.id == user_id).values(values))


def lock_administrators(session: Session) -> set[int]:
    """Return who is an administrator and not disabled; of two who would take the role away at once, one waits."""
    enabled = select(User.id).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None))
    return set(session.scalars(enabled.order_by(User.id).with_for_update()))


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember in which language the person wants to read."""
    session.execute(update(User).where(User.id == user_id).values(language=language))


def ensure_client(session: Session, name: str) -> int:
    """Return the id of the client of this name, made now where there was none."""
    known = select(Client.id).where(Client.name == name)
    found = session.scalars(known).one_or_none()
    if found is not None:
        return found
    session.execute(insert(Client).values(name=name).on_conflict_do_nothing(index_elements=[Client.name]))
    return session.scalars(known).one()


def user_of_identity(session: Session, issuer: str, subject: str) -> int | None:
    """Return the user whom an issuer knows as this subject."""
    row = session.get(ExternalIdentity, (issuer, subject))
    return None if row is None else row.user_id


def add_identity(session: Session, issuer: str, subject: str, user_id: int, now: datetime) -> bool:
    """Note who somebody is to an issuer; tell whether that was new."""
    row = {"issuer": issuer, "subject": subject, "user_id": user_id, "linked_at": now}
    made = insert(ExternalIdentity).values(row).on_conflict_do_nothing().returning(ExternalIdentity.user_id)
    return session.scalars(made).one_or_none() is not None


def add_token(session: Session, row: dict[str, object]) -> int:
    """Insert a token and return its id."""
    return session.scalars(insert(Token).values(row).returning(Token.id)).one()


def valid_token(session: Session, sha256: bytes, now: datetime) -> Row[*tuple[Any, ...]] | None:
    """Return id, client_id, user_id, email, role and scopes of a token that may be used now."""
    return session.execute(_is_valid_token(), {"sha256": sha256, "now": now}).one_or_none()


def revoke_token(session: Session, token_id: int, now: datetime) -> bool:
    """Revoke a token; tell whether there was one that was not revoked yet."""
    wanted = update(Token).where(Token.id == token_id, Token.revoked_at.is_(None)).values(revoked_at=now)
    return session.scalars(wanted.returning(Token.id)).one_or_none() is not None


def valid_tokens(session: Session, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return every token that may be used now, oldest first, with its client's name and its student's e-mail."""
    wanted = (
        select(Token.id, Token.name, Client.name.label("client"), User.email, Token.scopes, Token.expires_at)
        .join(Client, Client.id == Token.client_id)
        .outerjoin(User, User.id == Token.user_id)
        .where(Token.revoked_at.is_(None), Token.expires_at > now)
        .order_by(Token.id)
    )
    return session.execute(wanted).all()


def tokens_of_user(session: Session, user_id: int, now: datetime) -> Sequence[Token]:
    """Return a student's own tokens that may be used now, the newest first."""
    wanted = select(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None), Token.expires_at > now)
    return session.scalars(wanted.order_by(Token.id.desc())).all()


def revoke_tokens_of_user(session: Session, user_id: int, now: datetime, token_id: int | None = None) -> int:
    """Revoke a student's own tokens, or the one of them that is named; return how many."""
    theirs = update(Token).where(Token.user_id == user_id, Token.revoked_at.is_(None))
    wanted = theirs if token_id is None else theirs.where(Token.id == token_id)
    return cast("CursorResult[Any]", session.execute(wanted.values(revoked_at=now))).rowcount


@cache
def _is_valid_token() -> Select[*tuple[Any, ...]]:
    """Built once: building it costs more than asking it, and every request of the API does."""
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
    """Use the link up and return user_id and purpose, or None where it can't be used; of two at once one gets it."""
    used = (
        update(SignInLink)
        .where(*_is_usable_link(token_sha256, now))
        .values(used_at=now)
        .returning(SignInLink.user_id, SignInLink.purpose)
    )
    return session.execute(used).one_or_none()


def link_purpose(session: Session, token_sha256: bytes, now: datetime) -> str | None:
    """Return what a link is for that could be used now; None for any other."""
    return session.scalars(select(SignInLink.purpose).where(*_is_usable_link(token_sha256, now))).one_or_none()


def _is_usable_link(token_sha256: bytes, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Select a link that was not used and has not expired, of a user who may sign in."""
    return (
        SignInLink.token_sha256 == token_sha256,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > now,
        SignInLink.user_id == User.id,
        User.disabled_at.is_(None),
    )


def revoke_links(session: Session, user_id: int, purpose: LinkPurpose | None = None) -> None:
    """Make the user's links useless that were not used yet: all, or those of one purpose."""
    unused = delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
    session.execute(unused if purpose is None else unused.where(SignInLink.purpose == purpose))


def delete_ended_links(session: Session, now: datetime) -> int:
    """Delete links that can never be used again, and return how many."""
    ended = delete(SignInLink).where(or_(SignInLink.expires_at <= now, SignInLink.used_at <= now))
    return cast("CursorResult[Any]", session.execute(ended)).rowcount


@dataclass(frozen=True, slots=True)
class ClaimedReset:
    """A request that is ours to answer, and who asked, in which language."""

    request_id: int
    user_id: int
    email: str
    name: str
    language: str | None


def request_reset(session: Session, email: str, language: str, now: datetime, asked_before: datetime) -> None:
    """Note a request of whoever has this e-mail, if somebody has who is not disabled and did not ask just before.

    It is one statement whoever has it, so that the time it takes tells nothing.
    """
    recent = exists().where(ResetRequest.user_id == User.id, ResetRequest.asked_at > asked_before)
    who = select(User.id, literal(now), literal(language)).where(
        User.email == email, User.disabled_at.is_(None), ~recent
    )
    session.execute(insert(ResetRequest).from_select(["user_id", "asked_at", "language"], who))


def claim_reset(session: Session, now: datetime, pause: timedelta, most_tries: int) -> ClaimedReset | None:
    """Claim a request that waits for its mail, and count the try; another follows after a pause that doubles."""
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
    """Note that a request is answered, and return whose it is; None where it was answered before, or is not there.

    With it all others of the same person are: there is only one link that works.
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
    """Return requests that nobody has answered: id, user_id, name, e-mail, asked_at and tries."""
    return session.execute(
        select(ResetRequest.id, User.id, User.name, User.email, ResetRequest.asked_at, ResetRequest.tries)
        .join(User, User.id == ResetRequest.user_id)
        .where(ResetRequest.answered_at.is_(None), User.disabled_at.is_(None))
        .order_by(ResetRequest.id)
    ).all()


def delete_old_resets(session: Session, asked_before: datetime) -> int:
    """Delete requests that nobody waits for any more, and return how many."""
    old = delete(ResetRequest).where(ResetRequest.asked_at < asked_before)
    return cast("CursorResult[Any]", session.execute(old)).rowcount
