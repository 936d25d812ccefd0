"""Every statement of a page, of a list of the API, of sending and of grading finds what it filters by in an index.

With few rows PostgreSQL reads whole tables, whatever indexes there are; here it may not, so that a statement without a
fitting index shows before tables have grown.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select
from sqlalchemy.dialects.postgresql import insert

from grader.demo.crowd import CrowdSize, fill_crowd
from grader.demo.fill import Ground
from grader.services.submissions.learners import LearnerKey
from grader.store.accounts import ensure_client
from grader.store.database import analyze
from grader.store.submission_tables import Draft, Failure, Submission
from grader.store.tables import User
from grader.web.api.blueprint import OPERATIONS
from grader.web.dependencies import WebServices
from grader.web.pages.routes import ROUTES
from tests.fixtures.signed_in import sign_in
from tests.fixtures.small_course import ADMINISTRATOR, INSTRUCTOR, SLUG, STUDENT, SmallCourse, fill
from tests.fixtures.submitting import submit_for
from tests.web.conftest import EXERCISES, GiveToken

pytestmark = pytest.mark.long

GROWS = {  # and the results of regrades, of which there are too few here
    "audit",
    "drafts",
    "enrolments",
    "failures",
    "gradings",
    "learners",
    "messages",
    "results",
    "sessions",
    "submissions",
    "users",
    "variants",
}
"""Tables that grow with people or with what they send."""

FEW_LEFT = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material")
"""Ways of reading a table as a whole; switched off here."""

WHOLE = {
    ("SELECT count(*) AS count_1", "users"): "the administrators' list says how many people there are",
}
"""What is read as a whole all the same: the beginning of the statement and the table, with the reason."""

QUERIES = ("", "?limit=2", f"?exercise={SLUG}", "?learner_ref=an@example.org", "?updated_since=2020-01-01T00:00:00Z")
OTHERS = CrowdSize(courses=30, students=600, submissions=3_000)
"""Enough rows for a look-up to cost less than reading an index as a whole."""

Statements = dict[str, Any]


@contextmanager
def collected(services: WebServices) -> Iterator[Statements]:
    """Collect each statement once, with the values of its first execution."""
    found: Statements = {}

    def note(*_: Any, **said: Any) -> None:
        parameters = said["parameters"]
        one = parameters[0] if isinstance(parameters, list) else parameters
        found.setdefault(said["statement"], one)

    engine = services.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note, named=True)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def read_whole(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """Return the growing tables that a statement reads without looking anything up."""
    row = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
    plan = row if isinstance(row, list) else json.loads(row)
    return [
        table
        for table in _whole(plan[0]["Plan"], is_first_few=False)
        if not any(statement.startswith(words) and table == of for words, of in WHOLE)
    ]


def _whole(node: dict[str, Any], *, is_first_few: bool) -> Iterator[str]:
    """Yield tables that are read as a whole; an index read in its order until there are enough rows is not."""
    kind, table = node["Node Type"], node.get("Relation Name")
    looked_up = (
        all("Index Cond" in below for below in _leaves(node)) if kind == "Bitmap Heap Scan" else "Index Cond" in node
    )
    if table in GROWS and kind.endswith("Scan") and not looked_up and not (kind.startswith("Index") and is_first_few):
        yield table
    few = kind == "Limit" or (
        is_first_few and kind in {"Nested Loop", "Subquery Scan", "LockRows", "Memoize", "Result"}
    )
    for below in node.get("Plans", ()):
        if kind != "Bitmap Heap Scan":
            yield from _whole(below, is_first_few=few)


def _leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Plans" not in node:
        yield node
    for below in node.get("Plans", ()):
        yield from _leaves(below)


def without_index(services: WebServices, found: Statements) -> dict[str, list[str]]:
    """Return each collected statement that reads a growing table as a whole."""
    engine, bad = services.sessions.kw["bind"], {}
    with engine.connect() as connection:
        for way in FEW_LEFT:
            connection.exec_driver_sql(f"SET LOCAL {way} = off")
        for statement, parameters in found.items():
            if statement.lstrip(" (\n").startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                tables = read_whole(connection, statement, parameters)
                if tables:
                    bad[statement] = tables
        connection.rollback()
    return bad


@pytest.fixture
def course(services: WebServices) -> SmallCourse:
    """A course, beside others."""
    course = fill(services.sessions)
    ground = Ground(services.sessions, services.catalog, EXERCISES, "a secret", services.clock(), lambda *_: None)
    fill_crowd(ground, OTHERS, 1)
    with services.sessions.begin() as session:
        sent = session.execute(select(Submission.id, Submission.submitted_at, Submission.assignment_id)).all()
        session.execute(
            insert(Failure).on_conflict_do_nothing(),
            [{"submission_id": one.id, "tries": 3, "reason": "", "failed_at": one.submitted_at} for one in sent],
        )
        students = session.scalars(select(User.id).where(User.id != course.student_id)).all()
        places = ("exercise:and-gate", f"assignment:{course.assignment_id + 1_000}")
        drafts = [
            {"user_id": user, "place": place, "answers": {}, "saved_at": services.clock()}
            for user in students
            for place in places
        ]
        session.execute(insert(Draft), drafts)
    analyze(services.sessions)
    return course


@pytest.mark.parametrize("email", [STUDENT.email, INSTRUCTOR.email, ADMINISTRATOR.email])
def test_every_page_finds_its_rows_by_indexes(
    services: WebServices, course: SmallCourse, app: Flask, email: str
) -> None:
    browser = sign_in(app, services, email)
    with collected(services) as found:
        statuses = {browser.get(course.address(route.rule)).status_code for route in ROUTES if route.method == "GET"}
    assert 200 in statuses
    assert without_index(services, found) == {}


def test_every_list_of_the_api_finds_its_rows_by_indexes(
    services: WebServices, course: SmallCourse, app: Flask, give_token: GiveToken
) -> None:
    asked, statuses = app.test_client(), set()
    paths = [course.address(operation.path) for operation in OPERATIONS if operation.method == "GET"]
    with collected(services) as found:
        for headers in (give_token("lms"), give_token("web")):
            for path, query in product(paths, QUERIES):
                statuses.add(asked.get(f"/api/v1{path}{query}", headers=headers).status_code)
    assert 200 in statuses
    assert without_index(services, found) == {}


@pytest.mark.usefixtures("course")
def test_sending_and_grading_find_their_rows_by_indexes(
    services: WebServices, app: Flask, token: dict[str, str], grade_all: Callable[[], None]
) -> None:
    body = {"exercise": SLUG, "learner_ref": "somebody", "answers": {"net_h1": "1"}}
    with collected(services) as found:
        assert app.test_client().post("/api/v1/submissions", json=body, headers=token).status_code == 202
        with services.sessions.begin() as session:
            learner = LearnerKey(ensure_client(session, "web"), "new@example.org", None)
        submit_for(services.sessions, services.catalog.find(SLUG), learner, {}, services.clock())
        grade_all()
    assert any("INTO gradings" in statement for statement in found)
    assert without_index(services, found) == {}


@pytest.mark.usefixtures("course")
def test_a_statement_without_an_index_is_noticed(services: WebServices) -> None:
    with collected(services) as found, services.sessions() as session:
        session.connection().exec_driver_sql("SELECT id FROM submissions WHERE seed = 5")
        session.connection().exec_driver_sql("SELECT id FROM submissions ORDER BY submitted_at LIMIT 1")
        session.connection().exec_driver_sql("SELECT id FROM submissions ORDER BY id LIMIT 1")
    assert list(without_index(services, found).values()) == [["submissions"], ["submissions"]]
