from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.sayings.saying import Saying
from grader.services.errors import UnknownToken
from grader.store import tokens
from grader.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A bearer token that may be used, without the secret, which nobody keeps.

    Attributes:
        email: of the student whose own token it is; None for a client's.
    """

    id: int
    name: str
    client: str
    email: str | None
    scopes: tuple[str, ...]
    expires_at: datetime


def valid_tokens(session: Session, now: datetime) -> tuple[KnownToken, ...]:
    """Return what could be withdrawn, oldest first."""
    return tuple(
        KnownToken(row.id, row.name, row.client, row.email, tuple(row.scopes), row.expires_at)
        for row in tokens.valid(session, now)
    )


def withdraw_token(sessions: Sessions, token_id: int, now: datetime) -> None:
    """Make a token useless from now on.

    Raises:
        UnknownToken: there is none of this number, or it was withdrawn before.
    """
    with sessions.begin() as session:
        if not tokens.revoke(session, token_id, now):
            raise UnknownToken(Saying("refused.unknown-token", number=str(token_id)))
