"""Who asks: bearer tokens (RFC 6750). The API knows no cookies, so no other site can ask in somebody's name."""

import re

from flask import request

from grader.services.authenticate import authenticate_token
from grader.services.errors import TokenRefused
from grader.services.principal import Principal
from grader.web.problem import ProblemError
from grader.web.wiring import web_services

CHALLENGE = "WWW-Authenticate"
REALM = 'Bearer realm="nn-grader"'
BEARER = re.compile(r"bearer +([\x21-\x7e]{1,200}) *", re.IGNORECASE | re.ASCII)


def caller(scope: str | None) -> Principal:
    """Say who sent the current request.

    Raises:
        ProblemError: 401 without a token or with one that is not accepted; 403 where its scopes do not allow this.
    """
    principal = _principal()
    if scope is not None and scope not in principal.scopes:
        detail = f"This token may not be used for this: it lacks the scope '{scope}'."
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        raise ProblemError("missing-scope", detail, headers={CHALLENGE: challenge})
    return principal


def _principal() -> Principal:
    authorization = request.headers.get("Authorization")
    if authorization is None:
        detail = "Send a token of yours in the header: Authorization: Bearer <token>."
        raise ProblemError("no-token", detail, headers={CHALLENGE: REALM})
    match = BEARER.fullmatch(authorization)
    if match is None:
        raise _refused("The header Authorization does not hold a bearer token.")
    services = web_services()
    try:
        with services.sessions() as session:
            return authenticate_token(session, match[1], services.clock())
    except TokenRefused as error:
        raise _refused(error.detail) from None


def _refused(detail: str) -> ProblemError:
    return ProblemError("token-refused", detail, headers={CHALLENGE: f'{REALM}, error="invalid_token"'})
