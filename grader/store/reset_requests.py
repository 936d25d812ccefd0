from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    ForeignKey,
    Identity,
    Row,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from grader.store.base import Base
from grader.store.users import User


class ResetRequest(Base):
    """Somebody who cannot sign in asks for a link; where no mail can be sent, an administrator answers it.

    `language` is the one of the page where it was asked. Each mail that is tried counts, and may be tried again from
    `next_at` on.
    """

    __tablename__ = "reset_requests"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    language: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A request that is ours to answer, and who asked, in which language."""

    request_id: int
    user_id: int
    email: str
    name: str
    language: str | None


def ask(session: Session, email: str, language: str, now: datetime, asked_before: datetime) -> None:
    """Note a request of whoever has this e-mail, if somebody has who is not disabled and did not ask just before.

    It is one statement whoever has it, so that the time it takes tells nothing.
    """
    recent = exists().where(ResetRequest.user_id == User.id, ResetRequest.asked_at > asked_before)
    who = select(User.id, literal(now), literal(language)).where(
        User.email == email, User.disabled_at.is_(None), ~recent
    )
    session.execute(insert(ResetRequest).from_select(["user_id", "asked_at", "language"], who))


def claim(session: Session, now: datetime, pause: timedelta, most_tries: int) -> Claimed | None:
    """Claim a request that waits for its mail, and count the try; another follows after a pause that doubles."""
    due = or_(ResetRequest.next_at.is_(None), ResetRequest.next_at <= now)
    row = session.execute(
        select(ResetRequest, User)
        .join(User, User.id == ResetRequest.user_id)
        .where(ResetRequest.answered_at.is_(None), ResetRequest.tries < most_tries, due, User.disabled_at.is_(None))
        .order_by(ResetRequest.id)
        .limit(1)
        .with_for_update(of=ResetRequest, skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    request, user = row
    request.next_at = now + pause * 2**request.tries
    request.tries += 1
    return Claimed(request.id, user.id, user.email, user.name, user.language or request.language)


def answer(session: Session, request_id: int, now: datetime, by: int | None) -> int | None:
    """Note that a request is answered, and return whose it is; None where it was answered before, or is not there.

    With it all others of the same person are: there is only one link that works.
    """
    asked = ResetRequest.answered_at.is_(None)
    found = select(ResetRequest.user_id).join(User, User.id == ResetRequest.user_id)
    user_id = session.scalars(
        found.where(ResetRequest.id == request_id, asked, User.disabled_at.is_(None)).with_for_update(of=ResetRequest)
    ).one_or_none()
    if user_id is not None:
        done = update(ResetRequest).where(ResetRequest.user_id == user_id, asked)
        session.execute(done.values(answered_at=now, answered_by=by))
    return user_id


def unanswered(session: Session) -> Sequence[Row[int, int, str, str, datetime, int]]:
    """Return requests that nobody has answered: id, user_id, name, e-mail, asked_at and tries."""
    return session.execute(
        select(ResetRequest.id, User.id, User.name, User.email, ResetRequest.asked_at, ResetRequest.tries)
        .join(User, User.id == ResetRequest.user_id)
        .where(ResetRequest.answered_at.is_(None), User.disabled_at.is_(None))
        .order_by(ResetRequest.id)
    ).all()


def delete_old(session: Session, asked_before: datetime) -> int:
    """Delete requests that nobody waits for any more, and return how many."""
    old = delete(ResetRequest).where(ResetRequest.asked_at < asked_before)
    return cast("CursorResult[Any]", session.execute(old)).rowcount
