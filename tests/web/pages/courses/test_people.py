import io
import re

import pytest
from flask.testing import FlaskClient

from tests.fixtures.classroom import Classroom
from tests.web.pages.courses.conftest import BrowserOf

TEXT = "email,name,role\nnew@example.org,Neu,\nsara@example.org,Sara,assistant\n"


@pytest.fixture
def teacher(classroom: Classroom, browser_of: BrowserOf) -> FlaskClient:
    return browser_of(classroom.instructor)


@pytest.fixture
def people(classroom: Classroom) -> str:
    return f"/courses/{classroom.course_id}/people"


def plan_of(page: str) -> dict[str, str]:
    plan = re.search(r'name="plan" value="(\w+)"', page)
    text = re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    assert plan
    assert text
    return {"plan": plan[1], "text": text[1].replace("\n", "\r\n")}


def roles(page: str) -> dict[str, str]:
    rows = re.findall(r'<tr data-member="\d+">(.*?)</tr>', page, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    cells = [[" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in row] for row in cells]
    return {row[0]: row[-1] for row in cells}


def test_people_are_listed_with_those_who_teach_first(teacher: FlaskClient, people: str) -> None:
    page = teacher.get(people).text
    assert list(roles(page).items()) == [
        ("Ines", "instructor"),
        ("Aki", "assistant"),
        ("Sara", "student"),
        ("Sven", "student"),
    ]
    assert list(roles(teacher.get(f"{people}?q=sar").text)) == ["Sara"]
    assert "No results" in teacher.get(f"{people}?q=nobody").text
    assert list(roles(teacher.get(f"{people}?q=%00sar%00").text)) == ["Sara"]


def test_many_people_are_listed_some_at_a_time(
    teacher: FlaskClient, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.web.pages.courses.people.PAGE", 3)
    first = teacher.get(people).text
    assert list(roles(first)) == ["Ines", "Aki", "Sara"]
    assert "4 in the course" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    assert list(roles(teacher.get(following[1].replace("&amp;", "&")).text)) == ["Sven"]
    assert list(roles(teacher.get(f"{people}?page=99").text)) == ["Sven"]
    assert list(roles(teacher.get(f"{people}?page=none").text)) == ["Ines", "Aki", "Sara"]


def test_a_pasted_list_is_shown_and_then_brought_in(teacher: FlaskClient, people: str) -> None:
    shown = teacher.post(f"{people}/import", data={"text": TEXT})
    assert shown.status_code == 200
    assert "new account" in shown.text
    assert "student → assistant" in shown.text
    assert "Neu" not in teacher.get(people).text
    done = teacher.post(f"{people}/import/confirm", data=plan_of(shown.text))
    assert done.status_code == 303
    page = teacher.get(done.location).text
    assert "2 people were added or updated." in page
    assert (roles(page)["Neu"], roles(page)["Sara"]) == ("student", "assistant")


def test_an_uploaded_file_is_read(teacher: FlaskClient, people: str) -> None:
    file = (io.BytesIO("Địa chỉ email;Họ và tên\nan@x.org;Nguyễn Văn Ân\n".encode("utf-16")), "roster.csv")
    shown = teacher.post(f"{people}/import", data={"file": file, "text": ""})
    assert "Nguyễn Văn Ân" in shown.text
    assert teacher.post(f"{people}/import/confirm", data=plan_of(shown.text)).status_code == 303
    assert "Nguyễn Văn Ân" in teacher.get(people).text


WRONG = "nobody,B,\nsara@example.org,S,\nx@y.org,<b>,king\n"


def test_refused_lines_are_named_and_the_others_can_be_taken(teacher: FlaskClient, people: str) -> None:
    shown = teacher.post(f"{people}/import", data={"text": TEXT + WRONG})
    assert shown.status_code == 200
    assert "3 invalid lines will be skipped" in shown.text
    for line, words in (
        (4, "“nobody” is not a valid e-mail address."),
        (5, "is already on line 3"),
        (6, "is not a role"),
    ):
        assert re.search(rf'<li data-line="{line}">.*{words}', shown.text)
    done = teacher.post(f"{people}/import/confirm", data=plan_of(shown.text))
    page = teacher.get(done.location).text
    assert "2 people were added or updated. 3 invalid lines were skipped." in page
    assert roles(page)["Neu"] == "student"


def test_a_list_of_wrong_lines_alone_stays_in_the_form(teacher: FlaskClient, people: str) -> None:
    reply = teacher.post(f"{people}/import", data={"text": "email,name,role\n" + WRONG.replace("sara@", "")})
    assert reply.status_code == 422
    assert "Nothing was imported. Fix 3 lines and try again." in reply.text
    assert "nobody,B," in reply.text


def test_lines_that_are_nobodys_are_listed_with_the_reason(teacher: FlaskClient, people: str) -> None:
    text = 'sep=,\nStudent,SIS Login ID,Quiz\n    Points Possible,,10\n\n\n"Nguyen, An",an@example.org,7\n,,Manual Posting\n'
    shown = teacher.post(f"{people}/import", data={"text": text}).text
    assert "4 lines were ignored" in shown
    for words in (
        "Line 1</strong> “sep=,”: it specifies the separator",
        "Line 3</strong> “Points Possible, 10”: it contains points, averages or totals of a gradebook",
        "Lines 4 to 5</strong>: the cell is blank",
        "Line 7</strong> “Manual Posting”: it is blank in the columns that are used",
    ):
        assert re.search(words, shown)
    assert "Ignored columns: Quiz" in shown


def test_logins_are_completed_by_what_is_said(teacher: FlaskClient, people: str) -> None:
    text = "Name,Username\nChi Le,chi.le\n"
    refused = teacher.post(f"{people}/import", data={"text": text})
    assert refused.status_code == 422
    assert "enter the domain below (chi.le@…)" in refused.text
    assert "“x y” is not a valid domain" in teacher.post(f"{people}/import", data={"text": text, "domain": "x y"}).text
    shown = teacher.post(f"{people}/import", data={"text": text, "domain": "@example.edu"})
    assert "chi.le@example.edu" in shown.text
    sent = {**plan_of(shown.text), "domain": "example.edu"}
    assert teacher.post(f"{people}/import/confirm", data=sent).status_code == 303
    assert "chi.le@example.edu" in teacher.get(people).text


def test_a_file_in_another_encoding_is_read_and_said(teacher: FlaskClient, people: str) -> None:
    content = "email,name\nan@x.org,An\nz@x.org,Zoë\n".encode("latin-1")
    shown = teacher.post(f"{people}/import", data={"file": (io.BytesIO(content), "roster.csv")})
    assert "line 3 is the first exception" in shown.text
    assert "It was read as Windows-1252" in shown.text
    assert "Zoë" in shown.text
    other = {"file": (io.BytesIO(content), "roster.csv"), "code_page": "mac_roman"}
    assert "ZoÎ" in teacher.post(f"{people}/import", data=other).text


def test_when_the_course_changed_after_the_look_it_is_told(
    teacher: FlaskClient, people: str, classroom: Classroom
) -> None:
    plan = plan_of(teacher.post(f"{people}/import", data={"text": TEXT}).text)
    teacher.post(f"{people}/{classroom.students[0].id}/remove")
    reply = teacher.post(f"{people}/import/confirm", data=plan)
    assert reply.status_code == 409
    assert "The course has changed since the preview" in reply.text
    assert list(roles(teacher.get(people).text)) == ["Ines", "Aki", "Sven"]
    assert teacher.post(f"{people}/import/confirm", data=plan_of(reply.text)).status_code == 303


def test_nothing_at_all_is_said_to_be_nobody(teacher: FlaskClient, people: str) -> None:
    for reply in (teacher.post(f"{people}/import"), teacher.post(f"{people}/import/confirm")):
        assert reply.status_code == 422
        assert "The list contains no people." in reply.text


def test_a_role_is_changed(teacher: FlaskClient, people: str, classroom: Classroom, browser_of: BrowserOf) -> None:
    sara = classroom.students[0]
    assert "answers assignments" in teacher.get(f"{people}/{sara.id}").text
    assert teacher.post(f"{people}/{sara.id}", data={"role": "assistant"}).status_code == 303
    assert browser_of(sara).get(people).status_code == 200
    assert teacher.post(f"{people}/{sara.id}", data={"role": "king"}).status_code == 422
    assert teacher.post(f"{people}/{classroom.stranger.id}", data={"role": "student"}).status_code == 404


def test_the_last_instructor_stays(teacher: FlaskClient, people: str, classroom: Classroom) -> None:
    own = f"{people}/{classroom.instructor.id}"
    for reply in (teacher.post(own, data={"role": "student"}), teacher.post(f"{own}/remove")):
        assert reply.status_code == 409
        assert "At least one instructor is required" in reply.text
    assert roles(teacher.get(people).text)["Ines"] == "instructor"


def test_who_is_taken_out_finds_the_course_no_more(
    teacher: FlaskClient, people: str, classroom: Classroom, browser_of: BrowserOf
) -> None:
    sara = classroom.students[0]
    assert teacher.post(f"{people}/{sara.id}/remove").status_code == 303
    assert browser_of(sara).get(f"/courses/{classroom.course_id}").status_code == 404
    assert teacher.get(f"{people}/{sara.id}").status_code == 404
