"""Where a regrade's submissions are judged: in batches, or one by one in a process of their own."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import Row

from grader.checking.answers import entries_from_json
from grader.checking.errors import GraderError
from grader.checking.report import Report
from grader.services.child import AloneRequest, Child, ChildFailedError
from grader.services.desk import Desk
from grader.services.grade_batch import DATABASE_AWAY, by_exercise, judge_group
from grader.store import blobs, revisions
from grader.store.claims import Claim
from grader.store.regrading import Target

log = structlog.get_logger(__name__)


class RegradeFailedError(Exception):
    """A regrade comes to nothing; the text says why."""


@dataclass(slots=True)
class Bench:
    """Judges, and starts its process when there is something to be judged alone."""

    desk: Desk
    target: Target
    _child: Child | None = None
    _sources: dict[str, dict[str, str]] = field(default_factory=dict)

    def judge(self, rows: Sequence[Row[*tuple[Any, ...]]], *, alone: bool = False) -> list[tuple[Claim, Report]]:
        """Judge submissions; those with files alone, and `alone` all of them.

        Raises:
            RegradeFailedError: the exercise cannot be rebuilt, or one of them cannot be judged.
        """
        in_company = [self._claim(row) for row in rows if not row.has_file and not alone]
        by_itself = [self._claim(row) for row in rows if row.has_file or alone]
        judged = [pair for group in by_exercise(in_company) for pair in self._together(group)]
        return judged + [(claim, self._alone(claim)) for claim in by_itself]

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

    def _together(self, group: list[Claim]) -> Iterator[tuple[Claim, Report]]:
        try:
            return iter(judge_group(self.desk, group))
        except DATABASE_AWAY:
            raise
        except GraderError as error:
            raise RegradeFailedError(f"The exercise cannot be rebuilt: {error.detail}") from error
        except Exception:  # our fault, whatever it is: alone it is found out whose answers show it
            log.exception("a batch could not be judged anew", regrade=self.target.regrade_id, submissions=len(group))
            return ((claim, self._alone(claim)) for claim in group)

    def _alone(self, claim: Claim) -> Report:
        if self._child is None:
            limits = self.desk.limits
            self._child = Child(limits.alone_seconds, limits.child_mebibytes)
        try:
            return self._child.judge(self._request(claim))
        except ChildFailedError as error:
            raise RegradeFailedError(f"Submission {claim.submission_id} could not be judged: {error}") from error

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
