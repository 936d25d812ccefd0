"""From an operation to what Flask calls."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response
from pydantic import BaseModel

from grader.web.api.access import caller
from grader.web.api.form_reading import is_form, read_form
from grader.web.api.once import once
from grader.web.api.operation import Operation, Reply
from grader.web.api.reading import read_json
from grader.web.api.validation import body_as, query_as, refuse_query
from grader.web.upload import Upload


def view_of(operation: Operation) -> Callable[..., Response]:
    """Make the view: who asks, what is asked, then the handler; whatever is refused is raised as a problem."""
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


def _read(operation: Operation, body: type[BaseModel]) -> tuple[bytes, Any, Mapping[str, Upload]]:
    """The body as JSON, or as a form where the operation takes files."""
    if not operation.takes_files or not is_form():
        return *read_json(), {}
    form = read_form(body)
    return form.sent, form.value, form.files


def respond(reply: Reply[BaseModel], status: int) -> Response:
    """Give a handler's reply as HTTP."""
    return Response(reply.body.model_dump_json(), status, dict(reply.headers), mimetype="application/json")
