"""The stored counts agree with the submissions after any sequence of changes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from grader.judging.answers import Entry, entries_from_json, read_answers
from grader.judging.exercise import Exercise
from grader.judging.judge import judge
from grader.judging.overrides import Overrides
from grader.judging.report import Report
from grader.services.accounts.administration import Act
from grader.services.accounts.authentication import operator
from grader.services.grading.drain import drain_context
from grader.services.privacy.erasure import Extent, erase_person
from grader.store import grading_queue, tallies
from grader.store.database import Sessions
from grader.store.grading_queue import Claim, Fault
from grader.store.submission_tables import (
    ExerciseTally,
    Failure,
    Grading,
    Learner,
    LearnerResult,
    Submission,
    VerdictCount,
    Waiting,
)
from tests.fixtures.classroom import Classroom
from tests.fixtures.course import Clock
from tests.fixtures.regrading import OFF, WIDE, Office

RIGHT = {"net_h1": Entry("0.3775")}
WRONG = {"net_h1": Entry("7")}
Kept = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], dict[tuple[str, str, str], int]]


def kept(sessions: Sessions) -> Kept:
    """Return the stored counts that are read anywhere."""
    names = ("learner_id", "slug", "learner_ref", "attempts", "updated_at", "submission_id", "given", "max")
    practice = ("graded", "failed", "unusable", "failed_at", "submission_id", "given", "max")
    with sessions() as session:
        results = [
            tuple(getattr(row, name) for name in (*names, *(f"practice_{name}" for name in practice)))
            for row in session.scalars(select(LearnerResult))
        ]
        counts = [
            (row.slug, row.learners, row.graded, row.failed, row.unusable)
            for row in session.scalars(select(ExerciseTally))
            if row.learners
        ]
        verdicts = {(row.slug, row.field, row.verdict): row.times for row in session.scalars(select(VerdictCount))}
    return sorted(results, key=str), sorted(counts), {key: times for key, times in verdicts.items() if times}


def truth(sessions: Sessions) -> Kept:
    """The same, computed here from the submissions and their outcomes."""
    with sessions() as session:
        groups: dict[tuple[int, str], list[Any]] = defaultdict(list)
        rows = session.execute(
            select(Submission, Learner.ref, Grading, Failure)
            .join(Learner, Learner.id == Submission.learner_id)
            .outerjoin(Grading, (Grading.submission_id == Submission.id) & Grading.counts)
            .outerjoin(Failure, Failure.submission_id == Submission.id)
        )
        for row in rows:
            groups[row.Submission.learner_id, row.Submission.slug].append(row)
        results: list[tuple[Any, ...]] = []
        counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        verdicts: Counter[tuple[str, str, str]] = Counter()
        for (learner_id, slug), some in groups.items():
            graded = [row for row in some if row.Grading]
            practised = [row for row in some if row.Submission.assignment_id is None]
            failed = [row for row in practised if row.Failure and not row.Grading and not row.Failure.unusable_file]
            unusable = [row for row in practised if row.Failure and not row.Grading and row.Failure.unusable_file]
            tried = [row for row in practised if row.Grading]
            if not graded and not failed and not unusable:
                continue
            best, best_tried = _best(graded), _best(tried)
            since = max((row.Grading.counts_since or row.Grading.graded_at for row in graded), default=None)
            failed_at = max((row.Submission.submitted_at for row in failed), default=None)
            numbers = (len(tried), len(failed), len(unusable))
            own = (learner_id, slug, some[0].ref, len(graded), since, *best, *numbers, failed_at, *best_tried)
            results.append(own)
            for place, number in enumerate((int(any(numbers)), *numbers)):
                counts[slug][place] += number
            report: dict[str, Any] = next(
                (row.Grading.report for row in tried if row.Submission.id == best_tried[0]), {"fields": {}}
            )
            verdicts.update((slug, name, judged["verdict"]) for name, judged in report["fields"].items())
        listed = [(slug, *numbers) for slug, numbers in counts.items() if any(numbers)]
        return sorted(results, key=str), sorted(listed), dict(verdicts)


def _best(rows: Sequence[Any]) -> tuple[UUID | None, float | None, float | None]:
    if not rows:
        return None, None, None
    one = min(
        rows, key=lambda row: (-row.Grading.given / row.Grading.max, row.Submission.submitted_at, row.Submission.id)
    )
    return one.Submission.id, one.Grading.given, one.Grading.max


class History:
    """Things that happen to a class, by chance."""

    def __init__(self, office: Office, classroom: Classroom, clock: Clock, seed: int) -> None:
        self.office, self.exam, self.classroom, self.clock = office, office.exam, classroom, clock
        self.chance = Random(seed)  # noqa: S311 - a history, no secret
        self.applied: list[int] = []

    def go_on(self) -> None:
        """Let one thing happen."""
        doings: tuple[Callable[[], None], ...] = (
            self.send,
            self.send,
            self.grade,
            self.fail,
            self.judge_again,
            self.regrade_all,
        )
        self.clock.advance(60)
        self.chance.choice(doings)()

    def send(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            answers = self.chance.choice((RIGHT, WRONG, OFF))
            self.exam.send(answers, self.chance.randrange(2), practice=self.chance.random() < 0.5)
            self.clock.advance(self.chance.randrange(2))

    def grade(self) -> None:
        drain_context(self.exam.context)

    def fail(self) -> None:
        """One is set aside: through our fault, or its file's; it may be judged all the same later."""
        with self.exam.sessions.begin() as session:
            ids = session.scalars(select(Submission.id).order_by(Submission.id)).all()
            unusable: dict[str, Any] | None = self.chance.choice((None, {"file.empty": {}}))
            fault = Fault(3, "a fault of ours", self.clock(), unusable)
            chosen = self.chance.choice(ids)
            session.execute(delete(Waiting).where(Waiting.submission_id == chosen))
            grading_queue.add_failure(session, chosen, fault)

    def judge_again(self) -> None:
        """A worker that was thought dead stores what another has stored already."""
        with self.exam.sessions.begin() as session:
            rows = session.scalars(select(Submission).where(Submission.assignment_id.is_(None))).all()
            claims = [
                Claim(row.id, 1, row.slug, row.answers, row.givens, None, row.revision)
                for row in self.chance.sample(rows, min(2, len(rows)))
            ]
        for claim in claims:
            exercise = self.office.published.exercise
            self.exam.context.store([(claim, _judged(exercise, claim))])

    def regrade_all(self) -> None:
        """A regrade is applied, and later perhaps rolled back."""
        if self.applied:
            self.office.ask_back(self.applied.pop())
            self.office.work()
            return
        self.applied.append(
            self.office.applied(self.chance.choice((WIDE, Overrides.from_json({"tolerance": {"relative": 0.2}}))))
        )


def _judged(exercise: Exercise, claim: Claim) -> Report:
    return judge(exercise, [read_answers(exercise, entries_from_json(claim.answers))])[0]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_what_is_kept_is_the_truth_after_any_history(
    office: Office, classroom: Classroom, clock: Clock, seed: int
) -> None:
    history, sessions = History(office, classroom, clock, seed), office.exam.sessions
    for _ in range(14):
        history.go_on()
        assert kept(sessions) == truth(sessions)
    who, extent = classroom.students[seed % 2], (Extent.ERASE, Extent.ANONYMISE)[seed % 3 == 0]
    erase_person(sessions, who.id, who.email, extent, Act(operator(), clock()))
    assert kept(sessions) == truth(sessions)
    before = kept(sessions)
    with sessions.begin() as session:
        tallies.rebuild(session)
    assert kept(sessions) == before
