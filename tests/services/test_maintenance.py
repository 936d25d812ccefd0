"""Claims of workers that died, and of those that lost the database, are free at once."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import OperationalError

from grader.catalog.load import Catalog
from grader.judging.judge import judge
from grader.services import maintenance
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions
from grader.services.grading.drain import drain_context
from grader.services.maintenance import Freed, free_abandoned, freed_when_database_returns
from grader.store import grading_queue
from grader.store.database import Sessions
from tests.fixtures.course import Clock, Send

AWAY = OperationalError("SELECT 1", {}, Exception("the server closed the connection"))


@pytest.fixture
def lost(sessions: Sessions, catalog: Catalog, clock: Clock, send: Send) -> GradingContext:
    """Claim two submissions for a worker that never grades them."""
    send(2)
    held = GradingContext(sessions, Revisions(catalog, sessions), clock, GradeLimits(), judge, "lost")
    with held.sessions.begin() as session:
        grading_queue.claim_fresh(session, held.hold(10))
    return held


@pytest.mark.process
def test_what_those_held_who_are_gone_is_judged_and_what_others_hold_stays_theirs(
    lost: GradingContext, send: Send
) -> None:
    send(1)
    with lost.sessions.begin() as session:
        grading_queue.claim_fresh(session, replace(lost, holder="alive").hold(10))
    assert free_abandoned(lost.sessions, lambda _: False) == Freed()
    assert free_abandoned(lost.sessions, lambda holder: holder == "lost") == Freed(submissions=2)
    assert drain_context(lost) == GradingStats(graded=2)
    with lost.sessions() as session:
        assert grading_queue.holders(session) == {"alive"}


def test_a_database_that_comes_back_frees_what_was_claimed_and_the_error_is_raised(
    lost: GradingContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def comes_back_at_the_third_try(sessions: Sessions, holders: list[str]) -> Freed:
        tries.append(len(tries))
        if len(tries) < 3:
            raise AWAY
        return free_claims(sessions, holders)

    free_claims = maintenance.free_claims
    monkeypatch.setattr(maintenance, "free_claims", comes_back_at_the_third_try)
    with pytest.raises(OperationalError), freed_when_database_returns(lost.sessions, lost.holder, 3600, 0):
        raise AWAY
    with lost.sessions() as session:
        assert grading_queue.holders(session) == set()
    assert len(tries) == 3


@pytest.mark.parametrize(("holder", "patience"), [(None, 3600), ("lost", 0)])
def test_nobody_waits_for_what_has_no_name_or_has_ended(
    lost: GradingContext, holder: str | None, patience: float
) -> None:
    with pytest.raises(OperationalError), freed_when_database_returns(lost.sessions, holder, patience):
        raise AWAY
    with lost.sessions() as session:
        assert grading_queue.holders(session) == {"lost"}
