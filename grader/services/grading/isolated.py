from base64 import b64encode

import structlog

from grader.judging.answers import entries_from_json
from grader.services.grading.context import GradingContext, GradingStats
from grader.services.grading.sandbox import SandboxFailedError, SandboxProcess, SandboxRequest
from grader.store import exercises, grading_queue, submissions
from grader.store.database import DATABASE_AWAY
from grader.store.grading_queue import Claim, Fault

log = structlog.get_logger(__name__)


class IsolatedGrader:
    """Grades suspect submissions one at a time in a sandbox process that is started on demand."""

    def __init__(self, desk: GradingContext) -> None:
        self._desk = desk
        self._child: SandboxProcess | None = None
        self._sources: dict[str, dict[str, str]] = {}

    def grade_next(self) -> GradingStats | None:
        """Judge one submission, or set it aside after its last try; return None if none is waiting to be judged alone."""
        child = self._child or self._start()
        if child is None:
            return None
        with self._desk.sessions.begin() as session:
            lease, most = self._desk.lease(), self._desk.limits.max_tries
            claim = grading_queue.claim_suspect(session, self._desk.clock(), lease, most, self._desk.holder)
        if claim is None:
            return None
        try:
            return self._desk.store([(claim, child.judge(self._request(claim)))])
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - any fault of ours; it costs this submission a try
            return self._failed(claim, error)

    def close(self) -> None:
        """Stop the process, if any."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def _start(self) -> SandboxProcess | None:
        """Start the process before anything is claimed, so that a slow start does not use up the lease."""
        limits = self._desk.limits
        with self._desk.sessions() as session:
            if not grading_queue.has_suspect(session, self._desk.clock(), limits.max_tries):
                return None
        self._child = SandboxProcess(limits.alone_seconds, limits.child_mebibytes)
        return self._child

    def _request(self, claim: Claim) -> SandboxRequest:
        if claim.revision not in self._sources:
            with self._desk.sessions() as session:
                self._sources[claim.revision] = exercises.revision_source(session, claim.revision)
        return SandboxRequest(
            claim.slug,
            claim.revision,
            self._sources[claim.revision],
            claim.answers,
            claim.givens,
            self._contents(claim),
            claim.overrides or {},
        )

    def _contents(self, claim: Claim) -> dict[str, str]:
        """Return the files of a submission by hash, encoded for the child process."""
        hashes = {entry.file for entry in entries_from_json(claim.answers).values() if entry.file}
        with self._desk.sessions() as session:
            return {sha256: b64encode(submissions.blob_content(session, sha256)).decode() for sha256 in hashes}

    def _failed(self, claim: Claim, error: Exception) -> GradingStats:
        """Keep the claim until its lease ends, in case the problem is temporary; after the last try, give up."""
        if self._child is not None and not self._child.is_running:
            self._child = None
        reason = str(error) if isinstance(error, SandboxFailedError) else f"{type(error).__name__}: {error}"
        log.warning("a submission could not be judged", id=str(claim.submission_id), tries=claim.tries, reason=reason)
        if claim.tries < self._desk.limits.max_tries:
            return GradingStats()
        with self._desk.sessions.begin() as session:
            is_ours = grading_queue.give_up(session, claim)
            if is_ours:
                grading_queue.add_failure(session, claim.submission_id, Fault(claim.tries, reason, self._desk.clock()))
        return GradingStats(failed=int(is_ours))
