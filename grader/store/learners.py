from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func, select, text, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base
from grader.store.clients import WEB, Client
from grader.store.users import User


class Learner(Base):
    """Somebody whose answers are judged, known to a client by a reference of the client's own."""

    __tablename__ = "learners"
    __table_args__ = (
        UniqueConstraint("client_id", "ref"),
        Index("ix_learners_client_id_lower_ref", "client_id", text("lower(ref)")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    ref: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)


def ensure(session: Session, client_id: int, ref: str, user_id: int | None) -> tuple[int, int | None]:
    """Return the id and the user of this learner, made now, or given its user now, where that was open."""
    made = insert(Learner).values(client_id=client_id, ref=ref, user_id=user_id)
    kept = made.on_conflict_do_update(
        index_elements=[Learner.client_id, Learner.ref],
        set_={"user_id": func.coalesce(Learner.user_id, made.excluded.user_id)},
    )
    learner_id, owner = session.execute(kept.returning(Learner.id, Learner.user_id)).one()
    return learner_id, owner


def alike(session: Session, client_id: int, ref: str) -> list[str]:
    """Return the references of a client's learners that differ from this one in letter case at most.

    Of our own pages' client everybody with an account is a learner, whether or not the person has sent anything.
    """
    known = select(Learner.ref).where(Learner.client_id == client_id, func.lower(Learner.ref) == func.lower(ref))
    accounts = (
        select(User.email).join(Client, Client.name == WEB).where(Client.id == client_id, User.email == func.lower(ref))
    )
    return sorted(session.scalars(union(known, accounts)))
