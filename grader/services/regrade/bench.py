"""Where a regrade's submissions are judged: in batches, or one by one in a process of their own."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from grader.checking.answers import entries_from_json
from grader.checking.errors import GraderError
from grader.checking.report import Report
from grader.sayings.saying import Saying, to_json
from grader.services.child import AloneRequest, Child, ChildFailedError
from grader.services.desk import Desk
from grader.services.grade_batch import Judged, by_exercise, judge_group
from grader.store import blobs, revisions
from grader.store.claims import Claim
from grader.store.engine import DATABASE_AWAY
from grader.store.regrading import Target, Unjudged

log = structlog.get_logger(__name__)


class RegradeFailedError(Exception):
    """A regrade comes to nothing; the text says why."""


@dataclass(slots=True)
class Outcome:
    """What came of judging some: reports, and why there is none for the others."""

    reports: list[tuple[Claim, Report]] = field(default_factory=list)
    failed: dict[UUID, Unjudged] = field(default_factory=dict)


@dataclass(slots=True)
class Bench:
    """Judges, and starts its process when there is something to be judged alone."""

    desk: Desk
    target: Target
    _child: Child | None = None
    _sources: dict[str, dict[str, str]] = field(default_factory=dict)

    def judge(self, rows: Sequence[Row[*tuple[Any, ...]]], *, alone: bool = False) -> Outcome:
        """Judge submissions; those with files alone, and `alone` all of them.

        One that cannot be judged among others is judged alone; one that cannot be judged then holds up nothing.

        Raises:
            RegradeFailedError: the exercise cannot be rebuilt, or no process started to judge alone.
        """
        in_company = [self._claim(row) for row in rows if not row.has_file and not alone]
        by_itself = [self._claim(row) for row in rows if row.has_file or alone]
        outcome = Outcome()
        for group in by_exercise(in_company):
            judged = self._together(group)
            outcome.reports += judged.reports
            by_itself += [claim for claim, _ in judged.failed]
        for claim in by_itself:
            self._alone(claim, outcome)
        return outcome

    def close(self) -> None:
        """End the process, if there is one."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _claim(self, row: Row[*tuple[Any, ...]]) -> Claim:
        return Claim(
            submission_id=row.id,
            tries=0,
            slug=row.slug,
            answers=row.answers,
            givens=row.givens,
            assignment_id=self.target.assignment_id,
            revision=row.revision,
            overrides=dict(self.target.overrides) or None,
            overrides_key=self.target.overrides_key,
        )

    def _together(self, group: list[Claim]) -> Judged:
        try:
            return judge_group(self.desk, group)
        except DATABASE_AWAY:
            raise
        except GraderError as error:
            raise RegradeFailedError(f"The exercise cannot be rebuilt: {error.detail}") from error

    def _alone(self, claim: Claim, outcome: Outcome) -> None:
        child = self._started()
        try:
            report = child.judge(self._request(claim))
            if report.unusable_file is None:
                outcome.reports.append((claim, report))
            else:
                outcome.failed[claim.submission_id] = _unusable(report.unusable_file)
        except ChildFailedError as error:
            log.warning("a submission could not be judged anew", id=str(claim.submission_id), reason=str(error))
            outcome.failed[claim.submission_id] = Unjudged(str(error))

    def _started(self) -> Child:
        if self._child is None or not self._child.is_running:
            limits = self.desk.limits
            try:
                self._child = Child(limits.alone_seconds, limits.child_mebibytes)
            except ChildFailedError as error:
                raise RegradeFailedError(f"Nothing can be judged alone: {error}") from error
        return self._child

    def _request(self, claim: Claim) -> AloneRequest:
        with self.desk.sessions() as session:
            if claim.revision not in self._sources:
                self._sources[claim.revision] = revisions.source_of(session, claim.revision)
            hashes = {entry.file for entry in entries_from_json(claim.answers).values() if entry.file}
            contents = {sha256: b64encode(blobs.content_of(session, sha256)).decode() for sha256 in hashes}
        return AloneRequest(
            claim.slug,
            claim.revision,
            self._sources[claim.revision],
            claim.answers,
            claim.givens,
            contents,
            claim.overrides or {},
        )


def _unusable(reason: Saying) -> Unjudged:
    stored = to_json(reason)
    return Unjudged(str(reason), stored if isinstance(stored, dict) else None)
