"""From exceptions to HTTP responses, worded for programs and for people."""

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_babel import gettext as _
from flask_limiter import RateLimitExceeded
from markupsafe import escape
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from grader.judging.errors import AnswerProblem, GraderError, RequestError, UnreadableAnswers
from grader.messages.message import Message
from grader.web.auth import brings_answers
from grader.web.i18n import language, reading_language
from grader.web.limits import seconds_to_wait, wait_in_words
from grader.web.problem import OWN, Flaw, Meaning, ProblemDetails, ProblemError, as_json, problem_as, wants_problem_json

log = structlog.get_logger(__name__)

HTTP: dict[int, Meaning] = {
    400: Meaning(400, "bad-request", "The request cannot be read"),
    401: Meaning(401, "signed-out", "Signed out"),
    404: Meaning(404, "not-found", "Not found"),
    405: Meaning(405, "method-not-allowed", "Method not allowed"),
    411: Meaning(411, "length-required", "The request has no length"),
    413: OWN["too-large"],
    415: OWN["wrong-content-type"],
    429: OWN["too-many-requests"],
}

PLAIN_PAGE = "<!doctype html><html lang={language}><title>{title}</title><h1>{title}</h1><p>{detail}</p></html>"

UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)


def pointer(*steps: str) -> str:
    """Return the JSON pointer (RFC 6901) to a place in the body."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _answer_flaw(problem: AnswerProblem) -> Flaw:
    return Flaw(problem.code, problem.detail, pointer=pointer("answers", problem.field), field=problem.field)


def meaning_of(kind: type[RequestError]) -> Meaning:
    """Return the meaning of a class of errors in HTTP; its slug is the kebab case of its name."""
    slug = re.sub("(?<!^)(?=[A-Z])", "-", kind.__name__).lower()
    return Meaning(kind.status, slug, kind.title, None if kind.retry_after is None else str(kind.retry_after))


def of_grader_error(error: GraderError) -> ProblemDetails:
    """Return the problem of an error; one that no request can cause is our fault."""
    if not isinstance(error, RequestError):
        return of_fault(error)
    flaws = tuple(map(_answer_flaw, error.problems)) if isinstance(error, UnreadableAnswers) else ()
    again = None if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return problem_as(meaning_of(type(error)), error.detail, flaws, again)


def of_http(error: HTTPException) -> ProblemDetails:
    """Word what Flask refused."""
    status = error.code or 500
    meaning = HTTP.get(status) or Meaning(status, f"http-{status}", error.name)
    if isinstance(error, RateLimitExceeded):
        wait = seconds_to_wait()
        detail = str(error.description) if error.limit.error_message else wait_in_words()
        return problem_as(meaning, detail, headers={"Retry-After": str(wait)})
    methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    allow = {"Allow": ", ".join(sorted(methods))} if methods else {}
    is_own_words = error.description != type(error).description
    return problem_as(meaning, str(error.description) if is_own_words else f"{meaning.title}.", headers=allow)


def _place() -> str:
    """Return the requested URL for the log, without one-time links and learners' references."""
    return request.url_rule.rule if request.url_rule is not None else request.path[:200]


def of_unavailable(error: Exception) -> ProblemDetails:
    """Report that the database is unavailable: nothing was stored, and a retry is right."""
    log.error("database unavailable", path=_place(), error=str(error))
    return problem_as(OWN["unavailable"], _("The database cannot be reached right now. Try again."))


def of_fault(error: Exception) -> ProblemDetails:
    """Report a fault of ours without internals; the log has the rest under the incident's id."""
    incident = uuid4().hex
    log.error("unexpected error", incident=incident, path=_place(), exc_info=error)
    detail = _("Something went wrong on our side. It has been recorded as incident %(incident)s.", incident=incident)
    return replace(problem_as(OWN["internal-error"], detail), incident=incident)


def problem_of(error: Exception) -> ProblemDetails:
    """Return the problem for any exception."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, GraderError):
        return of_grader_error(error)
    if isinstance(error, HTTPException):
        return of_http(error)
    if isinstance(error, UNAVAILABLE):
        return of_unavailable(error)
    return of_fault(error)


def _in_words(problem: ProblemDetails) -> str:
    """Return the detail in the reader's language; one that only repeats the title is translated with it."""
    if problem.detail == f"{problem.title}.":
        return f"{_(problem.title)}."
    return in_words(problem.detail)


def in_words(detail: str) -> str:
    """Return an error's message in the reader's language."""
    if isinstance(detail, Message):
        return detail.in_language(reading_language())
    return _(detail) if detail else ""


def _answers_to_send_again(status: int) -> Mapping[str, str]:
    """Return typed answers if the same request may be repeated and they would be lost without scripts.

    Never for a forged request from another site (403).
    """
    is_passing = status in {401, 429} or status >= 500  # noqa: PLR2004 - our own faults
    return request.form.to_dict() if is_passing and brings_answers() else {}


def as_page(problem: ProblemDetails) -> Response:
    """Return the response for a person; in the plainest form if the page itself cannot be rendered."""
    shown = {
        "title": _(problem.title),
        "detail": _in_words(problem),
        "status": problem.status,
        "incident": problem.incident,
    }
    try:
        body = render_template("error.html", **shown, answers=_answers_to_send_again(problem.status))
    except Exception:  # the page's frame may need what has just failed
        log.exception("error page failed", path=_place())
        body = PLAIN_PAGE.format(language=language(), title=escape(shown["title"]), detail=escape(shown["detail"]))
    response = make_response(body, problem.status)
    response.headers.update(problem.headers)
    return response


def _reply(error: Exception) -> BaseResponse:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:  # noqa: PLR2004 - below are redirects, not errors
        return error.get_response()
    problem = problem_of(error)
    return as_json(problem) if wants_problem_json() else as_page(problem)


def handle_errors(app: Flask) -> None:
    """Register the error handlers of `app`."""
    app.register_error_handler(Exception, _reply)
