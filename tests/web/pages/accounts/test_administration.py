import re

import pytest
from flask.testing import FlaskClient

from grader.services.accounts.registration import Person, register
from grader.vocabulary import Role
from grader.web.dependencies import WebServices
from tests.web.pages.conftest import Browser


@pytest.fixture
def binh(services: WebServices) -> int:
    return register(services.sessions, Person("binh@example.org", "Bình"), services.clock())


def test_people_are_listed_and_found(administrator: FlaskClient, binh: int) -> None:
    page = administrator.get("/admin/people").text
    assert "2 people" in page
    assert f'href="/admin/people/{binh}"' in page
    assert "Bình" not in administrator.get("/admin/people?q=ada").text
    assert "No results" in administrator.get("/admin/people?q=%25&role=student").text


def test_many_people_are_turned_page_by_page(administrator: FlaskClient, services: WebServices) -> None:
    for number in range(60):
        register(services.sessions, Person(f"s{number:02}@example.org", f"S{number:02}"), services.clock())
    first = administrator.get("/admin/people?role=student").text
    assert "Page 1 of 2" in first
    assert len(re.findall("data-person", first)) == 50
    assert 'href="/admin/people?page=2&amp;role=student"' in first
    assert len(re.findall("data-person", administrator.get("/admin/people?page=2&role=student").text)) == 10


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "²"])
def test_a_page_that_makes_no_sense_is_an_empty_one_or_the_first(administrator: FlaskClient, page: str) -> None:
    assert administrator.get(f"/admin/people?page={page}&q=%00&role=king").status_code == 200


def test_somebody_is_registered_once_and_what_was_typed_is_kept(administrator: FlaskClient) -> None:
    typed = {"email": "lan@example.org", "name": "Lan", "role": "instructor"}
    made = administrator.post("/admin/people", data=typed)
    assert made.status_code == 303
    assert "instructor" in administrator.get(made.location).text
    again = administrator.post("/admin/people", data=typed | {"name": "Another"})
    assert again.status_code == 409
    assert "An account for lan@example.org already exists" in again.text
    assert 'value="Another"' in again.text
    assert administrator.post("/admin/people", data=typed | {"email": "lan"}).status_code == 422


def test_a_role_is_changed(administrator: FlaskClient, binh: int) -> None:
    reply = administrator.post(f"/admin/people/{binh}/role", data={"role": "instructor"})
    assert (reply.status_code, reply.location) == (303, f"/admin/people/{binh}")
    assert "Role changed from student to instructor" in administrator.get("/admin/audit").text
    administrator.post(f"/admin/people/{binh}/role", data={"role": "king"})
    assert 'value="instructor" selected' in administrator.get(f"/admin/people/{binh}").text


def test_the_last_administrator_is_told_why_it_cannot_be(administrator: FlaskClient) -> None:
    own = re.search(r'data-person="(\d+)"', administrator.get("/admin/people?q=ada").text)
    assert own
    for act, typed in (("role", {"role": "student"}), ("disable", {})):
        reply = administrator.post(f"/admin/people/{own[1]}/{act}", data=typed)
        assert reply.status_code == 409
        assert "the only administrator" in reply.text


def test_who_is_disabled_is_out_at_once_and_comes_back_when_enabled(
    administrator: FlaskClient, browser: Browser
) -> None:
    lan = browser("lan@example.org", Role.STUDENT)
    number = re.search(r'data-person="(\d+)"', administrator.get("/admin/people?q=lan@").text)
    assert number
    administrator.post(f"/admin/people/{number[1]}/disable")
    assert lan.get("/exercises").status_code == 303
    assert "disabled" in administrator.get(f"/admin/people/{number[1]}").text
    administrator.post(f"/admin/people/{number[1]}/enable")
    assert lan.get("/exercises").status_code == 303
    assert "Create link" in administrator.get(f"/admin/people/{number[1]}").text


def test_a_link_is_shown_once_and_leads_to_a_password(
    administrator: FlaskClient, client: FlaskClient, binh: int
) -> None:
    page = administrator.post(f"/admin/people/{binh}/link").text
    link = re.search(r"http://localhost(/sign-in/link/[\w-]+)", page)
    assert link
    reply = client.post(link[1])
    assert (reply.status_code, reply.location) == (303, "/account/password")
    typed = {"password": "battery staple", "again": "battery staple"}
    assert client.post("/account/password", data=typed).location == "/account?password_set=1"
    assert client.get(link[1]).status_code == 403


@pytest.mark.parametrize("path", ["/admin/people/99999", "/admin/people/999999999999999999999"])
def test_somebody_who_is_not_there_is_said(administrator: FlaskClient, path: str) -> None:
    assert administrator.get(path).status_code == 404
    assert administrator.post(f"{path}/disable").status_code == 404
