from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    any_,
    bindparam,
    func,
    select,
    text,
    true,
    update,
)
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base, table
from grader.store.submissions import Submission


class Grading(Base):
    """A stored report: one for each submission, revision, version of the judge and overrides; one of them counts.

    Attributes:
        counts_since: when a regrade, or its way back, let it count; None where it counted from when it was graded.
        overrides: what was judged otherwise than the revision says, if anything.
        verdicts: a letter for each field, in the order of the report (`checking.verdict.LETTERS`).
        mistakes: the recognised mistake of each field that has one.
    """

    __tablename__ = "gradings"
    __table_args__ = (
        UniqueConstraint("submission_id", "revision", "judge_version", "overrides_key"),
        # What marks are made of stands in the index itself: a class has tens of thousands of rows.
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
    report: Mapped[dict[str, Any]] = mapped_column(JSON)  # jsonb would forget the order of the fields
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


_NEW = insert(table(Grading))
_ADD = _NEW.on_conflict_do_update(
    index_elements=[Grading.submission_id, Grading.revision, Grading.judge_version, Grading.overrides_key],
    set_={"counts": True, "counts_since": _NEW.excluded.graded_at},
)
_SILENCE = (
    update(table(Grading))
    .where(table(Grading).c.submission_id == any_(bindparam("ids", type_=ARRAY(SqlUuid))), table(Grading).c.counts)
    .values(counts=False)
)


def add_all(session: Session, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert gradings, which count from now on; of one that exists already the report stays as it is."""
    silence(session, [cast("UUID", row["submission_id"]) for row in rows])
    session.execute(_ADD, rows)


def silence(session: Session, submission_ids: Sequence[UUID]) -> None:
    """No grading of these submissions counts any more: another one is about to."""
    session.execute(_SILENCE, {"ids": list(submission_ids)})


def most_points(session: Session, assignment_id: int) -> float | None:
    """Return what the exercise of an assignment is worth to the gradings that count; None where there are none."""
    own = select(Submission.id).where(Submission.assignment_id == assignment_id)
    return session.scalars(select(func.max(Grading.max)).where(Grading.submission_id.in_(own), Grading.counts)).one()
