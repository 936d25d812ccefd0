"""Operations of the API: the promises of a handler, its permissions, and its Flask view.

A handler takes, by name and only if it asks for them: `caller` (the token's identity), `body`, `files`, `query`, and
the parts of its path. It returns a `Reply` of the annotated type. View and OpenAPI document are built from the same
source. The API accepts bearer tokens (RFC 6750) and no cookies, so other sites cannot make requests in a person's name.
With an `Idempotency-Key`, a client that lost a response may repeat its request.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import getdoc, signature
from types import MappingProxyType
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

from flask import Response, g, request
from pydantic import BaseModel

from grader.adapters.client_limits import RequestAllowance
from grader.judging.errors import GraderError
from grader.services.accounts.authentication import Principal, authenticate_token
from grader.services.errors import TokenRefused
from grader.services.submissions import idempotency
from grader.services.submissions.idempotency import KeyedRequest, StoredAnswer
from grader.web.api.requests import body_as, is_form, query_as, read_form, read_json, refuse_query
from grader.web.dependencies import web_services
from grader.web.problem import Flaw, ProblemError
from grader.web.upload import Upload

Answer_co = TypeVar("Answer_co", bound=BaseModel, covariant=True)


@dataclass(frozen=True, slots=True)
class Reply(Generic[Answer_co]):
    """The result of a handler: the body, and additional headers."""

    body: Answer_co
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[..., Reply[BaseModel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Properties of an operation that its signature does not express.

    Attributes:
        scope: required of the token; None accepts any valid token.
        status: of success.
        refuses: statuses of problems beyond those that follow from the signature.
        reads: request headers with a meaning.
        sends: response headers that it sets.
        is_idempotent: whether `Idempotency-Key` is honoured.
    """

    scope: str | None = None
    status: int = 200
    refuses: frozenset[int] = frozenset()
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    is_idempotent: bool = False


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One method on one path."""

    method: str
    path: str
    handler: Handler
    promise: Promise

    @property
    def types(self) -> Mapping[str, Any]:
        """Types of the handler's arguments, by name."""
        return _types_of(self.handler)

    @property
    def body(self) -> type[BaseModel] | None:
        """Type of the body."""
        return self.types.get("body")

    @property
    def takes_files(self) -> bool:
        """Whether it accepts a form with files instead of JSON."""
        return "files" in self.types

    @property
    def query(self) -> type[BaseModel] | None:
        """Type of the query."""
        return self.types.get("query")

    @property
    def answer(self) -> type[BaseModel]:
        """Type of the response body."""
        kind: type[BaseModel] = get_args(get_type_hints(self.handler)["return"])[0]
        return kind

    @property
    def words(self) -> tuple[str, str]:
        """The handler's docstring: its first line, and the rest."""
        first, _, rest = (getdoc(self.handler) or "").partition("\n")
        return first, rest.strip()

    @property
    def refusals(self) -> list[int]:
        """Every status that a problem of this operation can have."""
        found = {400, 401, 405, 422, 429, 500, 503} | self.promise.refuses  # 422: unexpected parameters
        found |= {403} if self.promise.scope else set()
        found |= {408, 413, 415} if self.body else set()
        found |= {404} if "<" in self.path else set()
        found |= {409} if self.promise.is_idempotent else set()
        return sorted(found)


@cache
def _types_of(handler: Handler) -> Mapping[str, Any]:
    """Return the types of a handler's arguments; it is asked for in every request."""
    hints = get_type_hints(handler)
    return MappingProxyType({name: hints[name] for name in signature(handler).parameters})


def operation(method: str, path: str, **promise: Any) -> Callable[[Handler], ApiOperation]:
    """Make a handler an operation of the API; `promise` are the fields of `Promise`."""
    return lambda handler: ApiOperation(method, path, handler, Promise(**promise))


CHALLENGE = "WWW-Authenticate"
REALM = 'Bearer realm="nn-grader"'
BEARER = re.compile(r"bearer +([\x21-\x7e]{1,200}) *", re.IGNORECASE | re.ASCII)


def caller(scope: str | None) -> Principal:
    """Return the identity behind the current request.

    Raises:
        ProblemError: 401 without a valid token; 403 if its scopes are insufficient; 429 if it requests too much.
    """
    principal = _principal()
    _count(principal)
    if scope is not None and scope not in principal.scopes:
        detail = f"This token does not have the scope '{scope}'."
        challenge = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        raise ProblemError("missing-scope", detail, headers={CHALLENGE: challenge})
    return principal


def _principal() -> Principal:
    authorization = request.headers.get("Authorization")
    if authorization is None:
        detail = "Send your token in the header: Authorization: Bearer <token>."
        raise ProblemError("no-token", detail, headers={CHALLENGE: REALM})
    match = BEARER.fullmatch(authorization)
    if match is None:
        raise _token_refused("The Authorization header does not contain a bearer token.")
    services, now = web_services(), web_services().clock()

    def look_up() -> Principal:
        with services.reading() as session:
            return authenticate_token(session, match[1], now)

    try:
        return services.tokens.principal(match[1], now, look_up)
    except TokenRefused as error:
        raise _token_refused(error.detail) from None


def _count(principal: Principal) -> None:
    """Count a request of a client with all its tokens, or of a person with all their own tokens."""
    of_person = None if principal.user_id is None else f"user:{principal.user_id}"
    allowance = web_services().api_limits.count(of_person or f"client:{principal.client_id}")
    g.allowance = allowance
    if allowance.is_exceeded:
        detail = f"More than {allowance.limit:,} requests in a minute. Try again in {allowance.reset} s."
        raise ProblemError("too-many-requests", detail)


def add_allowance(response: Response) -> Response:
    """Tell a client what it may still request in this minute."""
    allowance: RequestAllowance | None = g.get("allowance")
    if allowance is not None:
        response.headers.update(allowance.headers)
    return response


def _token_refused(detail: str) -> ProblemError:
    return ProblemError("token-refused", detail, headers={CHALLENGE: f'{REALM}, error="invalid_token"'})


KEY_HEADER = "Idempotency-Key"
KEY_PATTERN = re.compile(r"[!-~]{1,200}")
KEPT_HEADERS = ("Location", "Retry-After")


def once(caller: Principal, sent: bytes, work: Callable[[UUID | None], Response]) -> Response:
    """Do the work, unless a request with the same key already did: then repeat its response.

    The work stores under the id of the reservation, so that even a request whose server died can be repeated. A refusal
    leaves the key unused. After a fault, it is unknown whether the work was done, so the key stays reserved, and a
    repeated request after a minute continues under the same id.
    """
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return work(None)
    if not KEY_PATTERN.fullmatch(key):
        raise _unusable_key()
    sessions = web_services().sessions
    keyed = KeyedRequest(caller.token_id, key, request.method, request.path, sent)
    granted = idempotency.reserve_key(sessions, keyed, web_services().clock())
    if isinstance(granted, StoredAnswer):
        return _replayed(granted)
    try:
        response = work(granted.id)
    except (GraderError, ProblemError):
        idempotency.release_key(sessions, keyed)
        raise
    idempotency.complete_key(sessions, keyed, _stored(response))
    return response


def _stored(response: Response) -> StoredAnswer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return StoredAnswer(response.status_code, {"text": response.get_data(as_text=True)}, headers)


def _replayed(answer: StoredAnswer) -> Response:
    text = str((answer.response or {})["text"])
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return Response(text, answer.status, headers, mimetype="application/json")


def _unusable_key() -> ProblemError:
    detail = "An idempotency key has 1 to 200 visible ASCII characters."
    return ProblemError("unusable-key", detail, (Flaw("unusable-key", detail, header=KEY_HEADER),))


def view_of(operation: ApiOperation) -> Callable[..., Response]:
    """Return the view: authenticate, validate, call the handler; refusals are raised as problems."""
    asks, body, query, promise = operation.types, operation.body, operation.query, operation.promise

    def view(**given: Any) -> Response:
        principal = caller(promise.scope)
        if "caller" in asks:
            given["caller"] = principal
        if query is None:
            refuse_query()
        else:
            given["query"] = query_as(query)
        if body is None:
            return respond(operation.handler(**given), promise.status)
        sent, value, files = _read(operation, body)
        given["body"] = body_as(body, value)
        given |= {"files": files} if operation.takes_files else {}
        if not promise.is_idempotent:
            return respond(operation.handler(**given), promise.status)
        return once(principal, sent, lambda key: respond(operation.handler(**given, reservation=key), promise.status))

    return view


def _read(operation: ApiOperation, body: type[BaseModel]) -> tuple[bytes, Any, Mapping[str, Upload]]:
    """Return the body from JSON, or from a form if the operation accepts files."""
    if not operation.takes_files or not is_form():
        return *read_json(), {}
    form = read_form(body)
    return form.sent, form.value, form.files


def respond(reply: Reply[BaseModel], status: int) -> Response:
    """Return a handler's reply as an HTTP response."""
    return Response(reply.body.model_dump_json(), status, dict(reply.headers), mimetype="application/json")
