"""Requests that must not be done twice: `reserve` before the work, then `complete`, or `release` where it failed."""

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
"""A reservation this old has lost its request (a crash in the middle): who comes again may do the work."""

LIKELY_AT_IT: Final = timedelta(seconds=5)
"""Almost every request is answered sooner; after that its server has probably died."""


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that carries an idempotency key; keys of different tokens have nothing to do with each other."""

    token_id: int
    key: str
    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Reservation:
    """Leave to do the work. `id` stays the same when an abandoned reservation is taken over.

    What is stored under this id (`Submit.id`) is therefore stored once, also when the first one who held the
    reservation had stored it and died before the answer was kept.
    """

    id: UUID


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered the first time."""

    status: int
    response: Mapping[str, object] | None
    headers: Mapping[str, str]


def reserve_key(sessions: Sessions, request: KeyedRequest, now: datetime) -> Reservation | StoredAnswer:
    """Return leave to do the work, or what was answered when it was done.

    Raises:
        RequestInFlight: it is being done just now.
        KeyReused: the key came with another request within 24 hours.
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
        if row is None:  # its bearer has just given it up
            raise RequestInFlight("This request was just given up; please send it again.")
        if not attempt.is_same_request(row):
            raise KeyReused("This idempotency key came with another request before.")
        if row.status is not None:
            return StoredAnswer(row.status, row.response, row.headers or {})
        if idempotency.take_over_key(session, row, now, abandoned_before=now - ABANDONED):
            return Reservation(row.reservation)
        held_for = now - row.reserved_at
    raise RequestInFlight("A request with this idempotency key is being answered just now.", _come_again(held_for))


def _come_again(held_for: timedelta) -> int:
    """Give the seconds to wait: few while it is likely that the first request is at it, then all that are left."""
    return 1 if held_for < LIKELY_AT_IT else max(0, floor((ABANDONED - held_for).total_seconds())) + 1


def complete_key(sessions: Sessions, request: KeyedRequest, answer: StoredAnswer) -> None:
    """Keep the answer for whoever comes with the same key again."""
    with sessions.begin() as session:
        row: dict[str, object] = {
            "status": answer.status,
            "response": None if answer.response is None else dict(answer.response),
            "headers": dict(answer.headers),
        }
        idempotency.complete_key(session, request.token_id, request.key, row)


def release_key(sessions: Sessions, request: KeyedRequest) -> None:
    """Give the reservation up: the work was refused or failed, and may be tried again with the same key."""
    with sessions.begin() as session:
        idempotency.release_key(session, request.token_id, request.key)
