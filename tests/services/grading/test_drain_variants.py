"""Answers to given values that were drawn are judged by them, on every path that a submission may take."""

from collections.abc import Callable
from uuid import UUID

import pytest

from grader.catalog.load import Catalog, LoadedExercise
from grader.judging.answers import Entry
from grader.judging.report import Report
from grader.judging.verdict import Verdict
from grader.services.grading.context import GradeLimits
from grader.services.grading.drain import drain
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import submission_detail
from grader.services.submissions.variants import LearnerVariant, variant_for
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Hold
from tests.fixtures.course import Clock, age_claims
from tests.fixtures.submitting import submit_for
from tests.fixtures.varied import SECRET, right_with

Answer = Callable[[str, dict[str, Entry] | None], UUID]
"""Takes who answers and with what, the right answers where nothing is said; gives the id."""


@pytest.fixture
def values(sessions: Sessions, varied: LoadedExercise, web: int, clock: Clock) -> Callable[[str], LearnerVariant]:
    """What a learner was given."""

    def of(who: str) -> LearnerVariant:
        own = variant_for(sessions, varied, LearnerKey(web, who), SECRET, clock())
        assert own is not None
        return own

    return of


@pytest.fixture
def answer(
    sessions: Sessions, varied: LoadedExercise, web: int, clock: Clock, values: Callable[[str], LearnerVariant]
) -> Answer:
    def send(who: str, answers: dict[str, Entry] | None = None) -> UUID:
        own = values(who)
        entries = right_with(varied, own.givens) if answers is None else answers
        return submit_for(sessions, varied, LearnerKey(web, who), entries, clock.advance(1), values=own).id

    return send


def test_a_submission_carries_the_values_that_it_answers(
    sessions: Sessions, answer: Answer, values: Callable[[str], LearnerVariant]
) -> None:
    with sessions() as session:
        shown = submission_detail(session, answer("an", None))
    assert shown.givens == values("an").givens


def test_a_batch_of_many_variants_is_judged_each_by_its_own(
    sessions: Sessions, varied_catalog: Catalog, answer: Answer, clock: Clock, limits: GradeLimits
) -> None:
    right = [answer(f"s{number % 7}", None) for number in range(20)]
    assert drain(sessions, varied_catalog, clock, limits).graded == 20
    for submission_id in right:
        assert _verdicts(_report(sessions, submission_id)) == {Verdict.CORRECT}


def test_answers_to_the_printed_values_or_a_neighbours_are_not_right(
    sessions: Sessions, varied: LoadedExercise, answer: Answer, clock: Clock, values: Callable[[str], LearnerVariant]
) -> None:
    foreign = [right_with(varied, None), right_with(varied, values("binh").givens)]
    sent = [answer("an", entries) for entries in foreign]
    drain(sessions, Catalog({varied.slug: varied}), clock)
    for submission_id in sent:
        assert _report(sessions, submission_id).fields["net_o1"].verdict not in {Verdict.CORRECT, Verdict.FOLLOWS}


def test_without_values_of_its_own_a_submission_is_judged_by_the_printed_ones(
    sessions: Sessions, varied: LoadedExercise, varied_catalog: Catalog, learner: LearnerKey, clock: Clock
) -> None:
    sent = submit_for(sessions, varied, learner, right_with(varied, None), clock())
    drain(sessions, varied_catalog, clock)
    assert _verdicts(_report(sessions, sent.id)) == {Verdict.CORRECT}


@pytest.mark.process
def test_judged_alone_and_judged_in_company_are_the_same(
    sessions: Sessions, varied_catalog: Catalog, answer: Answer, clock: Clock
) -> None:
    company = answer("an", None)
    drain(sessions, varied_catalog, clock)
    alone = answer("an", None)
    with sessions.begin() as session:  # a worker claims it, and dies
        grading_queue.claim_fresh(session, Hold(20, 10))
    age_claims(sessions, 21)
    assert drain(sessions, varied_catalog, clock).graded == 1
    assert _report(sessions, alone) == _report(sessions, company)


def test_files_that_have_changed_since_leave_the_values_of_a_submission_alone(
    sessions: Sessions, answer: Answer, clock: Clock
) -> None:
    sent = answer("an", None)
    assert drain(sessions, Catalog({}), clock).graded == 1
    assert _verdicts(_report(sessions, sent)) == {Verdict.CORRECT}


def _report(sessions: Sessions, submission_id: UUID) -> Report:
    with sessions() as session:
        report = submission_detail(session, submission_id).report
    assert report is not None
    return report


def _verdicts(report: Report) -> set[Verdict]:
    return {field.verdict for field in report.fields.values()}
