"""Idempotent requests: `reserve_key` before the work, then `complete_key`, or `release_key` on failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import floor
from typing import Final
from uuid import UUID, uuid4

from grader.services.errors import KeyReused, RequestInFlight
from grader.store import idempotency
from grader.store.database import Sessions

KEPT: Final = timedelta(hours=24)
ABANDONED: Final = timedelta(seconds=60)
"""A reservation this old belongs to a request that died; another request may take it over."""

LIKELY_AT_IT: Final = timedelta(seconds=5)
"""Almost every request is answered sooner; after this time its server has probably died."""


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with an idempotency key; keys of different tokens are independent."""

    token_id: int
    key: str
    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reservation:
    """Permission to do the work. `id` stays the same when an abandoned reservation is taken over.

    Whatever is stored under this id (`Submit.id`) is therefore stored once, even if the first holder had stored it and
    died before the response was kept.
    """

    id: UUID


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The response to the first request."""

    status: int
    response: Mapping[str, object] | None
    headers: Mapping[str, str]


def reserve_key(sessions: Sessions, request: KeyedRequest, now: datetime) -> Reservation | StoredAnswer:
    """Return permission to do the work, or the earlier response.

    Raises:
        RequestInFlight: the first request is in progress.
        KeyReused: the key was used for a different request within 24 hours.
    """
    attempt = idempotency.KeyUse(
        token_id=request.token_id,
        key=request.key,
        method=request.method,
        path=request.path,
        body_sha256=sha256(request.body).digest(),
        reservation=uuid4(),
    )
    with sessions.begin() as session:
        if idempotency.reserve_key(session, attempt, now, expired_before=now - KEPT):
            return Reservation(attempt.reservation)
        row = idempotency.find_key(session, request.token_id, request.key)
        if row is None:  # released in the meantime
            raise RequestInFlight("This request was cancelled. Send it again.")
        if not attempt.is_same_request(row):
            raise KeyReused("This idempotency key was already used for a different request.")
        if row.status is not None:
            return StoredAnswer(row.status, row.response, row.headers or {})
        if idempotency.take_over_key(session, row, now, abandoned_before=now - ABANDONED):
            return Reservation(row.reservation)
        held_for = now - row.reserved_at
    raise RequestInFlight("Another request with this idempotency key is in progress.", _come_again(held_for))


def _come_again(held_for: timedelta) -> int:
    """Return the seconds to wait: one while the first request is probably running, later the rest of its reservation."""
    return 1 if held_for < LIKELY_AT_IT else max(0, floor((ABANDONED - held_for).total_seconds())) + 1


def complete_key(sessions: Sessions, request: KeyedRequest, answer: StoredAnswer) -> None:
    """Keep the response for later requests with the same key."""
    with sessions.begin() as session:
        row: dict[str, object] = {
            "status": answer.status,
            "response": None if answer.response is None else dict(answer.response),
            "headers": dict(answer.headers),
        }
        idempotency.complete_key(session, request.token_id, request.key, row)


def release_key(sessions: Sessions, request: KeyedRequest) -> None:
    """Release the reservation: the work was refused or failed, and may be tried again with the same key."""
    with sessions.begin() as session:
        idempotency.release_key(session, request.token_id, request.key)
