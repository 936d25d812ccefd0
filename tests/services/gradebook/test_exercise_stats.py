import pytest

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entry
from grader.judging.report import Score
from grader.judging.verdict import Verdict
from grader.services.assignments.marks import progress_of_learners
from grader.services.gradebook.exercise_stats import (
    MOST_LEARNERS,
    Counts,
    ExerciseStats,
    counts_by_exercise,
    exercise_stats,
)
from grader.services.gradebook.exports import export
from grader.services.grading.drain import drain
from grader.services.submissions.queries import Status
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Fault
from grader.vocabulary import SubmissionFilter
from tests.fixtures.course import Clock, Send

HALF = {"v3": Entry("2"), "y3": Entry("1"), "v4": Entry("9")}


@pytest.fixture
def graded(sessions: Sessions, send: Send, catalog: Catalog, clock: Clock) -> None:
    """An: half, all, half. Binh: half, and one that could not be judged. Chi: one that waits."""
    send(who="an", answers=HALF)
    send(who="an")
    send(2, who="an", answers=HALF)
    send(who="binh", answers=HALF)
    drain(sessions, catalog, clock)
    (fault,) = send(who="binh")
    with sessions.begin() as session:
        grading_queue.add_failure(session, fault, Fault(3, "a fault of ours", clock()))
    send(who="chi")


@pytest.mark.usefixtures("graded")
def test_counts_tell_how_far_the_submissions_are(sessions: Sessions, published: LoadedExercise) -> None:
    with sessions() as session:
        assert counts_by_exercise(session) == {published.slug: Counts(submissions=7, learners=3, graded=5, failed=1)}
        assert counts_by_exercise(session)[published.slug].pending == 1


@pytest.mark.usefixtures("graded")
def test_a_learners_best_counts_and_a_fault_of_ours_does_not(sessions: Sessions, published: LoadedExercise) -> None:
    an, binh, chi = _dashboard(sessions, published).standings
    assert (an.learner_ref, an.attempts, an.best) == ("an", 4, Score(6, 6))
    assert (binh.learner_ref, binh.attempts, binh.best) == ("binh", 1, Score(2, 6))
    assert (chi.attempts, chi.best) == (1, None)


@pytest.mark.usefixtures("graded")
def test_verdicts_are_counted_once_a_learner_on_the_best_submission(
    sessions: Sessions, published: LoadedExercise
) -> None:
    verdicts = _dashboard(sessions, published).verdicts
    assert set(verdicts) == set(published.exercise.field_names)
    assert verdicts["v3"] == {Verdict.CORRECT: 2}
    assert verdicts["v4"] == {Verdict.CORRECT: 1, Verdict.WRONG: 1}
    assert verdicts["y5"] == {Verdict.CORRECT: 1, Verdict.MISSING: 1}


@pytest.mark.usefixtures("graded")
def test_what_was_set_aside_is_shown_with_its_reason(sessions: Sessions, published: LoadedExercise) -> None:
    (aside,) = _dashboard(sessions, published).set_aside
    assert (aside.learner_ref, aside.reason) == ("binh", "a fault of ours")


def test_an_exercise_that_nobody_answered_has_zeros(sessions: Sessions, published: LoadedExercise) -> None:
    empty = _dashboard(sessions, published)
    assert (empty.counts, empty.standings, dict(empty.verdicts)) == (Counts(), (), {})


@pytest.mark.usefixtures("graded")
def test_standings_of_one_learner(sessions: Sessions) -> None:
    with sessions() as session:
        assert [
            standing.learner_ref for standing in progress_of_learners(session, SubmissionFilter(learner_ref="an"))
        ] == ["an"]


@pytest.mark.usefixtures("graded")
def test_the_export_has_every_submission_once_oldest_first(sessions: Sessions, published: LoadedExercise) -> None:
    with sessions() as session:
        rows = list(export(session, published.slug))
    assert [row.learner_ref for row in rows] == ["an"] * 4 + ["binh"] * 2 + ["chi"]
    assert [row.status for row in rows[-3:]] == [Status.GRADED, Status.FAILED, Status.PENDING]
    assert rows[0].entries == HALF
    assert [row.report is None for row in rows] == [False] * 5 + [True] * 2


def _dashboard(sessions: Sessions, published: LoadedExercise) -> ExerciseStats:
    with sessions() as session:
        return exercise_stats(session, published.slug)


def test_the_newest_failures_are_shown_however_many_learners_have_some(
    sessions: Sessions, send: Send, published: LoadedExercise, clock: Clock
) -> None:
    sent = [send(who=f"learner {number % 30}")[0] for number in range(90)]
    with sessions.begin() as session:
        for number in sent:
            grading_queue.add_failure(session, number, Fault(3, "a fault of ours", clock()))
    stats = _dashboard(sessions, published)
    assert [aside.id for aside in stats.set_aside] == sent[:-21:-1]
    assert (stats.counts.failed, stats.counts.learners, stats.standings) == (90, 30, ())


def test_learners_are_shown_a_page_at_a_time_each_once(
    sessions: Sessions, send: Send, catalog: Catalog, clock: Clock, published: LoadedExercise
) -> None:
    everybody = sorted(f"learner{number:03}" for number in range(MOST_LEARNERS + 7))
    for who in everybody[::2]:
        send(who=who)
    drain(sessions, catalog, clock)
    for who in everybody[1::2]:  # they wait
        send(who=who)
    first = _dashboard(sessions, published)
    with sessions() as session:
        second = exercise_stats(session, published.slug, first.learners_after)
    assert [one.learner_ref for one in (*first.standings, *second.standings)] == everybody
    assert (len(first.standings), second.learners_after) == (MOST_LEARNERS, None)
