"""`Idempotency-Key`: a client that does not know whether its request arrived may send it again."""

import re
from collections.abc import Callable
from uuid import UUID

from flask import Response, request

from grader.checking.errors import GraderError
from grader.services import idempotency
from grader.services.idempotency import KeyedRequest, StoredAnswer
from grader.services.principal import Principal
from grader.web.problem import Flaw, ProblemError
from grader.web.wiring import web_services

HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,200}")
KEPT_HEADERS = ("Location", "Retry-After")


def once(caller: Principal, sent: bytes, work: Callable[[UUID | None], Response]) -> Response:
    """Do the work, unless a request with the same key did: then give its reply again.

    The work gets the id of the reservation and stores under it, so that even a request whose server died in the
    middle can be sent again. What was refused leaves the key free; after a fault nobody knows whether the work was
    done, so the key stays reserved, and whoever comes back after a minute goes on under the same id.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work(None)
    if not KEY.fullmatch(key):
        raise _unusable()
    sessions = web_services().sessions
    keyed = KeyedRequest(caller.token_id, key, request.method, request.path, sent)
    granted = idempotency.reserve(sessions, keyed, web_services().clock())
    if isinstance(granted, StoredAnswer):
        return _again(granted)
    try:
        response = work(granted.id)
    except (GraderError, ProblemError):
        idempotency.release(sessions, keyed)
        raise
    idempotency.complete(sessions, keyed, _kept(response))
    return response


def _kept(response: Response) -> StoredAnswer:
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return StoredAnswer(response.status_code, {"text": response.get_data(as_text=True)}, headers)


def _again(answer: StoredAnswer) -> Response:
    text = str((answer.response or {})["text"])
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return Response(text, answer.status, headers, mimetype="application/json")


def _unusable() -> ProblemError:
    detail = "An idempotency key has 1 to 200 visible ASCII characters."
    return ProblemError("unusable-key", detail, (Flaw("unusable-key", detail, header=HEADER),))
