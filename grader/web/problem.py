"""RFC 9457: errors for clients."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, request

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of problem: its HTTP status, a name for programs, a title for people."""

    status: int
    slug: str
    title: str
    retry_after: str | None = None


MALFORMED = "The body cannot be read"
OWN: Mapping[str, Meaning] = {
    meaning.slug: meaning
    for meaning in (
        Meaning(400, "bad-utf-8", MALFORMED),
        Meaning(400, "broken-off", MALFORMED),
        Meaning(400, "duplicate-key", MALFORMED),
        Meaning(400, "malformed-json", MALFORMED),
        Meaning(400, "too-deep", MALFORMED),
        Meaning(400, "unusable-key", "Invalid idempotency key"),
        Meaning(401, "no-token", "Token required"),
        Meaning(401, "token-refused", "Invalid token"),
        Meaning(403, "cross-site", "Request from another site"),
        Meaning(403, "foreign-learner", "This token belongs to another learner"),
        Meaning(403, "missing-scope", "The token does not allow this"),
        Meaning(408, "too-slow", "The request was too slow"),
        Meaning(413, "too-large", "The request is too large"),
        Meaning(415, "wrong-content-type", "Unsupported content type"),
        Meaning(422, "invalid", "Invalid request"),
        Meaning(429, "too-many-requests", "Too many requests"),
        Meaning(500, "internal-error", "Internal error"),
        Meaning(503, "not-judged", "These answers could not be graded", retry_after="5"),
        Meaning(503, "unavailable", "Service temporarily unavailable", retry_after="5"),
    )
}
"""Problems raised by the web itself; grader.web.errors has the others."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One invalid place of the request; `pointer` into the body, or `parameter` of the query, or `header`."""

    code: str
    detail: str
    pointer: str | None = None
    field: str | None = None
    parameter: str | None = None
    header: str | None = None

    def to_json(self) -> dict[str, str]:
        """Return the members without empty ones."""
        named = {"pointer": self.pointer, "field": self.field, "parameter": self.parameter, "header": self.header}
        return {key: value for key, value in named.items() if value is not None} | {
            "code": self.code,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """A problem: `slug` for programs, `title` and `detail` for people."""

    status: int
    slug: str
    title: str
    detail: str
    flaws: tuple[Flaw, ...] = ()
    incident: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the members of RFC 9457 and our own two, `errors` and `incident`."""
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


def problem_as(
    meaning: Meaning, detail: str, flaws: tuple[Flaw, ...] = (), headers: Mapping[str, str] | None = None
) -> ProblemDetails:
    """Return a problem of this kind; it says when to retry if the kind does."""
    retry = {} if meaning.retry_after is None else {"Retry-After": meaning.retry_after}
    return ProblemDetails(
        meaning.status, meaning.slug, meaning.title, detail, flaws, headers=retry | dict(headers or {})
    )


class ProblemError(Exception):
    """A refusal by the web itself; carries the whole response.

    Args:
        slug: the kind, from the table OWN.
        detail: one sentence for people.
        flaws: the invalid places.
        headers: additional response headers.
    """

    def __init__(
        self, slug: str, detail: str, flaws: tuple[Flaw, ...] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.problem = problem_as(OWN[slug], detail, flaws, headers)


def wants_problem_json() -> bool:
    """Return whether the client is a program: all of /api, and clients that prefer JSON."""
    return request.path == "/api" or request.path.startswith("/api/")


def as_json(problem: ProblemDetails) -> Response:
    """Return the response for a program."""
    return Response(json.dumps(problem.to_json()), problem.status, dict(problem.headers), mimetype=MEDIA_TYPE)
