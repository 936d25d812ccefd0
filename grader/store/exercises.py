"""Stored revisions of exercises, and the given values of each learner."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grader.store.submission_tables import Learner, Variant
from grader.store.tables import Revision


def ensure_revision(session: Session, row: dict[str, object]) -> None:
    """Insert a revision unless it is known."""
    session.execute(insert(Revision).values(row).on_conflict_do_nothing(index_elements=[Revision.revision]))


def revision_source(session: Session, revision: str) -> dict[str, str]:
    """Return the source of a revision that has submissions."""
    source: dict[str, str] = session.scalars(select(Revision.source).where(Revision.revision == revision)).one()
    return source


@dataclass(frozen=True, slots=True)
class NewVariant:
    """Newly drawn values."""

    slug: str
    revision: str
    seed: int
    givens: Mapping[str, float]
    drawn_at: datetime
    assignment_id: int | None = None


def find_variant(
    session: Session, client_id: int, ref: str, slug: str, assignment_id: int | None = None
) -> Row[*tuple[Any, ...]] | None:
    """Return a learner's variant at an exercise, or at an assignment of it, with the learner's id and user."""
    return session.execute(
        select(Variant.learner_id, Variant.revision, Variant.seed, Variant.givens, Variant.redrawn_at, Learner.user_id)
        .join(Learner, Learner.id == Variant.learner_id)
        .where(Learner.client_id == client_id, Learner.ref == ref, Variant.slug == slug)
        .where(Variant.assignment_id.is_not_distinct_from(assignment_id))
    ).one_or_none()


def add_variant(session: Session, learner_id: int, new: NewVariant) -> None:
    """Store drawn values unless the learner already has some: the first ones win."""
    session.execute(insert(Variant).values(learner_id=learner_id, **asdict(new)).on_conflict_do_nothing())


def replace_variant(session: Session, learner_id: int, new: NewVariant, former_revision: str) -> None:
    """Replace values drawn from a former revision, unless a concurrent request has done so."""
    session.execute(
        update(Variant)
        .where(Variant.learner_id == learner_id, Variant.slug == new.slug, Variant.revision == former_revision)
        .where(Variant.assignment_id.is_not_distinct_from(new.assignment_id))
        .values(revision=new.revision, seed=new.seed, givens=dict(new.givens), redrawn_at=new.drawn_at)
    )
