"""Submissions with their outcomes, as read by pages, the API and marks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    UnaryExpression,
    bindparam,
    case,
    exists,
    func,
    not_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from grader.store.outcomes import counts_for_submission, has_failed, has_unusable_file, with_outcome
from grader.store.submission_tables import Failure, Grading, Learner, Regrade, RegradeResult, Submission
from grader.store.tables import Client, Revision
from grader.vocabulary import IN_FORCE, SubmissionFilter


def _conditions(whose: SubmissionFilter) -> list[ColumnElement[bool]]:
    """Return a filter as conditions on submissions and their learners."""
    asked = (
        (Learner.client_id, whose.client_id),
        (Learner.ref, whose.learner_ref),
        (Learner.user_id, whose.user_id),
        (Submission.slug, whose.slug),
        (Submission.assignment_id, whose.assignment_id),
    )
    found = [column == wanted for column, wanted in asked if wanted is not None]
    return [*found, Submission.assignment_id.is_(None)] if whose.practice else found


def current_grading() -> LateralFromClause:
    """Return a lateral join with the counting grading of the submission in the surrounding query."""
    return select(Grading).where(counts_for_submission()).lateral("current")


def best_first(current: LateralFromClause) -> tuple[UnaryExpression[Any], ...]:
    """Return an order that begins with the best score, and among equally good ones with the earliest.

    Scores are compared as shares, because an exercise may have other points in another revision.
    """
    share = current.c.given / func.nullif(current.c.max, 0)
    return share.desc().nulls_last(), Submission.submitted_at.asc(), Submission.id.asc()


def find_outcome(session: Session, submission_id: UUID) -> Row[*tuple[Any, ...]] | None:
    """Return one submission including answers and report."""
    return session.execute(_of_one(), {"submission_id": submission_id}).one_or_none()


@cache
def _of_one() -> Select[*tuple[Any, ...]]:
    """Built once: building the statement costs several times its execution, and clients poll it."""
    current = current_grading()
    wanted = _outcomes(current, Submission.answers, Submission.givens, current.c.report, Revision.title)
    return wanted.where(Submission.id == bindparam("submission_id"))


def newest_outcomes(
    session: Session, whose: SubmissionFilter, limit: int, before: tuple[datetime, UUID] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return submissions without answers and reports, newest first, starting after `before`."""
    wanted = _outcomes(current_grading(), Revision.title).where(*_conditions(whose))
    if before is not None:
        wanted = wanted.where(tuple_(Submission.submitted_at, Submission.id) < tuple_(*before))
    return session.execute(wanted.order_by(Submission.submitted_at.desc(), Submission.id.desc()).limit(limit)).all()


def _outcomes(current: LateralFromClause, *more: Any) -> Select[*tuple[Any, ...]]:
    """Select outcomes; a grading takes precedence over a failure, since judging may succeed after it was set aside.

    The revision is the one it is judged by, which a regrade may have replaced.
    """
    status = case(
        (current.c.id.is_not(None), "graded"),
        (has_unusable_file(current.c), "unusable"),
        (has_failed(current.c), "failed"),
        else_="pending",
    )
    return (
        select(
            Submission.id,
            status.label("status"),
            Submission.slug,
            Submission.assignment_id,
            func.coalesce(current.c.revision, Submission.revision).label("revision"),
            Submission.submitted_at,
            Submission.client_ref,
            Learner.client_id,
            Client.name.label("client"),
            Learner.ref.label("learner_ref"),
            Learner.user_id,
            current.c.given,
            current.c.max,
            current.c.graded_at,
            case((current.c.id.is_(None), Failure.reason)).label("failure_reason"),
            case((current.c.id.is_(None), Failure.unusable_file)).label("unusable_file"),
            *more,
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .join(Revision, Revision.revision == Submission.revision)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
    )


def attempts_at(
    session: Session, assignment_ids: Collection[int], user_ids: Collection[int] | None = None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return assignment, user, submission, time, score, whether judging failed and whether due to its file, by time.

    Submissions of learners without a user (of an LMS) are left out.
    """
    wanted = (
        select(
            Submission.assignment_id,
            Learner.user_id,
            Submission.id,
            Submission.submitted_at,
            Grading.given,
            Grading.max,
            has_failed().label("failed"),
            has_unusable_file().label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .where(Submission.assignment_id.in_(assignment_ids), Learner.user_id.is_not(None))
        .order_by(Submission.submitted_at, Submission.id)
    )
    if user_ids is not None:
        wanted = wanted.where(Learner.user_id.in_(user_ids))
    return session.execute(with_outcome(wanted)).all()


def used_attempts(session: Session, assignment_id: int, learner_id: int) -> int:
    """Return how many attempts a learner has used; submissions that failed or have an unusable file do not count."""
    counted = (
        select(func.count())
        .select_from(Submission)
        .where(Submission.assignment_id == assignment_id, Submission.learner_id == learner_id)
        .where(~has_failed())
    )
    return session.scalars(with_outcome(counted)).one()


def newest_attempts(session: Session, whose: SubmissionFilter, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return id, time, revision, answers, score, verdicts, whether judging failed, and whether due to its file."""
    attempts = (
        select(
            Submission.id,
            Submission.submitted_at,
            Submission.revision,
            Submission.answers,
            Grading.given,
            Grading.max,
            Grading.verdicts,
            has_failed().label("failed"),
            has_unusable_file().label("unusable"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .where(*_conditions(whose))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(limit)
    )
    return session.execute(with_outcome(attempts)).all()


def regraded_submissions(session: Session, submission_ids: Sequence[UUID]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return submission, score and policy before and after, time and reason of every applied regrade, oldest first."""
    before, after = aliased(Grading), aliased(Grading)
    return session.execute(
        select(
            RegradeResult.submission_id,
            before.given.label("before"),
            before.max.label("max_before"),
            after.given.label("after"),
            after.max,
            Regrade.before["policy"].label("policy_before"),
            Regrade.applied_at,
            Regrade.reason,
        )
        .join(Regrade, Regrade.id == RegradeResult.regrade_id)
        .join(after, after.id == RegradeResult.after_id)
        .outerjoin(before, before.id == RegradeResult.before_id)
        .where(RegradeResult.submission_id.in_(submission_ids), Regrade.state.in_(IN_FORCE))
        .order_by(Regrade.applied_at, Regrade.id)
    ).all()


def best_outcomes(session: Session, whose: SubmissionFilter) -> Sequence[Row[Any]]:
    """Return the best submission of each learner at each exercise, by learner, client and slug; the first of equals.

    A submission that could not be judged is not an attempt.
    """
    current = current_grading()
    kin = (Submission.learner_id, Submission.slug)
    ranked = (
        select(
            Submission.id,
            Submission.slug,
            Learner.ref.label("learner_ref"),
            Client.name.label("client"),
            current.c.given,
            current.c.max,
            func.count().over(partition_by=kin).label("attempts"),
            func.row_number().over(partition_by=kin, order_by=best_first(current)).label("place"),
        )
        .join_from(Submission, Learner, Learner.id == Submission.learner_id)
        .join(Client, Client.id == Learner.client_id)
        .outerjoin(current, true())
        .outerjoin(Failure, Failure.submission_id == Submission.id)
        .where(*_conditions(whose), ~has_failed(current.c))
        .subquery()
    )
    first = select(ranked).where(ranked.c.place == 1)
    return session.execute(first.order_by(ranked.c.learner_ref, ranked.c.client, ranked.c.slug)).all()


@dataclass(frozen=True, slots=True)
class ResultPosition:
    """The end of a page."""

    updated_at: datetime
    learner_id: int
    slug: str


def changed_results(
    session: Session, since: datetime | None, client_id: int | None, after: ResultPosition | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return learner, slug, attempts, best score and time of the last change among the counting gradings."""
    page = _changed_results(since, client_id, after).limit(limit).subquery("page")
    current = current_grading()
    best = (
        select(
            Submission.id.label("submission_id"), current.c.given, current.c.max, func.count().over().label("attempts")
        )
        .join_from(Submission, current, true())
        .where(Submission.learner_id == page.c.learner_id, Submission.slug == page.c.slug)
        .order_by(*best_first(current))
        .limit(1)
        .lateral("best")
    )
    wanted = (
        select(page, Learner.ref.label("learner_ref"), best)
        .join_from(page, Learner, Learner.id == page.c.learner_id)
        .join(best, true())
    )
    return session.execute(wanted.order_by(page.c.updated_at, page.c.learner_id, page.c.slug)).all()


def _changed_results(since: datetime | None, client_id: int | None, after: ResultPosition | None) -> Any:
    counts_since = func.coalesce(Grading.counts_since, Grading.graded_at)
    updated_at = func.max(counts_since)
    order = (updated_at, Submission.learner_id, Submission.slug)
    conditions: list[ColumnElement[bool]] = [Grading.counts.is_(True)]
    if since is not None:
        conditions.append(counts_since >= since)
    if client_id is not None:
        conditions.append(Submission.client_id == client_id)
    wanted = (
        select(Submission.learner_id, Submission.slug, updated_at.label("updated_at"))
        .join_from(Grading, Submission, Submission.id == Grading.submission_id)
        .where(*conditions)
        .group_by(Submission.learner_id, Submission.slug)
        .order_by(*order)
    )
    if after is None:
        return wanted
    return wanted.having(tuple_(*order) > tuple_(after.updated_at, after.learner_id, after.slug))


PRACTICE = Submission.assignment_id.is_(None)


def counts_per_exercise(session: Session, slug: str | None = None) -> Sequence[Row[str, int, int, int, int, int]]:
    """Return slug, submissions, learners, graded, failed and unusable of one exercise, or of all with submissions."""
    graded = exists().where(Grading.submission_id == Submission.id)
    ours = exists().where(Failure.submission_id == Submission.id, Failure.unusable_file.is_(None))
    theirs = exists().where(Failure.submission_id == Submission.id, Failure.unusable_file.is_not(None))
    counts = select(
        Submission.slug,
        func.count().label("submissions"),
        func.count(Submission.learner_id.distinct()).label("learners"),
        func.count().filter(graded).label("graded"),
        func.count().filter(not_(graded), ours).label("failed"),
        func.count().filter(not_(graded), theirs).label("unusable"),
    )
    counts = counts.where(PRACTICE).group_by(Submission.slug)
    return session.execute(counts if slug is None else counts.where(Submission.slug == slug)).all()


def practice_verdicts(session: Session, slug: str) -> Sequence[Row[Any]]:
    """Return field, verdict and frequency, over the best submission of each learner.

    One per learner, so that trying more often has no weight; the best, so that the figures show what the class can do
    now and agree with its scores.
    """
    current = current_grading()
    best = (
        select(current.c.id)
        .join_from(Submission, current, true())
        .where(Submission.slug == slug, PRACTICE)
        .ext(distinct_on(Submission.learner_id))
        .order_by(Submission.learner_id, *best_first(current))
        .subquery()
    )
    fields = func.json_each(Grading.report["fields"]).table_valued("key", "value", joins_implicitly=True)
    field, verdict = fields.c.key, func.json_extract_path_text(fields.c.value, "verdict", type_=Text)
    return session.execute(
        select(field.label("field"), verdict.label("verdict"), func.count().label("times"))
        .select_from(Grading)
        .join(best, best.c.id == Grading.id)
        .join(fields, true())
        .group_by(field, verdict)
    ).all()


def failed_submissions(session: Session, slug: str, limit: int) -> Sequence[Row[UUID, datetime, str, str]]:
    """Return id, time, learner and reason of submissions that could not be judged, newest first."""
    stuck = (
        select(Submission.id, Submission.submitted_at, Learner.ref.label("learner_ref"), Failure.reason)
        .join_from(Failure, Submission, Submission.id == Failure.submission_id)
        .join(Learner, Learner.id == Submission.learner_id)
        .where(Submission.slug == slug, PRACTICE, Failure.unusable_file.is_(None))
        .where(not_(exists().where(Grading.submission_id == Submission.id)))
        .order_by(Submission.submitted_at.desc(), Submission.id.desc())
        .limit(limit)
    )
    return session.execute(stuck).all()
