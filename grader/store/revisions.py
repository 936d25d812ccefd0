from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base


class Revision(Base):
    """An exercise as it was served: what its hash covers, so that old gradings can be explained and made again."""

    __tablename__ = "revisions"

    revision: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    source: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


def ensure(session: Session, row: dict[str, object]) -> None:
    """Insert a revision where it is not known yet."""
    session.execute(insert(Revision).values(row).on_conflict_do_nothing(index_elements=[Revision.revision]))


def source_of(session: Session, revision: str) -> dict[str, str]:
    """Return what a revision that has submissions was built from."""
    source: dict[str, str] = session.scalars(select(Revision.source).where(Revision.revision == revision)).one()
    return source
