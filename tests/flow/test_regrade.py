"""A regrade before real workers: one is killed in the middle, two are at it, and a student does not wait."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grader.adapters.queue import REGRADING, Notifier, make_notifier
from grader.catalog.load import Catalog
from grader.services.courses.membership import InstructorOf
from grader.services.grading.context import GradeLimits
from grader.services.grading.drain import drain
from grader.services.regrading.regrades import FoundRegrade, Proposal, apply_regrade, find_regrade, propose, roll_back
from grader.services.submissions.learners import LearnerKey
from grader.store.submission_tables import Grading
from grader.vocabulary import RegradeState
from tests.fixtures.classroom import Classroom
from tests.fixtures.regrading import OFF, SLUG, WIDE, Exam
from tests.fixtures.submitting import submit_for
from tests.flow.conftest import Grader

MANY = 400


@dataclass(frozen=True, slots=True)
class Bureau:
    """An instructor at work, beside workers of its own."""

    grader: Grader
    exam: Exam
    catalog: Catalog
    who: InstructorOf
    wake: Notifier

    def send(self, learner: LearnerKey) -> None:
        published, now = self.catalog.find(SLUG), self.exam.context.clock()
        submit_for(self.grader.sessions, published, learner, OFF, now, assignment_id=self.exam.assignment_id)

    def propose(self) -> int:
        proposal, published = Proposal(self.exam.assignment_id, WIDE), self.catalog.find(SLUG)
        with self.grader.sessions.begin() as session:
            regrade_id = propose(session, self.who, proposal, published, datetime.now(UTC))
        self.wake()
        return regrade_id

    def decide(self, decision: Callable[[Session, InstructorOf, int], None], regrade_id: int) -> None:
        with self.grader.sessions.begin() as session:
            decision(session, self.who, regrade_id)
        self.wake()

    def found(self, regrade_id: int) -> FoundRegrade:
        with self.grader.sessions() as session:
            return find_regrade(session, regrade_id)

    def until(self, regrade_id: int, state: RegradeState) -> None:
        self.grader.until(lambda _: self.found(regrade_id).state is state)

    def gradings(self) -> int:
        with self.grader.sessions() as session:
            return session.scalars(select(func.count()).select_from(Grading)).one()


@pytest.fixture
def bureau(
    grader: Grader, exam: Exam, classroom: Classroom, catalog: Catalog, environment: dict[str, str]
) -> Iterator[Bureau]:
    """MANY graded submissions, a worker and its clock."""
    wake = make_notifier(environment["REDIS_URL"], REGRADING)
    bureau = Bureau(grader, exam, catalog, classroom.as_instructor, wake)
    for number in range(MANY):
        bureau.send(classroom.learner(number % 2))
    drain(grader.sessions, catalog, exam.context.clock, GradeLimits(run_seconds=600))
    yield bureau
    wake.redis.close()
    wake.celery.close()


def test_a_regrade_whose_worker_was_killed_waits_for_no_lease(bureau: Bureau) -> None:
    grader = bureau.grader
    grader.environment["GRADER_LEASE_SECONDS"] = "3600"
    first = grader.start_worker()
    regrade_id = bureau.propose()
    grader.until(lambda _: bureau.found(regrade_id).done > 0)
    grader.kill(first)
    grader.start_worker()
    grader.start_clock()
    bureau.until(regrade_id, RegradeState.READY)
    assert bureau.gradings() == 2 * MANY


def test_a_killed_worker_is_followed_and_everything_counts_once(bureau: Bureau) -> None:
    grader, exam = bureau.grader, bureau.exam
    first, _ = grader.start_worker(), grader.start_clock()
    regrade_id = bureau.propose()
    grader.until(lambda _: bureau.found(regrade_id).done > 0)
    grader.kill(first)
    others = [grader.start_worker(), grader.start_worker()]
    bureau.until(regrade_id, RegradeState.READY)
    assert bureau.gradings() == 2 * MANY
    assert exam.counting() == [("", "w")] * MANY
    bureau.send(LearnerKey(grader.course.client, "late@example.org"))
    grader.wake()
    bureau.decide(apply_regrade, regrade_id)
    bureau.until(regrade_id, RegradeState.APPLIED)
    grader.until(lambda count: count.waiting == 0)
    assert exam.counting() == [(WIDE.key, "c")] * (MANY + 1)
    bureau.decide(roll_back, regrade_id)
    bureau.until(regrade_id, RegradeState.ROLLED_BACK)
    assert exam.counting() == [("", "w")] * (MANY + 1)
    assert all(worker.process.poll() is None for worker in others)
