"""What late work is worth: one figure, on every page."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from grader.judging.overrides import Overrides
from grader.judging.policy import Late, Policy
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.store.tables import Assignment
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import Exam, Office
from tests.web.pages.student.assignment.conftest import BrowserOf
from tests.web.pages.student.assignment.test_assignment import hand_in, text_of

LINE = "6 of 6 points, 4 days late: \N{MINUS SIGN}40 %, worth 3.6 of 6"
LATE = Policy(late=Late(0.1, 0.9, None))


@pytest.fixture
def assignment(sara: FlaskClient, assign: Assign, clock: Clock, grade_all: Callable[[], None]) -> int:
    """All of it right, four days begun after the due time."""
    made = assign(policy=LATE, due_at=clock() - timedelta(hours=73))
    hand_in(sara, made)
    grade_all()
    return made


def report(sara: FlaskClient, assignment: int) -> str:
    found = re.search(r'href="(/submissions/[\w-]+)"', sara.get(f"/assignments/{assignment}").text)
    assert found
    return found[1]


@pytest.mark.parametrize("page", ["/", "/courses/{course}", "/assignments/{assignment}", "/submissions", "{report}"])
def test_a_student_reads_the_same_figure_on_every_page(
    sara: FlaskClient, assignment: int, classroom: Classroom, page: str
) -> None:
    address = page.format(course=classroom.course_id, assignment=assignment, report=report(sara, assignment))
    seen = sara.get(address).text
    assert LINE in text_of(seen)
    figures = set(re.findall(r"(?<![\d.])([\d.]+) of 6(?! points, 4 days)", text_of(seen.partition("</header>")[2])))
    assert figures <= {"3.6", "1", "2", "3"}, address  # a part of the report has its own points
    assert 'aria-label="6 of 6 points"' not in seen
    assert "Nothing left to do here" not in seen


def test_the_report_says_what_it_is_worth_in_its_title_and_ring(sara: FlaskClient, assignment: int) -> None:
    seen = sara.get(report(sara, assignment)).text
    assert 'aria-label="3.6 of 6 points"' in seen
    assert 'data-summary="3.6 of 6 points"' in seen
    assert text_of(seen).count(LINE) == 2  # beside the verdict, and in the list of attempts


def test_those_who_teach_read_the_same_figure_on_every_page(
    sara: FlaskClient, browser_of: BrowserOf, assignment: int, classroom: Classroom
) -> None:
    teacher, student = browser_of(classroom.instructor), classroom.students[0]
    theirs = teacher.get(f"/assignments/{assignment}/students/{student.id}").text
    assert text_of(theirs).count(LINE) == 2  # at the attempt, and at the mark
    assert LINE in text_of(teacher.get(report(sara, assignment)).text)
    assert LINE in text_of(teacher.get(f"/assignments/{assignment}/submissions").text)
    assert re.search(r">3\.6</a>", teacher.get(f"/courses/{classroom.course_id}/grid").text)
    for kind, cell in {"csv": "3.6", "moodle": "3.6", "canvas": "3.6"}.items():
        assert cell in teacher.get(f"/courses/{classroom.course_id}/export/{kind}").text, kind
    assert ",3.6,6," in teacher.get(f"/assignments/{assignment}/export/csv").text.replace(".0,", ",")


def test_the_api_says_the_same_figure(
    client: FlaskClient, services: WebServices, assignment: int, classroom: Classroom
) -> None:
    wanted = TokenRequest("test", "own", [Scope.READ], timedelta(hours=1), classroom.students[0].email)
    token = create_token(services.sessions, wanted, services.clock()).plain
    mark = client.get(f"/api/v1/assignments/{assignment}/mark", headers={"Authorization": f"Bearer {token}"}).json
    assert mark
    assert (mark["points"], mark["of"], mark["late_days"], mark["lost"]) == (3.6, 6, 4, 0.4)


def test_an_assignment_worth_other_points_than_its_exercise_says_both(
    sara: FlaskClient, assign: Assign, grade_all: Callable[[], None]
) -> None:
    made = assign(policy=Policy(points=10))
    hand_in(sara, made)
    grade_all()
    for page in (f"/assignments/{made}", "/submissions", report(sara, made)):
        assert "6 of 6 points, worth 10 of 10" in text_of(sara.get(page).text), page
    assert "Nothing left to do here" in sara.get(report(sara, made)).text


@pytest.mark.long
def test_a_regrade_says_what_late_work_was_and_is_worth(
    browser_of: BrowserOf, classroom: Classroom, office: Office, exam: Exam, clock: Clock
) -> None:
    late = {"policy": LATE.to_json(), "due_at": clock() - timedelta(hours=73)}
    with exam.sessions.begin() as session:
        session.execute(update(Assignment).where(Assignment.id == exam.assignment_id).values(late))
    office.applied(policy=replace(LATE, points=70.0), reason="It was worth too little.")
    sara, teacher = browser_of(classroom.students[0]), browser_of(classroom.instructor)
    page = sara.get(f"/assignments/{exam.assignment_id}").text
    place = re.findall(r'href="(/submissions/[^"]+)"', page)[0]
    assert "Regraded 1.2 of 70 points, previously 0. It was" in text_of(sara.get(place).text)
    office.applied(policy=LATE, overrides=Overrides(), reason="No, too much.")
    for seen in (page := sara.get(f"/assignments/{exam.assignment_id}").text, sara.get(place).text):
        assert "regraded, previously 1.2" in text_of(seen)
    assert "0 of 35 points, previously 1.2." in text_of(sara.get(place).text)
    theirs = teacher.get(f"/assignments/{exam.assignment_id}/students/{classroom.students[0].id}").text
    assert "regraded: previously 1.2" in text_of(theirs)


def test_in_time_there_is_nothing_to_reckon(sara: FlaskClient, assign: Assign, grade_all: Callable[[], None]) -> None:
    made = assign(policy=LATE)
    hand_in(sara, made)
    grade_all()
    for page in ("/", f"/assignments/{made}", "/submissions", report(sara, made)):
        assert "worth" not in text_of(sara.get(page).text), page
