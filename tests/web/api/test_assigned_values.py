"""An assignment that varies is read before it is answered: the very values that it judges by."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.overrides import Overrides
from grader.judging.policy import Policy
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.store.submission_tables import Variant
from grader.store.tables import Assignment
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.varied import SLUG
from tests.web.api.test_variants import EXERCISE, Headers, givens, look, rows, send
from tests.web.conftest import GiveToken


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads: a student, an instructor of the course and our own pages by their tokens; and e-mails."""

    saras: Headers
    teachers: Headers
    web: Headers
    students: tuple[str, str]
    stranger: str
    services: WebServices


@pytest.fixture
def catalog(varied_catalog: Catalog) -> Catalog:
    return varied_catalog


@pytest.fixture
def readers(services: WebServices, classroom: Classroom, give_token: GiveToken) -> Readers:
    def own(email: str) -> Headers:
        request = TokenRequest("own", "web", tuple(Scope), timedelta(hours=1), email=email)
        return {"Authorization": f"Bearer {create_token(services.sessions, request, services.clock()).plain}"}

    sara, sven = (student.email for student in classroom.students)
    teachers = own(classroom.instructor.email)
    return Readers(own(sara), teachers, give_token("web"), (sara, sven), classroom.stranger.email, services)


def test_an_assignment_tells_the_values_that_it_judges_by_before_anybody_answers(
    client: FlaskClient, readers: Readers, varied: LoadedExercise, assign: Assign, grade_all: Callable[[], None]
) -> None:
    sara, saras, web = readers.students[0], readers.saras, readers.web
    assignment = assign(SLUG, Policy(), opens_at=None, due_at=None)
    place = {"assignment": str(assignment)}
    told = look(client, saras, **place)
    own = givens(told)
    assert own == givens(look(client, saras, **place)) == givens(look(client, web, learner_ref=sara.upper(), **place))
    assert own not in (givens(look(client, web, **place)), givens(look(client, saras)))
    assert f"$x_1 = {own['x1']:g}$" in told["statement"]
    sent = send(client, saras, varied, own, assignment=assignment)
    grade_all()
    report: Any = client.get(sent, headers=saras).json
    assert report["givens"] == own
    assert {field["verdict"] for field in report["fields"].values()} == {"correct"}
    assert rows(readers.services, Variant) == 2


def test_an_assignment_in_which_all_have_the_printed_values_tells_those(
    client: FlaskClient, readers: Readers, assign: Assign, varied: LoadedExercise
) -> None:
    assignment = assign(SLUG, Policy(variants=False), opens_at=None, due_at=None)
    told = givens(look(client, readers.saras, assignment=str(assignment)))
    assert told == {given.name: given.value for given in varied.exercise.givens}


def test_an_assignment_that_is_judged_otherwise_is_told_so(
    client: FlaskClient, readers: Readers, assign: Assign
) -> None:
    worth = Overrides.from_json({"points": {"net_o1": 7}})
    assignment = assign(SLUG, opens_at=None, due_at=None, overrides=worth.to_json(), overrides_key=worth.key)
    told = look(client, readers.saras, assignment=str(assignment))
    assert {field["name"]: field["points"] for field in told["fields"]}["net_o1"] == 7


def test_before_it_opens_no_students_values_are_told(client: FlaskClient, readers: Readers, assign: Assign) -> None:
    later = readers.services.clock() + timedelta(days=1)
    assignment = assign(SLUG, opens_at=later, due_at=None)
    for headers, query in ((readers.saras, {}), (readers.web, {"learner_ref": readers.students[0]})):
        reply: Any = client.get(EXERCISE, query_string={"assignment": assignment, **query}, headers=headers)
        assert (reply.status_code, reply.json["type"]) == (403, "/api/docs#not-open-yet")
    assert rows(readers.services, Variant) == 0


def test_who_does_not_reach_an_assignment_is_told_nothing_of_it(
    client: FlaskClient, readers: Readers, token: Headers, assign: Assign
) -> None:
    assignment = assign(SLUG, opens_at=None, due_at=None)

    def refused(headers: Headers, **query: object) -> tuple[int, str]:
        reply: Any = client.get(EXERCISE, query_string={"assignment": assignment, **query}, headers=headers)
        return reply.status_code, reply.json["type"].partition("#")[2]

    assert refused(token, learner_ref="s1") == (404, "unknown-assignment")
    assert refused(readers.saras, learner_ref=readers.students[1]) == (403, "foreign-learner")
    assert refused(readers.web, learner_ref=readers.stranger) == (404, "unknown-assignment")
    assert refused(readers.saras, assignment=assignment + 1) == (404, "unknown-assignment")
    assert refused(readers.saras, assignment="1e3") == (422, "invalid")


def test_an_assignment_of_another_exercise_is_named(client: FlaskClient, readers: Readers, assign: Assign) -> None:
    assignment = assign(SLUG, opens_at=None, due_at=None)
    with readers.services.sessions.begin() as session:
        session.execute(update(Assignment).values(slug="and-gate"))
    reply: Any = client.get(EXERCISE, query_string={"assignment": assignment}, headers=readers.saras)
    assert reply.status_code == 422
    assert [(flaw["parameter"], flaw["code"]) for flaw in reply.json["errors"]] == [("assignment", "other-exercise")]


def test_who_teaches_the_course_sees_the_printed_values(
    client: FlaskClient, readers: Readers, assign: Assign, varied: LoadedExercise
) -> None:
    assignment = assign(SLUG, opens_at=readers.services.clock() + timedelta(days=1), due_at=None)
    told = givens(look(client, readers.teachers, assignment=str(assignment)))
    assert told == {given.name: given.value for given in varied.exercise.givens}
    assert rows(readers.services, Variant) == 0
