from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.services.begin import Browser, begin
from grader.services.errors import IdentityRefused
from grader.services.register import Person, normal_email, row_of
from grader.services.secret import Secret
from grader.store import identities, users
from grader.store.audit import Event, add
from grader.store.browser_sessions import Way
from grader.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to an issuer that we believe; `email` only where the issuer vouches for it."""

    issuer: str
    subject: str
    email: str | None
    name: str


def sign_in_elsewhere(sessions: Sessions, identity: Identity, browser: Browser, now: datetime) -> Secret:
    """Start a browser session for somebody whom an issuer has signed in, and return its token.

    At the first time the person is found by the e-mail that the issuer vouches for, or becomes a new student; from
    then on by the issuer's own number, also when the e-mail changes there or here.

    Raises:
        IdentityRefused: the person is disabled, or new and without an e-mail that the issuer vouches for.
        UnusableEmail: the issuer's e-mail is none.
    """
    with sessions.begin() as session:
        user_id = identities.find(session, identity.issuer, identity.subject) or _link(session, identity, now)
        user = users.find(session, user_id)
        if user is None or user.disabled_at is not None:
            raise IdentityRefused("You cannot sign in here any more. Ask those who run this service.")
        return begin(session, user_id, Way.OPENID, browser, now)


def _link(session: Session, identity: Identity, now: datetime) -> int:
    if identity.email is None:
        raise IdentityRefused("The other service does not vouch for your e-mail address, by which you are known here.")
    email = normal_email(identity.email)
    user_id = users.id_of(session, email)
    if user_id is None:
        row = row_of(Person(email, identity.name), now)
        user_id = users.add(session, row)
        if user_id is not None:
            add(session, Event(now, "person.created", user_id, subject_id=user_id, detail={"to": row["role"]}))
        else:  # somebody else was first, at the same moment
            user_id = users.id_of(session, email)
    if user_id is None:
        raise IdentityRefused("You were removed from this service just now.")
    if identities.add(session, identity.issuer, identity.subject, user_id, now):
        add(session, Event(now, "person.identity-linked", user_id, subject_id=user_id))
    return user_id
