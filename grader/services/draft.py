"""What people have typed and not sent. The newest typing counts; what it replaces is given back, so that none is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from grader.store import drafts
from grader.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose draft it is, and of what: `assignment:12` or `exercise:and-gate`."""

    user_id: int
    place: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, by field, and when it was saved."""

    answers: Mapping[str, str]
    saved_at: datetime


def at_exercise(user_id: int, slug: str) -> Desk:
    """Where a person practises an exercise."""
    return Desk(user_id, f"exercise:{slug}")


def at_assignment(user_id: int, assignment_id: int) -> Desk:
    """Where a person answers an assignment."""
    return Desk(user_id, f"assignment:{assignment_id}")


def find_draft(session: Session, desk: Desk) -> Draft | None:
    """Return what was typed there and not sent, if anything."""
    row = drafts.find(session, desk.user_id, desk.place)
    return None if row is None else Draft(row.answers, row.saved_at)


def keep_draft(
    sessions: Sessions, desk: Desk, answers: Mapping[str, str], now: datetime, known: datetime | None = None
) -> Draft | None:
    """Store what is typed; blank fields are left out, and a draft without any is deleted.

    Zeros, which PostgreSQL stores in no text and no keyboard types, are left out of the texts.

    Args:
        sessions: of the database.
        desk: whose draft it is, and of what.
        answers: the text of every field.
        now: when.
        known: the draft that was there when this typing began; None for none.

    Returns:
        What this has replaced, where it came from elsewhere (it is not the one that was known) and says other things.
    """
    storable = {name: text.replace("\0", "") for name, text in answers.items()}
    typed = {name: text for name, text in storable.items() if text.strip()}
    with sessions.begin() as session:
        former = find_draft(session, desk)
        if typed:
            drafts.keep(session, desk.user_id, desk.place, typed, now)
        else:
            drafts.forget(session, desk.user_id, desk.place)
    is_strange = former is not None and former.saved_at != known and former.answers != typed
    return former if is_strange else None


def forget_draft(sessions: Sessions, desk: Desk) -> None:
    """Delete what was typed there: it has been sent."""
    with sessions.begin() as session:
        drafts.forget(session, desk.user_id, desk.place)
