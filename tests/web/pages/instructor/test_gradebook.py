import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from grader.judging.policy import Late, Override, Policy
from grader.services.assignments.marks import override_mark
from grader.services.courses.members import StudentPlace
from grader.store.tables import Course, Enrolment
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.web.pages.conftest import set_aside
from tests.web.pages.courses.conftest import BrowserOf
from tests.web.pages.instructor.conftest import Answer


@pytest.fixture
def page(classroom: Classroom) -> str:
    return f"/courses/{classroom.course_id}/grid"


def rows(html: str) -> dict[str, str]:
    """The text of each row by the student's name, in the order of the page."""
    found = re.findall(r"<tr data-student.*?</tr>", html, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]
    return {text.split()[0]: text for text in texts}


def test_every_student_has_a_row_with_every_mark(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(0, y5="")
    found = rows(teacher.get(page).text)
    assert found["Sara"] == "Sara 83.3 % 5 of 6 5"
    assert found["Sven"].endswith("nothing yet")


def test_each_mark_leads_to_its_student_and_each_title_to_its_class(
    teacher: FlaskClient, page: str, assignment: int, classroom: Classroom
) -> None:
    html = teacher.get(page).text
    assert f'href="/assignments/{assignment}/students/{classroom.students[1].id}"' in html
    assert f'href="/assignments/{assignment}/dashboard"' in html


def test_what_is_unusual_is_said_by_sign_and_word(
    teacher: FlaskClient, page: str, answer: Answer, services: WebServices
) -> None:
    answer(0, grade=False)
    set_aside(services, answer(1, grade=False))
    found = rows(teacher.get(page).text)
    assert "◌ being graded" in found["Sara"]
    assert "⚠ could not be graded" in found["Sven"]


def test_an_unusable_file_is_neither_a_zero_nor_missing(
    teacher: FlaskClient, page: str, answer: Answer, services: WebServices
) -> None:
    set_aside(services, answer(0, grade=False), unusable=True)
    sara = rows(teacher.get(page).text)["Sara"]
    assert "⊘ file cannot be used" in sara
    assert "nothing yet" in sara


def test_a_mark_that_was_set_by_hand_says_so(
    teacher: FlaskClient, page: str, services: WebServices, classroom: Classroom, assignment: int
) -> None:
    at = StudentPlace(assignment, classroom.students[1].id)
    override_mark(services.sessions, classroom.as_instructor, at, Override(0.5, "Shown in class"), services.clock())
    assert "3 ✎ overridden" in rows(teacher.get(page).text)["Sven"]


def test_late_and_missing_work_is_named(
    teacher: FlaskClient, page: str, answer: Answer, assign: Assign, services: WebServices
) -> None:
    now = services.clock()
    policy = Policy(late=Late(per_day=0.5, days=0), variants=False)
    assign(policy=policy, opens_at=now - timedelta(days=9), due_at=now - timedelta(days=8), title="Gone")
    answer(0)
    found = rows(teacher.get(page).text)
    assert "✗ missing" in found["Sara"]
    assert found["Sara"].startswith("Sara 50 % 6 of 12")
    assert rows(teacher.get(f"{page}?show=missing").text).keys() == {"Sara", "Sven"}


def test_it_is_sorted_and_searched_by_address(teacher: FlaskClient, page: str, assignment: int, answer: Answer) -> None:
    answer(0, y5="")
    answer(1)
    assert list(rows(teacher.get(page).text)) == ["Sara", "Sven"]
    assert list(rows(teacher.get(f"{page}?sort={assignment}&desc=1").text)) == ["Sven", "Sara"]
    assert list(rows(teacher.get(f"{page}?q=SARA").text)) == ["Sara"]
    assert "No matching students" in teacher.get(f"{page}?q=xyz").text


def test_a_title_sorts_the_highest_first_and_then_the_other_way(
    teacher: FlaskClient, page: str, assignment: int
) -> None:
    link = re.search(rf'href="([^"]+)" data-sort="{assignment}"', teacher.get(page).text)
    assert link
    assert "desc=1" in link[1]
    html = teacher.get(link[1].replace("&amp;", "&")).text
    assert 'aria-sort="descending"' in html
    again = re.search(rf'href="([^"]+)" data-sort="{assignment}"', html)
    assert again
    assert "desc" not in again[1]


@pytest.mark.parametrize("query", ["sort=odd", "sort=999999", "show=odd", "sort=total&desc=1"])
def test_an_odd_address_shows_what_it_can(teacher: FlaskClient, page: str, assignment: int, query: str) -> None:
    assert assignment
    assert list(rows(teacher.get(f"{page}?{query}").text)) == ["Sara", "Sven"]


def test_there_is_no_page_behind_the_last(teacher: FlaskClient, page: str, assignment: int) -> None:
    assert assignment
    assert teacher.get(f"{page}?page=2").status_code == 404
    assert teacher.get(f"{page}?page=0").status_code == 404


def test_without_assignments_it_says_what_to_do_first(teacher: FlaskClient, page: str) -> None:
    html = teacher.get(page).text
    assert "No assignment yet" in html
    assert "/assignments/new" in html


def test_without_students_it_says_what_to_do_first(
    classroom: Classroom, browser_of: BrowserOf, services: WebServices
) -> None:
    with services.sessions.begin() as session:
        course = Course(title="Empty", created_by=classroom.instructor.id, created_at=services.clock())
        session.add(course)
        session.flush()
        course_id = course.id
        role = {"user_id": classroom.instructor.id, "role": "instructor", "joined_at": services.clock()}
        session.execute(insert(Enrolment).values(course_id=course_id, **role))
    html = browser_of(classroom.instructor).get(f"/courses/{course_id}/grid").text
    assert "No students yet" in html
