"""Submissions, their learners and files, and drafts of answers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Row, Text, and_, bindparam, delete, func, or_, select, true, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from grader.store.submission_tables import Blob, Draft, Learner, Submission, Waiting
from grader.store.tables import Client, Revision, User, table
from grader.vocabulary import WEB_CLIENT


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A submission to be stored; learner, revision and file already have rows."""

    id: UUID
    client_id: int
    learner_ref: str
    user_id: int | None
    revision: str
    answers: Mapping[str, object]
    submitted_at: datetime
    client_ref: str | None
    seed: int | None
    givens: Mapping[str, float] | None
    submitted_by: int | None
    blob_sha256: str | None = None
    assignment_id: int | None = None


SPACING: Final = timedelta(seconds=30)
"""How much later each further submission of a learner is queued than the one before, while that is waiting.

So a learner who sends hundreds holds up others no longer than by one, and is not held up forever by those who come
later. If nobody else waits, the order changes nothing.
"""


def _storing() -> ReturningInsert[tuple[UUID]]:
    """One statement for both rows: a submission costs a single round trip, and is never stored without being queued."""
    sent = (
        insert(table(Submission))
        .from_select(
            [
                "id",
                "learner_id",
                "slug",
                "revision",
                "answers",
                "submitted_at",
                "client_id",
                "client_ref",
                "seed",
                "givens",
                "submitted_by",
                "blob_sha256",
                "assignment_id",
            ],
            select(
                bindparam("id", type_=Submission.id.type),
                Learner.id,
                Revision.slug,
                Revision.revision,
                bindparam("answers", type_=Submission.answers.type),
                bindparam("submitted_at", type_=Submission.submitted_at.type),
                Learner.client_id,
                bindparam("client_ref", type_=Submission.client_ref.type),
                bindparam("seed", type_=Submission.seed.type),
                bindparam("givens", type_=Submission.givens.type),
                bindparam("submitted_by", type_=BigInteger()),
                bindparam("blob_sha256", type_=Text()),
                bindparam("assignment_id", type_=BigInteger()),
            )
            .join_from(Learner, Revision, true())
            .where(
                Learner.client_id == bindparam("client_id"),
                Learner.ref == bindparam("learner_ref"),
                Revision.revision == bindparam("revision"),
                or_(
                    bindparam("user_id", type_=BigInteger()).is_(None),
                    Learner.user_id == bindparam("user_id"),
                ),
            ),
        )
        .on_conflict_do_nothing()
        .returning(Submission.id, Submission.submitted_at, Submission.blob_sha256, Submission.learner_id)
        .cte("sent")
    )
    queued = table(Waiting).c
    last = select(func.max(queued.turn)).where(queued.learner_id == sent.c.learner_id).scalar_subquery()
    return (
        insert(table(Waiting))
        .from_select(
            ["submission_id", "since", "alone", "learner_id", "turn"],
            select(
                sent.c.id,
                sent.c.submitted_at,
                sent.c.blob_sha256.is_not(None),
                sent.c.learner_id,
                func.greatest(sent.c.submitted_at, last + SPACING),  # without others waiting, `last` is null
            ),
        )
        .returning(Waiting.submission_id)
    )


_STORE = _storing()
_NAMES = tuple(field.name for field in fields(NewSubmission))


def add_submission(session: Session, new: NewSubmission) -> bool:
    """Store a submission and queue it.

    Return False, with nothing stored, if learner or revision are unknown, the learner belongs to another user, or the
    id or the client's reference for this learner is taken.
    """
    return session.execute(_STORE, {name: getattr(new, name) for name in _NAMES}).one_or_none() is not None


def find_twin(session: Session, new: NewSubmission) -> Row[*tuple[Any, ...]] | None:
    """Return id and `same` (equal answers) of the submission with this id, or with the learner's client reference."""
    slug = select(Revision.slug).where(Revision.revision == new.revision).scalar_subquery()
    same = and_(
        Learner.ref == new.learner_ref,
        Submission.answers == new.answers,
        Submission.slug == slug,
        Submission.seed.is_not_distinct_from(new.seed),
        Submission.assignment_id.is_not_distinct_from(new.assignment_id),
    )
    return session.execute(
        select(Submission.id, and_(same, Submission.client_id == new.client_id).label("same"))
        .join(Learner, Learner.id == Submission.learner_id)
        .where(
            or_(
                Submission.id == new.id,
                and_(
                    Submission.client_ref.is_not(None),
                    Submission.client_ref == new.client_ref,
                    Learner.client_id == new.client_id,
                    Learner.ref == new.learner_ref,
                ),
            )
        )
        .order_by(Submission.id == new.id)
        .limit(1)
    ).one_or_none()


def ensure_learner(session: Session, client_id: int, ref: str, user_id: int | None) -> tuple[int, int | None]:
    """Return id and user of this learner, created if necessary, or assigned its user now if it had none.

    Its row stays locked until the transaction ends, so that attempts of one learner are counted one after the other.
    """
    made = insert(Learner).values(client_id=client_id, ref=ref, user_id=user_id)
    kept = made.on_conflict_do_update(
        index_elements=[Learner.client_id, Learner.ref],
        set_={"user_id": func.coalesce(Learner.user_id, made.excluded.user_id)},
    )
    learner_id, owner = session.execute(kept.returning(Learner.id, Learner.user_id)).one()
    return learner_id, owner


def learners_like(session: Session, client_id: int, ref: str) -> list[str]:
    """Return the references of a client's learners that differ from this one at most in letter case.

    For our own pages, everybody with an account counts as a learner, with or without submissions.
    """
    known = select(Learner.ref).where(Learner.client_id == client_id, func.lower(Learner.ref) == func.lower(ref))
    accounts = (
        select(User.email)
        .join(Client, Client.name == WEB_CLIENT)
        .where(Client.id == client_id, User.email == func.lower(ref))
    )
    return sorted(session.scalars(union(known, accounts)))


def ensure_blob(session: Session, sha256: str, content: bytes, now: datetime) -> None:
    """Store a file unless it is stored already."""
    row = {"sha256": sha256, "content": content, "created_at": now}
    session.execute(insert(Blob).values(row).on_conflict_do_nothing(index_elements=[Blob.sha256]))


def blob_content(session: Session, sha256: str) -> bytes:
    """Return a file that a submission refers to."""
    return session.scalars(select(Blob.content).where(Blob.sha256 == sha256)).one()


def find_draft(session: Session, user_id: int, place: str) -> Row[dict[str, Any], datetime] | None:
    """Return answers and time of a person's draft at a place."""
    return session.execute(
        select(Draft.answers, Draft.saved_at).where(Draft.user_id == user_id, Draft.place == place)
    ).one_or_none()


def lock_draft(session: Session, user_id: int, place: str) -> dict[str, str] | None:
    """Return a person's draft at a place, locked until the transaction ends."""
    wanted = select(Draft.answers).where(Draft.user_id == user_id, Draft.place == place).with_for_update()
    return session.scalars(wanted).one_or_none()


def begin_draft(session: Session, user_id: int, place: str, answers: Mapping[str, str], now: datetime) -> bool:
    """Insert a draft if there is none; return whether it was inserted."""
    draft = insert(Draft).values(user_id=user_id, place=place, answers=dict(answers), saved_at=now)
    return session.scalars(draft.on_conflict_do_nothing().returning(Draft.place)).one_or_none() is not None


def store_draft(session: Session, user_id: int, place: str, answers: Mapping[str, str], now: datetime) -> None:
    """Store a person's draft at a place, replacing any earlier one."""
    draft = insert(Draft).values(user_id=user_id, place=place, answers=dict(answers), saved_at=now)
    newer = {"answers": draft.excluded.answers, "saved_at": draft.excluded.saved_at}
    session.execute(draft.on_conflict_do_update(index_elements=[Draft.user_id, Draft.place], set_=newer))


def delete_draft(session: Session, user_id: int, place: str) -> None:
    """Delete a person's draft at a place."""
    session.execute(delete(Draft).where(Draft.user_id == user_id, Draft.place == place))
