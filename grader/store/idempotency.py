from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, CursorResult, and_, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from grader.store.submission_tables import IdempotencyKey


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A request with an idempotency key, and the id that it gets if it is the first."""

    token_id: int
    key: str
    method: str
    path: str
    body_sha256: bytes
    reservation: UUID

    def is_same_request(self, row: IdempotencyKey) -> bool:
        """Return whether the key came with the same request before."""
        return (row.method, row.path, row.body_sha256) == (self.method, self.path, self.body_sha256)


def reserve_key(session: Session, attempt: KeyUse, now: datetime, expired_before: datetime) -> bool:
    """Reserve the key if it is free or has expired; only one of two concurrent requests succeeds."""
    taken = insert(IdempotencyKey).values(**asdict(attempt), created_at=now, reserved_at=now)
    fresh = {name: taken.excluded[name] for name in (*asdict(attempt), "created_at", "reserved_at")}
    either = taken.on_conflict_do_update(
        index_elements=[IdempotencyKey.token_id, IdempotencyKey.key],
        set_={**fresh, "status": None, "response": None, "headers": None},
        where=IdempotencyKey.created_at < expired_before,
    )
    return session.scalars(either.returning(IdempotencyKey.token_id)).one_or_none() is not None


def find_key(session: Session, token_id: int, key: str) -> IdempotencyKey | None:
    """Return the row of the key."""
    return session.get(IdempotencyKey, (token_id, key), populate_existing=True)


def take_over_key(session: Session, row: IdempotencyKey, now: datetime, abandoned_before: datetime) -> bool:
    """Take over a key whose first request died; only one of two concurrent requests succeeds."""
    taken = (
        update(IdempotencyKey)
        .where(_is(row.token_id, row.key), IdempotencyKey.status.is_(None))
        .where(IdempotencyKey.reserved_at < abandoned_before)
        .values(reserved_at=now)
        .returning(IdempotencyKey.token_id)
    )
    return session.scalars(taken).one_or_none() is not None


def complete_key(session: Session, token_id: int, key: str, answer: dict[str, object]) -> None:
    """Store the response (status, body, headers) for later requests with the key."""
    session.execute(update(IdempotencyKey).where(_is(token_id, key)).values(answer))


def release_key(session: Session, token_id: int, key: str) -> None:
    """Release a key that is still in progress, so that the request may be retried."""
    session.execute(delete(IdempotencyKey).where(_is(token_id, key), IdempotencyKey.status.is_(None)))


def delete_expired_keys(session: Session, expired_before: datetime) -> int:
    """Delete expired keys, and return their number."""
    expired = delete(IdempotencyKey).where(IdempotencyKey.created_at < expired_before)
    return cast("CursorResult[Any]", session.execute(expired)).rowcount


def _is(token_id: int, key: str) -> ColumnElement[bool]:
    return and_(IdempotencyKey.token_id == token_id, IdempotencyKey.key == key)
