from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entry, ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge import JUDGE_VERSION, judge
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from grader.services.grading.context import GradeLimits, GradingContext, GradingStats, Revisions
from grader.services.grading.drain import drain, drain_context
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import Status, SubmissionDetail, submission_detail
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.submission_tables import Grading, Waiting
from tests.fixtures.course import Clock, Send, age_claims
from tests.fixtures.submitting import submit_for


@pytest.fixture
def context(sessions: Sessions, catalog: Catalog, clock: Clock, limits: GradeLimits) -> GradingContext:
    return GradingContext(sessions, Revisions(catalog, sessions), clock, limits, judge)


def test_all_that_waits_is_graded_batch_after_batch(
    sessions: Sessions, catalog: Catalog, send: Send, clock: Clock, limits: GradeLimits
) -> None:
    sent = send(23)
    assert drain(sessions, catalog, clock, limits) == GradingStats(graded=23)
    assert all(_shown(sessions, one).status is Status.GRADED for one in sent)
    assert _waiting(sessions) == []


def test_between_small_batches_more_is_let_arrive_but_not_for_what_came_alone(
    send: Send, context: GradingContext
) -> None:
    happened: list[str] = []

    def gather() -> None:
        happened.append("gather")
        if happened == ["expect", "gather"]:
            send(3)

    gathering = replace(context, expect=lambda: happened.append("expect"), gather=gather)
    send(2)
    assert drain_context(gathering).graded == 5
    assert happened == ["expect", "gather"] * 2
    send(1)
    assert drain_context(gathering).graded == 1
    assert happened == ["expect", "gather"] * 2


def test_right_answers_get_full_marks_and_a_blank_is_missing(
    sessions: Sessions, send: Send, context: GradingContext, right: dict[str, Entry], clock: Clock
) -> None:
    (full,), (blank,) = send(), send(answers={**right, "v3": Entry("")})
    drain_context(context)
    report, other = _shown(sessions, full).report, _shown(sessions, blank).report
    assert report is not None
    assert other is not None
    assert report.score.given == report.score.max
    assert other.fields["v3"].verdict is Verdict.MISSING
    assert list(report.fields) == list(right)
    assert _shown(sessions, full).graded_at == clock()


def test_a_grading_says_which_revision_and_which_judge(
    sessions: Sessions, published: LoadedExercise, send: Send, context: GradingContext
) -> None:
    send()
    drain_context(context)
    with sessions() as session:
        row = session.scalars(select(Grading)).one()
    assert (row.revision, row.judge_version) == (published.revision, JUDGE_VERSION)


def test_two_drains_at_once_grade_each_submission_once(sessions: Sessions, send: Send, context: GradingContext) -> None:
    sent = send(60)
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(drain_context, [context] * 3))
    assert sum(one.graded for one in done) == 60
    assert _graded(sessions) == dict.fromkeys(sent, 1)


def test_an_answer_is_judged_by_the_exercise_that_was_answered(
    sessions: Sessions, catalog: Catalog, published: LoadedExercise, web: int, context: GradingContext
) -> None:
    renamed = Catalog({**catalog.published, published.slug: replace(published, revision="f" * 64)})
    sent = submit_for(sessions, published, LearnerKey(web, "an"), {"v3": Entry("2")}, context.clock())
    assert drain_context(replace(context, revisions=Revisions(renamed, sessions))).graded == 1
    assert _shown(sessions, sent.id).revision == published.revision


def test_an_exercise_that_is_no_longer_served_is_still_judged(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    send(3)
    assert drain_context(replace(context, revisions=Revisions(Catalog({}), sessions))).graded == 3


def test_a_claim_is_committed_before_the_judging_begins(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    send(3)
    seen: list[tuple[int, bool]] = []

    def look(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        seen.extend((row.tries, row.lease_until is not None) for row in _waiting(sessions))
        return judge(exercise, batch)

    drain_context(replace(context, judge=look))
    assert seen == [(1, True)] * 3


def test_while_a_batch_is_judged_others_leave_it_alone(sessions: Sessions, send: Send, context: GradingContext) -> None:
    sent = send(3)
    others: list[GradingStats] = []

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        others.append(drain_context(context))
        return judge(exercise, batch)

    assert drain_context(replace(context, judge=meanwhile)) == GradingStats(graded=3)
    assert others == [GradingStats()]
    assert _graded(sessions) == dict.fromkeys(sent, 1)


@pytest.mark.process
def test_a_worker_that_lost_its_lease_stores_nothing_twice(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    sent = send(3)

    def slowly(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        age_claims(sessions, context.limits.lease_seconds + 1)
        assert drain_context(context) == GradingStats(graded=3)
        return judge(exercise, batch)

    drain_context(replace(context, judge=slowly))
    assert _graded(sessions) == dict.fromkeys(sent, 1)
    assert _waiting(sessions) == []


def test_a_drain_begins_nothing_new_when_its_time_is_up(
    sessions: Sessions, send: Send, context: GradingContext, clock: Clock
) -> None:
    send(23)

    def slowly(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        clock.advance(context.limits.run_seconds / 2)
        return judge(exercise, batch)

    assert drain_context(replace(context, judge=slowly)) == GradingStats(graded=20, is_finished=False)
    assert len(_waiting(sessions)) == 3


@pytest.mark.process
def test_a_database_that_goes_away_costs_no_submission(sessions: Sessions, send: Send, context: GradingContext) -> None:
    sent = send(3)

    def away(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        raise OperationalError("SELECT 1", {}, ConnectionError(f"{exercise.slug} {len(batch)}"))

    with pytest.raises(OperationalError):
        drain_context(replace(context, judge=away))
    age_claims(sessions, context.limits.lease_seconds + 1)
    assert drain_context(context).graded == 3
    assert _graded(sessions) == dict.fromkeys(sent, 1)


def test_what_was_set_aside_and_judged_after_all_is_graded(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    (sent,) = send()
    with sessions.begin() as session:
        (late,) = grading_queue.claim_fresh(session, context.hold(1))
    for claim in (*[grading_queue.claim_suspects] * 2, *[grading_queue.claim_alone] * 2):
        age_claims(sessions, 21)
        with sessions.begin() as session:
            assert len(claim(session, context.hold(1), context.limits.tries)) == 1
    age_claims(sessions, 21)
    assert drain_context(context) == GradingStats(failed=1)
    assert _shown(sessions, sent).status is Status.FAILED
    assert "stopped" in str(_shown(sessions, sent).failure_reason)
    exercise = context.revisions.find(late.slug, late.revision).exercise
    context.store([(late, judge(exercise, [ReadAnswers({}, frozenset(exercise.field_names))])[0])])
    shown = _shown(sessions, sent)
    assert (shown.status, shown.failure_reason) == (Status.GRADED, None)


def test_what_comes_while_another_is_judged_needs_no_wake_up(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    """The broker may be away when it comes: the drain that runs anyway asks once more before it ends."""
    sent = send(1)

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        if len(sent) < 4:
            sent.extend(send(1))
        return judge(exercise, batch)

    assert drain_context(replace(context, judge=meanwhile)) == GradingStats(graded=4)
    assert _graded(sessions) == dict.fromkeys(sent, 1)


def test_a_drain_ends_although_another_is_just_claiming_what_waits(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    send(1)
    with sessions.begin() as another:
        grading_queue.claim_fresh(another, context.hold())
        assert drain_context(context) == GradingStats()


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_machine_whose_clock_is_wrong_takes_nothing_from_others(
    sessions: Sessions, send: Send, context: GradingContext, clock: Clock, hours: int
) -> None:
    sent = send(3)
    wrong = replace(context, clock=lambda: clock() + timedelta(hours=hours))

    def meanwhile(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        assert drain_context(wrong) == GradingStats()
        return judge(exercise, batch)

    assert drain_context(replace(context, judge=meanwhile)) == GradingStats(graded=3)
    sent += send(3)
    assert drain_context(wrong) == GradingStats(graded=3)
    assert _graded(sessions) == dict.fromkeys(sent, 1)


def test_limits_that_would_blame_a_neighbour_are_refused() -> None:
    with pytest.raises(ValueError, match="two tries"):
        GradeLimits(max_tries=1)


def _shown(sessions: Sessions, sent: UUID) -> SubmissionDetail:
    with sessions() as session:
        return submission_detail(session, sent)


def _waiting(sessions: Sessions) -> Sequence[Waiting]:
    with sessions() as session:
        return session.scalars(select(Waiting)).all()


def _graded(sessions: Sessions) -> dict[UUID, int]:
    with sessions() as session:
        return Counter(session.scalars(select(Grading.submission_id)))
