"""The data model, second half: learners, submissions, gradings, regrades, the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    false,
    func,
    text,
    true,
)
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.tables import Base


class Variant(Base):
    """Given values drawn for one learner, for practice or one assignment, from the given revision."""

    __tablename__ = "variants"
    __table_args__ = (UniqueConstraint("learner_id", "slug", "assignment_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"))
    slug: Mapped[str]
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), index=True)
    revision: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    givens: Mapped[dict[str, Any]]
    drawn_at: Mapped[datetime]
    redrawn_at: Mapped[datetime | None]


class Submission(Base):
    """A submission as typed; never updated."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(None, "learner_id", "client_ref", unique=True, postgresql_where=text("client_ref IS NOT NULL")),
        Index(None, "client_id", "submitted_at", "id"),
        Index(None, "client_id", "slug", "submitted_at", "id"),
        Index("ix_submissions_practice", "slug", "submitted_at", "id", postgresql_where=text("assignment_id IS NULL")),
        Index(None, "learner_id", "submitted_at", "id"),
        Index(
            None,
            "assignment_id",
            "learner_id",
            "submitted_at",
            "id",
            postgresql_where=text("assignment_id IS NOT NULL"),
        ),
        Index(None, "blob_sha256", postgresql_where=text("blob_sha256 IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    slug: Mapped[str]
    revision: Mapped[str] = mapped_column(ForeignKey("revisions.revision"))
    answers: Mapped[dict[str, Any]]
    submitted_at: Mapped[datetime]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    client_ref: Mapped[str | None]
    seed: Mapped[int | None] = mapped_column(BigInteger)
    givens: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    blob_sha256: Mapped[str | None] = mapped_column(ForeignKey("blobs.sha256"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id"))


class Learner(Base):
    """A person who submits answers, known to a client by the client's own reference."""

    __tablename__ = "learners"
    __table_args__ = (
        UniqueConstraint("client_id", "ref"),
        Index("ix_learners_client_id_lower_ref", "client_id", text("lower(ref)")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    ref: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)


class Blob(Base):
    """An uploaded file under its hash: identical files are stored once."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    created_at: Mapped[datetime]


class Draft(Base):
    """Answers typed but not submitted by a person, at one place: `assignment:12` or `exercise:and-gate`."""

    __tablename__ = "drafts"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True, index=True)
    answers: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]


class Waiting(Base):
    """A submission that still has to be judged; deleted in the transaction that stores its outcome.

    `alone` if it must not be judged in a batch, because it contains a file. `holder` names the worker's task that
    claimed it last, if any. `turn` is the time that orders the queue: that of submission, or later if others of the
    same learner were waiting then.
    """

    __tablename__ = "waiting"
    __table_args__ = (Index(None, "tries", "turn"), Index(None, "learner_id", "turn"))

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    alone: Mapped[bool] = mapped_column(server_default=false())
    learner_id: Mapped[int | None] = mapped_column(BigInteger)
    turn: Mapped[datetime] = mapped_column(server_default=func.now())


class Failure(Base):
    """A submission that could not be judged and was set aside; it has no score and costs no attempt.

    Attributes:
        reason: in English.
        unusable_file: why its file cannot be used, as a stored message; None if the fault is ours.
    """

    __tablename__ = "failures"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    tries: Mapped[int]
    reason: Mapped[str]
    failed_at: Mapped[datetime]
    unusable_file: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Grading(Base):
    """A stored report: one for each submission, revision, judge version and overrides; one of them counts.

    Attributes:
        counts_since: when a regrade, or its roll-back, made it count; None if it has counted since it was graded.
        overrides: deviations from the revision in judging, if any.
        verdicts: a letter for each field, in report order (`judging.verdict.LETTERS`).
        mistakes: the recognised mistake of each field that has one.
    """

    __tablename__ = "gradings"
    __table_args__ = (
        UniqueConstraint("submission_id", "revision", "judge_version", "overrides_key"),
        # The index contains everything that marks are made of, because a class has tens of thousands of rows.
        Index(
            "ix_gradings_counting",
            "submission_id",
            unique=True,
            postgresql_where=text("counts"),
            postgresql_include=["id", "given", "max"],
        ),
        Index("ix_gradings_counts_since", text("coalesce(counts_since, graded_at)"), postgresql_where=text("counts")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[str] = mapped_column(ForeignKey("revisions.revision"))
    judge_version: Mapped[int]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)  # jsonb would lose the order of the fields
    given: Mapped[float]
    max: Mapped[float]
    graded_at: Mapped[datetime]
    counts: Mapped[bool] = mapped_column(server_default=true())
    counts_since: Mapped[datetime | None]
    overrides: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    overrides_key: Mapped[str] = mapped_column(server_default="")
    verdicts: Mapped[str] = mapped_column(server_default="")
    first_wrong: Mapped[str | None]
    mistakes: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class LearnerResult(Base):
    """What a learner has reached at an exercise: kept by `store.tallies`, never the truth.

    Attributes:
        learner_ref: of the learner, to sort by.
        attempts: graded submissions; the best of them, the first of equals, is the one of `submission_id`.
        updated_at: when the last of their gradings began to count.
        practised: whether any practice has an outcome.
        practice_failed_at: when the newest submission was sent that could not be judged through a fault of ours.
        practice_graded: the same for practice alone, as all columns whose names begin so.
    """

    __tablename__ = "results"
    __table_args__ = (
        Index(None, "client_id", "updated_at", "learner_id", "slug", postgresql_where=text("updated_at IS NOT NULL")),
        Index("ix_results_failed", "slug", "practice_failed_at", postgresql_where=text("practice_failed > 0")),
        Index("ix_results_practice", "slug", "learner_ref", "learner_id", postgresql_where=text("practised")),
    )

    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id", ondelete="CASCADE"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    learner_ref: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="0")
    updated_at: Mapped[datetime | None]
    submission_id: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    given: Mapped[float | None]
    max: Mapped[float | None]
    practice_graded: Mapped[int] = mapped_column(server_default="0")
    practice_failed: Mapped[int] = mapped_column(server_default="0")
    practice_unusable: Mapped[int] = mapped_column(server_default="0")
    practised: Mapped[bool] = mapped_column(
        Computed("practice_graded + practice_failed + practice_unusable > 0", persisted=True)
    )
    practice_failed_at: Mapped[datetime | None]
    practice_submission_id: Mapped[UUID | None]
    practice_submitted_at: Mapped[datetime | None]
    practice_given: Mapped[float | None]
    practice_max: Mapped[float | None]
    practice_grading_id: Mapped[int | None] = mapped_column(BigInteger)


class ExerciseTally(Base):
    """How much practice of an exercise has an outcome, and how many learners have any."""

    __tablename__ = "exercise_tallies"

    slug: Mapped[str] = mapped_column(primary_key=True)
    learners: Mapped[int] = mapped_column(BigInteger)
    graded: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    unusable: Mapped[int] = mapped_column(BigInteger)


class VerdictCount(Base):
    """How often a field has a verdict, over the best practice of each learner."""

    __tablename__ = "verdict_counts"

    slug: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    verdict: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)


class Regrade(Base):
    """A proposal to judge an assignment differently: by another revision, other overrides, another policy.

    Attributes:
        revision: judges everything; None if each submission keeps its own.
        before: the overrides and the policy that a roll-back restores.
        total: the number of submissions to be judged, as last counted.
        done: how many of them have been judged.
        tries: how often it was claimed since the last progress.
        planned_at: since when it has been divided into chunks; None if a worker has yet to do that.
        known_when_planned: how many submissions were done then.
        lease_until: when the claim of the worker that plans or completes it ends.
        holder: names the worker's task that claimed it last.
        failure: why it failed.
    """

    __tablename__ = "regrades"
    __table_args__ = (
        CheckConstraint(
            "state IN ('running', 'ready', 'applying', 'applied', 'rolling-back', 'rolled-back', 'discarded', 'failed')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id", ondelete="CASCADE"), index=True)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    reason: Mapped[str]
    state: Mapped[str]
    revision: Mapped[str | None] = mapped_column(ForeignKey("revisions.revision"))
    judge_version: Mapped[int]
    overrides: Mapped[dict[str, Any]]
    overrides_key: Mapped[str]
    policy: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    total: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    planned_at: Mapped[datetime | None]
    known_when_planned: Mapped[int] = mapped_column(server_default="0")
    tries: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    rolled_back_at: Mapped[datetime | None]
    rolled_back_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    failure: Mapped[str | None]


class RegradeChunk(Base):
    """Submissions that one worker judges for a regrade; deleted in the transaction that stores their outcome.

    Attributes:
        submission_ids: what had no outcome when the regrade was planned; some may be erased by now.
        tries: how often it was claimed without a result.
        lease_until: when the claim of its worker ends.
        holder: names the worker's task that claimed it last.
    """

    __tablename__ = "regrade_chunks"

    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrades.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    submission_ids: Mapped[list[UUID]] = mapped_column(ARRAY(SqlUuid))
    tries: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]


class RegradeResult(Base):
    """The outcome of a regrade for one submission: the grading that counted, and the one that would.

    Attributes:
        failure: why it could not be judged again, in English; it then keeps its grading.
        unusable_file: why its file can no longer be used, as a stored message; None if the fault is ours.
    """

    __tablename__ = "regrade_results"

    regrade_id: Mapped[int] = mapped_column(ForeignKey("regrades.id", ondelete="CASCADE"), primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    before_id: Mapped[int | None] = mapped_column(ForeignKey("gradings.id", ondelete="SET NULL"), index=True)
    after_id: Mapped[int] = mapped_column(ForeignKey("gradings.id", ondelete="CASCADE"), index=True)
    failure: Mapped[str | None]
    unusable_file: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class AuditEntry(Base):
    """One action; never updated or deleted."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "course_id", "id"), Index(None, "subject_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id", ondelete="SET NULL"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignments.id", ondelete="SET NULL"))
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submissions.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class IdempotencyKey(Base):
    """A request that must not be repeated; without a status it is in progress."""

    __tablename__ = "idempotency"

    token_id: Mapped[int] = mapped_column(ForeignKey("tokens.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str]
    path: Mapped[str]
    body_sha256: Mapped[bytes]
    reservation: Mapped[UUID]
    status: Mapped[int | None]
    response: Mapped[dict[str, Any] | None]
    headers: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    reserved_at: Mapped[datetime]
