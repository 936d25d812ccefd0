"""Drafts: typed answers that were not submitted, merged field by field across tabs and devices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.store import submissions
from grader.store.database import Sessions


@dataclass(frozen=True, slots=True)
class DraftKey:
    """The owner and place of a draft: `assignment:12` or `exercise:and-gate`."""

    user_id: int
    place: str


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """The typed text by field, and when it was saved."""

    answers: Mapping[str, str]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class DraftConflict:
    """A draft as stored; `conflicts` are the stored texts of fields that were typed differently here."""

    answers: Mapping[str, str]
    conflicts: Mapping[str, str]


def at_exercise(user_id: int, slug: str) -> DraftKey:
    """Return the key of a person's draft for practice at an exercise."""
    return DraftKey(user_id, f"exercise:{slug}")


def at_assignment(user_id: int, assignment_id: int) -> DraftKey:
    """Return the key of a person's draft at an assignment."""
    return DraftKey(user_id, f"assignment:{assignment_id}")


def find_draft(session: Session, key: DraftKey) -> StoredDraft | None:
    """Return the stored draft, if any."""
    row = submissions.find_draft(session, key.user_id, key.place)
    return StoredDraft(row.answers, row.saved_at) if row and row.answers else None


def save_draft(
    sessions: Sessions,
    key: DraftKey,
    answers: Mapping[str, str],
    now: datetime,
    base: Mapping[str, str] | None = None,
) -> DraftConflict:
    """Merge the text typed in one tab with the stored draft, field by field, and store the result.

    A field that was changed in only one place takes the change. A field that was changed here and elsewhere to
    different texts keeps the stored text, and is returned as a conflict for the person to resolve. Blank texts become
    empty, and NUL characters, which PostgreSQL cannot store and no keyboard types, are removed. If nothing is stored
    (because the draft was submitted in the meantime), all typed text is stored.

    Args:
        sessions: of the database.
        key: owner and place of the draft.
        answers: the text of every field.
        now: the time.
        base: for fields that were changed here, the text that the change started from; other fields were not changed
            here. None stores all answers, whatever is stored.

    Returns:
        What is stored now, and the conflicts.
    """
    typed = _normal(answers)
    with sessions.begin() as session:
        stored = submissions.lock_draft(session, key.user_id, key.place)
        if stored is None and submissions.begin_draft(session, key.user_id, key.place, _filled(typed), now):
            return DraftConflict(_filled(typed), {})
        if stored is None:  # a concurrent request inserted it first
            stored = submissions.lock_draft(session, key.user_id, key.place) or {}
        kept = merge(stored, typed, base if base is None else _normal(base))
        submissions.store_draft(session, key.user_id, key.place, kept.answers, now)
    return kept


def merge(stored: Mapping[str, str], typed: Mapping[str, str], base: Mapping[str, str] | None) -> DraftConflict:
    """Merge two versions of a draft with a common base; see `save_draft`."""
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


def delete_draft(session: Session, key: DraftKey) -> None:
    """Delete a draft that has been submitted."""
    submissions.delete_draft(session, key.user_id, key.place)
