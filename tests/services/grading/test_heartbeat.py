"""What is being judged stays claimed, and what hangs or is dead does not."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from grader.services.grading.heartbeat import HOLD_SECONDS, Heartbeat
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Hold
from grader.store.submission_tables import Waiting
from tests.fixtures.course import Send
from tests.fixtures.patience import wait_until


@pytest.fixture
def _claimed(sessions: Sessions, send: Send) -> None:
    """Claim for somebody, and let the lease end."""
    send()
    ended = func.now() - timedelta(seconds=1)
    with sessions.begin() as session:
        grading_queue.claim_fresh(session, Hold(HOLD_SECONDS, 1, "ours"))
        session.execute(update(Waiting).values(lease_until=ended))


@pytest.mark.usefixtures("_claimed")
def test_what_is_judged_longer_than_a_lease_lasts_stays_claimed(sessions: Sessions) -> None:
    heartbeat = Heartbeat(sessions, 3600)
    heartbeat.progress("ours")
    wait_until(lambda: _is_held(sessions))
    heartbeat.rest()
    wait_until(lambda: sessions.kw["bind"].pool.checkedout() == 0)  # the thread may be in the middle of a beat


@pytest.mark.usefixtures("_claimed")
def test_what_makes_no_progress_for_too_long_or_has_ended_is_not_renewed(sessions: Sessions) -> None:
    hanging = Heartbeat(sessions, 0)
    hanging.progress("ours")
    hanging.beat()
    ended = Heartbeat(sessions, 3600)
    ended.progress("ours")
    ended.rest()
    ended.beat()
    assert not _is_held(sessions)


def _is_held(sessions: Sessions) -> bool:
    with sessions() as session:
        return session.scalars(select(Waiting.lease_until > func.now())).one()
