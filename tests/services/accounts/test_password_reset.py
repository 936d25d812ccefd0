from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock

import pytest
from sqlalchemy import select

from grader.adapters.catalogues import language_of
from grader.services.accounts.administration import Act, disable
from grader.services.accounts.authentication import Administrator, operator
from grader.services.accounts.password_reset import (
    MOST_TRIES,
    Email,
    MailService,
    SentResets,
    hand_over,
    request_reset,
    send_resets,
    waiting_for_links,
)
from grader.services.accounts.registration import Person, register
from grader.services.accounts.sign_in import Browser, sign_in_by_link
from grader.services.errors import EmailRefused, LinkRefused, MailServerAway, UnknownRequest
from grader.services.maintenance import tidy
from grader.store.database import Sessions
from grader.store.tables import ResetRequest
from grader.vocabulary import Role
from tests.fixtures.course import Clock

DAY = timedelta(days=1)


@pytest.fixture
def an(sessions: Sessions, clock: Clock) -> int:
    return register(sessions, Person("an@example.org", "An"), clock())


@pytest.fixture
def emails() -> list[Email]:
    return []


def post(send: Callable[[Email], None]) -> MailService:
    return MailService(send, lambda plain: f"link:{plain}", language_of)


def ask(sessions: Sessions, clock: Clock, email: str = "an@example.org", language: str = "vi") -> None:
    request_reset(sessions, email, language, clock())


def link(email: Email) -> str:
    return next(line for line in email.text.splitlines() if line.startswith("link:")).removeprefix("link:")


def opens(sessions: Sessions, email: Email, clock: Clock) -> bool:
    try:
        return sign_in_by_link(sessions, link(email), Browser(DAY), clock()).sets_password
    except LinkRefused:
        return False


def test_who_asks_gets_a_letter_in_the_language_of_the_page(
    sessions: Sessions, an: int, clock: Clock, emails: list[Email]
) -> None:
    ask(sessions, clock, " AN@example.org ")
    assert send_resets(sessions, post(emails.append), clock) == SentResets(sent=1)
    assert send_resets(sessions, post(emails.append), clock) == SentResets()
    (email,) = emails
    assert email.to == "an@example.org"
    assert email.text.startswith("Chào An")
    assert opens(sessions, email, clock)
    assert an


@pytest.mark.usefixtures("an")
@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "", "\x00@example.org", "x" * 300 + "@y"])
def test_for_nobody_nothing_is_noted(sessions: Sessions, clock: Clock, email: str) -> None:
    ask(sessions, clock, email)
    with sessions() as session:
        assert session.scalars(select(ResetRequest)).all() == []


def test_who_is_disabled_gets_none(sessions: Sessions, an: int, clock: Clock, emails: list[Email]) -> None:
    ask(sessions, clock)
    disable(sessions, an, Act(operator(), clock()))
    clock.advance(3600)
    ask(sessions, clock)
    assert send_resets(sessions, post(emails.append), clock) == SentResets()
    with sessions() as session:
        assert waiting_for_links(session) == ()


@pytest.mark.usefixtures("an")
def test_who_asks_twice_at_once_gets_one_letter_and_later_another(
    sessions: Sessions, clock: Clock, emails: list[Email]
) -> None:
    ask(sessions, clock)
    ask(sessions, clock)
    send_resets(sessions, post(emails.append), clock)
    clock.advance(301)
    ask(sessions, clock)
    send_resets(sessions, post(emails.append), clock)
    assert len(emails) == 2
    assert [opens(sessions, email, clock) for email in emails] == [False, True]


@pytest.mark.usefixtures("an")
def test_a_letter_that_could_not_be_sent_is_tried_again_later_each_time_and_then_left_to_people(
    sessions: Sessions, clock: Clock
) -> None:
    tried: list[Email] = []

    def fail(email: Email) -> None:
        tried.append(email)
        raise MailServerAway("away")

    ask(sessions, clock)
    waited = []
    while len(tried) < MOST_TRIES:
        before, began = len(tried), clock.now
        while len(tried) == before:
            assert send_resets(sessions, post(fail), clock).problem in {None, "away"}
            clock.advance(30)
        waited.append((clock.now - began).total_seconds())
    assert waited == sorted(waited)
    clock.advance(3600 * 5)
    assert send_resets(sessions, post(fail), clock) == SentResets()
    with sessions() as session:
        (one,) = waiting_for_links(session)
    assert (one.name, one.tries) == ("An", MOST_TRIES)


def test_a_letter_that_is_refused_does_not_stand_in_the_way(
    sessions: Sessions, an: int, clock: Clock, emails: list[Email]
) -> None:
    register(sessions, Person("binh@example.org", "Bình"), clock())
    ask(sessions, clock)
    ask(sessions, clock, "binh@example.org")

    def send(email: Email) -> None:
        if email.to == "an@example.org":
            raise EmailRefused("no such person")
        emails.append(email)

    assert send_resets(sessions, post(send), clock) == SentResets(sent=1, refused=1)
    assert [email.to for email in emails] == ["binh@example.org"]
    assert an


@pytest.mark.usefixtures("an")
def test_a_round_that_dies_after_sending_leaves_one_link_that_works(
    sessions: Sessions, clock: Clock, emails: list[Email]
) -> None:
    def die(email: Email) -> None:
        emails.append(email)
        raise KeyboardInterrupt

    ask(sessions, clock)
    with pytest.raises(KeyboardInterrupt):
        send_resets(sessions, post(die), clock)
    clock.advance(61)
    assert send_resets(sessions, post(emails.append), clock) == SentResets(sent=1)
    assert [opens(sessions, email, clock) for email in emails] == [False, True]


@pytest.mark.usefixtures("an")
def test_two_rounds_at_once_send_one_email(sessions: Sessions, clock: Clock, emails: list[Email]) -> None:
    ask(sessions, clock)
    start, lock = Barrier(4), Lock()

    def send(email: Email) -> None:
        with lock:
            emails.append(email)

    def work(_: int) -> int:
        start.wait()
        return send_resets(sessions, post(send), clock).sent

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(emails) == 1


def test_an_administrator_answers_once(sessions: Sessions, an: int, clock: Clock) -> None:
    ada = register(sessions, Person("ada@example.org", "Ada", Role.ADMINISTRATOR), clock())
    ask(sessions, clock)
    with sessions() as session:
        (one,) = waiting_for_links(session)
    user_id, secret = hand_over(sessions, one.request_id, Act(Administrator(ada), clock()), DAY)
    assert user_id == an
    assert sign_in_by_link(sessions, secret.plain, Browser(DAY), clock()).sets_password
    with pytest.raises(UnknownRequest):
        hand_over(sessions, one.request_id, Act(Administrator(ada), clock()), DAY)


@pytest.mark.usefixtures("an")
def test_requests_that_nobody_waits_for_any_more_are_tidied_up(sessions: Sessions, clock: Clock) -> None:
    ask(sessions, clock)
    clock.advance(8 * 24 * 3600)
    assert tidy(sessions, clock()) == 1
