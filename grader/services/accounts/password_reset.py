"""Password resets: requested, sent by e-mail, or handed over by an administrator."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from grader.messages.language import ENGLISH, Language
from grader.messages.message import Message
from grader.services.accounts.administration import Act
from grader.services.accounts.authentication import Secret
from grader.services.accounts.registration import normal_email
from grader.services.accounts.tokens import new_link
from grader.services.errors import EmailRefused, MailServerAway, UnknownRequest, UnusableEmail
from grader.store import accounts
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions
from grader.vocabulary import LinkPurpose

AGAIN_AFTER: Final = timedelta(minutes=5)
"""Repeated requests within this time send one e-mail: a second link would invalidate the first before it is opened."""


def request_reset(sessions: Sessions, email: str, language: str, now: datetime) -> None:
    """Store a request for a link to set a password, whether or not the address is registered.

    The response reveals nothing, neither by its content nor by its duration. Invalid addresses are ignored.
    """
    try:
        wanted = normal_email(email)
    except UnusableEmail:
        return
    with sessions.begin() as session:
        accounts.request_reset(session, wanted, language, now, asked_before=now - AGAIN_AFTER)


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail ready to be sent."""

    to: str
    subject: str
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class EmailReader:
    """The recipient of an e-mail."""

    email: str
    name: str
    language: Language


def reset_email(reader: EmailReader, address: str, hours: int, now: datetime) -> Email:
    """Return the e-mail with a link for setting a password."""
    subject = Message("mail.reset-subject").in_language(reader.language)
    text = Message("mail.reset-text", name=reader.name, address=address, hours=hours).in_language(reader.language)
    return Email(reader.email, subject, text, now)


LINK_HOURS: Final = 4
MOST_TRIES: Final = 6
MOST_AT_ONCE: Final = 50
FIRST_PAUSE: Final = timedelta(minutes=1)
"""Doubled after each try; after the last one, half an hour after the first, an administrator has to answer."""


@dataclass(frozen=True, slots=True)
class MailService:
    """Sends e-mail.

    Attributes:
        send: hands one e-mail to the mail server.
        address_of: the public URL of a one-time link.
        language_of: how messages are written in the language of a reader.
    """

    send: Callable[[Email], None]
    address_of: Callable[[str], str]
    language_of: Callable[[str], Language]


@dataclass(frozen=True, slots=True)
class SentResets:
    """The outcome of one round of sending."""

    sent: int = 0
    refused: int = 0
    problem: str | None = None


def send_resets(sessions: Sessions, post: MailService, clock: Callable[[], datetime]) -> SentResets:
    """Send an e-mail for every open request. May run repeatedly and concurrently.

    A request is claimed before its e-mail is written, so that two rounds do not write the same one. If a round dies
    midway, a later one writes again, and its link replaces the earlier one: exactly one link works.
    """
    sent = refused = 0
    for _ in range(MOST_AT_ONCE):
        with sessions.begin() as session:
            claimed = accounts.claim_reset(session, clock(), FIRST_PAUSE, MOST_TRIES)
        if claimed is None:
            return SentResets(sent, refused)
        try:
            post.send(_email_for(sessions, claimed, post, clock()))
        except EmailRefused:
            refused += 1
            continue
        except MailServerAway as away:
            return SentResets(sent, refused, away.detail)
        sent += 1
        with sessions.begin() as session:
            accounts.answer_reset(session, claimed.request_id, clock(), None)
    return SentResets(sent, refused)


def hand_over(sessions: Sessions, request_id: int, act: Act, lifetime: timedelta) -> tuple[int, Secret]:
    """Answer a request with a link that an administrator hands over; return the user id and the link.

    Raises:
        UnknownRequest: there is no such request, or it has been answered already.
    """
    with sessions.begin() as session:
        user_id = accounts.answer_reset(session, request_id, act.now, act.actor_id)
        if user_id is None:
            raise UnknownRequest("This request has already been handled.")
        add_event(session, AuditEvent(act.now, "person.link-made", act.actor_id, subject_id=user_id))
        return user_id, new_link(session, user_id, LinkPurpose.RESET, act.now, lifetime)


@dataclass(frozen=True, slots=True)
class WaitingForLink:
    """An open request; `tries` e-mails could not be sent so far."""

    request_id: int
    user_id: int
    name: str
    email: str
    asked_at: datetime
    tries: int


def waiting_for_links(session: Session) -> tuple[WaitingForLink, ...]:
    """Return the open requests, oldest first."""
    return tuple(WaitingForLink(*row) for row in accounts.unanswered_resets(session))


def _email_for(sessions: Sessions, claimed: accounts.ClaimedReset, post: MailService, now: datetime) -> Email:
    with sessions.begin() as session:
        secret = new_link(session, claimed.user_id, LinkPurpose.RESET, now, timedelta(hours=LINK_HOURS))
    language = ENGLISH if claimed.language is None else post.language_of(claimed.language)
    reader = EmailReader(claimed.email, claimed.name, language)
    return reset_email(reader, post.address_of(secret.plain), LINK_HOURS, now)
