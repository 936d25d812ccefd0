from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Hold, Tries, WhatWaits
from grader.store.submission_tables import Waiting
from tests.fixtures.course import Clock, Send, age_claims

HOLD, TRIES = Hold(20, 10), Tries(failed=3, silent=5)
NOTHING = WhatWaits(fresh=False, suspects=False, alone=False, exhausted=False)


def test_the_longest_waiting_are_claimed_first(sessions: Sessions, send: Send) -> None:
    sent = send(4)
    with sessions.begin() as session:
        claimed = grading_queue.claim_fresh(session, Hold(20, 3))
    assert {claim.submission_id for claim in claimed} == set(sent[:3])
    assert [claim.tries for claim in claimed] == [1, 1, 1]


def test_a_learner_who_sends_hundreds_holds_up_another_by_one(sessions: Sessions, send: Send) -> None:
    flood, (single,) = send(500, "flood@example.org"), send(1, "an@example.org")
    with sessions.begin() as session:
        claimed = grading_queue.claim_fresh(session, replace(HOLD, most=20))
    ids = {claim.submission_id for claim in claimed}
    assert single in ids
    assert ids - {single} == set(flood[:19])


def test_who_has_waited_longest_is_not_passed_forever_by_those_who_come_later(
    sessions: Sessions, send: Send, clock: Clock
) -> None:
    flood = send(3, "flood@example.org")
    clock.advance(60)
    send(3, "an@example.org")
    with sessions.begin() as session:
        claimed = grading_queue.claim_fresh(session, replace(HOLD, most=3))
    assert {claim.submission_id for claim in claimed} == set(flood)


def test_what_is_judged_already_delays_nothing(sessions: Sessions, send: Send) -> None:
    send(5, "an@example.org")
    with sessions.begin() as session:
        grading_queue.settle_claims(session, grading_queue.claim_fresh(session, HOLD))
    send(1, "an@example.org")
    with sessions() as session:
        waiting = session.scalars(select(Waiting)).one()
        assert waiting.turn == waiting.since


def test_statements_of_the_queue_cost_the_same_however_much_one_learner_has_sent(
    sessions: Sessions, send: Send
) -> None:
    """Neither finding a learner's turn nor a claim reads what waits behind the first few."""
    (first,) = send(1, "flood@example.org")
    send(1, "an@example.org")
    with sessions.begin() as session:
        _multiply(session, first, 3_000)
    with sessions.begin() as session:
        session.execute(text("ANALYZE waiting"))
        turn = "SELECT max(turn) FROM waiting WHERE learner_id = (SELECT learner_id FROM waiting LIMIT 1)"
        claim = "SELECT submission_id FROM waiting WHERE tries = 0 AND NOT alone ORDER BY turn LIMIT 20 FOR UPDATE"
        assert [_rows_read(session, statement) for statement in (turn, claim)] == [2, 20]


def _multiply(session: Session, submission_id: UUID, count: int) -> None:
    """Queue copies of a submission, each behind the one before."""
    source = {"id": submission_id, "count": count}
    session.execute(
        text(
            "WITH sent AS (INSERT INTO submissions (id, learner_id, client_id, slug, revision, answers, submitted_at)"
            " SELECT gen_random_uuid(), learner_id, client_id, slug, revision, answers, submitted_at"
            " FROM submissions, generate_series(1, :count) WHERE id = :id RETURNING id, learner_id, submitted_at)"
            " INSERT INTO waiting (submission_id, since, learner_id, turn)"
            " SELECT id, submitted_at, learner_id, submitted_at + interval '30 s' * row_number() OVER () FROM sent"
        ),
        source,
    )


def _rows_read(session: Session, statement: str) -> int:
    """Return how many rows of tables a statement reads."""
    (plan,) = session.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}")) or [{}]
    return _rows_of(plan["Plan"])


def _rows_of(node: dict[str, Any]) -> int:
    below = sum(map(_rows_of, node.get("Plans", ())))
    if "Relation Name" not in node or node["Node Type"] == "ModifyTable":
        return below
    each = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + int(each * node["Actual Loops"])


def test_two_at_once_claim_different_submissions(sessions: Sessions, send: Send) -> None:
    send(4)
    with sessions.begin() as one, sessions.begin() as other:
        first = grading_queue.claim_fresh(one, Hold(20, 3))
        second = grading_queue.claim_fresh(other, Hold(20, 3))
    assert (len(first), len(second)) == (3, 1)
    assert not {claim.submission_id for claim in first} & {claim.submission_id for claim in second}


def test_what_is_claimed_is_not_claimed_again_before_its_lease_ends(sessions: Sessions, send: Send) -> None:
    (sent,) = send()
    with sessions.begin() as session:
        assert grading_queue.what_waits(session, TRIES) == replace(NOTHING, fresh=True)
        grading_queue.claim_fresh(session, HOLD)
    with sessions.begin() as session:
        assert grading_queue.claim_fresh(session, HOLD) == []
        assert grading_queue.claim_suspects(session, HOLD, TRIES) == []
        assert grading_queue.what_waits(session, TRIES) == NOTHING
    age_claims(sessions, 20)
    with sessions.begin() as session:
        assert grading_queue.what_waits(session, TRIES) == replace(NOTHING, suspects=True)
        (again,) = grading_queue.claim_suspects(session, HOLD, TRIES)
    assert (again.submission_id, again.tries) == (sent, 2)


def test_a_lease_lasts_as_long_as_the_databases_clock_says_and_no_other(sessions: Sessions, send: Send) -> None:
    send()
    with sessions.begin() as session:
        before = _now(session)
        grading_queue.claim_fresh(session, HOLD)
        until = session.scalars(select(Waiting.lease_until)).one()
        assert until is not None
        assert (until - before).total_seconds() >= 20
        assert (until - _now(session)).total_seconds() <= 20


def test_a_holder_keeps_what_it_renews_and_nobody_elses(sessions: Sessions, send: Send) -> None:
    send(2)
    with sessions.begin() as session:
        (ours,) = grading_queue.claim_fresh(session, Hold(20, 1, "ours"))
        grading_queue.claim_fresh(session, Hold(20, 1, "theirs"))
    age_claims(sessions, 15)
    with sessions.begin() as session:
        grading_queue.renew_leases(session, "ours", 20)
    age_claims(sessions, 15)
    with sessions.begin() as session:
        (taken,) = grading_queue.claim_suspects(session, HOLD, TRIES)
    assert taken.submission_id != ours.submission_id


def test_what_is_released_can_be_claimed_at_once_but_has_cost_a_try(sessions: Sessions, send: Send) -> None:
    send()
    with sessions.begin() as session:
        grading_queue.release_claims(session, grading_queue.claim_fresh(session, HOLD))
    with sessions.begin() as session:
        assert grading_queue.claim_fresh(session, HOLD) == []
        assert [claim.tries for claim in grading_queue.claim_suspects(session, HOLD, TRIES)] == [2]


def test_what_is_postponed_waits_whoever_dies_meanwhile(sessions: Sessions, send: Send) -> None:
    send()
    with sessions.begin() as session:
        (claim,) = grading_queue.claim_fresh(session, Hold(2, 10, "ours"))
        grading_queue.postpone(session, claim, 20)
        assert grading_queue.end_leases(session, ["ours"]) == 0
    age_claims(sessions, 10)
    with sessions.begin() as session:
        assert grading_queue.what_waits(session, TRIES) == NOTHING
    age_claims(sessions, 10)
    with sessions.begin() as session:
        assert grading_queue.what_waits(session, TRIES) == replace(NOTHING, suspects=True)


def test_who_lost_a_lease_can_neither_release_nor_give_up_what_another_holds(sessions: Sessions, send: Send) -> None:
    send()
    with sessions.begin() as session:
        (lost,) = grading_queue.claim_fresh(session, HOLD)
    age_claims(sessions, 21)
    with sessions.begin() as session:
        (held,) = grading_queue.claim_suspects(session, HOLD, TRIES)
    with sessions.begin() as session:
        grading_queue.release_claims(session, [lost])
        assert not grading_queue.give_up(session, lost)
        assert session.scalars(select(Waiting.lease_until)).one() is not None
        assert grading_queue.give_up(session, held)


def test_the_last_try_that_ended_without_a_word_is_given_up(sessions: Sessions, send: Send) -> None:
    """Two tries more than with a word: whoever killed the workers may have meant others."""
    (sent,) = send()
    with sessions.begin() as session:
        grading_queue.claim_fresh(session, HOLD)
    for claim in (*[grading_queue.claim_suspects] * 2, *[grading_queue.claim_alone] * 2):
        age_claims(sessions, 21)
        with sessions.begin() as session:
            assert grading_queue.give_up_exhausted(session, TRIES) == []
            assert len(claim(session, HOLD, TRIES)) == 1
    with sessions.begin() as session:
        assert grading_queue.give_up_exhausted(session, TRIES) == []
    age_claims(sessions, 21)
    with sessions.begin() as session:
        assert grading_queue.what_waits(session, TRIES) == replace(NOTHING, exhausted=True)
        assert grading_queue.claim_alone(session, HOLD, TRIES) == []
        assert grading_queue.give_up_exhausted(session, TRIES) == [(sent, TRIES.silent)]
        assert session.scalars(select(Waiting)).all() == []


def _now(session: Session) -> datetime:
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now
