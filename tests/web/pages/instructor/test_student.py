import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from grader.services.submissions.drafts import at_assignment, save_draft
from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.web.pages.courses.conftest import BrowserOf
from tests.web.pages.instructor.conftest import Answer


@pytest.fixture
def page(assignment: int, classroom: Classroom) -> str:
    return f"/assignments/{assignment}/students/{classroom.students[0].id}"


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_attempt_is_there_the_newest_first(teacher: FlaskClient, page: str, answer: Answer) -> None:
    sent = [answer(v3="3"), answer(), answer(y5="")]
    html = teacher.get(page).text
    assert re.findall('<tr data-submission="([^"]+)"', html) == [one.rpartition("/")[2] for one in sent[::-1]]
    assert "Attempt 2 ✓ counts" in words(html)
    assert "v3" in html


def test_a_draft_is_told_of_and_not_shown(
    teacher: FlaskClient, page: str, services: WebServices, classroom: Classroom, assignment: int
) -> None:
    key = at_assignment(classroom.students[0].id, assignment)
    save_draft(services.sessions, key, {"v3": "31.4159"}, services.clock())
    html = teacher.get(page).text
    assert "A draft exists" in html
    assert "31.4159" not in html


def test_a_mark_is_set_by_hand_and_taken_back(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(y5="")
    reply = teacher.post(f"{page}/mark", data={"points": "5,5", "mark_reason": "Shown in class"})
    assert (reply.status_code, reply.location) == (303, f"{page}#mark")
    html = words(teacher.get(page).text)
    assert "5.5 of 6" in html
    assert "Overridden by Ines" in html
    assert "Shown in class" in html
    assert teacher.post(f"{page}/mark/restore").status_code == 303
    html = words(teacher.get(page).text)
    assert "5 of 6" in html
    assert "1 earlier mark override" in html


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"points": "7", "mark_reason": "Kind"}, "points"),
        ({"points": "", "mark_reason": "Kind"}, "points"),
        ({"points": "many", "mark_reason": "Kind"}, "points"),
        ({"points": "3", "mark_reason": " "}, "mark_reason"),
    ],
)
def test_what_is_no_mark_is_said_beside_what_was_typed(
    teacher: FlaskClient, page: str, form: dict[str, str], wrong: str
) -> None:
    reply = teacher.post(f"{page}/mark", data=form)
    assert reply.status_code == 422
    assert f'id="problem-{wrong}"' in reply.text
    assert f'value="{form["points"]}"' in reply.text
    assert "Overridden by" not in words(teacher.get(page).text)


def test_an_extension_is_given_in_the_courses_time_and_withdrawn(
    teacher: FlaskClient, page: str, services: WebServices
) -> None:
    due = (services.clock() + timedelta(days=9)).strftime("%Y-%m-%dT12:30")
    form = {"due_at": due, "extra_attempts": "2", "allowance_reason": "Ill for a week"}
    assert teacher.post(f"{page}/allowance", data=form).status_code == 303
    html = teacher.get(page).text
    assert "2 extra attempts" in html
    assert "Ill for a week" in html
    assert f'value="{due}"' in html
    assert teacher.post(f"{page}/allowance/withdraw").status_code == 303
    assert "Same as for all students." in teacher.get(page).text


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"due_at": "", "extra_attempts": "0", "allowance_reason": "Ill"}, "due_at"),
        ({"due_at": "tomorrow", "extra_attempts": "0", "allowance_reason": "Ill"}, "due_at"),
        ({"due_at": "", "extra_attempts": "1.5", "allowance_reason": "Ill"}, "extra_attempts"),
        ({"due_at": "", "extra_attempts": "1", "allowance_reason": ""}, "allowance_reason"),
    ],
)
def test_what_allows_nothing_is_said_beside_what_was_typed(
    teacher: FlaskClient, page: str, form: dict[str, str], wrong: str
) -> None:
    reply = teacher.post(f"{page}/allowance", data=form)
    assert reply.status_code == 422
    assert f'id="problem-{wrong}"' in reply.text
    assert "Same as for all students." in teacher.get(page).text


def test_a_message_reaches_the_student(
    teacher: FlaskClient, page: str, classroom: Classroom, browser_of: BrowserOf, assignment: int
) -> None:
    assert teacher.post(f"{page}/message", data={"text": "Look at <delta_h1> again."}).status_code == 303
    html = teacher.get(page).text
    assert "Look at &lt;delta_h1&gt; again." in html
    assert "not read yet" in html
    assert "Look at &lt;delta_h1&gt; again." in browser_of(classroom.students[0]).get(f"/assignments/{assignment}").text


def test_an_empty_message_is_not_sent(teacher: FlaskClient, page: str) -> None:
    reply = teacher.post(f"{page}/message", data={"text": "  "})
    assert reply.status_code == 422
    assert 'id="problem-text"' in reply.text


def test_an_assistant_looks_and_writes_and_changes_nothing(
    classroom: Classroom, browser_of: BrowserOf, page: str
) -> None:
    assistant = browser_of(classroom.assistant)
    assert "Override mark" not in assistant.get(page).text
    assert assistant.post(f"{page}/message", data={"text": "Hello"}).status_code == 303
    assert assistant.post(f"{page}/mark", data={"points": "1", "mark_reason": "x"}).status_code == 403
    assert assistant.post(f"{page}/allowance", data={}).status_code == 403


def test_a_report_leads_back_to_its_student(teacher: FlaskClient, page: str, answer: Answer) -> None:
    assert f'href="{page}"' in teacher.get(answer()).text
