import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from grader.judging.answers import Entry
from grader.judging.overrides import Overrides
from grader.judging.policy import Counting, Late, Policy, Shown
from grader.services.assignments.assignments import CourseAssignment, assignments_of, find_assignment
from grader.store.submission_tables import Regrade
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Assign, Classroom
from tests.fixtures.regrading import Exam
from tests.fixtures.submitting import submit_for
from tests.web.pages.courses.conftest import BrowserOf

FORM = {
    "slug": "backprop-2-2-2",
    "title": "",
    "opens": "2026-11-20T08:00",
    "due": "2026-11-27T23:59",
    "late": "days",
    "late_days": "7",
    "late_percent": "10",
    "late_cap": "50",
    "attempts": "5",
    "counting": "best",
    "variants": "on",
    "marks": "at-once",
    "mistakes": "at-once",
    "solution": "after-due",
    "points": "20",
}


@pytest.fixture
def teacher(classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    return browser_of(classroom.instructor)


def set_it(teacher: FlaskClient, classroom: Classroom, **changed: str) -> Any:
    return teacher.post(f"/courses/{classroom.course_id}/assignments/new", data=FORM | changed)


def stored(services: WebServices, classroom: Classroom) -> tuple[CourseAssignment, ...]:
    with services.sessions() as session:
        return assignments_of(session, classroom.course_id)


def summary(page: str) -> str:
    found = re.search(r"<p data-summary>(.*?)</p>", page, re.DOTALL)
    return "" if found is None else " ".join(found[1].split())


def test_an_assignment_is_set_and_said_in_plain_words(
    teacher: FlaskClient, classroom: Classroom, services: WebServices
) -> None:
    reply = set_it(teacher, classroom)
    assert reply.status_code == 303
    (made,) = stored(services, classroom)
    assert made.title == "One step of backpropagation on a 2-2-2 network"
    assert made.policy == Policy(5, Counting.BEST, Late(0.1, 0.5, 7), points=20)
    assert (str(made.due_at), str(made.opens_at)) == ("2026-11-27 23:59:00+00:00", "2026-11-20 08:00:00+00:00")
    page = teacher.get(reply.location).text
    assert summary(page) == (
        "Opens Friday 20 November 2026, 08:00 UTC. Due Friday 27 November 2026, 23:59 UTC. Late work loses 10 % "
        "per day started, 50 % at most, and is accepted until Friday 4 December 2026, 23:59 UTC. 5 attempts; the "
        "best counts. Marks are shown immediately. Recognised mistakes are shown immediately. The worked solution"
        " is shown when submissions are closed. Worth 20 in the gradebook."
    )
    assert "data-hazards" not in page


def test_a_title_that_files_of_marks_cannot_have_is_said_where_it_is_set(
    teacher: FlaskClient, classroom: Classroom
) -> None:
    first, second = (set_it(teacher, classroom, title=title).location for title in ("Final Score", "Week 3"))
    page = teacher.get(first).text
    assert page.count("data-renamed") == 1
    assert "Canvas ignores columns whose names contain these words" in page
    assert "Final-Score" in page
    assert "data-renamed" not in teacher.get(second).text


def test_the_form_shows_what_is_stored_again(teacher: FlaskClient, classroom: Classroom, services: WebServices) -> None:
    reply = set_it(teacher, classroom)
    (made,) = stored(services, classroom)
    page = teacher.get(reply.location).text
    typed = dict(re.findall(r'<input id="(\w+)" name="\1" type="[a-z-]+" value="([^"]*)"', page))
    assert typed == {name: FORM[name] for name in typed} | {"title": made.title}
    again = teacher.post(f"/assignments/{made.id}/edit", data=FORM | typed)
    assert again.status_code == 303
    assert stored(services, classroom) == (made,)


def test_a_vietnamese_reader_sees_the_title_of_the_exercise_in_vietnamese_and_keeps_it_for_all(
    teacher: FlaskClient, classroom: Classroom, services: WebServices
) -> None:
    set_it(teacher, classroom)
    (made,) = stored(services, classroom)
    teacher.post("/language", data={"language": "vi", "page": "/"})
    edit = f"/assignments/{made.id}/edit"
    shown = re.search(r'<input [^>]*name="title"[^>]*value="([^"]*)"', teacher.get(edit).text)
    assert shown is not None
    assert shown[1] == "Một bước lan truyền ngược trên mạng 2-2-2"
    assert teacher.post(edit, data=FORM | {"title": shown[1], "points": "30"}).status_code == 303
    (kept,) = stored(services, classroom)
    assert (kept.title, kept.policy.points) == (made.title, 30)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"slug": ""}, "Choose an exercise."),
        ({"slug": "no-such"}, "Choose an exercise."),
        ({"title": "x" * 300}, "Enter at most 200 characters"),
        ({"due": "tomorrow"}, "Enter a valid date and time."),
        ({"due": "2026-11-20T07:00"}, "The due time is before the opening time."),
        ({"attempts": "0"}, "Enter a whole number from 1 to 1000."),
        ({"attempts": "2.5"}, "Enter a whole number from 1 to 1000."),
        ({"late_percent": "many"}, "Enter a number from 0 to 100."),
        ({"late_days": ""}, "Enter the number of days."),
        ({"counting": "worst"}, "Choose one of the options."),
        ({"solution": "tomorrow"}, "Choose one of the options."),
        ({"points": "-1"}, "Enter a number from 0 to 10000."),
        ({"points": "nan"}, "Enter a number from 0 to 10000."),
        ({"points": "8%"}, "Enter a number from 0 to 10000."),
        ({"points": "1e99999999999"}, "Enter a number from 0 to 10000."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_stored(
    teacher: FlaskClient, classroom: Classroom, services: WebServices, changed: dict[str, str], said: str
) -> None:
    reply = set_it(teacher, classroom, **changed)
    assert reply.status_code == 422
    field = next(iter(changed))
    assert re.search(rf'id="problem-{field}">{said}', reply.text)
    assert 'value="2026-11-20T08:00"' in reply.text
    assert stored(services, classroom) == ()


@pytest.mark.parametrize(
    ("time", "said"), [("2026-03-29T02:30", "does not exist because"), ("2026-10-25T02:30", "occurs twice")]
)
def test_when_clocks_are_changed_it_is_said(teacher: FlaskClient, classroom: Classroom, time: str, said: str) -> None:
    teacher.post(f"/courses/{classroom.course_id}/settings", data={"title": "DL", "time_zone": "Europe/Berlin"})
    reply = set_it(teacher, classroom, opens="", due=time)
    assert reply.status_code == 422
    assert said in reply.text


def test_due_times_are_the_courses(teacher: FlaskClient, classroom: Classroom, services: WebServices) -> None:
    teacher.post(f"/courses/{classroom.course_id}/settings", data={"title": "DL", "time_zone": "Asia/Ho_Chi_Minh"})
    reply = set_it(teacher, classroom)
    assert str(stored(services, classroom)[0].due_at) == "2026-11-27 16:59:00+00:00"
    assert "Friday 27 November 2026, 23:59 UTC+07" in summary(teacher.get(reply.location).text)


def test_what_hurts_is_asked_about(teacher: FlaskClient, classroom: Classroom) -> None:
    page = teacher.get(set_it(teacher, classroom, solution="at-once", variants="").location).text
    assert "the second attempt can be copied from it" in page
    assert "so it can be shared" in page
    assert "Confirm these terms" in page


def test_the_words_can_be_read_before_anything_is_stored(
    teacher: FlaskClient, classroom: Classroom, services: WebServices
) -> None:
    reply = set_it(teacher, classroom, look="", late="no", due="", attempts="")
    assert reply.status_code == 200
    assert "No due time. Unlimited attempts; the best counts." in summary(reply.text)
    assert "so anything shown after it will never be shown" in reply.text
    assert stored(services, classroom) == ()


def test_the_words_name_the_points_that_overrides_give(teacher: FlaskClient, exam: Exam) -> None:
    page = f"/assignments/{exam.assignment_id}/edit"
    assert "Worth 35 in the gradebook." in summary(teacher.get(page).text)
    exam.override(Overrides.from_json({"points": {"net_h1": 11}}))
    assert "Worth 45 in the gradebook." in summary(teacher.get(page).text)


def test_an_assignment_is_put_away_and_taken_out_again(
    teacher: FlaskClient, classroom: Classroom, assign: Assign, services: WebServices
) -> None:
    assignment_id = assign()
    teacher.post(f"/assignments/{assignment_id}/archive")
    assert stored(services, classroom) == ()
    assert "This assignment is archived" in teacher.get(f"/assignments/{assignment_id}/edit").text
    teacher.post(f"/assignments/{assignment_id}/restore")
    assert len(stored(services, classroom)) == 1


def test_once_something_was_sent_the_exercise_stays(
    teacher: FlaskClient, classroom: Classroom, assign: Assign, services: WebServices
) -> None:
    assignment_id, published = assign(), services.catalog.find("step-network-forward")
    submit_for(services.sessions, published, classroom.learner(), {}, services.clock(), assignment_id=assignment_id)
    assert (
        "There is 1 submission, so the exercise cannot be changed."
        in teacher.get(f"/assignments/{assignment_id}/edit").text
    )
    teacher.post(f"/assignments/{assignment_id}/edit", data=FORM | {"title": "Renamed", "solution": Shown.NEVER})
    with services.sessions() as session:
        kept = find_assignment(session, assignment_id)
    assert (kept.slug, kept.title, kept.policy.solution) == ("step-network-forward", "Renamed", Shown.NEVER)


@pytest.fixture
def answered(classroom: Classroom, assign: Assign, services: WebServices, grade_all: Callable[[], None]) -> int:
    """An assignment with two attempts of one student: six of six points, then none."""
    assignment_id, published = assign(policy=Policy(5, Counting.BEST)), services.catalog.find("step-network-forward")
    right = {name: Entry(repr(float(published.exercise.reference[name]))) for name in published.exercise.field_names}
    for entries in (right, {}):
        submit_for(
            services.sessions, published, classroom.learner(), entries, services.clock(), assignment_id=assignment_id
        )
    grade_all()
    return assignment_id


def stored_form(teacher: FlaskClient, assignment_id: int) -> dict[str, str]:
    page = teacher.get(f"/assignments/{assignment_id}/edit").text
    typed = dict(re.findall(r'<input id="(\w+)" name="\1" type="[a-z-]+" value="([^"]*)"', page))
    chosen = re.findall(r'<select id="(\w+)".*?<option value="([^"]*)" selected', page, re.DOTALL)
    return typed | dict(chosen) | {"variants": "on"}


def test_what_changes_no_mark_is_saved_at_once(teacher: FlaskClient, answered: int) -> None:
    form = stored_form(teacher, answered) | {"title": "Renamed", "solution": "never", "attempts": "4"}
    assert teacher.post(f"/assignments/{answered}/edit", data=form).status_code == 303


def test_what_changes_marks_is_said_first_and_saved_when_it_is_confirmed(
    teacher: FlaskClient, answered: int, services: WebServices
) -> None:
    form = stored_form(teacher, answered) | {"counting": "last"}
    asked = teacher.post(f"/assignments/{answered}/edit", data=form)
    assert asked.status_code == 200
    assert "This changes marks. Nothing is saved yet." in asked.text
    assert "1 mark would decrease." in asked.text
    with services.sessions() as session:
        assert find_assignment(session, answered).policy.counting is Counting.BEST
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', asked.text)
    assert confirmed
    done = teacher.post(f"/assignments/{answered}/edit", data=form | {"confirmed": confirmed[1]})
    assert done.status_code == 303
    with services.sessions() as session:
        assert find_assignment(session, answered).policy.counting is Counting.LAST


def test_what_changes_marks_can_be_looked_at_as_a_regrade(
    teacher: FlaskClient, answered: int, services: WebServices
) -> None:
    form = stored_form(teacher, answered) | {"counting": "last", "title": "Renamed", "regrade": ""}
    reply = teacher.post(f"/assignments/{answered}/edit", data=form)
    assert reply.location.startswith(f"/assignments/{answered}/regrades/")
    with services.sessions() as session:
        kept = find_assignment(session, answered)
        (proposed,) = session.scalars(select(Regrade)).all()
    assert (kept.title, kept.policy.counting, proposed.policy["counting"]) == ("Renamed", Counting.BEST, "last")


def test_while_a_regrade_is_worked_on_no_other_is_proposed_and_nothing_is_saved(
    teacher: FlaskClient, answered: int, services: WebServices
) -> None:
    form = stored_form(teacher, answered) | {"counting": "last", "regrade": ""}
    assert teacher.post(f"/assignments/{answered}/edit", data=form).status_code == 303
    again = teacher.post(f"/assignments/{answered}/edit", data=form | {"title": "Renamed"})
    assert again.status_code == 409
    with services.sessions() as session:
        assert find_assignment(session, answered).title != "Renamed"
