from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Row, Text, and_, bindparam, or_, select, text, true
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from grader.store.base import Base, table
from grader.store.learners import Learner
from grader.store.revisions import Revision
from grader.store.waiting import Waiting


class Submission(Base):
    """What somebody sent, as it was typed; never updated."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(None, "learner_id", "client_ref", unique=True, postgresql_where=text("client_ref IS NOT NULL")),
        Index(None, "slug", "submitted_at", "id"),
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


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """All that is known of a submission before it is stored; learner, revision and file are rows already."""

    id: UUID
    client_id: int
    learner_ref: str
    user_id: int | None
    revision: str
    answers: Mapping[str, object]
    submitted_at: datetime
    client_ref: str | None
    seed: int | None
    givens: Mapping[str, float] | None
    submitted_by: int | None
    blob_sha256: str | None = None
    assignment_id: int | None = None


def _storing() -> ReturningInsert[tuple[UUID]]:
    """One statement for both rows: a submission costs a single round trip, and can't exist without waiting."""
    sent = (
        insert(table(Submission))
        .from_select(
            [
                "id",
                "learner_id",
                "slug",
                "revision",
                "answers",
                "submitted_at",
                "client_id",
                "client_ref",
                "seed",
                "givens",
                "submitted_by",
                "blob_sha256",
                "assignment_id",
            ],
            select(
                bindparam("id", type_=Submission.id.type),
                Learner.id,
                Revision.slug,
                Revision.revision,
                bindparam("answers", type_=Submission.answers.type),
                bindparam("submitted_at", type_=Submission.submitted_at.type),
                Learner.client_id,
                bindparam("client_ref", type_=Submission.client_ref.type),
                bindparam("seed", type_=Submission.seed.type),
                bindparam("givens", type_=Submission.givens.type),
                bindparam("submitted_by", type_=BigInteger()),
                bindparam("blob_sha256", type_=Text()),
                bindparam("assignment_id", type_=BigInteger()),
            )
            .join_from(Learner, Revision, true())
            .where(
                Learner.client_id == bindparam("client_id"),
                Learner.ref == bindparam("learner_ref"),
                Revision.revision == bindparam("revision"),
                or_(
                    bindparam("user_id", type_=BigInteger()).is_(None),
                    Learner.user_id == bindparam("user_id"),
                ),
            ),
        )
        .on_conflict_do_nothing()
        .returning(Submission.id, Submission.submitted_at, Submission.blob_sha256)
        .cte("sent")
    )
    return (
        insert(table(Waiting))
        .from_select(
            ["submission_id", "since", "alone"],
            select(sent.c.id, sent.c.submitted_at, sent.c.blob_sha256.is_not(None)),
        )
        .returning(Waiting.submission_id)
    )


_STORE = _storing()
_NAMES = tuple(field.name for field in fields(NewSubmission))


def add(session: Session, new: NewSubmission) -> bool:
    """Store a submission that waits to be judged.

    False, and nothing stored, where learner or revision are not known, the learner is another user's, or the id or
    the client's reference for one of this learner's are taken.
    """
    return session.execute(_STORE, {name: getattr(new, name) for name in _NAMES}).one_or_none() is not None


def find_twin(session: Session, new: NewSubmission) -> Row[*tuple[Any, ...]] | None:
    """Return id and `same` (was the same sent?) of the submission that has this one's id, or the learner's with its client's reference."""
    slug = select(Revision.slug).where(Revision.revision == new.revision).scalar_subquery()
    same = and_(
        Learner.ref == new.learner_ref,
        Submission.answers == new.answers,
        Submission.slug == slug,
        Submission.seed.is_not_distinct_from(new.seed),
        Submission.assignment_id.is_not_distinct_from(new.assignment_id),
    )
    return session.execute(
        select(Submission.id, and_(same, Submission.client_id == new.client_id).label("same"))
        .join(Learner, Learner.id == Submission.learner_id)
        .where(
            or_(
                Submission.id == new.id,
                and_(
                    Submission.client_ref.is_not(None),
                    Submission.client_ref == new.client_ref,
                    Learner.client_id == new.client_id,
                    Learner.ref == new.learner_ref,
                ),
            )
        )
        .order_by(Submission.id == new.id)
        .limit(1)
    ).one_or_none()
