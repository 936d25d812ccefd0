"""A person's data goes: with all work, or so that the work stays and says no more whose it was. ADR 17 has the reasons."""

from enum import StrEnum

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from grader.services.accounts.administration import Act
from grader.services.accounts.authentication import new_secret
from grader.services.errors import EraseNotConfirmed, LastAdministrator, UnknownPerson
from grader.store import accounts
from grader.store.audit import AuditEvent, add_event
from grader.store.database import Sessions
from grader.store.submission_tables import Blob, Draft, Learner, Submission
from grader.store.tables import (
    Allowance,
    BrowserSession,
    Client,
    Enrolment,
    ExternalIdentity,
    MarkOverride,
    ResetRequest,
    SignInLink,
    StudentMessage,
    Token,
    User,
)
from grader.vocabulary import WEB_CLIENT

NOBODY = "\N{EN DASH}"
"""What stands where the name was."""


class Extent(StrEnum):
    """What is left of a person's work."""

    ERASE = "erase"
    ANONYMISE = "anonymise"


def erase_person(sessions: Sessions, user_id: int, typed_email: str, extent: Extent, act: Act) -> None:
    """Erase a person's data in one transaction.

    ERASE leaves nothing: submissions, gradings, marks and files go with the account. ANONYMISE leaves submissions,
    marks and enrolments under an account without name and address that nobody can use.

    Raises:
        UnknownPerson: there is none.
        EraseNotConfirmed: what was typed is not the person's e-mail.
        LastAdministrator: nobody would be left to do such things.
    """
    with sessions.begin() as session:
        if accounts.lock_administrators(session) == {user_id}:
            raise LastAdministrator("This is the only administrator; make somebody else one first.")
        user = session.scalars(select(User).where(User.id == user_id).with_for_update()).one_or_none()
        if user is None:
            raise UnknownPerson("There is no such person.")
        if typed_email.strip().lower() != user.email.lower():
            raise EraseNotConfirmed("To confirm, type the e-mail of the person whose data is to be erased.")
        learners = _learners(session, user)
        _forget_ways_in(session, user_id)
        if extent is Extent.ERASE:
            _erase_work(session, learners)
            session.execute(delete(User).where(User.id == user_id))
        else:
            _unname(session, user_id, learners, act)
        left = None if extent is Extent.ERASE else user_id
        add_event(session, AuditEvent(act.now, f"person.{extent.value}d", act.actor_id, subject_id=left))


def _learners(session: Session, user: User) -> list[int]:
    """The person as who answers, also where the web knew the address before the account."""
    web = select(Client.id).where(Client.name == WEB_CLIENT).scalar_subquery()
    theirs = or_(
        Learner.user_id == user.id,
        (Learner.user_id.is_(None)) & (Learner.client_id == web) & (Learner.ref == user.email),
    )
    return list(session.scalars(select(Learner.id).where(theirs)))


def _forget_ways_in(session: Session, user_id: int) -> None:
    """Sessions, links, tokens, drafts and words said to the person."""
    for model in (BrowserSession, SignInLink, Token, Draft, ExternalIdentity, ResetRequest):
        session.execute(delete(model).where(model.user_id == user_id))
    session.execute(
        delete(StudentMessage).where(or_(StudentMessage.to_user == user_id, StudentMessage.from_user == user_id))
    )


def _erase_work(session: Session, learners: list[int]) -> None:
    """Submissions with all that hangs on them, learners, and files that nobody else has sent."""
    theirs = Submission.learner_id.in_(learners)
    files = set(session.scalars(select(Submission.blob_sha256).where(theirs, Submission.blob_sha256.is_not(None))))
    session.execute(delete(Submission).where(theirs))
    session.execute(delete(Learner).where(Learner.id.in_(learners)))
    in_use = select(Submission.id).where(Submission.blob_sha256 == Blob.sha256).exists()
    session.execute(delete(Blob).where(Blob.sha256.in_(files), ~in_use))


def _unname(session: Session, user_id: int, learners: list[int], act: Act) -> None:
    empty = {
        "email": f"erased-{_unguessable()}@erased.invalid",
        "name": NOBODY,
        "password_hash": None,
        "language": None,
        "time_zone": None,
        "disabled_at": act.now,
    }
    session.execute(update(User).where(User.id == user_id).values(empty))
    for learner_id in learners:
        named = update(Learner).where(Learner.id == learner_id)
        session.execute(named.values(ref=f"erased-{_unguessable()}", user_id=user_id))
    session.execute(update(Enrolment).where(Enrolment.user_id == user_id).values(student_number=None))
    session.execute(update(Submission).where(Submission.learner_id.in_(learners)).values(client_ref=None))
    for model in (Allowance, MarkOverride):
        session.execute(update(model).where(model.user_id == user_id).values(reason=""))


def _unguessable() -> str:
    """So that nobody can find out by trying whose it was."""
    return new_secret().sha256.hex()[:16]
