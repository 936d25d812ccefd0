"""Several workers judge a regrade in chunks; each may die or run twice, and what comes of it is the same."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, get_ident
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from grader.judging.answers import Entry, ReadAnswers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.report import Report
from grader.services.grading.context import GradingContext
from grader.services.grading.drain import drain_context
from grader.services.regrading import worker
from grader.services.regrading.worker import RegradeStats, regrade_some
from grader.store import regrade_chunks
from grader.store.submission_tables import Grading, RegradeChunk, RegradeResult
from grader.vocabulary import RegradeState
from tests.fixtures.course import Clock
from tests.fixtures.regrading import WIDE, Exam, Office

Judged = Callable[[Exercise, Sequence[ReadAnswers]], list[Report]]
RIGHT = {"net_h1": Entry("0.3775")}


def in_chunks_of_one(exam: Exam, **changed: Any) -> GradingContext:
    return replace(exam.context, limits=replace(exam.context.limits, regrade_batch=1, **changed))


def chunks(exam: Exam) -> int:
    with exam.sessions() as session:
        return session.scalars(select(func.count()).select_from(RegradeChunk)).one()


def outcomes(exam: Exam) -> list[tuple[UUID, bool]]:
    """Every result, and whether it is another grading than the one before."""
    with exam.sessions() as session:
        rows = session.scalars(select(RegradeResult).order_by(RegradeResult.submission_id)).all()
    return [(row.submission_id, row.before_id != row.after_id) for row in rows]


def meanwhile(act: Callable[[], object]) -> Judged:
    """Judge after something else has happened once."""
    acts = [act]

    def judges(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        if acts:
            acts.pop()()
        return judge(exercise, batch)

    return judges


def test_two_workers_judge_different_chunks_at_once(office: Office, exam: Exam) -> None:
    regrade_id = office.propose()
    context, others = in_chunks_of_one(exam, regrade_workers=2), []
    stats = regrade_some(replace(context, judge=meanwhile(lambda: others.append(regrade_some(context)))))
    assert others == [RegradeStats(regrade_id, judged=2, is_finished=False)]
    assert stats == RegradeStats(regrade_id, judged=1)
    assert office.find(regrade_id).state is RegradeState.READY
    assert [differs for _, differs in outcomes(exam)] == [True] * 3
    assert office.gradings() == 6


def test_no_more_workers_than_allowed_judge_at_once(office: Office, exam: Exam) -> None:
    office.propose()
    context, others = in_chunks_of_one(exam), []
    regrade_some(replace(context, judge=meanwhile(lambda: others.append(regrade_some(context)))))
    assert others == [None]


def test_another_worker_is_asked_for_while_there_is_work_for_it(office: Office, exam: Exam) -> None:
    calls: list[str] = []
    office.propose()
    regrade_some(in_chunks_of_one(exam, regrade_workers=2), share=lambda: calls.append("shared"))
    assert len(calls) == 2
    office.ready(replace(WIDE, points={"net_h1": 2.0}))
    regrade_some(in_chunks_of_one(exam), share=lambda: calls.append("alone"))
    assert "alone" not in calls


def test_who_comes_late_with_a_chunk_that_another_has_judged_stores_nothing(
    office: Office, exam: Exam, clock: Clock
) -> None:
    regrade_id = office.propose()

    def late() -> None:
        clock.advance(21)
        office.work()

    regrade_some(replace(exam.context, judge=meanwhile(late)))
    assert office.find(regrade_id).state is RegradeState.READY
    assert office.gradings() == 6


def test_storing_the_same_outcome_twice_adds_nothing(
    office: Office, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = regrade_chunks.add_silent_gradings

    def twice(*arguments: Any) -> None:
        once(*arguments)
        once(*arguments)

    monkeypatch.setattr(regrade_chunks, "add_silent_gradings", twice)
    office.applied()
    assert office.gradings() == 6
    assert exam.counting() == [(WIDE.key, "c")] * 3


def test_a_worker_that_dies_while_it_stores_leaves_its_chunk_as_it_was(
    office: Office, exam: Exam, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    regrade_id = office.propose()
    with monkeypatch.context() as patched:
        patched.setattr(regrade_chunks, "add_done", dies)
        with pytest.raises(KeyboardInterrupt):
            regrade_some(exam.context)
    assert (chunks(exam), office.gradings(), outcomes(exam)) == (1, 3, [])
    clock.advance(21)
    office.work()
    assert (chunks(exam), office.gradings()) == (0, 6)
    assert office.find(regrade_id).state is RegradeState.READY


def test_the_second_try_judges_in_small_batches_and_keeps_each(office: Office, exam: Exam, clock: Clock) -> None:
    regrade_id = office.propose()
    sizes: list[int] = []
    for number in range(2):
        exam.send({"net_h1": Entry(f"0.37{number}")})
    drain_context(exam.context)

    def dies(*_: object) -> list[Report]:
        raise KeyboardInterrupt

    def counts(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        sizes.append(len(batch))
        return judge(exercise, batch)

    with pytest.raises(KeyboardInterrupt):
        regrade_some(replace(exam.context, judge=dies))
    clock.advance(21)
    small = replace(exam.context, judge=counts, limits=replace(exam.context.limits, batch_size=1))
    regrade_some(small)
    assert sizes == [1, 1, 1]
    assert office.find(regrade_id).state is RegradeState.READY


def test_a_chunk_that_takes_long_is_stored_in_parts_and_its_lease_extended(
    office: Office, exam: Exam, clock: Clock
) -> None:
    for number in range(2):
        exam.send({"net_h1": Entry(f"0.37{number}")})
    drain_context(exam.context)
    regrade_id = office.propose()
    found: list[tuple[int, RegradeStats | None]] = []

    def slow(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        clock.advance(15)
        found.append((office.find(regrade_id).done, regrade_some(exam.context)))
        return judge(exercise, batch)

    context = replace(exam.context, judge=slow, limits=replace(exam.context.limits, batch_size=1))
    regrade_some(context, slice_seconds=100)
    assert [other for _, other in found] == [None] * 3
    assert found[0][0] == 0 < found[1][0] < found[2][0] < 5
    assert office.find(regrade_id).state is RegradeState.READY


def test_a_chunk_is_left_when_the_time_is_up_and_taken_up_where_it_was(
    office: Office, exam: Exam, clock: Clock
) -> None:
    for number in range(2):
        exam.send({"net_h1": Entry(f"0.37{number}")})
    drain_context(exam.context)
    regrade_id = office.propose()
    sizes: list[int] = []

    def slow(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        clock.advance(6)
        sizes.append(len(batch))
        return judge(exercise, batch)

    context = replace(exam.context, judge=slow, limits=replace(exam.context.limits, batch_size=1))
    for _ in range(5):
        regrade_some(context)
    assert sizes == [1, 1, 1]
    assert office.find(regrade_id).state is RegradeState.READY


def test_the_same_answers_are_judged_once(office: Office, exam: Exam) -> None:
    exam.send(RIGHT, number=1)
    drain_context(exam.context)
    sizes: list[int] = []

    def counts(exercise: Exercise, batch: Sequence[ReadAnswers]) -> list[Report]:
        sizes.append(len(batch))
        return judge(exercise, batch)

    office.propose()
    stats = regrade_some(replace(exam.context, judge=counts))
    assert stats is not None
    assert (sizes, stats.judged) == ([2], 4)
    assert len(outcomes(exam)) == 4


def test_a_report_that_stays_the_same_is_not_stored_again(office: Office, exam: Exam) -> None:
    same = exam.send(RIGHT, number=1)
    drain_context(exam.context)
    before = marks(exam)
    regrade_id = office.applied()
    assert office.gradings() == 7
    assert dict(outcomes(exam))[same] is False
    assert sorted(exam.counting()) == [("", "c"), *[(WIDE.key, "c")] * 3]
    office.ask_back(regrade_id)
    office.work()
    assert marks(exam) == before
    office.applied()
    assert office.gradings() == 7
    assert sorted(exam.counting()) == [("", "c"), *[(WIDE.key, "c")] * 3]


def test_what_another_revision_judges_the_same_is_stored_as_judged_by_it(office: Office, exam: Exam) -> None:
    office.published = replace(office.published, revision="e" * 64)
    office.applied(with_revision=True)
    with exam.sessions() as session:
        assert set(session.scalars(select(Grading.revision).where(Grading.counts))) == {"e" * 64}


def marks(exam: Exam) -> list[tuple[UUID, float, float, dict[str, Any]]]:
    with exam.sessions() as session:
        rows = session.scalars(select(Grading).where(Grading.counts).order_by(Grading.submission_id)).all()
    return [(row.submission_id, row.given, row.max, row.report) for row in rows]


def at_once(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Do both in threads of their own, and raise what either raises."""
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(first), threads.submit(second)]:
            done.result(timeout=60)


@pytest.mark.parametrize("end", ["discard", "work", "fail"])
def test_what_ends_a_regrade_waits_for_a_worker_that_stores_and_not_the_other_way_round(
    office: Office, exam: Exam, clock: Clock, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    regrade_id, store, held, tried = office.propose(), regrade_chunks.add_silent_gradings, Event(), Event()
    first = get_ident()

    def slowly(*arguments: Any) -> None:
        if get_ident() != first and not held.is_set():
            held.set()
            tried.wait(1)  # long enough for the other one to wait for a lock, which a deadlock would need
        store(*arguments)

    def ends() -> None:
        held.wait(30)
        clock.advance(21)
        {"discard": lambda: office.discard(regrade_id), "work": office.work, "fail": office.work}[end]()
        tried.set()

    monkeypatch.setattr(regrade_chunks, "add_silent_gradings", slowly)
    if end == "fail":
        monkeypatch.setattr(worker, "MOST_TRIES", 1)
    at_once(lambda: regrade_some(exam.context), ends)
    office.work()
    expected = RegradeState.DISCARDED if end == "discard" else RegradeState.READY
    assert office.find(regrade_id).state is expected
    assert (chunks(exam), office.gradings()) == (0, 3 if end == "discard" else 6)
