"""Judging one submission at a time in a sandbox: those that bring a file, or that failed in a batch."""

from base64 import b64encode

import structlog

from grader.judging.answers import entries_from_json
from grader.judging.report import Report
from grader.services.grading.context import GradingContext, GradingStats
from grader.services.grading.sandbox import SandboxFailedError, SandboxProcess, SandboxRequest
from grader.store import exercises, grading_queue, submissions
from grader.store.database import DATABASE_AWAY, autocommit
from grader.store.grading_queue import Claim, Fault

NO_WORD = "The grader stopped each time it tried to judge this submission."

log = structlog.get_logger(__name__)


class IsolatedJudge:
    """Judges submissions one at a time in a sandbox process, which is started on demand and replaced when it has died."""

    def __init__(self, context: GradingContext) -> None:
        self._context = context
        self._process: SandboxProcess | None = None
        self._sources: dict[str, dict[str, str]] = {}

    @property
    def is_running(self) -> bool:
        """Whether a process waits for submissions."""
        return self._process is not None and self._process.is_running

    def start(self) -> SandboxProcess:
        """Return the running process; start one if there is none.

        Raises:
            SandboxFailedError: it does not start.
        """
        if self._process is None or not self._process.is_running:
            limits = self._context.limits
            self._process = SandboxProcess(limits.alone_seconds, limits.child_mebibytes)
        return self._process

    def judge(self, claim: Claim) -> Report:
        """Return the report of one submission.

        Raises:
            SandboxFailedError: judging it raised, took too long or too much memory, or ended the process.
        """
        return self.start().judge(self._request(claim))

    def close(self) -> None:
        """Stop the process, if any."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _request(self, claim: Claim) -> SandboxRequest:
        with self._context.sessions() as session:
            if claim.revision not in self._sources:
                self._sources[claim.revision] = exercises.revision_source(session, claim.revision)
            hashes = {entry.file for entry in entries_from_json(claim.answers).values() if entry.file}
            contents = {sha256: b64encode(submissions.blob_content(session, sha256)).decode() for sha256 in hashes}
        return SandboxRequest(
            claim.slug,
            claim.revision,
            self._sources[claim.revision],
            claim.answers,
            claim.givens,
            contents,
            claim.overrides or {},
        )


def grade_isolated(context: GradingContext, judge: IsolatedJudge) -> GradingStats | None:
    """Judge one submission, or set it aside after its last try; return None if none is waiting to be judged alone.

    The process starts before anything is claimed, so that a slow start does not use up the lease.
    """
    with autocommit(context.sessions) as session:
        if not grading_queue.has_unusual(session, context.clock()):
            return None
    given_up = _give_up_exhausted(context)
    if given_up.failed:
        return given_up
    judge.start()
    with context.sessions.begin() as session:
        lease, most = context.lease(), context.limits.max_tries
        claim = grading_queue.claim_suspect(session, context.clock(), lease, most, context.holder)
    if claim is None:
        return None
    try:
        return context.store([(claim, judge.judge(claim))])
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - any fault of ours; it costs this submission a try
        return _failed(context, claim, error)


def _give_up_exhausted(context: GradingContext) -> GradingStats:
    """Set aside submissions whose last try left no result, for example because the machine crashed."""
    now = context.clock()
    with context.sessions.begin() as session:
        exhausted = grading_queue.give_up_exhausted(session, now, context.limits.max_tries)
        for submission_id, tries in exhausted:
            grading_queue.add_failure(session, submission_id, Fault(tries, NO_WORD, now))
    return GradingStats(failed=len(exhausted))


def _failed(context: GradingContext, claim: Claim, error: Exception) -> GradingStats:
    """Keep the claim until its lease ends, in case the problem is temporary; after the last try, give up."""
    reason = str(error) if isinstance(error, SandboxFailedError) else f"{type(error).__name__}: {error}"
    log.warning("a submission could not be judged", id=str(claim.submission_id), tries=claim.tries, reason=reason)
    if claim.tries < context.limits.max_tries:
        return GradingStats()
    with context.sessions.begin() as session:
        is_ours = grading_queue.give_up(session, claim)
        if is_ours:
            grading_queue.add_failure(session, claim.submission_id, Fault(claim.tries, reason, context.clock()))
    return GradingStats(failed=int(is_ours))
