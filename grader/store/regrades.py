from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from grader.store.base import Base


class RegradeState(StrEnum):
    """How far a regrade is; what is ready changes nothing until somebody applies it."""

    RUNNING = "running"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    ROLLING_BACK = "rolling-back"
    ROLLED_BACK = "rolled-back"
    DISCARDED = "discarded"
    FAILED = "failed"


IN_FORCE = (RegradeState.APPLIED.value, RegradeState.ROLLING_BACK.value)
"""Its gradings count."""

AT_WORK = (RegradeState.RUNNING.value, RegradeState.APPLYING.value, RegradeState.ROLLING_BACK.value)
"""A worker has something to do for it."""


class Regrade(Base):
    """A proposal to judge an assignment otherwise: by another revision, other overrides, another policy.

    Attributes:
        revision: by which everything is judged; None where each submission is by its own.
        before: the overrides and the policy that a roll-back restores.
        total: submissions that there are to be judged, as far as was counted.
        done: how many of them have been.
        tries: how often it was taken up since anything last came of it.
        lease_until: so long it belongs to the worker that has taken it up.
        holder: names the task of the worker that took it up last.
        failure: why it came to nothing.
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
    tries: Mapped[int] = mapped_column(server_default="0")
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    rolled_back_at: Mapped[datetime | None]
    rolled_back_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    failure: Mapped[str | None]


class RegradeResult(Base):
    """What a regrade says of one submission: the grading that counted, and the one that would.

    Attributes:
        failure: why it could not be judged anew, in English; then it keeps the grading that it has.
        unusable_file: why the file in it cannot be used any more, as a stored saying; None where the fault is ours.
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
