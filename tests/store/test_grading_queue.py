from datetime import timedelta

from sqlalchemy import select

from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.submission_tables import Waiting
from tests.fixtures.course import Clock, Send

LEASE = timedelta(seconds=20)
MOST = 3


def test_the_longest_waiting_are_claimed_first(sessions: Sessions, send: Send, clock: Clock) -> None:
    sent = send(4)
    with sessions.begin() as session:
        claimed = grading_queue.claim_fresh(session, clock() + LEASE, 3)
    assert {claim.submission_id for claim in claimed} == set(sent[:3])
    assert [claim.tries for claim in claimed] == [1, 1, 1]


def test_two_at_once_claim_different_submissions(sessions: Sessions, send: Send, clock: Clock) -> None:
    send(4)
    with sessions.begin() as one, sessions.begin() as other:
        first = grading_queue.claim_fresh(one, clock() + LEASE, 3)
        second = grading_queue.claim_fresh(other, clock() + LEASE, 3)
    assert (len(first), len(second)) == (3, 1)
    assert not {claim.submission_id for claim in first} & {claim.submission_id for claim in second}


def test_what_is_claimed_is_not_claimed_again_before_its_lease_ends(
    sessions: Sessions, send: Send, clock: Clock
) -> None:
    (sent,) = send()
    with sessions.begin() as session:
        grading_queue.claim_fresh(session, clock() + LEASE, 10)
    with sessions.begin() as session:
        assert grading_queue.claim_fresh(session, clock() + LEASE, 10) == []
        assert grading_queue.claim_suspect(session, clock.advance(19), clock() + LEASE, MOST) is None
        assert not grading_queue.has_unusual(session, clock())
    with sessions.begin() as session:
        assert grading_queue.has_unusual(session, clock.advance(2))
        again = grading_queue.claim_suspect(session, clock(), clock() + LEASE, MOST)
    assert again is not None
    assert (again.submission_id, again.tries) == (sent, 2)


def test_what_is_released_can_be_claimed_at_once_but_has_cost_a_try(
    sessions: Sessions, send: Send, clock: Clock
) -> None:
    send()
    with sessions.begin() as session:
        grading_queue.release_claims(session, grading_queue.claim_fresh(session, clock() + LEASE, 10))
    with sessions.begin() as session:
        assert grading_queue.claim_fresh(session, clock() + LEASE, 10) == []
        assert grading_queue.claim_suspect(session, clock(), clock() + LEASE, MOST) is not None


def test_who_lost_a_lease_can_neither_release_nor_give_up_what_another_holds(
    sessions: Sessions, send: Send, clock: Clock
) -> None:
    send()
    with sessions.begin() as session:
        (lost,) = grading_queue.claim_fresh(session, clock() + LEASE, 10)
    with sessions.begin() as session:
        held = grading_queue.claim_suspect(session, clock.advance(21), clock() + LEASE, MOST)
    with sessions.begin() as session:
        grading_queue.release_claims(session, [lost])
        assert not grading_queue.give_up(session, lost)
        assert session.scalars(select(Waiting.lease_until)).one() == clock() + LEASE
        assert held is not None
        assert grading_queue.give_up(session, held)


def test_the_last_try_that_ended_without_a_word_is_given_up(sessions: Sessions, send: Send, clock: Clock) -> None:
    (sent,) = send()
    with sessions.begin() as session:
        grading_queue.claim_fresh(session, clock() + LEASE, 10)
    for _ in range(MOST - 1):
        with sessions.begin() as session:
            assert grading_queue.give_up_exhausted(session, clock.advance(21), MOST) == []
            assert grading_queue.claim_suspect(session, clock(), clock() + LEASE, MOST) is not None
    with sessions.begin() as session:
        assert grading_queue.give_up_exhausted(session, clock.advance(19), MOST) == []
        assert grading_queue.claim_suspect(session, clock.advance(2), clock() + LEASE, MOST) is None
        assert grading_queue.give_up_exhausted(session, clock(), MOST) == [(sent, MOST)]
        assert session.scalars(select(Waiting)).all() == []
