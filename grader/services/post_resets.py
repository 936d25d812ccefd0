"""The answers to those who asked for a link: by mail where there is a server, else by an administrator."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from grader.services.administer import Act
from grader.services.errors import LetterRefused, MailServerAway, UnknownRequest
from grader.services.letters import Letter, Reader, reset_letter
from grader.services.link import make_link
from grader.services.secret import Secret
from grader.store import reset_requests
from grader.store.audit import Event, add
from grader.store.engine import Sessions
from grader.store.links import Purpose

LINK_HOURS: Final = 4
MOST_TRIES: Final = 6
MOST_AT_ONCE: Final = 50
FIRST_PAUSE: Final = timedelta(minutes=1)
"""Doubled at each try; the last is made half an hour after the first, and then it is an administrator's to answer."""


@dataclass(frozen=True, slots=True)
class Post:
    """Takes letters; `address_of` says how the world calls a one-time link."""

    send: Callable[[Letter], None]
    address_of: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of the letters of one round."""

    sent: int = 0
    refused: int = 0
    problem: str | None = None


def post_resets(sessions: Sessions, post: Post, clock: Callable[[], datetime]) -> Posted:
    """Send a letter to everybody who asked and was not answered. It may run twice, and twice at once.

    A request is claimed before its letter is written, so that two rounds do not write the same one. Where a round dies
    in the middle, a later one writes again, and its link takes the place of the one before: one link works.
    """
    sent = refused = 0
    for _ in range(MOST_AT_ONCE):
        with sessions.begin() as session:
            claimed = reset_requests.claim(session, clock(), FIRST_PAUSE, MOST_TRIES)
        if claimed is None:
            return Posted(sent, refused)
        try:
            post.send(_letter(sessions, claimed, post, clock()))
        except LetterRefused:
            refused += 1
            continue
        except MailServerAway as away:
            return Posted(sent, refused, away.detail)
        sent += 1
        with sessions.begin() as session:
            reset_requests.answer(session, claimed.request_id, clock(), None)
    return Posted(sent, refused)


def hand_over(sessions: Sessions, request_id: int, act: Act, lifetime: timedelta) -> tuple[int, Secret]:
    """Answer a request by a link that an administrator hands over; return whose it is, and the link.

    Raises:
        UnknownRequest: there is none, or somebody has answered already.
    """
    with sessions.begin() as session:
        user_id = reset_requests.answer(session, request_id, act.now, act.actor_id)
        if user_id is None:
            raise UnknownRequest("Somebody has answered this already.")
        add(session, Event(act.now, "person.link-made", act.actor_id, subject_id=user_id))
        return user_id, make_link(session, user_id, Purpose.RESET, act.now, lifetime)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits for a link; `tries` mails could not be sent so far."""

    request_id: int
    user_id: int
    name: str
    email: str
    asked_at: datetime
    tries: int


def waiting_for_links(session: Session) -> tuple[Waiting, ...]:
    """Return who asked and was not answered, the longest waiting first."""
    return tuple(Waiting(*row) for row in reset_requests.unanswered(session))


def _letter(sessions: Sessions, claimed: reset_requests.Claimed, post: Post, now: datetime) -> Letter:
    with sessions.begin() as session:
        secret = make_link(session, claimed.user_id, Purpose.RESET, now, timedelta(hours=LINK_HOURS))
    reader = Reader(claimed.email, claimed.name, claimed.language)
    return reset_letter(reader, post.address_of(secret.plain), LINK_HOURS, now)
