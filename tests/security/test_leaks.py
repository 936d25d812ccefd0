"""Nothing is told before its time, nor to the wrong person: what a reader may not know cannot change what the reader gets.

Each test asks for every page and every list, changes what should not be seen behind the back of the site, and asks
again: every reply has to be the same, letter by letter. That what is changed can be seen at all is shown by a reader who
may.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

import pytest
from sqlalchemy import text

from grader.catalog.load import Catalog
from tests.fixtures.two_courses import PASSWORD, PRIVATE, SLUG, THEIRS, fill_in
from tests.security.conftest import Site
from tests.security.test_roles import BEARERS, EXPECTED, PEOPLE, ask, routes

pytestmark = pytest.mark.long

Told = dict[tuple[str, str], str]
"""Replies by route and reader."""

STUDENT: Final = ("owner", "owner's")
OTHERS: Final = ("classmate", "outsider", "outside assistant", "classmate's", "outsider's", "other lms", "lms")
ONCE: Final = (re.compile(r'name="_form" value="\w+"'), re.compile(r'"exported_at": "[^"]+"'))
"""What is new in every reply."""

MARKS: Final = (
    """UPDATE gradings SET given = 1.25, report = (SELECT report FROM gradings WHERE submission_id = :other),
    verdicts = '', first_wrong = NULL WHERE submission_id = :submission AND counts""",
    "UPDATE results SET given = 1.25 WHERE submission_id = :submission",
)
PROPOSED: Final = (
    """UPDATE gradings SET given = 1.25, report = (SELECT report FROM gradings WHERE submission_id = :other)
    WHERE submission_id = :submission AND NOT counts""",
    "UPDATE regrades SET reason = 'another reason' WHERE assignment_id = :assignment",
    "UPDATE allowances SET reason = 'another reason' WHERE assignment_id = :assignment",
)
PRIVATE_THINGS: Final = (
    """UPDATE submissions SET answers = '{"net_h1": "0.125"}' WHERE id IN (:submission, :practice)""",
    """UPDATE drafts SET answers = '{"net_h1": "0.125"}' WHERE user_id = :user""",
    "UPDATE messages SET text = 'another text' WHERE to_user = :user",
    "UPDATE sessions SET agent = 'another browser' WHERE user_id = :user",
    "UPDATE tokens SET name = 'another token' WHERE user_id = :user",
    "UPDATE enrolments SET student_number = '1234' WHERE user_id = :user",
    "UPDATE allowances SET extra_attempts = 7, reason = 'another reason' WHERE user_id = :user",
    "UPDATE users SET name = 'Another Name', language = 'vi' WHERE id = :user",
)


def told_to(site: Site, *readers: str) -> Told:
    """Ask, as each reader and with things of the owner, for everything that the reader gets."""
    things, told = site.courses.theirs.values(), {}
    for name, method, rule in routes(site):
        everybody = BEARERS if rule.startswith("/api/") else PEOPLE
        for who, status in zip(everybody, EXPECTED[name], strict=True):
            if method == "GET" and status == "200" and who in readers:
                told[name, who] = _without_what_is_new(ask(site, who, method, fill_in(rule, things)).text)
    return told


def _without_what_is_new(page: str) -> str:
    for pattern in ONCE:
        page = pattern.sub("", page)
    return page


def change(site: Site, statements: tuple[str, ...]) -> None:
    """Change rows of the owner behind the back of the site."""
    theirs, own = site.courses.theirs, site.courses.own
    ids: dict[str, object] = {"submission": theirs.submission_id, "practice": theirs.practice_id}
    ids |= {"other": own.practice_id, "user": theirs.user_id, "assignment": theirs.assignment_id}
    with site.database.sessions.begin() as session:
        for statement in statements:
            used = {name: value for name, value in ids.items() if f":{name}" in statement}
            assert getattr(session.execute(text(statement), used), "rowcount", 0) > 0, statement


def differing(before: Told, after: Told) -> list[tuple[str, str]]:
    return [key for key, reply in before.items() if after[key] != reply]


def test_nothing_is_told_before_its_time_nor_to_anybody_else(site: Site) -> None:
    before, others, seen = (told_to(site, *readers) for readers in (STUDENT, OTHERS, ("assistant",)))
    change(site, (*MARKS, *PROPOSED))
    assert differing(before, told_to(site, *STUDENT)) == []
    change(site, PRIVATE_THINGS)
    assert differing(others, told_to(site, *OTHERS)) == []
    told = {name for name, _ in differing(seen, told_to(site, "assistant"))}
    assert told >= {
        "GET /submissions/<submission_id>",
        "GET /assignments/<assignment_id>/regrades/<regrade_id>",
        "GET /assignments/<assignment_id>/allowances",
        "GET /courses/<course_id>/people",
    }


def test_marks_are_told_to_their_student_alone_when_it_is_time_and_a_regrade_never(site: Site) -> None:
    change(site, ("UPDATE assignments SET due_at = opens_at WHERE id = :assignment",))
    readers = (*STUDENT, "classmate", "classmate's")
    before = told_to(site, *readers)
    change(site, PROPOSED)
    assert differing(before, told_to(site, *readers)) == []
    change(site, MARKS)
    told = differing(before, told_to(site, *readers))
    assert {who for _, who in told} == {*STUDENT}
    assert ("GET /submissions/<submission_id>", "owner") in told
    assert ("GET /api/v1/submissions/<submission_id>", "owner's") in told


DIGITS: Final = 5
"""Of a value; fewer also stand in other numbers."""


def test_right_answers_are_told_to_no_student_who_has_not_given_them(site: Site, catalog: Catalog) -> None:
    exercise = catalog.find(SLUG).exercise
    right = {f"{value:.12f}".lstrip("-")[: DIGITS + 2] for value in exercise.references.tolist()}
    given = {f"{given.value:.12f}"[: DIGITS + 2] for given in exercise.givens}
    secret = {digits for digits in right - given if not digits.endswith("000")}
    assert len(secret) > 20
    readers = ("classmate", "classmate's", "other lms")
    told = told_to(site, *readers)
    leaks = [(key, digits) for key, page in told.items() for digits in secret if digits in page]
    assert leaks == []


UNKNOWN: Final = {"course_id": 987654, "assignment_id": 876543, "submission_id": "00000000-0000-4000-8000-000000000000"}


def test_what_belongs_to_another_course_is_as_good_as_not_there(site: Site) -> None:
    theirs = site.courses.theirs.values()
    wrong = []
    for name, method, rule in routes(site):
        if not any(f"{placeholder}>" in rule for placeholder in UNKNOWN):
            continue
        for who in ("colleague", "other lms"):
            if (who in site.courses.bearers) == rule.startswith("/api/"):
                there, absent = (ask(site, who, method, fill_in(rule, theirs | ids)) for ids in ({}, UNKNOWN))
                if (
                    _anyones(there.text, theirs) != _anyones(absent.text, UNKNOWN)
                    or there.status_code != absent.status_code
                ):
                    wrong.append((name, who, there.status_code, absent.status_code))
    assert wrong == []


def _anyones(page: str, ids: Mapping[str, object]) -> str:
    for placeholder in UNKNOWN:
        page = page.replace(str(ids[placeholder]), placeholder)
    return _without_what_is_new(page)


OWNERS: Final = f"{PRIVATE}@{THEIRS}.example"


@pytest.mark.parametrize(
    "form",
    [
        lambda email: ("/forgot", {"email": email}),
        lambda email: ("/sign-in", {"email": email, "password": "another one"}),
    ],
)
def test_whether_somebody_is_registered_is_not_told(
    site: Site, form: Callable[[str], tuple[str, dict[str, str]]]
) -> None:
    replies = []
    for email in (OWNERS, "nobody@nowhere.example", "root@root.example"):
        address, fields = form(email)
        reply = ask(site, "anonymous", "POST", address, data=fields)
        replies.append((reply.status_code, reply.text.replace(email, "")))
    assert replies[0] == replies[1] == replies[2]


def test_no_reply_contains_a_secret_whoever_reads_it(site: Site) -> None:
    assert ask(site, "anonymous", "POST", "/sign-in", data={"email": OWNERS, "password": PASSWORD}).status_code == 303
    told = told_to(site, "owner", "administrator", "web")
    secrets = (
        "argon2",
        PASSWORD,
        *site.courses.cookies.values(),
        *site.courses.bearers.values(),
        "secret of the tests",
    )
    assert [(key, secret) for key, page in told.items() for secret in secrets if secret in page] == []
