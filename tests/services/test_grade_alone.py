from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import select

from grader.catalog.load import Catalog
from grader.checking.answers import Entry
from grader.services import child as program
from grader.services.child import Child
from grader.services.desk import Desk, Drained, GradeLimits
from grader.services.exercises import Revisions
from grader.services.grade import drain_desk
from grader.services.show import show
from grader.services.status import Status
from grader.store import claims
from grader.store.engine import Sessions
from grader.store.gradings import Grading
from grader.store.waiting import Waiting
from tests.fixtures import poison
from tests.fixtures.course import Clock, Send
from tests.fixtures.poison import poisoned

pytestmark = pytest.mark.process

LEASE = 4.0


@pytest.fixture
def desk(sessions: Sessions, catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk whose judge, in company and alone, can be poisoned."""
    monkeypatch.setattr(program, "_PROGRAM", poison.__name__)
    limits = GradeLimits(batch_size=50, lease_seconds=LEASE)
    return Desk(sessions, Revisions(catalog, sessions), clock, limits, poisoned)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    """The children that were started."""
    started: list[Child] = []
    begin = Child.__init__

    def count(self: Child, seconds: float, mebibytes: int) -> None:
        started.append(self)
        begin(self, seconds, mebibytes)

    monkeypatch.setattr(Child, "__init__", count)
    return started


def test_an_exception_in_a_batch_costs_no_neighbour_its_grade(
    sessions: Sessions, desk: Desk, send: Send, children: list[Child]
) -> None:
    neighbours, (bad,) = send(20), _send_poison(send, poison.RAISES)
    neighbours += send(20)
    assert drain_desk(desk) == Drained(graded=40)
    assert _statuses(sessions, neighbours) == {Status.GRADED}
    assert _statuses(sessions, [bad]) == {Status.PENDING}
    assert len(children) == 1


@pytest.mark.parametrize("fault", [poison.RAISES, poison.KILLS, poison.HANGS])
def test_what_cannot_be_judged_is_set_aside_after_three_tries(
    sessions: Sessions, desk: Desk, send: Send, clock: Clock, fault: str
) -> None:
    (bad,) = _send_poison(send, fault)
    neighbours = send(3)
    _crash_in_the_middle(desk)
    done = [_drain_later(desk, clock) for _ in range(3)]
    assert done == [Drained(graded=3), Drained(failed=1), Drained()]
    assert _statuses(sessions, neighbours) == {Status.GRADED}
    with sessions() as session:
        shown = show(session, bad)
        assert session.scalars(select(Waiting)).all() == []
        assert len(session.scalars(select(Grading)).all()) == 3
    assert (shown.status, shown.report) == (Status.FAILED, None)
    assert shown.failure_reason


def test_after_a_crash_one_child_judges_all_that_was_in_the_batch(
    sessions: Sessions, desk: Desk, send: Send, clock: Clock, children: list[Child]
) -> None:
    sent = send(50)
    _crash_in_the_middle(desk)
    clock.advance(LEASE + 1)
    assert drain_desk(desk) == Drained(graded=50)
    assert len(children) == 1
    assert _statuses(sessions, sent) == {Status.GRADED}


def test_a_dead_child_is_replaced_for_the_next_submission(
    sessions: Sessions, desk: Desk, send: Send, clock: Clock, children: list[Child]
) -> None:
    sent = send(2)
    _send_poison(send, poison.KILLS)
    sent += send(2)
    _crash_in_the_middle(desk)
    clock.advance(LEASE + 1)
    assert drain_desk(desk) == Drained(graded=4)
    assert len(children) == 2
    assert _statuses(sessions, sent) == {Status.GRADED}


def test_new_submissions_do_not_wait_for_those_that_are_judged_alone(
    sessions: Sessions, desk: Desk, send: Send, clock: Clock
) -> None:
    suspect, fresh = _send_poison(send, poison.HANGS), send(2)
    with sessions.begin() as session:
        claims.claim_fresh(session, desk.lease(), 1)
    clock.advance(LEASE + 1)
    assert drain_desk(desk) == Drained(graded=2)
    with sessions() as session:
        order = session.scalars(select(Grading.submission_id).order_by(Grading.id)).all()
    assert list(order) == sorted(fresh)
    assert _statuses(sessions, suspect) == {Status.PENDING}


def test_nothing_is_claimed_while_no_child_can_be_started(
    sessions: Sessions, desk: Desk, send: Send, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(1)
    _crash_in_the_middle(desk)
    clock.advance(LEASE + 1)
    monkeypatch.setattr(program, "_PROGRAM", "grader.services.no_such_program")
    with pytest.raises(program.ChildFailedError):
        drain_desk(desk)
    with sessions() as session:
        assert session.scalars(select(Waiting.tries)).one() == 1


def _send_poison(send: Send, fault: str) -> list[UUID]:
    return send(answers={poison.FIELD: Entry(fault)})


def _crash_in_the_middle(desk: Desk) -> None:
    """Claim as a worker does that is killed then."""
    with desk.sessions.begin() as session:
        claims.claim_fresh(session, desk.lease(), desk.limits.batch_size)


def _drain_later(desk: Desk, clock: Clock) -> Drained:
    clock.advance(LEASE + 1)
    return drain_desk(desk)


def _statuses(sessions: Sessions, sent: Sequence[UUID]) -> set[Status]:
    with sessions() as session:
        return {show(session, one).status for one in sent}
