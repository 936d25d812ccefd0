from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from grader.sayings.saying import Saying
from grader.services.errors import UnknownScope, UnknownUser
from grader.services.link import make_link
from grader.services.principal import Scope
from grader.services.register import normal_email
from grader.services.secret import Secret, new_secret
from grader.store import clients, tokens, users
from grader.store.engine import Sessions
from grader.store.links import Purpose

TOKEN_PREFIX = "nng_"  # noqa: S105 - says what a token is, and is none


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A bearer token that shall be made.

    Attributes:
        name: for people who look through the list of tokens.
        client: whose submissions it reaches; made where there was none.
        email: of the student whose own token it is; it reaches only that learner. None for a client's token.
    """

    name: str
    client: str
    scopes: Collection[str]
    lifetime: timedelta
    email: str | None = None


def create_token(sessions: Sessions, request: TokenRequest, now: datetime) -> Secret:
    """Make a bearer token; its text is given out now and never again.

    Raises:
        UnknownScope: a scope doesn't exist, or there is none at all.
        UnknownUser: nobody is registered with this e-mail.
    """
    strange = set(request.scopes) - set(Scope)
    if strange or not request.scopes:
        raise UnknownScope(f"A token has scopes of {', '.join(Scope)}, not {', '.join(sorted(strange)) or 'none'}.")
    secret = new_secret(TOKEN_PREFIX)
    with sessions.begin() as session:
        row: dict[str, object] = {
            "sha256": secret.sha256,
            "name": request.name,
            "client_id": clients.ensure(session, request.client),
            "user_id": None if request.email is None else users.id_of(session, normal_email(request.email)),
            "scopes": sorted(set(map(str, request.scopes))),
            "created_at": now,
            "expires_at": now + request.lifetime,
        }
        if request.email is not None and row["user_id"] is None:
            raise UnknownUser(Saying("refused.unknown-user", email=request.email))
        tokens.add(session, row)
    return secret


def create_link(sessions: Sessions, email: str, now: datetime, lifetime: timedelta) -> Secret:
    """Make a link that signs this user in, once; its text is given out now and never again.

    Raises:
        UnknownUser: nobody is registered with this e-mail.
    """
    with sessions.begin() as session:
        user_id = users.id_of(session, normal_email(email))
        if user_id is None:
            raise UnknownUser(Saying("refused.unknown-user", email=email))
        return make_link(session, user_id, Purpose.SIGN_IN, now, lifetime)
