"""Judging in a sandbox: submissions that bring a file, that failed in a batch, or whose worker died."""

from base64 import b64encode
from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from grader.judging.answers import entries_from_json
from grader.judging.report import Report
from grader.services.grading.context import GradingContext, GradingStats, grouped
from grader.services.grading.sandbox import SandboxFailedError, SandboxProcess, SandboxRequest
from grader.store import exercises, grading_queue, submissions
from grader.store.database import DATABASE_AWAY, autocommit
from grader.store.grading_queue import Claim, Fault, WhatWaits

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
        return self.judge_alike([claim])[0]

    def judge_alike(self, claims: Sequence[Claim]) -> list[Report]:
        """Return the reports of submissions that are judged by the same exercise and values, together.

        Raises:
            SandboxFailedError: judging any of them raised, took too long or too much memory, or ended the process.
        """
        return self.start().judge(self._request(claims))

    def close(self) -> None:
        """Stop the process, if any."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def _request(self, claims: Sequence[Claim]) -> SandboxRequest:
        first, answers = claims[0], [claim.answers for claim in claims]
        with autocommit(self._context.sessions) as session:
            if first.revision not in self._sources:
                self._sources[first.revision] = exercises.revision_source(session, first.revision)
            entries = (entry for one in answers for entry in entries_from_json(one).values())
            hashes = {entry.file for entry in entries if entry.file}
            contents = {sha256: b64encode(submissions.blob_content(session, sha256)).decode() for sha256 in hashes}
        source, overrides = self._sources[first.revision], first.overrides or {}
        return SandboxRequest(first.slug, first.revision, source, answers, first.givens, contents, overrides)


ALONE_AT_ONCE = timedelta(seconds=1)
"""How long submissions are judged one by one before new ones are looked for."""


def grade_isolated(context: GradingContext, judge: IsolatedJudge, waits: WhatWaits) -> GradingStats | None:
    """Judge some of what must be judged outside of the worker; return None if nothing of the kind waits.

    Return None, too, if other processes of this worker have taken all places for that: they will find what waits.
    """
    if waits.exhausted:
        return _give_up_exhausted(context)
    if not (waits.suspects or waits.alone):
        return None
    with context.place() as has_place:
        return _grade_next(context, judge, waits) if has_place else None


def _grade_next(context: GradingContext, judge: IsolatedJudge, waits: WhatWaits) -> GradingStats | None:
    """Do the same with a place; the sandbox starts before the claim, so that a slow start uses up no lease."""
    judge.start()
    hold, tries = context.hold(context.limits.batch_size), context.limits.tries
    claims: list[Claim] = []
    with autocommit(context.sessions) as session:
        if waits.suspects:
            claims = grading_queue.claim_suspects(session, hold, tries)
        if waits.alone:
            claims += grading_queue.claim_alone(session, replace(hold, most=1), tries)
    return _grade_suspects(context, judge, claims) if claims else None


def _grade_suspects(context: GradingContext, judge: IsolatedJudge, claims: Sequence[Claim]) -> GradingStats:
    """Judge submissions with the same exercise and values together: nearly all of them are innocent.

    If that fails, they are judged one by one; after a while, the rest is released, which costs no try.
    """
    done, left = GradingStats(), list[Claim]()
    for alike in grouped(claims, _likeness):
        together = _judged_together(context, judge, alike) if len(alike) > 1 else None
        if together is None:
            left += alike
        else:
            done += together
    until = context.clock() + ALONE_AT_ONCE
    for number, claim in enumerate(left):
        if number and context.clock() >= until:
            with context.sessions.begin() as session:
                grading_queue.return_claims(session, left[number:])
            break
        done += _judged_alone(context, judge, claim)
    return done


def _likeness(claim: Claim) -> Hashable:
    """Return what is the same for submissions that can be judged together; a file is judged alone."""
    if any(entry.file for entry in entries_from_json(claim.answers).values()):
        return claim.submission_id
    return claim.revision, claim.overrides_key, frozenset((claim.givens or {}).items())


def _judged_together(context: GradingContext, judge: IsolatedJudge, alike: Sequence[Claim]) -> GradingStats | None:
    """Judge submissions at once and store what comes of them; return None if that fails."""
    try:
        context.progress()
        return context.store(list(zip(alike, judge.judge_alike(alike), strict=True)))
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - any fault of ours; it is looked for in each of them
        log.warning("submissions are judged one by one", submissions=len(alike), reason=_reason(error))
        return None


def _judged_alone(context: GradingContext, judge: IsolatedJudge, claim: Claim) -> GradingStats:
    try:
        context.progress()
        return context.store([(claim, judge.judge(claim))])
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - any fault of ours; it costs this submission a try
        return _failed(context, claim, _reason(error))


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, SandboxFailedError) else f"{type(error).__name__}: {error}"


def _give_up_exhausted(context: GradingContext) -> GradingStats:
    """Set aside submissions whose last try left no result, for example because the machine crashed."""
    now = context.clock()
    with context.sessions.begin() as session:
        exhausted = grading_queue.give_up_exhausted(session, context.limits.tries)
        for submission_id, tries in exhausted:
            grading_queue.add_failure(session, submission_id, Fault(tries, NO_WORD, now))
    return GradingStats(failed=len(exhausted))


def _failed(context: GradingContext, claim: Claim, reason: str) -> GradingStats:
    """Let it wait for a while, in case the problem is temporary; after the last try, give up."""
    log.warning("a submission could not be judged", id=str(claim.submission_id), tries=claim.tries, reason=reason)
    with context.sessions.begin() as session:
        if claim.tries < context.limits.max_tries:
            grading_queue.postpone(session, claim, context.limits.lease_seconds)
            return GradingStats()
        is_ours = grading_queue.give_up(session, claim)
        if is_ours:
            grading_queue.add_failure(session, claim.submission_id, Fault(claim.tries, reason, context.clock()))
    return GradingStats(failed=int(is_ours))
