"""What grading needs: stored submissions, exercises, clock, limits and judge."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy.orm import Session

from grader.catalog.load import Catalog, LoadedExercise, load_revision
from grader.judging.answers import ReadAnswers
from grader.judging.errors import UnknownExercise
from grader.judging.exercise import Exercise
from grader.judging.judge import JUDGE_VERSION
from grader.judging.report import Report
from grader.messages.message import Message, to_json
from grader.services.grading.heartbeat import HOLD_SECONDS, Heartbeat
from grader.store import exercises, grading_queue, tallies
from grader.store.database import Sessions
from grader.store.grading_queue import Claim, Fault, Hold, Tries


@dataclass(frozen=True, slots=True)
class Revisions:
    """Exercises by revision: from the catalog, or rebuilt from their stored source."""

    catalog: Catalog
    sessions: Sessions
    _rebuilt: dict[str, LoadedExercise] = field(default_factory=dict)

    def find(self, slug: str, revision: str) -> LoadedExercise:
        """Return the exercise of this revision.

        Raises:
            ExerciseErrors: it was stored in a format that this version cannot read.
        """
        try:
            served = self.catalog.find(slug)
        except UnknownExercise:
            return self._stored(slug, revision)
        return served if served.revision == revision else self._stored(slug, revision)

    def _stored(self, slug: str, revision: str) -> LoadedExercise:
        if revision not in self._rebuilt:
            with self.sessions() as session:
                source = exercises.revision_source(session, revision)
            self._rebuilt[revision] = load_revision(slug, source)
        return self._rebuilt[revision]


def ensure_revision(session: Session, published: LoadedExercise, now: datetime) -> str:
    """Store what is published of an exercise unless it is stored already, and return its revision."""
    row = {
        "revision": published.revision,
        "slug": published.slug,
        "title": published.title,
        "source": dict(published.source),
        "created_at": now,
    }
    exercises.ensure_revision(session, row)
    return published.revision


def grouped(claims: Iterable[Claim], key: Callable[[Claim], Hashable]) -> Iterable[list[Claim]]:
    """Group claims that have the same key."""
    groups: dict[Hashable, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[key(claim)].append(claim)
    return groups.values()


Judge: TypeAlias = Callable[[Exercise, Sequence[ReadAnswers]], list[Report]]


@dataclass(frozen=True, slots=True)
class GradeLimits:
    """How much is claimed at a time, and for how long.

    Attributes:
        batch_size: submissions judged together.
        lease_seconds: a worker that makes no progress for this time hangs, and its claims may be taken over. One that is
            dead gives no sign of life, and is found out sooner.
        max_tries: tries before a submission is set aside; the first is in a batch, the others in a sandbox.
        run_seconds: a drain starts nothing new after this time, so that a task ends.
        child_mebibytes: memory of the process in which a submission is judged alone, in MiB.
        regrade_batch: submissions of a regrade that are judged together: nobody waits for one of them.
        regrade_workers: how many workers judge a regrade at once.
    """

    batch_size: int = 200
    lease_seconds: float = 20
    max_tries: int = 3
    run_seconds: float = 30
    child_mebibytes: int = 2048
    regrade_batch: int = 1000
    regrade_workers: int = 1

    def __post_init__(self) -> None:
        if self.max_tries < 2:  # noqa: PLR2004 - one in a batch and one alone
            raise ValueError("a submission needs two tries at least: what fails in a batch may be a neighbour's fault")

    @property
    def tries(self) -> Tries:
        """The tries of a submission; workers that were killed leave no word, and may be killed for other reasons."""
        return Tries(self.max_tries, self.max_tries + 2)

    @property
    def alone_seconds(self) -> float:
        """Seconds for one submission in a child process: well within the lease, so that nobody takes it over."""
        return self.lease_seconds / 2

    @property
    def batch_seconds(self) -> float:
        """Seconds for judging a batch: within the lease as well."""
        return self.lease_seconds * 3 / 4

    @property
    def single_seconds(self) -> float:
        """Seconds for one submission of a batch that timed out: hundreds of times what it needs."""
        return self.lease_seconds / 20


@dataclass(frozen=True, slots=True)
class GradingStats:
    """The counts of one run.

    Attributes:
        graded: submissions that now have a report.
        failed: submissions that were set aside.
        unusable: submissions whose file cannot be used.
        is_finished: False if the time was up and more may be waiting.
    """

    graded: int = 0
    failed: int = 0
    is_finished: bool = True
    unusable: int = 0

    def __add__(self, other: "GradingStats") -> "GradingStats":
        return GradingStats(
            self.graded + other.graded,
            self.failed + other.failed,
            self.is_finished and other.is_finished,
            self.unusable + other.unusable,
        )


@dataclass(frozen=True, slots=True)
class GradingContext:
    """The dependencies of grading: stored submissions, exercises, clock, limits and judge.

    Attributes:
        holder: names the claims made here, so that others can release them if it dies; None if that is impossible.
        expect: tells others that whatever arrives from now on is claimed here, in the next batch.
        gather: waits a moment for that: judging a few together costs hardly more than judging one.
        place: gives whether this process may judge in a sandbox now, for as long as it holds the place.
        heartbeat: renews these claims while they are judged; without it, leases last as long as judging may.
    """

    sessions: Sessions
    revisions: Revisions
    clock: Callable[[], datetime]
    limits: GradeLimits
    judge: Judge
    holder: str | None = None
    expect: Callable[[], None] = lambda: None
    gather: Callable[[], None] = lambda: None
    place: Callable[[], AbstractContextManager[bool]] = lambda: nullcontext(enter_result=True)
    heartbeat: Heartbeat | None = None

    def hold(self, most: int = 1) -> Hold:
        """How to claim submissions now."""
        self.progress()
        is_short = self.heartbeat is not None and self.holder is not None
        seconds = self.limits.lease_seconds
        return Hold(min(HOLD_SECONDS, seconds) if is_short else seconds, most, self.holder)

    def progress(self) -> None:
        """Note that something was judged, which proves that nothing hangs."""
        if self.heartbeat is not None and self.holder is not None:
            self.heartbeat.progress(self.holder)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Keep what is claimed inside this block alive until it ends."""
        try:
            yield
        finally:
            if self.heartbeat is not None:
                self.heartbeat.rest()

    def lease(self) -> datetime:
        """The time at which a claim made now expires."""
        return self.clock() + timedelta(seconds=self.limits.lease_seconds)

    def store(self, judged: Sequence[tuple[Claim, Report]]) -> GradingStats:
        """Store reports and remove their queue rows in one transaction; return the counts.

        Gradings stored concurrently by others stay: they are equal. A submission that must now be judged differently,
        because a regrade was applied in the meantime, keeps waiting. A report that only says that a file cannot be used
        is not stored as a grading: the submission is set aside without a score and is not an attempt.
        """
        now = self.clock()
        in_order = sorted(judged, key=lambda pair: pair[0].submission_id)  # a fixed order prevents deadlocks
        with self.sessions.begin() as session:
            outdated = grading_queue.outdated_claims(session, [claim for claim, _ in in_order])
            grading_queue.return_claims(session, outdated)
            current = [(claim, report) for claim, report in in_order if claim not in outdated]
            rows = [row_of(claim, report, now) for claim, report in current if report.unusable_file is None]
            waited = grading_queue.settle_claims(session, [claim for claim, _ in current])
            if rows:
                grading_queue.add_gradings(session, rows, waited)
            for claim, report in current:
                if report.unusable_file is not None:
                    grading_queue.add_failure(session, claim.submission_id, fault_of(claim, report.unusable_file, now))
            graded = [claim.submission_id for claim, report in current if report.unusable_file is None]
            tallies.count_gradings(session, graded, waited)
        return GradingStats(graded=len(rows), unusable=len(current) - len(rows))


def fault_of(claim: Claim, reason: Message, now: datetime) -> Fault:
    """Return why a submission with an unusable file is set aside."""
    stored = to_json(reason)
    return Fault(claim.tries, str(reason), now, stored if isinstance(stored, dict) else None)


def row_of(claim: Claim, report: Report, now: datetime) -> dict[str, object]:
    """Return the row of a grading for a report."""
    return {**row_without_report(claim, report, now), "report": report.to_json()}


def row_without_report(claim: Claim, report: Report, now: datetime) -> dict[str, object]:
    """Return the same without the report itself, which is most of it."""
    return {
        "submission_id": claim.submission_id,
        "revision": claim.revision,
        "judge_version": JUDGE_VERSION,
        "overrides": claim.overrides,
        "overrides_key": claim.overrides_key,
        "given": report.score.given,
        "max": report.score.max,
        "graded_at": now,
        "verdicts": report.letters,
        "first_wrong": report.first_wrong,
        "mistakes": report.mistakes or None,
    }
