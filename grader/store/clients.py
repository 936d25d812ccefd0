from sqlalchemy import BigInteger, Identity, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base

WEB = "web"
"""The client that our own pages are; the first migration makes it."""


class Client(Base):
    """Who sends submissions: our own pages, or an LMS."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


def ensure(session: Session, name: str) -> int:
    """Return the id of the client of this name, made now where there was none."""
    known = select(Client.id).where(Client.name == name)
    found = session.scalars(known).one_or_none()
    if found is not None:
        return found
    session.execute(insert(Client).values(name=name).on_conflict_do_nothing(index_elements=[Client.name]))
    return session.scalars(known).one()
