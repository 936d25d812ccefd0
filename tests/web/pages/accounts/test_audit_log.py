from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from grader.judging.policy import Late, Policy, Shown
from grader.services.accounts.administration import Act, change_role
from grader.services.accounts.authentication import operator
from grader.services.accounts.registration import Person, register
from grader.store.audit import AuditEvent, add_event
from grader.vocabulary import Role
from grader.web.dependencies import WebServices
from grader.web.pages.accounts.audit_log import DETAILS


@pytest.fixture
def binh(services: WebServices) -> int:
    """Return a user who became an instructor."""
    user_id = register(services.sessions, Person("binh@example.org", "Bình"), services.clock())
    change_role(services.sessions, user_id, Role.INSTRUCTOR, Act(operator(), services.clock()))
    return user_id


@pytest.mark.usefixtures("binh")
def test_the_log_says_who_did_what_to_whom(administrator: FlaskClient) -> None:
    page = administrator.get("/admin/audit").text
    assert "Role changed from student to instructor" in page
    assert 'title="binh@example.org"' in page
    assert "system" in page


@pytest.mark.usefixtures("binh")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("action=person.role-changed", 1),
        ("action=person.disabled", 0),
        ("action=nonsense", 1),
        ("person=binh@", 1),
        ("person=nobody", 0),
        ("since=2000-01-01&until=2000-01-02", 0),
        ("since=yesterday&until=9999-12-31", 1),
        ("course=1", 0),
        ("before=0", 0),
        ("before=99999999999999999999999", 1),
    ],
)
def test_the_log_is_narrowed(administrator: FlaskClient, query: str, found: int) -> None:
    page = administrator.get(f"/admin/audit?{query}")
    assert page.status_code == 200
    assert page.text.count('data-action="person.role-changed"') == found


def test_a_long_log_is_turned_page_by_page(administrator: FlaskClient, services: WebServices) -> None:
    with services.sessions.begin() as session:
        for second in range(120):
            add_event(session, AuditEvent(services.clock() + timedelta(seconds=second), "person.enabled"))
    first = administrator.get("/admin/audit?action=person.enabled").text
    assert first.count("data-action") == 100
    older = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert administrator.get(older).text.count("data-action") == 20


def test_an_action_that_nobody_knows_any_more_is_still_shown(administrator: FlaskClient, services: WebServices) -> None:
    with services.sessions.begin() as session:
        add_event(session, AuditEvent(services.clock(), "moon.landed", detail={"by": "Apollo"}))
        add_event(session, AuditEvent(services.clock(), "person.role-changed"))
    page = administrator.get("/admin/audit").text
    assert "moon.landed" in page
    assert "by=Apollo" in page
    assert "from ? to ?" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            (
                "Attempts: 5",
                "Maximum late penalty, in percent: 50",
                "Worked solution: never",
                "for each student: no",
                "Due: ",
            ),
        ),
        (
            "vi",
            ("Lượt nộp: 5", "phần trăm: 50", "Lời giải từng bước: không bao giờ", "từng sinh viên: không", "Hạn nộp: "),
        ),
    ],
)
def test_details_are_words_of_the_language(
    administrator: FlaskClient, services: WebServices, language: str, words: tuple[str, ...]
) -> None:
    policy = Policy(attempts=5, late=Late(per_day=0.1, cap=0.5), variants=False, solution=Shown.NEVER).to_json()
    detail = {"due_at": "2026-12-03T23:59:00+07:00", "policy": policy}
    with services.sessions.begin() as session:
        add_event(session, AuditEvent(services.clock(), "assignment.created", detail=detail))
    page = administrator.get("/admin/audit", headers={"Accept-Language": language}).text
    assert [word for word in words if word not in page] == []
    assert "policy." not in page
    assert "due_at" not in page


def test_every_setting_of_a_policy_has_a_title_in_the_log() -> None:
    policy = Policy().to_json()
    late = policy.pop("late")
    names = {f"policy.{name}" for name in policy} | {f"policy.late.{name}" for name in late}
    assert names <= DETAILS.keys()
