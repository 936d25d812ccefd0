"""Every route for everybody: with things of others, with forged requests, with ids of others put in anywhere."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

import pytest
from werkzeug.test import TestResponse

from tests.fixtures.two_courses import PRIVATE, SLUG, STAFF_ONLY, THEIRS, TYPED, Things, fill_in
from tests.security.conftest import Site
from tests.web.test_hostile_values import QUERY

pytestmark = pytest.mark.long

PEOPLE: Final = (
    "anonymous",
    "owner",
    "classmate",
    "outsider",
    "outside assistant",
    "assistant",
    "instructor",
    "colleague",
    "administrator",
)
"""Who opens pages. The things in each address belong to the owner, a student of the course that classmate, assistant and
instructor belong to; outsider, outside assistant and colleague (an instructor) belong to another course."""

BEARERS: Final = ("no token", "lms", "other lms", "web", "owner's", "classmate's", "outsider's")
"""Who asks the API: with a token of a client (our own pages are the client `web`), or with a student's own token."""

PAGES: Final = """
GET /healthz                                                            200  200  200  200  200  200  200  200  200
GET /readyz                                                             200  200  200  200  200  200  200  200  200
GET /metrics                                                            401  401  401  401  401  401  401  401  401
GET /assets/<version>/<name>                                            200  200  200  200  200  200  200  200  200
GET /sign-in                                                            200  200  200  200  200  200  200  200  200
POST /sign-in                                                           401  401  401  401  401  401  401  401  401
GET /sign-in/link/<token>                                               403  403  403  403  403  403  403  403  403
POST /sign-in/link/<token>                                              403  403  403  403  403  403  403  403  403
POST /sign-out                                                          303  303+ 303+ 303+ 303+ 303+ 303+ 303+ 303+
POST /language                                                          400  400  400  400  400  400  400  400  400
GET /exercises                                                          303  200  200  200  200  200  200  200  200
GET /exercises/<slug>                                                   303  303  303  303  200  200  200  200  200
POST /exercises/<slug>                                                  401  403  403  403  422  422  422  422  422
GET /exercises/<slug>/draft                                             303  200  200  200  200  200  200  200  200
PUT /exercises/<slug>/draft                                             303  422  422  422  422  422  422  422  422
GET /assignments/<assignment_id>                                        303  200  200  404  404  200  200  404  200
POST /assignments/<assignment_id>                                       401  422  422  404  404  403  403  404  403
GET /assignments/<assignment_id>/draft                                  303  200  200  404  404  200  200  404  200
PUT /assignments/<assignment_id>/draft                                  303  422  422  404  404  422  422  404  422
GET /submissions                                                        303  200  200  200  200  200  200  200  200
GET /submissions/<submission_id>                                        303  200  404  404  404  200  200  404  200
GET /                                                                   303  200  200  200  200  200  200  200  200
POST /messages/<message_id>/away                                        303  303+ 303  303  303  303  303  303  303
GET /courses                                                            303  200  200  200  200  200  200  200  200
GET /courses/new                                                        303  403  403  403  403  403  200  200  200
POST /courses/new                                                       303  403  403  403  403  403  422  422  422
GET /courses/join                                                       303  200  200  200  200  200  200  200  200
POST /courses/join                                                      303  404  404  404  404  404  404  404  404
GET /courses/<course_id>                                                303  200  200  404  404  200  200  404  200
GET /courses/<course_id>/settings                                       303  403  403  404  404  403  200  404  200
POST /courses/<course_id>/settings                                      303  403  403  404  404  403  422  404  422
POST /courses/<course_id>/code                                          303  403  403  404  404  403  303+ 404  303+
POST /courses/<course_id>/code/off                                      303  403  403  404  404  403  303+ 404  303+
POST /courses/<course_id>/archive                                       303  403  403  404  404  403  303+ 404  303+
POST /courses/<course_id>/restore                                       303  403  403  404  404  403  303  404  303
GET /courses/<course_id>/people                                         303  403  403  404  404  200  200  404  200
GET /courses/<course_id>/people/<user_id>                               303  403  403  404  404  200  200  404  200
POST /courses/<course_id>/people/<user_id>                              303  403  403  404  404  403  422  404  422
POST /courses/<course_id>/people/<user_id>/remove                       303  403  403  404  404  403  303+ 404  303+
GET /courses/<course_id>/people/import                                  303  403  403  404  404  403  200  404  200
POST /courses/<course_id>/people/import                                 303  403  403  404  404  403  422  404  422
POST /courses/<course_id>/people/import/confirm                         303  403  403  404  404  403  422  404  422
GET /courses/<course_id>/assignments/new                                303  403  403  404  404  403  200  404  200
POST /courses/<course_id>/assignments/new                               303  403  403  404  404  403  422  404  422
GET /assignments/<assignment_id>/edit                                   303  403  403  404  404  403  200  404  200
POST /assignments/<assignment_id>/edit                                  303  403  403  404  404  403  303+ 404  303+
GET /assignments/<assignment_id>/allowances                             303  403  403  404  404  200  200  404  200
POST /assignments/<assignment_id>/allowances                            303  403  403  404  404  403  422  404  422
POST /assignments/<assignment_id>/allowances/<user_id>/withdraw         303  403  403  404  404  403  303+ 404  303+
POST /assignments/<assignment_id>/archive                               303  403  403  404  404  403  303+ 404  303+
POST /assignments/<assignment_id>/restore                               303  403  403  404  404  403  303  404  303
GET /instructor                                                         303  403  403  403  403  403  200  200  200
GET /instructor/exercises/<slug>                                        303  403  403  403  403  403  200  200  200
GET /instructor/exercises/<slug>/submissions.csv                        303  403  403  403  403  403  200  200  200
GET /assignments/<assignment_id>/dashboard                              303  403  403  404  404  200  200  404  200
GET /assignments/<assignment_id>/submissions                            303  403  403  404  404  200  200  404  200
GET /courses/<course_id>/grid                                           303  403  403  404  404  200  200  404  200
GET /assignments/<assignment_id>/students/<user_id>                     303  403  403  404  404  200  200  404  200
POST /assignments/<assignment_id>/students/<user_id>/mark               303  403  403  404  404  403  422  404  422
POST /assignments/<assignment_id>/students/<user_id>/mark/restore       303  403  403  404  404  403  303  404  303
POST /assignments/<assignment_id>/students/<user_id>/allowance          303  403  403  404  404  403  422  404  422
POST /assignments/<assignment_id>/students/<user_id>/allowance/withdraw 303  403  403  404  404  403  303+ 404  303+
POST /assignments/<assignment_id>/students/<user_id>/message            303  403  403  404  404  422  422  404  422
GET /assignments/<assignment_id>/regrades                               303  403  403  404  404  200  200  404  200
POST /assignments/<assignment_id>/regrades                              303  403  403  404  404  403  422  404  422
GET /assignments/<assignment_id>/regrades/<regrade_id>                  303  403  403  404  404  200  200  404  200
POST /assignments/<assignment_id>/regrades/<regrade_id>/apply           303  403  403  404  404  403  303+ 404  303+
POST /assignments/<assignment_id>/regrades/<regrade_id>/roll-back       303  403  403  404  404  403  409  404  409
POST /assignments/<assignment_id>/regrades/<regrade_id>/discard         303  403  403  404  404  403  303+ 404  303+
GET /courses/<course_id>/export                                         303  403  403  404  404  200  200  404  200
GET /courses/<course_id>/export/<kind>                                  303  403  403  404  404  200  200  404  200
GET /assignments/<assignment_id>/export/<kind>                          303  403  403  404  404  200  200  404  200
GET /account/data                                                       303  200  200  200  200  200  200  200  200
GET /admin/people/<user_id>/data                                        303  403  403  403  403  403  403  403  200
GET /admin/people/<user_id>/erase                                       303  403  403  403  403  403  403  403  200
POST /admin/people/<user_id>/erase                                      303  403  403  403  403  403  403  403  422
GET /courses/<course_id>/people/<user_id>/data                          303  403  403  404  404  403  200  404  200
GET /instructor/exercises/<slug>/preview                                303  403  403  403  403  403  200  200  200
POST /instructor/exercises/<slug>/preview                               303  403  403  403  403  403  422  422  422
GET /forgot                                                             200  200  200  200  200  200  200  200  200
POST /forgot                                                            200  200  200  200  200  200  200  200  200
GET /sign-in/openid                                                     404  404  404  404  404  404  404  404  404
GET /sign-in/openid/back                                                403  403  403  403  403  403  403  403  403
GET /account                                                            303  200  200  200  200  200  200  200  200
POST /account                                                           303  303  303  303  303  303  303  303  303
GET /account/password                                                   303  200  200  200  200  200  200  200  200
POST /account/password                                                  303  422  422  422  422  422  422  422  422
POST /account/sessions/<session_id>/end                                 303  303+ 404  404  404  404  404  404  404
POST /account/sessions/end-others                                       303  303  303  303  303  303  303  303  303
POST /account/tokens/<token_id>/revoke                                  303  303+ 404  404  404  404  404  404  404
GET /admin/people                                                       303  403  403  403  403  403  403  403  200
POST /admin/people                                                      303  403  403  403  403  403  403  403  303+
GET /admin/people/<user_id>                                             303  403  403  403  403  403  403  403  200
POST /admin/people/<user_id>/role                                       303  403  403  403  403  403  403  403  303
POST /admin/people/<user_id>/disable                                    303  403  403  403  403  403  403  403  303+
POST /admin/people/<user_id>/enable                                     303  403  403  403  403  403  403  403  303
POST /admin/people/<user_id>/link                                       303  403  403  403  403  403  403  403  200+
POST /admin/requests/<request_id>/answer                                303  403  403  403  403  403  403  403  200+
GET /admin/audit                                                        303  403  403  403  403  403  403  403  200
GET /courses/<course_id>/audit                                          303  403  403  404  404  403  200  404  200
"""
"""The status of every page for each of PEOPLE, in that order, with an empty form where one is sent. A plus says that
something is stored; nothing else changes a row."""

API: Final = """
GET /api/v1/exercises                         401  200  200  200  200  200  200
GET /api/v1/exercises/<slug>                  401  200  200  200  200  200  200
POST /api/v1/exercises/<slug>/check           401  422  422  422  422  422  422
POST /api/v1/submissions                      401  422  422  422  422  422  422
POST /api/v1/submissions/bulk                 401  422  422  422  422  422  422
GET /api/v1/submissions                       401  200  200  200  200  200  200
GET /api/v1/submissions/<submission_id>       401  404  404  200  200  403  403
GET /api/v1/results                           401  200  200  200  403  403  403
GET /api/v1/assignments                       401  200  200  200  200  200  200
GET /api/v1/assignments/<assignment_id>/mark  401  422  422  422  200  200  404
GET /api/v1/assignments/<assignment_id>/marks 401  404  404  200  403  403  403
GET /api/v1/assignments/<assignment_id>/regrades 401 404 404 200 403  403  403
GET /api/v1/openapi.json                      200  200  200  200  200  200  200
GET /api/docs                                 200  200  200  200  200  200  200
"""
"""The same for the API and each of BEARERS, with an empty body."""

WHERE: Final = "Add a line to PAGES or API in tests/security/test_roles.py, with a status for everybody."
WORDS: Final = (THEIRS, PRIVATE, STAFF_ONLY, TYPED)
UNTOLD: Final = {
    "owner": (STAFF_ONLY,),
    "owner's": (STAFF_ONLY,),
    "classmate": (PRIVATE, STAFF_ONLY, TYPED),
    "classmate's": (PRIVATE, STAFF_ONLY, TYPED),
    "assistant": (),
    "instructor": (),
    "administrator": (),
    "web": (STAFF_ONLY,),
    "lms": (THEIRS, STAFF_ONLY, TYPED),
}
"""Words that a reply may not contain, by its reader; none of them for anybody else."""

PRACTICE: Final = ("GET /instructor/exercises/<slug>", "GET /instructor/exercises/<slug>/submissions.csv")
FORM: Final = {
    "points": "1",
    "reason": "because",
    "extra_attempts": "1",
    "allowance_reason": "because",
    "text": "hello",
    "role": "instructor",
    "title": "a title",
    "email": "nobody@nowhere.example",
}
"""Values with which most forms are filled in well."""

NOTHING_TO_DO: Final = {
    "POST /assignments/<assignment_id>/allowances/<user_id>/withdraw": {"303"},
    "POST /assignments/<assignment_id>/students/<user_id>/allowance/withdraw": {"303"},
}
"""What is as it should be already, and stays so, where the student belongs to another course."""

FIELD: Final = re.compile(r'<(?:input|select|textarea|button)[^>]* name="([^"]+)"')
CONVERTER: Final = re.compile(r"<\w+:")


def table(text: str) -> dict[str, list[str]]:
    """Return the statuses by route."""
    lines = [line.split() for line in text.strip().splitlines()]
    return {f"{method} {rule}": statuses for method, rule, *statuses in lines}


EXPECTED: Final = table(PAGES) | table(API)


def routes(site: Site) -> Iterator[tuple[str, str, str]]:
    """Yield each route as it is in the tables, with its method and rule."""
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield f"{method} {CONVERTER.sub('<', rule.rule)}", method, rule.rule


def ask(site: Site, who: str, method: str, address: str, **more: Any) -> TestResponse:
    """Send a request of a person or a token, by default with an empty form or an empty body, from our own pages."""
    if method != "GET" and not {"data", "json"} & set(more):
        email = f"nobody-{who.replace(' ', '-')}@nowhere.example"  # requests for links are counted by e-mail address
        more |= {"json": {}} if address.startswith("/api/") or method == "PUT" else {"data": {"email": email}}
    headers = {"Sec-Fetch-Site": "same-origin"} | site.bearer(who) | more.pop("headers", {})
    headers = {name: value for name, value in headers.items() if value}
    return site.browser(who).open(address, method=method, headers=headers, buffered=True, **more)


def test_every_route_says_what_everybody_gets(site: Site) -> None:
    found = {name for name, _, _ in routes(site)}
    assert found - set(EXPECTED) == set(), WHERE
    assert set(EXPECTED) - found == set(), "These routes are gone: delete their lines in tests/security/test_roles.py."
    assert {len(statuses) for statuses in table(PAGES).values()} == {len(PEOPLE)}
    assert {len(statuses) for statuses in table(API).values()} == {len(BEARERS)}


def outcome_of(site: Site, reply: TestResponse) -> str:
    """Return the status, with a plus if something was stored; and bring back the database."""
    outcome = f"{reply.status_code}{'+' if site.has_changed() else ''}"
    site.restore()
    return outcome


def told_to(who: str, reply: TestResponse, *, may_see_practice: bool = False) -> list[str]:
    """Return what a reply contains of what the reader may not know."""
    if may_see_practice:  # instructors of any course see everybody's practice
        return [word for word in (STAFF_ONLY, f"sheet of {THEIRS}") if word in reply.text.lower()]
    return [word for word in UNTOLD.get(who, WORDS) if word in reply.text.lower()]


def flaws_of_headers(reply: TestResponse, rule: str) -> list[str]:
    """Return which headers are missing or too much: no page may be cached, framed, or name the software."""
    given, wanted = reply.headers, {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
    if not (rule.startswith("/assets/") and reply.status_code == HTTPStatus.OK):
        wanted |= {"Cache-Control": "no-store"}
    found = [name for name, value in wanted.items() if given.get(name) != value]
    found += [name for name in ("Server", "X-Powered-By", "Access-Control-Allow-Origin") if name in given]
    found += ["Content-Security-Policy"] if "frame-ancestors 'none'" not in given["Content-Security-Policy"] else []
    cookies = given.getlist("Set-Cookie")
    return found + [one for one in cookies if "HttpOnly" not in one or "SameSite=Lax" not in one]


def test_everybody_gets_what_is_theirs_and_no_more(site: Site) -> None:
    things, wrong = site.courses.theirs.values(), []
    for name, method, rule in routes(site):
        for who, expected in zip(BEARERS if rule.startswith("/api/") else PEOPLE, EXPECTED[name], strict=True):
            reply = ask(site, who, method, fill_in(rule, things))
            outcome = outcome_of(site, reply)
            if outcome != expected:
                wrong.append(f"{name} as {who}: {outcome} instead of {expected}")
            if headers := flaws_of_headers(reply, rule):
                wrong.append(f"{name} as {who}: {headers}")
            if told := told_to(who, reply, may_see_practice=who == "colleague" and name in PRACTICE):
                wrong.append(f"{name} tells {who}: {told}")
    assert wrong == []


def test_practice_is_seen_by_its_student_and_by_instructors(site: Site) -> None:
    address = f"/submissions/{site.courses.theirs.practice_id}"
    seen = {who: site.browser(who).get(address).status_code for who in PEOPLE}
    may = {"owner", "instructor", "colleague", "administrator"}
    assert seen == {who: 200 if who in may else 404 for who in PEOPLE} | {"anonymous": 303}


def test_ids_of_two_courses_do_not_mix(site: Site) -> None:
    """The first id of an address admits the person; the others have to belong to it."""
    theirs, own, wrong = site.courses.theirs.values(), site.courses.own.values(), []
    found = [(name, method, rule) for name, method, rule in routes(site) if len(re.findall(r"<int:", rule)) > 1]
    assert len(found) > 10
    for name, method, rule in found:
        first, *_ = re.findall(r"<int:(\w+)>", rule)
        for who in ("colleague", "outside assistant"):
            reply = ask(site, who, method, fill_in(rule, theirs | {first: own[first]}), **sent_with(method, FORM))
            outcome = outcome_of(site, reply)
            if outcome not in {"403", "404"} | NOTHING_TO_DO.get(name, set()) or told_to(who, reply):
                wrong.append(f"{name} as {who}: {outcome}, tells {told_to(who, reply)}")
    assert wrong == []


def sent_with(method: str, form: Mapping[str, object]) -> dict[str, Any]:
    if method == "GET":
        return {}
    return {"data": dict(form)} if method == "POST" else {"json": {"answers": {}, **form}}


def test_ids_of_others_in_a_query_tell_nothing(site: Site) -> None:
    theirs, own, wrong = site.courses.theirs, site.courses.own, []
    for who, place in (("colleague", own), ("outsider", own), ("classmate", theirs)):
        for name, rule in pages_of(site, {"colleague": "instructor", "outsider": "owner"}.get(who, who)):
            for value in (theirs.user_id, theirs.submission_id):
                reply = ask(site, who, "GET", fill_in(rule, place.values()), query_string=dict.fromkeys(QUERY, value))
                if reply.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or told_to(who, reply):
                    wrong.append(f"{name} as {who} with {value}: {reply.status_code}, tells {told_to(who, reply)}")
    assert wrong == []


def pages_of(site: Site, who: str) -> list[tuple[str, str]]:
    """Return name and rule of the pages that somebody gets in a course, but for everybody's practice."""
    found = ((name, rule) for name, method, rule in routes(site) if method == "GET" and name in table(PAGES))
    return [one for one in found if EXPECTED[one[0]][PEOPLE.index(who)] == "200" and one[0] not in PRACTICE]


def test_ids_of_others_in_a_form_change_nothing_of_theirs(site: Site) -> None:
    theirs, wrong = site.courses.theirs, []
    before = frozenset(row for row in site.filled if names_one_of(row, theirs))
    fields = names_of_fields(site)
    for name, method, rule in routes(site):
        if method == "GET" or rule.startswith("/api/"):
            continue
        for who, value in (
            ("colleague", theirs.user_id),
            ("colleague", theirs.assignment_id),
            ("outsider", theirs.user_id),
        ):
            form = dict.fromkeys(fields, value) | {"email": "nobody@nowhere.example", "text": "hello"}
            reply = ask(site, who, method, fill_in(rule, site.courses.own.values()), **sent_with(method, form))
            if site.written and before != {row for row in site.database.rows() if names_one_of(row, theirs)}:
                wrong.append(f"{name} as {who} with {value}: {reply.status_code}")
            site.restore()
    assert wrong == []


def names_one_of(row: str, things: Things) -> bool:
    """Return whether a row belongs to the course or its student: ids of one kind of thing are no ids of another."""
    ids = {str(value) for name, value in things.values().items() if name.endswith("_id")}
    return not ids.isdisjoint(re.findall(r"[0-9a-f-]+", row))


def names_of_fields(site: Site) -> set[str]:
    """Return the names of all fields of all forms."""
    found = {
        name
        for who, role in (("colleague", "instructor"), ("outsider", "owner"))
        for _, rule in pages_of(site, role)
        for name in FIELD.findall(ask(site, who, "GET", fill_in(rule, site.courses.own.values())).text)
    }
    assert len(found) > 50
    return found | set(FORM)


def body(site: Site, **more: object) -> dict[str, object]:
    return {"exercise": SLUG, "assignment": site.courses.theirs.assignment_id, "answers": {"net_h1": "1"}} | more


OWNERS: Final = f"{PRIVATE}@{THEIRS}.example"
CALLS: Final = {
    "POST for the owner": ("401 404 404 202 202 403 403", "POST", "/submissions", {"learner_ref": OWNERS}),
    "POST for themselves": ("401 422 422 422 202 202 404", "POST", "/submissions", {}),
    "list of the owner": ("401 200 200 200 200 403 403", "GET", f"/submissions?learner_ref={OWNERS}", None),
    "mark of the owner": ("401 404 404 200 200 403 403", "GET", f"/assignments/<id>/mark?learner_ref={OWNERS}", None),
    "values of the owner": (
        "401 404 404 200 200 403 404",
        "GET",
        f"/exercises/{SLUG}?assignment=<id>&learner_ref={OWNERS}",
        None,
    ),
}
"""Calls of the API that name the owner or the owner's assignment, with their statuses for each of BEARERS."""


def test_calls_that_name_another_learner_are_refused(site: Site) -> None:
    found = {}
    for call, (_, method, path, sent) in CALLS.items():
        address = f"/api/v1{path}".replace("<id>", str(site.courses.theirs.assignment_id))
        replies = [
            ask(site, who, method, address, **({} if sent is None else {"json": body(site, **sent)})) for who in BEARERS
        ]
        found[call] = " ".join(str(reply.status_code) for reply in replies)
    assert found == {call: statuses for call, (statuses, *_) in CALLS.items()}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    ],
)
def test_a_form_of_another_site_does_nothing_for_anybody(site: Site, headers: dict[str, str]) -> None:
    things, wrong = site.courses.theirs.values(), []
    for name, method, rule in routes(site):
        if method == "GET" or rule.startswith("/api/"):
            continue
        for who in ("owner", "instructor", "administrator"):
            reply = ask(site, who, method, fill_in(rule, things), headers=headers, **sent_with(method, FORM))
            if reply.status_code != HTTPStatus.FORBIDDEN or site.written:
                wrong.append(f"{name} as {who}: {reply.status_code}")
            site.restore()
    assert wrong == []


def test_a_program_without_those_headers_gets_what_its_cookie_allows(site: Site) -> None:
    things, wrong = site.courses.theirs.values(), []
    for name, method, rule in routes(site):
        if method == "GET" or rule.startswith("/api/"):
            continue
        who = "instructor"
        reply = ask(site, who, method, fill_in(rule, things), headers={"Sec-Fetch-Site": ""})
        outcome = outcome_of(site, reply)
        if outcome != EXPECTED[name][PEOPLE.index(who)]:
            wrong.append(f"{name}: {outcome}")
    assert wrong == []


def test_the_api_takes_no_cookie(site: Site) -> None:
    things, wrong = site.courses.theirs.values(), []
    for name, method, rule in routes(site):
        if rule.startswith("/api/") and EXPECTED[name][0] == "401":
            reply = ask(site, "administrator", method, fill_in(rule, things))
            if reply.status_code != HTTPStatus.UNAUTHORIZED or site.written:
                wrong.append(f"{name}: {reply.status_code}")
    assert wrong == []


def test_a_method_that_no_route_has_is_refused(site: Site) -> None:
    things, wrong = site.courses.theirs.values(), []
    methods: dict[str, set[str]] = defaultdict(set)
    for _, method, rule in routes(site):
        methods[rule].add(method)
    for rule, known in methods.items():
        for method in {"POST", "PUT", "PATCH", "DELETE", "TRACE"} - known:
            reply = ask(site, "administrator", method, fill_in(rule, things))
            if reply.status_code != HTTPStatus.METHOD_NOT_ALLOWED or site.written:
                wrong.append(f"{method} {rule}: {reply.status_code}")
    assert wrong == []
