"""What people have typed and not sent, merged field by field where it is typed in several tabs or on several devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.store import submissions
from grader.store.database import Sessions


@dataclass(frozen=True, slots=True)
class DraftKey:
    """Whose draft it is, and of what: `assignment:12` or `exercise:and-gate`."""

    user_id: int
    place: str


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """What was typed, by field, and when it was saved."""

    answers: Mapping[str, str]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class DraftConflict:
    """A draft as it is stored now; `conflicts` are stored texts of fields that are typed otherwise here."""

    answers: Mapping[str, str]
    conflicts: Mapping[str, str]


def at_exercise(user_id: int, slug: str) -> DraftKey:
    """Where a person practises an exercise."""
    return DraftKey(user_id, f"exercise:{slug}")


def at_assignment(user_id: int, assignment_id: int) -> DraftKey:
    """Where a person answers an assignment."""
    return DraftKey(user_id, f"assignment:{assignment_id}")


def find_draft(session: Session, desk: DraftKey) -> StoredDraft | None:
    """Return what was typed there and not sent, if anything."""
    row = submissions.find_draft(session, desk.user_id, desk.place)
    return StoredDraft(row.answers, row.saved_at) if row and row.answers else None


def save_draft(
    sessions: Sessions,
    desk: DraftKey,
    answers: Mapping[str, str],
    now: datetime,
    base: Mapping[str, str] | None = None,
) -> DraftConflict:
    """Merge what is typed in one tab with what is stored, field by field, and store it.

    A field that was changed in one place only takes the change. One that was changed here and elsewhere to different
    texts keeps what is stored, and is returned as a conflict for the person to decide. Blank texts are empty ones, and
    zeros, which PostgreSQL stores in no text and no keyboard types, are left out. Where nothing is stored (what was
    there has been sent meanwhile) all that is typed is stored.

    Args:
        sessions: of the database.
        desk: whose draft it is, and of what.
        answers: the text of every field.
        now: when.
        base: of fields that were changed here, the text of the draft that the change began from; a field that is not
            named was not changed here. None takes every answer that there is, whatever is stored.

    Returns:
        What is stored now, and the conflicts.
    """
    typed = _normal(answers)
    with sessions.begin() as session:
        stored = submissions.lock_draft(session, desk.user_id, desk.place)
        if stored is None and submissions.begin_draft(session, desk.user_id, desk.place, _filled(typed), now):
            return DraftConflict(_filled(typed), {})
        if stored is None:  # another tab was first
            stored = submissions.lock_draft(session, desk.user_id, desk.place) or {}
        kept = merge(stored, typed, base if base is None else _normal(base))
        submissions.store_draft(session, desk.user_id, desk.place, kept.answers, now)
    return kept


def merge(stored: Mapping[str, str], typed: Mapping[str, str], base: Mapping[str, str] | None) -> DraftConflict:
    """Merge two versions of a draft that began from the same text; see `keep_draft`."""
    if base is None:
        return DraftConflict(_filled({**stored, **typed}), {})
    merged, conflicts = dict(stored), {}
    for name, here in typed.items():
        there, before = stored.get(name, ""), base.get(name, here)
        if here in {before, there}:
            continue
        if there == before:
            merged[name] = here
        else:
            conflicts[name] = there
    return DraftConflict(_filled(merged), conflicts)


def _normal(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text.replace("\0", "") if text.strip(" \0") else "" for name, text in texts.items()}


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if text}


def delete_draft(session: Session, desk: DraftKey) -> None:
    """Delete what was typed there: it has been sent."""
    submissions.delete_draft(session, desk.user_id, desk.place)
