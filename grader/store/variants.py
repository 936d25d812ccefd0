"""The given values of each learner at each exercise that draws them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Row, UniqueConstraint, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base
from grader.store.learners import Learner


class Variant(Base):
    """Given values that were drawn for one learner, for practice or for one assignment; `revision` is the one they were drawn from."""

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


@dataclass(frozen=True, slots=True)
class NewVariant:
    """What was drawn just now."""

    slug: str
    revision: str
    seed: int
    givens: Mapping[str, float]
    drawn_at: datetime
    assignment_id: int | None = None


def find(
    session: Session, client_id: int, ref: str, slug: str, assignment_id: int | None = None
) -> Row[*tuple[Any, ...]] | None:
    """Return what a learner has at an exercise, or at an assignment of it, with the learner's id and user."""
    return session.execute(
        select(Variant.learner_id, Variant.revision, Variant.seed, Variant.givens, Variant.redrawn_at, Learner.user_id)
        .join(Learner, Learner.id == Variant.learner_id)
        .where(Learner.client_id == client_id, Learner.ref == ref, Variant.slug == slug)
        .where(Variant.assignment_id.is_not_distinct_from(assignment_id))
    ).one_or_none()


def keep(session: Session, learner_id: int, new: NewVariant) -> None:
    """Store what was drawn, unless the learner has values already: those that were first stay."""
    session.execute(insert(Variant).values(learner_id=learner_id, **asdict(new)).on_conflict_do_nothing())


def replace(session: Session, learner_id: int, new: NewVariant, former_revision: str) -> None:
    """Store what was drawn in place of what was drawn from a former revision, unless somebody else has done so."""
    session.execute(
        update(Variant)
        .where(Variant.learner_id == learner_id, Variant.slug == new.slug, Variant.revision == former_revision)
        .where(Variant.assignment_id.is_not_distinct_from(new.assignment_id))
        .values(revision=new.revision, seed=new.seed, givens=dict(new.givens), redrawn_at=new.drawn_at)
    )
