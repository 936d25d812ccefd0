from datetime import timedelta

import pytest

from grader.services.accounts import passwords
from grader.services.accounts.administration import Act, link_for
from grader.services.accounts.authentication import Secret, SignedIn, authenticate_session, operator
from grader.services.accounts.passwords import NewPassword, choose_password, needs_current
from grader.services.accounts.registration import Person, register
from grader.services.accounts.sessions import end_other_sessions, end_session, end_token, own_sessions, own_tokens
from grader.services.accounts.sign_in import Browser, Credentials, sign_in, sign_in_by_link
from grader.services.accounts.tokens import TokenRequest, create_sign_in_link, create_token
from grader.services.errors import LinkRefused, UnknownSession, UnknownToken, WeakPassword, WrongPassword
from grader.store.database import Sessions
from grader.vocabulary import Role, SignInMethod
from tests.fixtures.course import Clock

DAY = timedelta(days=1)
PASSWORD = "correct horse"


@pytest.fixture
def an(sessions: Sessions, clock: Clock) -> int:
    return register(sessions, Person("tran.an@example.org", "Trần Văn An", password=PASSWORD), clock())


def enter(sessions: Sessions, clock: Clock, password: str = PASSWORD) -> Secret:
    return sign_in(sessions, Credentials("tran.an@example.org", password), Browser(DAY, "Firefox"), clock())


def person(sessions: Sessions, secret: Secret, clock: Clock) -> SignedIn:
    who = authenticate_session(sessions, secret.plain, clock())
    assert who is not None
    return who


def test_a_new_password_ends_all_other_sessions_and_links(sessions: Sessions, an: int, clock: Clock) -> None:
    here, elsewhere = enter(sessions, clock), enter(sessions, clock)
    link = create_sign_in_link(sessions, "tran.an@example.org", clock(), DAY)
    choose_password(sessions, person(sessions, here, clock), NewPassword("battery staple", PASSWORD), clock())
    assert authenticate_session(sessions, here.plain, clock()) is not None
    assert authenticate_session(sessions, elsewhere.plain, clock()) is None
    with pytest.raises(LinkRefused):
        sign_in_by_link(sessions, link.plain, Browser(DAY), clock())
    enter(sessions, clock, "battery staple")
    assert an


@pytest.mark.usefixtures("an")
def test_who_came_with_a_password_has_to_know_it(sessions: Sessions, clock: Clock) -> None:
    here = person(sessions, enter(sessions, clock), clock)
    with pytest.raises(WrongPassword):
        choose_password(sessions, here, NewPassword("battery staple", "guess"), clock())
    enter(sessions, clock)


def test_who_came_to_reset_it_need_not_know_it_but_only_once(sessions: Sessions, an: int, clock: Clock) -> None:
    link = link_for(sessions, an, Act(operator(), clock()), DAY)
    entered = sign_in_by_link(sessions, link.plain, Browser(DAY), clock())
    here = person(sessions, entered.token, clock)
    choose_password(sessions, here, NewPassword("battery staple"), clock())
    with pytest.raises(WrongPassword):
        choose_password(sessions, here, NewPassword("another one"), clock())


def test_a_plain_link_does_not_let_anybody_change_a_password(sessions: Sessions, an: int, clock: Clock) -> None:
    link = create_sign_in_link(sessions, "tran.an@example.org", clock(), DAY)
    here = person(sessions, sign_in_by_link(sessions, link.plain, Browser(DAY), clock()).token, clock)
    with pytest.raises(WrongPassword):
        choose_password(sessions, here, NewPassword("battery staple"), clock())
    assert an


def test_a_first_password_needs_none_before(sessions: Sessions, clock: Clock) -> None:
    register(sessions, Person("lan@example.org", "Lan"), clock())
    link = create_sign_in_link(sessions, "lan@example.org", clock(), DAY)
    here = person(sessions, sign_in_by_link(sessions, link.plain, Browser(DAY), clock()).token, clock)
    with sessions() as session:
        assert not needs_current(session, here.session_id or 0)
    choose_password(sessions, here, NewPassword("battery staple"), clock())


@pytest.mark.usefixtures("an")
@pytest.mark.parametrize(
    "weak", ["short", "x" * 1025, "tran.an@example.org", "Tran.An1", "trần văn an", "Trần123", "tran.an@example.org!!"]
)
def test_a_password_that_anybody_would_try_first_is_refused(sessions: Sessions, clock: Clock, weak: str) -> None:
    here = person(sessions, enter(sessions, clock), clock)
    with pytest.raises(WeakPassword):
        choose_password(sessions, here, NewPassword(weak, PASSWORD), clock())


@pytest.mark.usefixtures("an")
@pytest.mark.parametrize(
    "common",
    [
        "password",
        "PassWord",
        "Password1!",
        "12345678",
        "qwertyuiop",
        "matkhau123",
        "aaaaaaaa",
        "ab" * 20,
        "\uff50assword",
    ],
)
def test_one_of_the_most_common_passwords_is_refused_wherever_it_is_chosen(
    sessions: Sessions, clock: Clock, common: str
) -> None:
    here = person(sessions, enter(sessions, clock), clock)
    with pytest.raises(WeakPassword, match="most common"):
        choose_password(sessions, here, NewPassword(common, PASSWORD), clock())
    with pytest.raises(WeakPassword, match="most common"):
        register(sessions, Person("binh@example.org", "Binh", password=common), clock())
    enter(sessions, clock)


@pytest.mark.parametrize("good", ["password of my cat", "12 34 56 seven", "mật khẩu của em", "sunshine-over-hanoi"])
def test_a_password_that_only_contains_a_common_one_is_taken(sessions: Sessions, clock: Clock, good: str) -> None:
    assert register(sessions, Person("binh@example.org", "Binh", password=good), clock())


def test_the_list_of_common_passwords_has_only_what_could_be_chosen_otherwise() -> None:
    common = passwords._common_passwords()
    assert len(common) > 5000
    assert [one for one in common if len(one) < passwords.SHORTEST or one != one.casefold() or one != one.strip()] == []


@pytest.mark.usefixtures("an")
def test_a_session_that_has_ended_changes_nothing(sessions: Sessions, clock: Clock) -> None:
    who = person(sessions, enter(sessions, clock), clock)
    assert who.session_id is not None
    end_session(sessions, who, who.session_id, clock())
    with pytest.raises(UnknownSession):
        choose_password(sessions, who, NewPassword("battery staple", PASSWORD), clock())


def test_sessions_are_listed_and_ended_one_by_one_and_all_others(sessions: Sessions, an: int, clock: Clock) -> None:
    secrets = []
    for _ in range(3):
        clock.advance(60)
        secrets.append(enter(sessions, clock))
    with sessions() as session:
        listed = own_sessions(session, an, clock())
    assert [one.begun_by for one in listed] == [SignInMethod.PASSWORD] * 3
    assert [one.agent for one in listed] == ["Firefox"] * 3
    who = person(sessions, secrets[-1], clock)
    assert listed[0].id == who.session_id
    end_session(sessions, who, listed[2].id, clock())
    assert authenticate_session(sessions, secrets[0].plain, clock()) is None
    assert end_other_sessions(sessions, who, clock()) == 1
    with sessions() as session:
        assert [one.id for one in own_sessions(session, an, clock())] == [who.session_id]


def test_nobody_ends_what_is_somebody_elses(sessions: Sessions, an: int, clock: Clock) -> None:
    who = person(sessions, enter(sessions, clock), clock)
    lan = SignedIn(
        register(sessions, Person("lan@example.org", "Lan"), clock()), "lan@example.org", "Lan", Role.STUDENT
    )
    token = TokenRequest("laptop", "web", ("read",), DAY, "tran.an@example.org")
    create_token(sessions, token, clock())
    with sessions() as session:
        (own,) = own_tokens(session, an, clock())
        assert own_tokens(session, lan.id, clock()) == ()
    with pytest.raises(UnknownSession):
        end_session(sessions, lan, who.session_id or 0, clock())
    with pytest.raises(UnknownToken):
        end_token(sessions, lan, own.id, clock())
    end_token(sessions, who, own.id, clock())
    with pytest.raises(UnknownToken):
        end_token(sessions, who, own.id, clock())


@pytest.mark.usefixtures("an")
def test_that_a_session_is_used_is_noted_every_ten_minutes_at_most(sessions: Sessions, clock: Clock) -> None:
    secret = enter(sessions, clock)
    began = clock.now

    def seen_after(seconds: float) -> float:
        clock.advance(seconds)
        who = authenticate_session(sessions, secret.plain, clock())
        assert who is not None
        with sessions() as session:
            return (own_sessions(session, who.id, clock())[0].seen_at - began).total_seconds()

    assert [seen_after(300), seen_after(301), seen_after(300), seen_after(301)] == [0, 601, 601, 1202]
