from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from grader.services.accounts.authentication import authenticate_token
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.services.errors import KeyReused, RequestInFlight
from grader.services.maintenance import tidy
from grader.services.submissions.idempotency import (
    ABANDONED,
    KEPT,
    KeyedRequest,
    Reservation,
    StoredAnswer,
    complete_key,
    release_key,
    reserve_key,
)
from grader.store.database import Sessions
from tests.fixtures.course import Clock

ANSWER = StoredAnswer(202, {"text": "{}"}, {"Location": "/x"})


@pytest.fixture
def keyed(sessions: Sessions, clock: Clock) -> KeyedRequest:
    return KeyedRequest(_token(sessions, clock), "key", "POST", "/api/v1/submissions", b"{}")


def test_the_first_one_does_the_work_and_all_later_ones_get_its_answer(
    sessions: Sessions, keyed: KeyedRequest, clock: Clock
) -> None:
    assert isinstance(reserve_key(sessions, keyed, clock()), Reservation)
    complete_key(sessions, keyed, ANSWER)
    clock.advance(KEPT.total_seconds() - 1)
    assert reserve_key(sessions, keyed, clock()) == ANSWER


def test_of_many_at_once_one_does_the_work(sessions: Sessions, keyed: KeyedRequest, clock: Clock) -> None:
    def try_it(_: int) -> int:
        try:
            return int(isinstance(reserve_key(sessions, keyed, clock()), Reservation))
        except RequestInFlight:
            return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(try_it, range(18))) == 1


@pytest.mark.parametrize(
    "other",
    [
        KeyedRequest(0, "key", "PUT", "/api/v1/submissions", b"{}"),
        KeyedRequest(0, "key", "POST", "/other", b"{}"),
        KeyedRequest(0, "key", "POST", "/api/v1/submissions", b"{ }"),
    ],
)
def test_a_key_that_came_with_another_request_is_refused(
    sessions: Sessions, keyed: KeyedRequest, clock: Clock, other: KeyedRequest
) -> None:
    reserve_key(sessions, keyed, clock())
    with pytest.raises(KeyReused):
        reserve_key(sessions, replace(other, token_id=keyed.token_id), clock())


def test_keys_of_different_tokens_have_nothing_to_do_with_each_other(
    sessions: Sessions, keyed: KeyedRequest, clock: Clock
) -> None:
    reserve_key(sessions, keyed, clock())
    foreign = replace(keyed, token_id=_token(sessions, clock))
    assert isinstance(reserve_key(sessions, foreign, clock()), Reservation)


def test_a_key_that_was_given_up_is_free(sessions: Sessions, keyed: KeyedRequest, clock: Clock) -> None:
    first = reserve_key(sessions, keyed, clock())
    release_key(sessions, keyed)
    assert reserve_key(sessions, replace(keyed, body=b"other"), clock()) != first


def test_what_was_answered_is_not_given_up(sessions: Sessions, keyed: KeyedRequest, clock: Clock) -> None:
    reserve_key(sessions, keyed, clock())
    complete_key(sessions, keyed, ANSWER)
    release_key(sessions, keyed)
    assert reserve_key(sessions, keyed, clock()) == ANSWER


def test_an_abandoned_reservation_is_taken_over_under_the_same_id(
    sessions: Sessions, keyed: KeyedRequest, clock: Clock
) -> None:
    first = reserve_key(sessions, keyed, clock())
    with pytest.raises(RequestInFlight):
        reserve_key(sessions, keyed, clock.advance(ABANDONED.total_seconds()))
    assert reserve_key(sessions, keyed, clock.advance(1)) == first
    with pytest.raises(RequestInFlight):
        reserve_key(sessions, keyed, clock())


def test_who_has_to_wait_is_told_how_long(sessions: Sessions, keyed: KeyedRequest, clock: Clock) -> None:
    """A second while the first request is likely at it; after that its server has died, and all of a minute counts."""
    reserve_key(sessions, keyed, clock())
    told = []
    for seconds in (0, 4, 1, 30, 24.5, 0.5):
        with pytest.raises(RequestInFlight) as refused:
            reserve_key(sessions, keyed, clock.advance(seconds))
        told.append(refused.value.retry_after)
    assert told == [1, 1, 56, 26, 1, 1]
    reserve_key(sessions, keyed, clock.advance(1))


def test_an_expired_key_is_free_for_another_request(sessions: Sessions, keyed: KeyedRequest, clock: Clock) -> None:
    first = reserve_key(sessions, keyed, clock())
    complete_key(sessions, keyed, ANSWER)
    other = replace(keyed, body=b"other")
    assert reserve_key(sessions, other, clock.advance(KEPT.total_seconds() + 1)) not in (first, ANSWER)
    with pytest.raises(RequestInFlight):
        reserve_key(sessions, other, clock())


def test_tidying_deletes_what_has_ended_and_nothing_else(sessions: Sessions, keyed: KeyedRequest, clock: Clock) -> None:
    reserve_key(sessions, keyed, clock())
    complete_key(sessions, keyed, ANSWER)
    assert tidy(sessions, clock.advance(60)) == 0
    assert reserve_key(sessions, keyed, clock()) == ANSWER
    assert tidy(sessions, clock.advance(KEPT.total_seconds())) == 1


def _token(sessions: Sessions, clock: Clock) -> int:
    secret = create_token(sessions, TokenRequest("x", "lms", ["submit"], timedelta(days=30)), clock())
    with sessions() as session:
        return authenticate_token(session, secret.plain, clock()).token_id
