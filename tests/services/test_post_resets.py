from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock

import pytest
from sqlalchemy import select

from grader.services.administer import Act, disable
from grader.services.ask_reset import ask_reset
from grader.services.begin import Browser
from grader.services.errors import LetterRefused, LinkRefused, MailServerAway, UnknownRequest
from grader.services.letters import Letter
from grader.services.post_resets import MOST_TRIES, Post, Posted, hand_over, post_resets, waiting_for_links
from grader.services.register import Person, register
from grader.services.sign_in import sign_in_by_link
from grader.services.tidy import tidy
from grader.store.engine import Sessions
from grader.store.reset_requests import ResetRequest
from grader.store.users import Role
from tests.fixtures.course import Clock

DAY = timedelta(days=1)


@pytest.fixture
def an(sessions: Sessions, clock: Clock) -> int:
    return register(sessions, Person("an@example.org", "An"), clock())


@pytest.fixture
def letters() -> list[Letter]:
    return []


def post(send: Callable[[Letter], None]) -> Post:
    return Post(send, lambda plain: f"link:{plain}")


def ask(sessions: Sessions, clock: Clock, email: str = "an@example.org", language: str = "vi") -> None:
    ask_reset(sessions, email, language, clock())


def link(letter: Letter) -> str:
    return next(line for line in letter.text.splitlines() if line.startswith("link:")).removeprefix("link:")


def opens(sessions: Sessions, letter: Letter, clock: Clock) -> bool:
    try:
        return sign_in_by_link(sessions, link(letter), Browser(DAY), clock()).sets_password
    except LinkRefused:
        return False


def test_who_asks_gets_a_letter_in_the_language_of_the_page(
    sessions: Sessions, an: int, clock: Clock, letters: list[Letter]
) -> None:
    ask(sessions, clock, " AN@example.org ")
    assert post_resets(sessions, post(letters.append), clock) == Posted(sent=1)
    assert post_resets(sessions, post(letters.append), clock) == Posted()
    (letter,) = letters
    assert letter.to == "an@example.org"
    assert letter.text.startswith("Chào An")
    assert opens(sessions, letter, clock)
    assert an


@pytest.mark.usefixtures("an")
@pytest.mark.parametrize("email", ["nobody@example.org", "no address", "", "\x00@example.org", "x" * 300 + "@y"])
def test_for_nobody_nothing_is_noted(sessions: Sessions, clock: Clock, email: str) -> None:
    ask(sessions, clock, email)
    with sessions() as session:
        assert session.scalars(select(ResetRequest)).all() == []


def test_who_is_disabled_gets_none(sessions: Sessions, an: int, clock: Clock, letters: list[Letter]) -> None:
    ask(sessions, clock)
    disable(sessions, an, Act(None, clock()))
    clock.advance(3600)
    ask(sessions, clock)
    assert post_resets(sessions, post(letters.append), clock) == Posted()
    with sessions() as session:
        assert waiting_for_links(session) == ()


@pytest.mark.usefixtures("an")
def test_who_asks_twice_at_once_gets_one_letter_and_later_another(
    sessions: Sessions, clock: Clock, letters: list[Letter]
) -> None:
    ask(sessions, clock)
    ask(sessions, clock)
    post_resets(sessions, post(letters.append), clock)
    clock.advance(301)
    ask(sessions, clock)
    post_resets(sessions, post(letters.append), clock)
    assert len(letters) == 2
    assert [opens(sessions, letter, clock) for letter in letters] == [False, True]


@pytest.mark.usefixtures("an")
def test_a_letter_that_could_not_be_sent_is_tried_again_later_each_time_and_then_left_to_people(
    sessions: Sessions, clock: Clock
) -> None:
    tried: list[Letter] = []

    def fail(letter: Letter) -> None:
        tried.append(letter)
        raise MailServerAway("away")

    ask(sessions, clock)
    waited = []
    while len(tried) < MOST_TRIES:
        before, began = len(tried), clock.now
        while len(tried) == before:
            assert post_resets(sessions, post(fail), clock).problem in {None, "away"}
            clock.advance(30)
        waited.append((clock.now - began).total_seconds())
    assert waited == sorted(waited)
    clock.advance(3600 * 5)
    assert post_resets(sessions, post(fail), clock) == Posted()
    with sessions() as session:
        (one,) = waiting_for_links(session)
    assert (one.name, one.tries) == ("An", MOST_TRIES)


def test_a_letter_that_is_refused_does_not_stand_in_the_way(
    sessions: Sessions, an: int, clock: Clock, letters: list[Letter]
) -> None:
    register(sessions, Person("binh@example.org", "Bình"), clock())
    ask(sessions, clock)
    ask(sessions, clock, "binh@example.org")

    def send(letter: Letter) -> None:
        if letter.to == "an@example.org":
            raise LetterRefused("no such person")
        letters.append(letter)

    assert post_resets(sessions, post(send), clock) == Posted(sent=1, refused=1)
    assert [letter.to for letter in letters] == ["binh@example.org"]
    assert an


@pytest.mark.usefixtures("an")
def test_a_round_that_dies_after_sending_leaves_one_link_that_works(
    sessions: Sessions, clock: Clock, letters: list[Letter]
) -> None:
    def die(letter: Letter) -> None:
        letters.append(letter)
        raise KeyboardInterrupt

    ask(sessions, clock)
    with pytest.raises(KeyboardInterrupt):
        post_resets(sessions, post(die), clock)
    clock.advance(61)
    assert post_resets(sessions, post(letters.append), clock) == Posted(sent=1)
    assert [opens(sessions, letter, clock) for letter in letters] == [False, True]


@pytest.mark.usefixtures("an")
def test_two_rounds_at_once_send_one_letter(sessions: Sessions, clock: Clock, letters: list[Letter]) -> None:
    ask(sessions, clock)
    start, lock = Barrier(4), Lock()

    def send(letter: Letter) -> None:
        with lock:
            letters.append(letter)

    def work(_: int) -> int:
        start.wait()
        return post_resets(sessions, post(send), clock).sent

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert len(letters) == 1


def test_an_administrator_answers_once(sessions: Sessions, an: int, clock: Clock) -> None:
    ada = register(sessions, Person("ada@example.org", "Ada", Role.ADMINISTRATOR), clock())
    ask(sessions, clock)
    with sessions() as session:
        (one,) = waiting_for_links(session)
    user_id, secret = hand_over(sessions, one.request_id, Act(ada, clock()), DAY)
    assert user_id == an
    assert sign_in_by_link(sessions, secret.plain, Browser(DAY), clock()).sets_password
    with pytest.raises(UnknownRequest):
        hand_over(sessions, one.request_id, Act(ada, clock()), DAY)


@pytest.mark.usefixtures("an")
def test_requests_that_nobody_waits_for_any_more_are_tidied_up(sessions: Sessions, clock: Clock) -> None:
    ask(sessions, clock)
    clock.advance(8 * 24 * 3600)
    assert tidy(sessions, clock()) == 1
