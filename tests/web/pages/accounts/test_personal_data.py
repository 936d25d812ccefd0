"""Everything about a person is handed over to whom it belongs, and is gone when it is erased."""

import json
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from grader.judging.overrides import Overrides
from grader.judging.policy import Override, Policy, Shown
from grader.services.accounts.registration import Person, register
from grader.services.assignments.extensions import Extension, grant_extension
from grader.services.assignments.marks import override_mark
from grader.services.courses.members import StudentPlace
from grader.store import exercises, submissions
from grader.store.exercises import NewVariant
from grader.store.tables import Assignment, User
from grader.vocabulary import Role
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.regrading import SLUG, Exam, Office
from tests.web.pages.courses.conftest import BrowserOf


@pytest.fixture
def administrator(office: Office, services: WebServices, browser_of: BrowserOf) -> FlaskClient:
    """Signed in; three submissions are graded."""
    from grader.services.accounts.authentication import SignedIn  # noqa: PLC0415 - only here

    email = "root@example.org"
    root = register(services.sessions, Person(email, "Root", Role.ADMINISTRATOR), services.clock())
    assert office.exam.assignment_id
    return browser_of(SignedIn(root, email, "Root", Role.ADMINISTRATOR))


def data(client: FlaskClient, address: str) -> Any:
    reply = client.get(address)
    assert reply.status_code == 200
    assert "password_hash" not in reply.text
    assert "sha256" not in reply.text.replace("blob_sha256", "")
    return json.loads(reply.text)


def test_a_student_gets_everything_about_oneself_and_nobody_else(
    office: Office, classroom: Classroom, browser_of: BrowserOf
) -> None:
    assert office.exam.assignment_id
    said = data(browser_of(classroom.students[0]), "/account/data")
    assert said["format"] == "nn-grader/person"
    assert said["account"]["email"] == "sara@example.org"
    assert [course["role"] for course in said["courses"]] == ["student"]
    assert len(said["submissions"]) == 2
    assert said["submissions"][0]["gradings"][0]["report"]["score"]["given"] == 0
    assert [mark["points"] for mark in said["marks"]] == [0]
    assert len(said["sessions"]) == 1
    assert "sven" not in json.dumps(said)


def test_an_administrator_gets_it_too_and_others_do_not(
    administrator: FlaskClient, classroom: Classroom, browser_of: BrowserOf
) -> None:
    sara = classroom.students[0].id
    assert data(administrator, f"/admin/people/{sara}/data")["account"]["name"] == "Sara"
    assert browser_of(classroom.instructor).get(f"/admin/people/{sara}/data").status_code == 403
    assert administrator.get("/admin/people/9999/data").status_code == 404


def test_who_teaches_gets_what_the_course_has_about_a_student(
    office: Office, classroom: Classroom, browser_of: BrowserOf
) -> None:
    assert office.exam.assignment_id
    place = f"/courses/{classroom.course_id}/people"
    said = data(browser_of(classroom.instructor), f"{place}/{classroom.students[1].id}/data")
    assert [person["name"] for person in said["people"]] == ["Sven"]
    assert len(said["submissions"]) == 1
    assert browser_of(classroom.instructor).get(f"{place}/{classroom.stranger.id}/data").status_code == 404


def test_the_wrong_e_mail_erases_nothing(administrator: FlaskClient, exam: Exam, classroom: Classroom) -> None:
    sara = classroom.students[0].id
    form = {"email": "sven@example.org", "extent": "erase"}
    reply = administrator.post(f"/admin/people/{sara}/erase", data=form)
    assert reply.status_code == 422
    assert "enter the e-mail" in reply.text
    assert 'value="erase" checked' in reply.text
    with exam.sessions() as session:
        assert session.get(User, sara) is not None


def test_the_right_one_does(administrator: FlaskClient, exam: Exam, classroom: Classroom) -> None:
    sara = classroom.students[0].id
    assert administrator.get(f"/admin/people/{sara}/erase").status_code == 200
    form = {"email": " Sara@example.org ", "extent": "erase"}
    assert administrator.post(f"/admin/people/{sara}/erase", data=form).status_code == 303
    with exam.sessions() as session:
        assert "sara@example.org" not in session.scalars(select(User.email)).all()


def test_a_mark_that_is_not_shown_yet_is_not_read_from_the_log(
    office: Office, classroom: Classroom, browser_of: BrowserOf, services: WebServices
) -> None:
    exam, sara = office.exam, classroom.students[0]
    hidden = update(Assignment).where(Assignment.id == exam.assignment_id)
    with exam.sessions.begin() as session:
        session.execute(hidden.values(policy=Policy(marks=Shown.NEVER).to_json()))
    at, wanted = StudentPlace(exam.assignment_id, sara.id), Override(0.123, "an appeal")
    override_mark(exam.sessions, classroom.as_instructor, at, wanted, services.clock())
    said = data(browser_of(sara), "/account/data")
    assert "0.123" not in json.dumps(said)
    assert [one["action"] for one in said["audit"]] == ["mark.overridden"]


@pytest.mark.long
def test_a_regrade_that_is_only_proposed_is_not_read_from_ones_data(
    office: Office, classroom: Classroom, browser_of: BrowserOf, administrator: FlaskClient
) -> None:
    def points(client: FlaskClient, address: str) -> list[list[float]]:
        return [[one["given"] for one in sent["gradings"]] for sent in data(client, address)["submissions"]]

    sara = browser_of(classroom.students[0])
    before = points(sara, "/account/data")
    assert [len(given) for given in before] == [1, 1]
    regrade_id = office.ready()
    assert points(sara, "/account/data") == before
    whole = points(administrator, f"/admin/people/{classroom.students[0].id}/data")
    assert [len(given) for given in whole] == [2, 2]
    office.ask_apply(regrade_id)
    office.work()
    assert points(sara, "/account/data") == whole
    office.ask_back(regrade_id)
    office.work()
    assert points(sara, "/account/data") == whole
    office.ready(Overrides.from_json({"tolerance": {"relative": 0.06}}))
    assert points(sara, "/account/data") == whole


def test_why_somebody_was_allowed_more_time_is_not_read_from_ones_data(
    office: Office, classroom: Classroom, browser_of: BrowserOf, administrator: FlaskClient, services: WebServices
) -> None:
    exam, sara, now = office.exam, classroom.students[0], services.clock()
    grant = Extension(now + timedelta(days=99), 2, "Her doctor says it is her back")
    grant_extension(exam.sessions, classroom.as_instructor, StudentPlace(exam.assignment_id, sara.id), grant, now)
    said = data(browser_of(sara), "/account/data")
    assert "doctor" not in json.dumps(said)
    (told,) = said["allowances"]
    assert told["extra_attempts"] == 2
    assert "reason" not in told
    (whole,) = data(administrator, f"/admin/people/{sara.id}/data")["allowances"]
    assert whole["reason"] == grant.reason


def test_given_values_of_what_is_not_open_yet_are_not_read_from_ones_data(
    office: Office, classroom: Classroom, browser_of: BrowserOf, services: WebServices, assign: Assign
) -> None:
    sessions, sara, now = office.exam.sessions, classroom.students[0], services.clock()
    soon = assign(SLUG, opens_at=now + timedelta(days=1), due_at=now + timedelta(days=2))
    with sessions.begin() as session:
        learner_id, _ = submissions.ensure_learner(session, classroom.web, sara.email, sara.id)
        for number, place in enumerate((None, office.exam.assignment_id, soon)):
            exercises.add_variant(session, learner_id, NewVariant(SLUG, "r", number, {"i1": 0.25 + number}, now, place))
    told = data(browser_of(sara), "/account/data")["given_values"]
    assert [one.get("givens") for one in told] == [{"i1": 0.25}, {"i1": 1.25}, None]
    assert told[2]["withheld"] is True
    assert "seed" not in told[2]
