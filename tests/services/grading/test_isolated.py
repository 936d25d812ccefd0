from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from grader.catalog.load import Catalog
from grader.judging.answers import Entry, ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.report import Report
from grader.services.grading import isolated, sandbox
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions, row_of
from grader.services.grading.drain import drain_context
from grader.services.grading.sandbox import SandboxProcess
from grader.services.maintenance import Freed, free_claims
from grader.services.submissions.queries import Status, submission_detail
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import WhatWaits
from grader.store.submission_tables import Grading, Waiting
from tests.fixtures import poison
from tests.fixtures.course import Clock, Send, age_claims
from tests.fixtures.poison import poisoned
from tests.fixtures.round_trips import round_trips

pytestmark = pytest.mark.process

LEASE = 30.0
"""Seconds; what can be judged is judged in half of it however busy the cores are."""

HASTY = 4.0
"""A short lease for a submission that hangs: the test has to wait until it expires."""


@pytest.fixture
def context(sessions: Sessions, catalog: Catalog, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> GradingContext:
    """Return a grading context with a judge that can be poisoned, in batches and in isolation."""
    monkeypatch.setattr(sandbox, "_PROGRAM", poison.__name__)
    limits = GradeLimits(batch_size=50, lease_seconds=LEASE)
    return GradingContext(sessions, Revisions(catalog, sessions), clock, limits, poisoned)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[SandboxProcess]:
    """The children that were started."""
    started: list[SandboxProcess] = []
    begin = SandboxProcess.__init__

    def count(self: SandboxProcess, seconds: float, mebibytes: int) -> None:
        started.append(self)
        begin(self, seconds, mebibytes)

    monkeypatch.setattr(SandboxProcess, "__init__", count)
    return started


def test_an_exception_in_a_batch_costs_no_neighbour_its_grade(
    sessions: Sessions, context: GradingContext, send: Send, children: list[SandboxProcess]
) -> None:
    neighbours, (bad,) = send(20), _send_poison(send, poison.RAISES)
    neighbours += send(20)
    assert drain_context(context) == GradingStats(graded=40)
    assert _statuses(sessions, neighbours) == {Status.GRADED}
    assert _statuses(sessions, [bad]) == {Status.PENDING}
    assert len(children) == 1


def test_one_among_two_hundred_that_raises_leaves_the_others_in_their_batch(
    sessions: Sessions, context: GradingContext, send: Send, children: list[SandboxProcess]
) -> None:
    neighbours, (bad,) = send(120), _send_poison(send, poison.RAISES)
    neighbours += send(79)
    judged: list[int] = []

    def counted(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        reports = poisoned(exercise, batch)
        judged.append(len(batch))
        return reports

    whole = replace(context, limits=replace(context.limits, batch_size=200), judge=counted)
    assert drain_context(whole) == GradingStats(graded=199)
    assert sum(judged) == 199
    assert _statuses(sessions, neighbours) == {Status.GRADED}
    assert _tries(sessions) == {bad: 2}  # among others, and at once alone
    assert [_drain_later(context) for _ in range(2)] == [GradingStats(failed=1), GradingStats()]
    assert _graded_once(sessions, neighbours)
    assert len(children) == 2


def test_several_that_raise_are_all_found_in_the_same_run(
    sessions: Sessions, context: GradingContext, send: Send, children: list[SandboxProcess]
) -> None:
    bad = [send(3) and _send_poison(send, poison.RAISES)[0] for _ in range(4)]
    assert drain_context(context) == GradingStats(graded=12)
    assert _tries(sessions) == dict.fromkeys(bad, 2)
    assert len(children) == 1


def test_one_that_never_ends_is_ended_and_its_neighbours_are_graded_in_the_same_run(
    sessions: Sessions, context: GradingContext, send: Send
) -> None:
    neighbours, (bad,) = send(20), _send_poison(send, poison.HANGS)
    neighbours += send(20)
    assert drain_context(_hasty(context)) == GradingStats(graded=40)
    assert _graded_once(sessions, neighbours)
    assert _tries(sessions) == {bad: 2}


def test_a_report_that_cannot_be_stored_costs_no_neighbour_its_grade(
    sessions: Sessions, context: GradingContext, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    neighbours, (bad,) = send(10), send(answers={"v3": Entry("9")})

    def row(claim: grading_queue.Claim, report: Report, now: datetime) -> dict[str, object]:
        made = row_of(claim, report, now)
        return made if claim.submission_id != bad else made | {"first_wrong": "\x00"}

    monkeypatch.setattr("grader.services.grading.context.row_of", row)
    assert drain_context(context) == GradingStats(graded=10)
    assert _graded_once(sessions, neighbours)
    assert _drain_later(context) == GradingStats(failed=1)


def test_what_a_dead_drain_held_is_judged_by_the_next_at_once(
    sessions: Sessions, context: GradingContext, send: Send
) -> None:
    sent = send(5)
    dead = replace(context, holder="a task that was killed")
    _crash_in_the_middle(dead)
    assert drain_context(context) == GradingStats()
    assert free_claims(sessions, ["another task"]) == Freed()
    assert free_claims(sessions, ["another task", "a task that was killed"]) == Freed(submissions=5)
    assert drain_context(context) == GradingStats(graded=5)
    assert _graded_once(sessions, sent)


@pytest.mark.parametrize("fault", [poison.RAISES, poison.KILLS, poison.HANGS])
def test_what_cannot_be_judged_is_set_aside_after_three_tries(
    sessions: Sessions, context: GradingContext, send: Send, fault: str
) -> None:
    context = _hasty(context) if fault == poison.HANGS else context
    (bad,) = _send_poison(send, fault)
    neighbours = send(3)
    _crash_in_the_middle(context)
    done = [_drain_later(context) for _ in range(3)]
    assert done == [GradingStats(graded=3), GradingStats(failed=1), GradingStats()]
    assert _statuses(sessions, neighbours) == {Status.GRADED}
    with sessions() as session:
        shown = submission_detail(session, bad)
        assert session.scalars(select(Waiting)).all() == []
        assert len(session.scalars(select(Grading)).all()) == 3
    assert (shown.status, shown.report) == (Status.FAILED, None)
    assert shown.failure_reason


def test_after_a_crash_one_child_judges_all_that_was_in_the_batch_at_once(
    sessions: Sessions, context: GradingContext, send: Send, children: list[SandboxProcess]
) -> None:
    sent = send(50)
    _crash_in_the_middle(context)
    age_claims(sessions, LEASE + 1)
    with round_trips(sessions) as trips:
        assert drain_context(context) == GradingStats(graded=50)
        assert len(trips) < 30
    assert len(children) == 1
    assert _statuses(sessions, sent) == {Status.GRADED}


def test_a_dead_child_is_replaced_by_one_that_judges_one_by_one_and_is_replaced_in_turn(
    sessions: Sessions, context: GradingContext, send: Send, children: list[SandboxProcess]
) -> None:
    sent = send(2)
    _send_poison(send, poison.KILLS)
    sent += send(2)
    _crash_in_the_middle(context)
    age_claims(sessions, LEASE + 1)
    assert drain_context(context) == GradingStats(graded=4)
    assert len(children) in {2, 3}  # a third is needed unless what kills was judged last: their order is not defined
    assert _statuses(sessions, sent) == {Status.GRADED}


def test_new_submissions_do_not_wait_for_those_that_are_judged_alone(
    sessions: Sessions, context: GradingContext, send: Send
) -> None:
    context = _hasty(context)
    suspect, fresh = _send_poison(send, poison.HANGS), send(2)
    with sessions.begin() as session:
        grading_queue.claim_fresh(session, context.hold(1))
    age_claims(sessions, LEASE + 1)
    assert drain_context(context) == GradingStats(graded=2)
    with sessions() as session:
        order = session.scalars(select(Grading.submission_id).order_by(Grading.id)).all()
    assert list(order) == sorted(fresh)
    assert _statuses(sessions, suspect) == {Status.PENDING}


def test_nothing_is_claimed_while_no_child_can_be_started(
    sessions: Sessions, context: GradingContext, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(1)
    _crash_in_the_middle(context)
    age_claims(sessions, LEASE + 1)
    monkeypatch.setattr(sandbox, "_PROGRAM", "grader.services.no_such_program")
    with pytest.raises(sandbox.SandboxFailedError):
        drain_context(context)
    with sessions() as session:
        assert session.scalars(select(Waiting.tries)).one() == 1


def test_what_cannot_be_judged_together_in_time_is_left_to_the_next_step(
    sessions: Sessions, context: GradingContext, send: Send, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes meanwhile waits for one of them, not for all; and what is left has cost no try."""
    send(2)
    _send_poison(send, poison.RAISES)
    _crash_in_the_middle(context)
    age_claims(sessions, LEASE + 1)
    monkeypatch.setattr(isolated, "_judged_alone", lambda *_: (clock.advance(2), GradingStats(graded=1))[1])
    judge = isolated.IsolatedJudge(context)
    assert isolated.grade_isolated(context, judge, WhatWaits(False, True, False, False)) == GradingStats(graded=1)
    judge.close()
    assert sorted(_tries(sessions).values()) == [1, 1, 2]


def _hasty(context: GradingContext) -> GradingContext:
    return replace(context, limits=replace(context.limits, lease_seconds=HASTY))


def _send_poison(send: Send, fault: str) -> list[UUID]:
    return send(answers={poison.FIELD: Entry(fault)})


def _crash_in_the_middle(context: GradingContext) -> None:
    """Claim as a worker does that is killed then."""
    with context.sessions.begin() as session:
        grading_queue.claim_fresh(session, context.hold(context.limits.batch_size))


def _drain_later(context: GradingContext) -> GradingStats:
    age_claims(context.sessions, LEASE + 1)
    return drain_context(context)


def _statuses(sessions: Sessions, sent: Sequence[UUID]) -> set[Status]:
    with sessions() as session:
        return {submission_detail(session, one).status for one in sent}


def _tries(sessions: Sessions) -> dict[UUID, int]:
    """How many tries what still waits has cost."""
    with sessions() as session:
        return {row.submission_id: row.tries for row in session.scalars(select(Waiting))}


def _graded_once(sessions: Sessions, sent: Sequence[UUID]) -> bool:
    with sessions() as session:
        return sorted(session.scalars(select(Grading.submission_id))) == sorted(sent)
