"""Judging submissions by the rules of a regrade: each different answer once, in batches or in isolation."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import structlog
from sqlalchemy import Row

from grader.judging.errors import GraderError
from grader.judging.report import Report, ReportWriter
from grader.messages.message import Message, to_json
from grader.services.grading.context import GradingContext, row_without_report
from grader.services.grading.drain import JudgedGroup, by_exercise, judge_group
from grader.services.grading.isolated import IsolatedJudge
from grader.services.grading.sandbox import SandboxFailedError
from grader.store.database import DATABASE_AWAY
from grader.store.grading_queue import Claim
from grader.store.regrade_chunks import SharedReport
from grader.store.regrades import RegradeTarget, Unjudged

log = structlog.get_logger(__name__)


Alike: TypeAlias = Mapping[UUID, Sequence[UUID]]
"""All submissions with the same answers as the one that is judged for them."""


class RegradeFailedError(Exception):
    """A regrade failed; the text says why."""


@dataclass(slots=True)
class RegradeOutcome:
    """The outcome of judging some submissions: reports, and reasons for those without one."""

    reports: list[SharedReport] = field(default_factory=list)
    failed: dict[UUID, Unjudged] = field(default_factory=dict)

    def add(self, other: "RegradeOutcome") -> None:
        """Add the outcome of others."""
        self.reports += other.reports
        self.failed |= other.failed

    @property
    def judged(self) -> list[UUID]:
        """The submissions with a report."""
        return [submission_id for report in self.reports for submission_id in report.submission_ids]


@dataclass(slots=True)
class RegradeGrader:
    """Judges submissions by a regrade's target.

    Submissions with the same answers and given values get the same report, so one of them is judged for all.
    """

    context: GradingContext
    target: RegradeTarget
    isolated: IsolatedJudge
    writer: ReportWriter = field(default_factory=ReportWriter)

    def judge(self, rows: Sequence[Row[*tuple[Any, ...]]], *, alone: bool = False) -> Iterator[RegradeOutcome]:
        """Judge submissions in batches, those with files alone, and all of them if `alone`; yield what comes of each.

        A submission that cannot be judged in a batch is judged alone; if that fails too, it does not block the others.

        Raises:
            RegradeFailedError: the exercise cannot be rebuilt, or no sandbox process started.
        """
        alike: dict[UUID, list[UUID]] = {}
        batched: list[Claim] = []
        isolated: list[Claim] = []
        for some in _alike(rows):
            claim = self._claim(some[0])
            alike[claim.submission_id] = [row.id for row in some]
            (isolated if some[0].has_file or alone else batched).append(claim)
        for group in self._batches(batched):
            judged, outcome = self._judge_batch(group), RegradeOutcome()
            for claim, report in judged.reports:
                self._add(outcome, claim, report, alike)
            isolated += [claim for claim, _ in judged.failed]
            yield outcome
        for claim in isolated:
            outcome = RegradeOutcome()
            self._judge_isolated(claim, outcome, alike)
            yield outcome

    def _claim(self, row: Row[*tuple[Any, ...]]) -> Claim:
        return Claim(
            submission_id=row.id,
            tries=0,
            slug=row.slug,
            answers=json.loads(row.answers),
            givens=row.givens and json.loads(row.givens),
            assignment_id=self.target.assignment_id,
            revision=row.revision,
            overrides=dict(self.target.overrides) or None,
            overrides_key=self.target.overrides_key,
        )

    def _batches(self, claims: Iterable[Claim]) -> Iterator[list[Claim]]:
        """Divide a chunk into what is judged at once: the search for mistakes needs memory for each of them."""
        size = self.context.limits.batch_size
        for group in by_exercise(claims):
            yield from (group[start : start + size] for start in range(0, len(group), size))

    def _judge_batch(self, group: list[Claim]) -> JudgedGroup:
        try:
            return judge_group(self.context, group)
        except DATABASE_AWAY:
            raise
        except GraderError as error:
            raise RegradeFailedError(f"The exercise cannot be rebuilt: {error.detail}") from error

    def _judge_isolated(self, claim: Claim, outcome: RegradeOutcome, alike: Alike) -> None:
        self._start()
        try:
            report = self.isolated.judge(claim)
        except SandboxFailedError as error:
            log.warning("a submission could not be judged anew", id=str(claim.submission_id), reason=str(error))
            outcome.failed |= dict.fromkeys(alike[claim.submission_id], Unjudged(str(error)))
        else:
            self._add(outcome, claim, report, alike)

    def _add(self, outcome: RegradeOutcome, claim: Claim, report: Report, alike: Alike) -> None:
        ids, unusable = alike[claim.submission_id], report.unusable_file
        if unusable is None:
            row = row_without_report(claim, report, self.context.clock())
            outcome.reports.append(SharedReport.of(row, self.writer.text(report), ids))
        else:
            outcome.failed |= dict.fromkeys(ids, _unusable(unusable))

    def _start(self) -> None:
        try:
            self.isolated.start()
        except SandboxFailedError as error:
            raise RegradeFailedError(f"Nothing can be judged alone: {error}") from error


def _unusable(reason: Message) -> Unjudged:
    stored = to_json(reason)
    return Unjudged(str(reason), stored if isinstance(stored, dict) else None)


def _alike(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterable[list[Row[*tuple[Any, ...]]]]:
    """Group submissions that get the same report; those with files are judged one by one."""
    groups: dict[Hashable, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        same = (row.revision, row.slug, row.answers, row.givens)
        groups[row.id if row.has_file else same].append(row)
    return groups.values()
