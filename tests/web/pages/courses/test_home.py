import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert

from grader.judging.policy import Policy, Shown
from grader.store.grading_queue import Fault, add_failure
from grader.store.tables import StudentMessage
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.submitting import submit_for
from tests.web.pages.courses.conftest import BrowserOf

DAY = timedelta(days=1)


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def row(page: str, assignment_id: int) -> str:
    found = re.search(rf'<tr data-assignment="{assignment_id}".*?</tr>', page, re.DOTALL)
    return "" if found is None else text_of(found[0])


def test_without_a_course_a_student_is_told_what_to_do_first(student: FlaskClient) -> None:
    page = student.get("/").text
    assert "Ask your instructor for the course code and enter it here." in page
    assert 'action="/courses/join"' in page


def test_without_a_course_an_instructor_is_told_so_too(instructor: FlaskClient) -> None:
    page = instructor.get("/").text
    assert "Create a course" in page
    assert 'href="/courses/new"' in page


def test_a_student_sees_what_is_due_and_what_is_left(
    classroom: Classroom, assign: Assign, browser_of: BrowserOf, services: WebServices
) -> None:
    now = services.clock()
    first = assign(title="Forward", due_at=now + DAY, policy=Policy(attempts=3))
    later = assign(title="Backward", opens_at=now + DAY, due_at=now + 9 * DAY)
    closed = assign(title="Old", due_at=now - DAY)
    page = browser_of(classroom.students[0]).get("/").text
    assert re.search(r"Forward ○ open due .* 3 attempts left nothing submitted", row(page, first))
    assert re.search(r"Backward ◌ not open yet opens ", row(page, later))
    assert re.search(r"Old ■ closed due .* nothing submitted", row(page, closed))
    assert page.index("Forward") < page.index("Backward") < page.index("Old")
    assert "0 of 3 assignments submitted" in page


def test_the_mark_so_far_shows_where_it_may(
    classroom: Classroom,
    assign: Assign,
    browser_of: BrowserOf,
    services: WebServices,
    grade_all: Callable[[], None],
) -> None:
    shown, hidden = assign(), assign(policy=Policy(marks=Shown.NEVER))
    published = services.catalog.find("step-network-forward")
    for assignment_id in (shown, hidden):
        submit_for(services.sessions, published, classroom.learner(), {}, services.clock(), assignment_id=assignment_id)
    student = browser_of(classroom.students[0])
    assert row(student.get("/").text, shown).endswith("being graded")
    grade_all()
    page = student.get("/").text
    assert row(page, shown).endswith("0 of 6")
    assert row(page, hidden).endswith("submitted; marks shown later")
    assert "2 of 2 assignments submitted · 0 of 6 points so far" in text_of(page)
    assert row(student.get(f"/courses/{classroom.course_id}").text, shown).endswith("0 of 6")


def test_a_message_shows_until_it_is_put_away(
    classroom: Classroom, browser_of: BrowserOf, services: WebServices, assign: Assign
) -> None:
    words = {"text": "Look at delta_h1 <again>.", "sent_at": services.clock(), "assignment_id": assign(title="Forward")}
    words |= {"to_user": classroom.students[0].id, "from_user": classroom.instructor.id}
    with services.sessions.begin() as session:
        message_id = session.scalars(insert(StudentMessage).values(words).returning(StudentMessage.id)).one()
    sara, sven = map(browser_of, classroom.students)
    page = sara.get("/").text
    assert "Look at delta_h1 &lt;again&gt;." in page
    assert "Ines about Forward" in text_of(page)
    assert "Look at" not in sven.get("/").text
    assert sven.post(f"/messages/{message_id}/away").status_code == 303
    assert "Look at" in sara.get("/").text
    sara.post(f"/messages/{message_id}/away")
    assert "Look at" not in sara.get("/").text


def test_staff_see_what_needs_them(
    classroom: Classroom, assign: Assign, browser_of: BrowserOf, services: WebServices
) -> None:
    soon = assign(title="Forward", due_at=services.clock() + DAY)
    assign(title="Far away", due_at=services.clock() + 30 * DAY)
    published = services.catalog.find("step-network-forward")
    sent = submit_for(
        services.sessions,
        published,
        classroom.learner(),
        {},
        services.clock(),
        assignment_id=soon,
    )
    assistant = browser_of(classroom.assistant)
    assert "could not be graded" not in assistant.get("/").text
    with services.sessions.begin() as session:
        add_failure(session, sent.id, Fault(3, "stopped", services.clock()))
    page = text_of(assistant.get("/").text)
    assert "Deep Learning 2 students" in page
    assert "Forward : 1 submission could not be graded" in page
    assert "Far away" not in page


def test_the_menu_has_the_sections_of_the_course(classroom: Classroom, assign: Assign, browser_of: BrowserOf) -> None:
    def menu(page: str) -> list[str]:
        found = re.search(r"<nav aria-label=\"Main\">(.*?)</nav>", page, re.DOTALL)
        return [] if found is None else re.findall(r">([^<>]+)</a>", found[1])

    course = f"/courses/{classroom.course_id}"
    of_students = menu(browser_of(classroom.students[0]).get(course).text)
    assert of_students == ["Deep Learning", "Exercises", "My submissions"]
    assert menu(browser_of(classroom.assistant).get(course).text)[:3] == ["Deep Learning", "Assignments", "People"]
    instructor = browser_of(classroom.instructor)
    for page in (course, f"/assignments/{assign()}/edit"):
        assert menu(instructor.get(page).text)[-1] == "Settings"
        assert 'aria-current="page">Assignments' in instructor.get(page).text
