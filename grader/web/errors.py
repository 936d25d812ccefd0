"""One table turns errors into HTTP; one place turns them into words for programs and for people."""

from dataclasses import dataclass
from uuid import uuid4

import structlog
from flask import Flask, Response, make_response, render_template, request
from jinja2 import TemplateNotFound
from markupsafe import escape
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed, TooManyRequests
from werkzeug.wrappers import Response as BaseResponse

from grader.checking.answers import AnswerProblem
from grader.checking.errors import GraderError, UnknownExercise, UnreadableAnswers
from grader.web.problem import Flaw, Problem, ProblemError, as_json, wants_problem_json

log = structlog.get_logger(__name__)

RETRY_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error of ours is in HTTP: the status, a name for programs, a title for people."""

    status: int
    slug: str
    title: str


STATUS: dict[type[GraderError], Meaning] = {
    UnknownExercise: Meaning(404, "unknown-exercise", "There is no such exercise"),
    UnreadableAnswers: Meaning(422, "unreadable-answers", "Some answers cannot be read"),
}

HTTP: dict[int, Meaning] = {
    400: Meaning(400, "bad-request", "The request cannot be read"),
    401: Meaning(401, "no-token", "A token is needed"),
    403: Meaning(403, "forbidden", "This is not allowed"),
    404: Meaning(404, "not-found", "There is nothing at this address"),
    405: Meaning(405, "method-not-allowed", "This address does not take that method"),
    413: Meaning(413, "too-large", "The request is too large"),
    415: Meaning(415, "wrong-content-type", "The content type is not one that is read here"),
    429: Meaning(429, "too-many-requests", "Too many requests"),
}

UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeout)


def pointer(*steps: str) -> str:
    """Give the JSON pointer (RFC 6901) to a place in the body."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _answer_flaw(problem: AnswerProblem) -> Flaw:
    return Flaw(problem.code, problem.detail, pointer=pointer("answers", problem.field), field=problem.field)


def of_grader_error(error: GraderError) -> Problem:
    """Look the error up in the table; a subclass without a row has its parent's."""
    meaning = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), None)
    if meaning is None:
        return of_fault(error)
    flaws = tuple(map(_answer_flaw, error.problems)) if isinstance(error, UnreadableAnswers) else ()
    return Problem(meaning.status, meaning.slug, meaning.title, error.detail, flaws)


def of_http(error: HTTPException) -> Problem:
    """Say in our words what Flask refused."""
    status = error.code or 500
    meaning = HTTP.get(status) or Meaning(status, f"http-{status}", error.name)
    headers: dict[str, str] = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = "60"
    return Problem(status, meaning.slug, meaning.title, error.description or meaning.title, headers=headers)


def of_unavailable(error: Exception) -> Problem:
    """Say that the database is away: nothing was stored, trying again is right."""
    log.error("database unavailable", path=request.path, exc_info=error)
    detail = "The database cannot be reached at the moment. Nothing was stored; please try again."
    title = "The service is unavailable for a moment"
    return Problem(503, "unavailable", title, detail, headers={"Retry-After": RETRY_SECONDS})


def of_fault(error: Exception) -> Problem:
    """Say that it is our fault, without saying how it is built; the log has the rest under the incident's id."""
    incident = uuid4().hex
    log.error("unexpected error", incident=incident, path=request.path, exc_info=error)
    detail = f"Something went wrong on our side. It is noted as incident {incident}."
    return Problem(500, "internal-error", "This is our fault", detail, incident=incident)


def problem_of(error: Exception) -> Problem:
    """Turn anything raised into the problem that is told."""
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, GraderError):
        return of_grader_error(error)
    if isinstance(error, HTTPException):
        return of_http(error)
    if isinstance(error, UNAVAILABLE):
        return of_unavailable(error)
    return of_fault(error)


def as_page(problem: Problem) -> Response:
    """Give the reply to a person; in the plainest form where the page itself cannot be made."""
    try:
        body = render_template("error.html", title=problem.title, detail=problem.detail, status=problem.status)
    except TemplateNotFound:
        title, detail = escape(problem.title), escape(problem.detail)
        body = f"<!doctype html><html lang=en><title>{title}</title><h1>{title}</h1><p>{detail}</p></html>"
    response = make_response(body, problem.status)
    response.headers.update(problem.headers)
    return response


def _reply(error: Exception) -> BaseResponse:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:  # noqa: PLR2004 - below are redirects, not errors
        return error.get_response()
    problem = problem_of(error)
    return as_json(problem) if wants_problem_json() else as_page(problem)


def handle_errors(app: Flask) -> None:
    """Answer every error of `app` by the table."""
    app.register_error_handler(Exception, _reply)
