"""RFC 9457: an error as a client reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, jsonify, request

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place of the request that is off; `pointer` into the body, or `parameter` of the query, or `header`."""

    code: str
    detail: str
    pointer: str | None = None
    field: str | None = None
    parameter: str | None = None
    header: str | None = None

    def to_json(self) -> dict[str, str]:
        """Give what is known, without the empty places."""
        named = {"pointer": self.pointer, "field": self.field, "parameter": self.parameter, "header": self.header}
        return {key: value for key, value in named.items() if value is not None} | {
            "code": self.code,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: `slug` for programs, `title` and `detail` for people."""

    status: int
    slug: str
    title: str
    detail: str
    flaws: tuple[Flaw, ...] = ()
    incident: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Give the members of RFC 9457 and our own two, `errors` and `incident`."""
        body: dict[str, object] = {
            "type": f"/api/docs#{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.flaws:
            body["errors"] = [flaw.to_json() for flaw in self.flaws]
        if self.incident is not None:
            body["incident"] = self.incident
        return body


class ProblemError(Exception):
    """Raised where the web refuses by itself; carries the whole answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def wants_problem_json() -> bool:
    """Tell whether a program asked: all under /api, and what asks for JSON before anything else."""
    return request.path == "/api" or request.path.startswith("/api/")


def as_json(problem: Problem) -> Response:
    """Give the reply to a program."""
    response = jsonify(problem.to_json())
    response.status_code = problem.status
    response.mimetype = MEDIA_TYPE
    response.headers.update(problem.headers)
    return response
