import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from grader.adapters.client_limits import ClientLimits
from grader.judging.errors import Conflict, Forbidden, GraderError, Invalid, NotFound, RequestError, Unavailable
from grader.services import errors as service_errors
from grader.web.dependencies import WebServices, attach
from grader.web.errors import meaning_of, of_grader_error
from grader.web.limits import limiter
from tests.web.conftest import GiveToken


def subclasses(kind: type[GraderError]) -> set[type[GraderError]]:
    return {kind} | {one for child in kind.__subclasses__() for one in subclasses(child)}


NO_REQUEST_CAUSES = {
    service_errors.UnknownScope,  # only who makes a token on the command line can meet it
    service_errors.EmailRefused,  # the worker sends mails
    service_errors.MailServerAway,
    service_errors.OtherExercise,  # the API says where in the request it is
}


PROBLEMS = {
    "token-refused": (401, "Invalid token", None),
    "assignment-closed": (403, "This assignment is closed", None),
    "course-archived": (403, "This course is archived", None),
    "foreign-learner": (403, "This token belongs to another learner", None),
    "identity-refused": (403, "Not signed in", None),
    "link-refused": (403, "This link is no longer valid", None),
    "no-attempts-left": (403, "No attempts are left", None),
    "not-for-this-role": (403, "Not allowed for your role in the course", None),
    "not-open-yet": (403, "This assignment is not open yet", None),
    "seed-refused": (403, "This token cannot choose a seed", None),
    "set-as-assignment": (403, "This exercise is part of a course", None),
    "sign-in-refused": (403, "Incorrect e-mail address or password", None),
    "wrong-password": (403, "Incorrect password", None),
    "unknown-assignment": (404, "Assignment not found", None),
    "unknown-course": (404, "Course not found", None),
    "unknown-exercise": (404, "Exercise not found", None),
    "unknown-join-code": (404, "No course has this code", None),
    "unknown-member": (404, "No such member in this course", None),
    "unknown-person": (404, "Person not found", None),
    "unknown-regrade": (404, "Regrade not found", None),
    "unknown-request": (404, "This request has already been handled", None),
    "unknown-session": (404, "This session has ended", None),
    "unknown-submission": (404, "Submission not found", None),
    "unknown-token": (404, "Token not found", None),
    "unknown-user": (404, "No account with this e-mail address", None),
    "ambiguous-learner": (409, "More than one learner matches", None),
    "client-ref-taken": (409, "Reference already used", None),
    "email-taken": (409, "An account with this e-mail address exists", None),
    "last-administrator": (409, "At least one administrator is required", None),
    "last-instructor": (409, "At least one instructor is required", None),
    "regrade-busy": (409, "Another regrade is pending", None),
    "regrade-not-there": (409, "Not possible in the regrade's current state", None),
    "request-in-flight": (409, "The first request with this key is still in progress", "1"),
    "erase-not-confirmed": (422, "Confirmation failed", None),
    "key-reused": (422, "Idempotency key already used", None),
    "nothing-to-regrade": (422, "This regrade changes nothing", None),
    "unreadable-answers": (422, "Some answers cannot be read", None),
    "unreadable-cursor": (422, "Invalid cursor", None),
    "unusable-allowance": (422, "Invalid extension", None),
    "unusable-email": (422, "Invalid e-mail address", None),
    "unusable-mark": (422, "Invalid mark", None),
    "unusable-message": (422, "Invalid message", None),
    "unusable-reference": (422, "Invalid reference", None),
    "unusable-time-zone": (422, "Unknown time zone", None),
    "weak-password": (422, "Password too weak", None),
    "issuer-away": (503, "The sign-in provider is not responding", "30"),
    "sign-in-busy": (503, "Too many people are signing in", "1"),
}
"""By slug: status, title, Retry-After. Clients match on these: a row may be added, and none may change or go."""


def test_the_problem_types_that_clients_know_keep_their_status_and_title() -> None:
    meanings = [meaning_of(error) for error in service_errors.request_errors()]
    told = {meaning.slug: (meaning.status, meaning.title, meaning.retry_after) for meaning in meanings}
    assert told == PROBLEMS
    assert len(meanings) == len(PROBLEMS)


def test_every_error_of_the_services_is_of_one_of_the_five_kinds() -> None:
    kinds = (NotFound, Forbidden, Conflict, Invalid, Unavailable)
    ours = {kind for kind in subclasses(GraderError) if kind.__module__ == service_errors.__name__}
    assert {error for error in ours if not issubclass(error, kinds)} == NO_REQUEST_CAUSES
    assert subclasses(RequestError) - {RequestError, *kinds} == set(service_errors.request_errors())


@pytest.mark.parametrize(
    ("error", "status", "slug", "retry_after"),
    [
        (service_errors.UnknownCourse("?"), 404, "unknown-course", None),
        (service_errors.TokenRefused("?"), 401, "token-refused", None),
        (service_errors.RequestInFlight("?", 42), 409, "request-in-flight", "42"),
        (service_errors.IssuerAway("?"), 503, "issuer-away", "30"),
    ],
)
def test_an_error_is_answered_by_its_class(
    app: Flask, error: GraderError, status: int, slug: str, retry_after: str | None
) -> None:
    with app.test_request_context("/api/v1/courses"):
        problem = of_grader_error(error)
    assert (problem.status, problem.slug, problem.headers.get("Retry-After")) == (status, slug, retry_after)


def test_a_program_gets_a_problem_and_a_person_a_page(client: FlaskClient) -> None:
    told: Any = client.get("/api/v1/nothing")
    assert (told.status_code, told.mimetype) == (404, "application/problem+json")
    assert set(told.json) == {"type", "title", "status", "detail"}
    shown = client.get("/nothing")
    assert (shown.status_code, shown.mimetype) == (404, "text/html")
    assert "Not found" in shown.text


def test_a_method_that_is_not_taken_is_told_with_those_that_are(client: FlaskClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"):
        reply = client.open("/api/v1/submissions", method=method)
        assert (reply.status_code, reply.mimetype) == (405, "application/problem+json")
        assert reply.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/api/v1/boom", "/boom"])
def test_our_fault_is_told_under_an_incident_and_without_its_insides(fresh_app: Flask, path: str) -> None:
    def boom() -> str:
        raise RuntimeError("the password is swordfish")

    fresh_app.add_url_rule(path, view_func=boom)
    with capture_logs() as logged:
        reply = fresh_app.test_client().get(path)
    assert reply.status_code == 500
    assert "swordfish" not in reply.text
    assert "Traceback" not in reply.text
    (incident,) = [entry["incident"] for entry in logged if "incident" in entry]
    assert incident in reply.text


def test_an_error_that_no_request_causes_is_our_fault(fresh_app: Flask) -> None:
    def boom() -> str:
        raise GraderError("the inside of it")

    fresh_app.add_url_rule("/api/v1/boom", view_func=boom)
    reply = fresh_app.test_client().get("/api/v1/boom")
    assert reply.status_code == 500
    assert "inside" not in reply.text


def test_while_the_database_is_away_no_log_tells_what_was_sent_or_by_whom(app_without_database: Flask) -> None:
    client = app_without_database.test_client()
    with capture_logs() as logged:
        body = {"exercise": "xor-2-2-1", "learner_ref": "an@example.edu", "answers": {"net_h1": "0.3775"}}
        client.post("/api/v1/submissions", json=body, headers={"Authorization": "Bearer a-token"})
        client.get("/sign-in/link/one-time-token")
        client.get("/api/v1/results?learner_ref=an@example.edu", headers={"Authorization": "Bearer a-token"})
        client.post("/sign-in", data={"email": "an@example.edu", "password": "a password"})
    assert len(logged) >= 4
    told = json.dumps(logged)
    for secret in ("0.3775", "an@example", "one-time-token", "a-token", "a password"):
        assert secret not in told
    assert {line.get("path") for line in logged} >= {"/api/v1/submissions", "/sign-in/link/<token>"}


def test_a_database_that_is_away_is_worth_another_try(app_without_database: Flask) -> None:
    reply: Any = app_without_database.test_client().get("/api/v1/exercises", headers={"Authorization": "Bearer x"})
    assert (reply.status_code, reply.mimetype) == (503, "application/problem+json")
    assert int(reply.headers["Retry-After"]) > 0
    assert "nobody" not in reply.text


def test_an_error_page_that_cannot_be_made_is_replaced_by_a_plain_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("no page today")

    monkeypatch.setattr("grader.web.errors.render_template", fail)
    reply = app.test_client().get("/<script>")
    assert reply.status_code == 404
    assert "Not found" in reply.text
    assert "<script>" not in reply.text


def test_a_form_over_a_mebibyte_gets_a_readable_page(client: FlaskClient) -> None:
    for path in ("/sign-in", "/exercises/and-gate"):
        reply = client.post(path, data={"field": "x" * (1 << 20)})
        assert (reply.status_code, reply.mimetype) == (413, "text/html")


def test_a_form_that_does_not_say_its_length_is_refused(client: FlaskClient) -> None:
    reply = client.post("/sign-in", headers={"Transfer-Encoding": "chunked"}, environ_overrides={"CONTENT_LENGTH": ""})
    assert reply.status_code == 411


def test_too_many_requests_are_told_with_the_seconds_to_wait(fresh_app: Flask) -> None:
    fresh_app.add_url_rule("/api/v1/twice", view_func=limiter.limit("2 per minute")(lambda: "ok"), endpoint="twice")
    client = fresh_app.test_client()
    assert [client.get("/api/v1/twice").status_code for _ in range(2)] == [200, 200]
    reply: Any = client.get("/api/v1/twice")
    assert (reply.status_code, reply.mimetype) == (429, "application/problem+json")
    assert 1 <= int(reply.headers["Retry-After"]) <= 61


def test_a_client_is_limited_with_all_its_tokens_and_told_how_much_remains(
    app: Flask, services: WebServices, give_token: GiveToken
) -> None:
    attach(app, replace(services, api_limits=ClientLimits(3)))
    client, one, second, other = app.test_client(), give_token(), give_token(), give_token("another")
    replies = [client.get("/api/v1/exercises", headers=token) for token in (one, second, one, second)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    assert [reply.headers["RateLimit-Remaining"] for reply in replies] == ["2", "1", "0", "0"]
    assert {reply.headers["RateLimit-Limit"] for reply in replies} == {"3"}
    refused: Any = replies[-1]
    assert refused.json["type"] == "/api/docs#too-many-requests"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    assert "Retry-After" not in replies[0].headers
    assert client.get("/api/v1/exercises", headers=other).status_code == 200


def test_errors_tell_how_much_remains_too(app: Flask, give_token: GiveToken) -> None:
    reply = app.test_client().get("/api/v1/exercises/nothing", headers=give_token())
    assert (reply.status_code, reply.headers["RateLimit-Remaining"]) == (404, "199999")
