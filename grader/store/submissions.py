"""Submissions, their learners and files, and drafts of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Row,
    Text,
    and_,
    bindparam,
    column,
    delete,
    func,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeEngine

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

_GIVEN: Mapping[str, TypeEngine[Any]] = {
    "id": Submission.id.type,
    "client_id": BigInteger(),
    "learner_ref": Text(),
    "user_id": BigInteger(),
    "revision": Text(),
    "answers": Submission.answers.type,
    "submitted_at": Submission.submitted_at.type,
    "client_ref": Submission.client_ref.type,
    "seed": BigInteger(),
    "givens": Submission.givens.type,
    "submitted_by": BigInteger(),
    "blob_sha256": Text(),
    "assignment_id": BigInteger(),
}


def _storing(given: Mapping[str, ColumnElement[Any]]) -> ReturningInsert[tuple[UUID]]:
    """One statement for both rows: a submission costs a single round trip, and is never stored without being queued."""
    named = ("answers", "submitted_at", "client_ref", "seed", "givens", "submitted_by", "blob_sha256", "assignment_id")
    sent = (
        insert(table(Submission))
        .from_select(
            ["id", "learner_id", "slug", "revision", "client_id", *named],
            select(
                given["id"],
                Learner.id,
                Revision.slug,
                Revision.revision,
                Learner.client_id,
                *(given[name] for name in named),
            )
            .join_from(Learner, Revision, true())
            .where(
                Learner.client_id == given["client_id"],
                Learner.ref == given["learner_ref"],
                Revision.revision == given["revision"],
                or_(given["user_id"].is_(None), Learner.user_id == given["user_id"]),
            )
            .order_by(Learner.id, given["client_ref"]),
        )
        .on_conflict_do_nothing()
        .returning(Submission.id, Submission.submitted_at, Submission.blob_sha256, Submission.learner_id)
        .cte("sent")
    )
    queued = table(Waiting).c
    last = select(func.max(queued.turn)).where(queued.learner_id == sent.c.learner_id).scalar_subquery()
    earlier = func.row_number().over(partition_by=sent.c.learner_id, order_by=sent.c.id) - 1  # of the same request
    return (
        insert(table(Waiting))
        .from_select(
            ["submission_id", "since", "alone", "learner_id", "turn"],
            select(
                sent.c.id,
                sent.c.submitted_at,
                sent.c.blob_sha256.is_not(None),
                sent.c.learner_id,
                func.greatest(sent.c.submitted_at, last + SPACING) + earlier * SPACING,  # `last` is null if none waits
            ),
        )
        .returning(Waiting.submission_id)
    )


_STORE = _storing({name: bindparam(name, type_=kind) for name, kind in _GIVEN.items()})
_ROWS = bindparam("rows", type_=JSON())
_EACH = func.json_to_recordset(_ROWS).table_valued(*(column(name, kind) for name, kind in _GIVEN.items()))
_STORE_ALL = _storing(dict(_EACH.render_derived(name="given", with_types=True).c.items()))
_NAMES = tuple(field.name for field in fields(NewSubmission))


def add_submission(session: Session, new: NewSubmission) -> bool:
    """Store a submission and queue it.

    Return False, with nothing stored, if learner or revision are unknown, the learner belongs to another user, or the
    id or the client's reference for this learner is taken.
    """
    return session.execute(_STORE, {name: getattr(new, name) for name in _NAMES}).one_or_none() is not None


def add_submissions(session: Session, new: Sequence[NewSubmission]) -> set[UUID]:
    """Do the same for several at once, and return the ids of those that are stored."""
    rows = [{name: _as_json(getattr(one, name)) for name in _NAMES} for one in new]
    return set(session.scalars(_STORE_ALL, {"rows": rows})) if rows else set()


def _as_json(value: object) -> object:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            return value


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
