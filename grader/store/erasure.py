"""Erasure and anonymisation of a person's rows."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

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

SIGN_INS = (BrowserSession, SignInLink, Token, Draft, ExternalIdentity, ResetRequest)
"""Rows that belong to an account but not to marks."""

UNUSABLE: Mapping[str, object] = {"password_hash": None, "language": None, "time_zone": None}


def learners_of_person(session: Session, user: User) -> list[int]:
    """Return a user's learners, including those of the web pages that existed before the account."""
    web = select(Client.id).where(Client.name == WEB_CLIENT).scalar_subquery()
    theirs = or_(
        Learner.user_id == user.id,
        (Learner.user_id.is_(None)) & (Learner.client_id == web) & (Learner.ref == user.email),
    )
    return list(session.scalars(select(Learner.id).where(theirs)))


def delete_sign_ins_and_messages(session: Session, user_id: int) -> None:
    """Delete sessions, links, tokens, drafts, and messages to and from a user."""
    for model in SIGN_INS:
        session.execute(delete(model).where(model.user_id == user_id))
    session.execute(
        delete(StudentMessage).where(or_(StudentMessage.to_user == user_id, StudentMessage.from_user == user_id))
    )


def delete_work(session: Session, learner_ids: Collection[int]) -> None:
    """Delete submissions with their gradings, learners, and files that nobody else has submitted."""
    theirs = Submission.learner_id.in_(learner_ids)
    files = set(session.scalars(select(Submission.blob_sha256).where(theirs, Submission.blob_sha256.is_not(None))))
    session.execute(delete(Submission).where(theirs))
    session.execute(delete(Learner).where(Learner.id.in_(learner_ids)))
    in_use = select(Submission.id).where(Submission.blob_sha256 == Blob.sha256).exists()
    session.execute(delete(Blob).where(Blob.sha256.in_(files), ~in_use))


def delete_user(session: Session, user_id: int) -> None:
    """Delete a user; marks and enrolments go with it."""
    session.execute(delete(User).where(User.id == user_id))


def anonymise(session: Session, user_id: int, user: Mapping[str, object], learner_refs: Mapping[int, str]) -> None:
    """Keep submissions and marks without anything that identifies the person.

    Args:
        session: joined.
        user_id: the person.
        user: replaces the columns of the user.
        learner_refs: new references, by learner.
    """
    session.execute(update(User).where(User.id == user_id).values({**UNUSABLE, **user}))
    for learner_id, ref in learner_refs.items():
        session.execute(update(Learner).where(Learner.id == learner_id).values(ref=ref, user_id=user_id))
    session.execute(update(Enrolment).where(Enrolment.user_id == user_id).values(student_number=None))
    session.execute(update(Submission).where(Submission.learner_id.in_(learner_refs)).values(client_ref=None))
    for model in (Allowance, MarkOverride):
        session.execute(update(model).where(model.user_id == user_id).values(reason=""))
