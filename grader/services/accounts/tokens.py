"""API tokens and one-time sign-in links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from grader.messages.message import Message
from grader.services.accounts.authentication import Scope, Secret, new_secret
from grader.services.accounts.registration import normal_email
from grader.services.errors import UnknownScope, UnknownToken, UnknownUser
from grader.store import accounts
from grader.store.database import Sessions
from grader.vocabulary import LinkPurpose


def new_link(session: Session, user_id: int, purpose: LinkPurpose, now: datetime, lifetime: timedelta) -> Secret:
    """Create a one-time sign-in link for a user; its text is returned only now.

    Of the links for setting a password, only the newest works.
    """
    secret = new_secret()
    if purpose is LinkPurpose.RESET:
        accounts.revoke_links(session, user_id, LinkPurpose.RESET)
    row: dict[str, object] = {
        "token_sha256": secret.sha256,
        "user_id": user_id,
        "created_at": now,
        "expires_at": now + lifetime,
        "purpose": purpose.value,
    }
    accounts.add_link(session, row)
    return secret


TOKEN_PREFIX = "nng_"  # noqa: S105 - the prefix of tokens, not a token


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A bearer token to be created.

    Attributes:
        name: shown in the list of tokens.
        client: whose submissions it can access; created if it does not exist.
        email: the student whose own token it is, and the only learner it can access; None for a client's token.
    """

    name: str
    client: str
    scopes: Collection[str]
    lifetime: timedelta
    email: str | None = None


def create_token(sessions: Sessions, request: TokenRequest, now: datetime) -> Secret:
    """Create a bearer token; its text is returned only now.

    Raises:
        UnknownScope: a scope does not exist, or there is none.
        UnknownUser: the e-mail address is not registered.
    """
    strange = set(request.scopes) - set(Scope)
    if strange or not request.scopes:
        raise UnknownScope(f"A token has scopes of {', '.join(Scope)}, not {', '.join(sorted(strange)) or 'none'}.")
    secret = new_secret(TOKEN_PREFIX)
    with sessions.begin() as session:
        row: dict[str, object] = {
            "sha256": secret.sha256,
            "name": request.name,
            "client_id": accounts.ensure_client(session, request.client),
            "user_id": None if request.email is None else accounts.user_id_of(session, normal_email(request.email)),
            "scopes": sorted(set(map(str, request.scopes))),
            "created_at": now,
            "expires_at": now + request.lifetime,
        }
        if request.email is not None and row["user_id"] is None:
            raise UnknownUser(Message("refused.unknown-user", email=request.email))
        accounts.add_token(session, row)
    return secret


def create_sign_in_link(sessions: Sessions, email: str, now: datetime, lifetime: timedelta) -> Secret:
    """Create a one-time sign-in link for a user; its text is returned only now.

    Raises:
        UnknownUser: the e-mail address is not registered.
    """
    with sessions.begin() as session:
        user_id = accounts.user_id_of(session, normal_email(email))
        if user_id is None:
            raise UnknownUser(Message("refused.unknown-user", email=email))
        return new_link(session, user_id, LinkPurpose.SIGN_IN, now, lifetime)


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A valid bearer token without its secret, which is not stored.

    Attributes:
        email: the student whose own token it is; None for a client's token.
    """

    id: int
    name: str
    client: str
    email: str | None
    scopes: tuple[str, ...]
    expires_at: datetime


def valid_tokens(session: Session, now: datetime) -> tuple[KnownToken, ...]:
    """Return all valid tokens, oldest first."""
    return tuple(
        KnownToken(row.id, row.name, row.client, row.email, tuple(row.scopes), row.expires_at)
        for row in accounts.valid_tokens(session, now)
    )


def revoke_token_by_number(sessions: Sessions, token_id: int, now: datetime) -> None:
    """Revoke a token.

    Raises:
        UnknownToken: there is no such token, or it has already been revoked.
    """
    with sessions.begin() as session:
        if not accounts.revoke_token(session, token_id, now):
            raise UnknownToken(Message("refused.unknown-token", number=str(token_id)))
