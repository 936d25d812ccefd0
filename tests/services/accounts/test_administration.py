"""What administrators do with people, and what is left of it in the log."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from grader.services.accounts.administration import (
    Act,
    change_role,
    create_person,
    directory,
    disable,
    enable,
    link_for,
    somebody,
)
from grader.services.accounts.audit_log import AuditLogEntry, audit_log
from grader.services.accounts.authentication import Administrator, authenticate_session, authenticate_token, operator
from grader.services.accounts.registration import Person, register
from grader.services.accounts.sign_in import Browser, Credentials, sign_in, sign_in_by_link
from grader.services.accounts.tokens import TokenRequest, create_sign_in_link, create_token
from grader.services.errors import (
    EmailTaken,
    LastAdministrator,
    LinkRefused,
    SignInRefused,
    TokenRefused,
    UnknownPerson,
)
from grader.store.database import Sessions
from grader.vocabulary import AuditFilter, Role, UserFilter
from tests.fixtures.course import Clock

DAY = timedelta(days=1)
BROWSER = Browser(DAY, "Firefox")
PASSWORD = "correct horse"


@pytest.fixture
def ada(sessions: Sessions, clock: Clock) -> int:
    return register(sessions, Person("ada@example.org", "Ada", Role.ADMINISTRATOR, PASSWORD), clock())


@pytest.fixture
def an(sessions: Sessions, clock: Clock) -> int:
    return register(sessions, Person("an@example.org", "An", Role.STUDENT, PASSWORD), clock())


def log(sessions: Sessions, **which: object) -> list[AuditLogEntry]:
    with sessions() as session:
        return list(audit_log(session, AuditFilter(**which), 100).items)  # type: ignore[arg-type]  # the test names them


def role(sessions: Sessions, user_id: int) -> Role:
    with sessions() as session:
        return somebody(session, user_id).role


def test_a_role_is_changed_and_noted(sessions: Sessions, ada: int, an: int, clock: Clock) -> None:
    change_role(sessions, an, Role.INSTRUCTOR, Act(Administrator(ada), clock()))
    change_role(sessions, an, Role.INSTRUCTOR, Act(Administrator(ada), clock()))  # nothing to do, nothing noted
    assert role(sessions, an) is Role.INSTRUCTOR
    (entry,) = log(sessions)
    assert (entry.action, dict(entry.detail)) == (
        "person.role-changed",
        {"from": "student", "to": "instructor"},
    )
    assert entry.actor is not None
    assert entry.subject is not None
    assert (entry.actor.name, entry.subject.email) == ("Ada", "an@example.org")


def test_the_last_administrator_stays(sessions: Sessions, ada: int, clock: Clock) -> None:
    with pytest.raises(LastAdministrator):
        change_role(sessions, ada, Role.STUDENT, Act(Administrator(ada), clock()))
    with pytest.raises(LastAdministrator):
        disable(sessions, ada, Act(operator(), clock()))
    assert role(sessions, ada) is Role.ADMINISTRATOR
    assert log(sessions) == []


def test_of_two_administrators_who_disable_each_other_at_once_one_stays(
    sessions: Sessions, ada: int, an: int, clock: Clock
) -> None:
    change_role(sessions, an, Role.ADMINISTRATOR, Act(Administrator(ada), clock()))

    def leave(user_id: int) -> bool:
        try:
            disable(sessions, user_id, Act(operator(), clock()))
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, [ada, an])) == [False, True]


def test_who_is_disabled_is_out_with_everything(sessions: Sessions, ada: int, an: int, clock: Clock) -> None:
    signed_in = sign_in(sessions, Credentials("an@example.org", PASSWORD), BROWSER, clock())
    link = create_sign_in_link(sessions, "an@example.org", clock(), DAY)
    token = create_token(sessions, TokenRequest("laptop", "web", ("read",), DAY, "an@example.org"), clock())
    disable(sessions, an, Act(Administrator(ada), clock()))
    for is_back in (False, True):
        if is_back:  # what was taken away does not come back with the person
            enable(sessions, an, Act(Administrator(ada), clock()))
        assert authenticate_session(sessions, signed_in.plain, clock()) is None
        with pytest.raises(LinkRefused):
            sign_in_by_link(sessions, link.plain, BROWSER, clock())
        with sessions() as session, pytest.raises(TokenRefused):
            authenticate_token(session, token.plain, clock())
    sign_in(sessions, Credentials("an@example.org", PASSWORD), BROWSER, clock())
    assert [entry.action for entry in log(sessions)] == ["person.enabled", "person.disabled"]


def test_a_disabled_person_gets_neither_in_nor_a_link(sessions: Sessions, ada: int, an: int, clock: Clock) -> None:
    disable(sessions, an, Act(Administrator(ada), clock()))
    with pytest.raises(SignInRefused):
        sign_in(sessions, Credentials("an@example.org", PASSWORD), BROWSER, clock())
    with pytest.raises(UnknownPerson):
        link_for(sessions, an, Act(Administrator(ada), clock()), DAY)


def test_only_the_newest_link_for_a_password_works(sessions: Sessions, ada: int, an: int, clock: Clock) -> None:
    first, second = (link_for(sessions, an, Act(Administrator(ada), clock()), DAY) for _ in range(2))
    with pytest.raises(LinkRefused):
        sign_in_by_link(sessions, first.plain, BROWSER, clock())
    assert sign_in_by_link(sessions, second.plain, BROWSER, clock()).sets_password


def test_nobody_is_registered_twice(sessions: Sessions, ada: int, clock: Clock) -> None:
    new = Person(" Binh@example.org", "  Bình\n Nguyễn ", Role.INSTRUCTOR)
    binh = create_person(sessions, new, Act(Administrator(ada), clock()))
    with sessions() as session:
        assert somebody(session, binh).name == "Bình Nguyễn"
    with pytest.raises(EmailTaken):
        create_person(sessions, new, Act(Administrator(ada), clock()))
    assert [entry.action for entry in log(sessions)] == ["person.created"]


@pytest.mark.usefixtures("ada")
def test_people_are_found_by_part_of_name_and_email(sessions: Sessions, an: int, clock: Clock) -> None:
    register(sessions, Person("100%@example.org", "Percy"), clock())

    def found(**wanted: object) -> list[str]:
        with sessions() as session:
            listing = directory(session, UserFilter(**wanted), 10)  # type: ignore[arg-type]  # the test names them
        assert listing.total == len(listing.people)
        return [one.name for one in listing.people]

    assert found() == ["Ada", "An", "Percy"]
    assert found(text="AN@EX") == ["An"]
    assert found(text="%") == ["Percy"]  # a sign, and no pattern
    assert found(role=Role.ADMINISTRATOR) == ["Ada"]
    disable(sessions, an, Act(operator(), clock()))
    assert found(only_disabled=True) == ["An"]


def test_the_log_is_narrowed_and_turned_page_by_page(sessions: Sessions, ada: int, an: int, clock: Clock) -> None:
    for number in range(5):
        clock.advance(60)
        change_role(sessions, an, (Role.INSTRUCTOR, Role.STUDENT)[number % 2], Act(Administrator(ada), clock()))
    began = clock.now
    clock.advance(60)
    disable(sessions, an, Act(operator(), clock()))
    with sessions() as session:
        first = audit_log(session, AuditFilter(), 4)
        assert first.next is not None
        rest = audit_log(session, AuditFilter(), 4, int(first.next))
    assert (len(first.items), len(rest.items), rest.next) == (4, 2, None)
    assert len(log(sessions, action="person.disabled")) == 1
    assert len(log(sessions, person="ada")) == 5
    assert len(log(sessions, person="nobody")) == 0
    assert len(log(sessions, since=began)) == 2
    assert len(log(sessions, until=began)) == 4
    assert log(sessions, course_id=1) == []


def test_nobody_can_be_changed_who_is_not_there(sessions: Sessions, ada: int, clock: Clock) -> None:
    act = Act(Administrator(ada), clock())
    with pytest.raises(UnknownPerson):
        change_role(sessions, ada + 1000, Role.STUDENT, act)
    with pytest.raises(UnknownPerson):
        enable(sessions, ada + 1000, act)
    with sessions() as session, pytest.raises(UnknownPerson):
        somebody(session, ada + 1000)
