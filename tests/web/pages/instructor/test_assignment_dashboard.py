import re

import pytest
from flask.testing import FlaskClient

from grader.web.dependencies import WebServices
from tests.fixtures.classroom import Classroom
from tests.web.pages.conftest import set_aside
from tests.web.pages.courses.conftest import BrowserOf
from tests.web.pages.instructor.conftest import Answer


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def part(html: str, name: str) -> str:
    found = re.search(rf'<(section|div|p) [^>]*data-part="{name}".*?</\1>', html, re.DOTALL)
    assert found, name
    return found[0]


def links(html: str) -> list[str]:
    return [link.replace("&amp;", "&") for link in dict.fromkeys(re.findall(r'href="(/assignments/[^"]+)"', html))]


def test_a_class_that_has_sent_nothing_is_told_so(teacher: FlaskClient, page: str) -> None:
    html = teacher.get(page).text
    assert "0 / 2" in html
    assert "No submissions yet" in html


def test_who_has_submitted_is_counted_among_all(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(0)
    html = teacher.get(page).text
    assert "1 / 2" in html
    assert "0 in progress" in html
    assert "1 not started" in html


def test_what_waits_and_what_was_set_aside_is_there_with_its_list(
    teacher: FlaskClient, page: str, answer: Answer, services: WebServices
) -> None:
    waits, stuck = answer(0, grade=False), answer(1, grade=False)
    set_aside(services, stuck)
    html = teacher.get(page).text
    waiting, failed = (link for link in links(html) if "state=" in link)
    assert waits in teacher.get(waiting).text
    assert stuck in teacher.get(failed).text
    assert stuck not in teacher.get(waiting).text


def test_every_bar_leads_to_the_submissions_behind_it(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(0, v3="3")
    answer(0)
    answer(1, y5="")
    html = teacher.get(page).text
    found = [link for link in links(html) if "/submissions?" in link]
    assert len(found) > 8
    for link in found:
        assert "data-submission=" in teacher.get(link).text, link


def test_the_count_of_a_bar_is_that_of_its_list(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(0, y5="")
    answer(1)
    html = teacher.get(page).text
    for link, count in re.findall(r'<a href="(/assignments/\d+/submissions\?field[^"]+)">(\d+)<', html):
        listed = teacher.get(link.replace("&amp;", "&")).text
        assert len(re.findall("<tr data-submission", listed)) == int(count)


def test_alike_and_unexplained_answers_are_a_group(teacher: FlaskClient, page: str, answer: Answer) -> None:
    sent = {answer(0, v3="7"), answer(1, v3="7,0")}
    html = teacher.get(page).text
    (group,) = (link for link in links(html) if "near=" in link)
    listed = teacher.get(group).text
    assert {one for one in sent if one in listed} == sent
    assert "7,0" in listed


def test_first_attempts_can_be_looked_at_instead(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(0, v3="3")
    answer(0)
    counted = part(teacher.get(page).text, "fields")
    first = part(teacher.get(f"{page}?of=first").text, "fields")
    assert 'aria-label="1 correct"' in counted
    assert "wrong" in first


def test_nothing_new_is_said_in_few_bytes(teacher: FlaskClient, page: str, answer: Answer) -> None:
    answer(0)
    tag = teacher.get(page).headers["ETag"]
    again = teacher.get(page, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    answer(1)
    assert teacher.get(page, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "query", ["verdict=none", "from=a&to=b", "since=x&until=y", "tries=x", "state=odd", "field=v3&near=x"]
)
def test_a_list_that_cannot_be_read_is_said_so(teacher: FlaskClient, assignment: int, query: str) -> None:
    reply = teacher.get(f"/assignments/{assignment}/submissions?{query}")
    assert reply.status_code == 400
    assert "Open the list from the dashboard" in reply.text


@pytest.mark.long
def test_a_long_list_is_turned_page_by_page(teacher: FlaskClient, assignment: int, answer: Answer) -> None:
    sent = [answer(0, grade=False) for _ in range(52)]
    first = teacher.get(f"/assignments/{assignment}/submissions").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    second = teacher.get(older[1].replace("&amp;", "&")).text
    shown = [f"/submissions/{one}" for one in re.findall('<tr data-submission="([^"]+)"', first + second)]
    assert shown == sent[::-1]
    assert teacher.get(f"/assignments/{assignment}/submissions?page=3").status_code == 404


def test_an_assistant_sees_it_too(classroom: Classroom, browser_of: BrowserOf, page: str) -> None:
    assert browser_of(classroom.assistant).get(page).status_code == 200


def test_who_left_the_course_is_not_counted(teacher: FlaskClient, assignment: int, classroom: Classroom) -> None:
    student = classroom.students[0].id
    assert teacher.get(f"/assignments/{assignment}/students/{student}").status_code == 200
    assert teacher.get(f"/assignments/{assignment}/students/{classroom.stranger.id}").status_code == 404


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2b14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_other_time_zones_do_not_have_cannot_be_asked_for(
    teacher: FlaskClient, assignment: int, moment: str
) -> None:
    page = f"/assignments/{assignment}/submissions?since={moment}&until={moment}"
    assert teacher.get(page).status_code == 400
