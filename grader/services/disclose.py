"""What students see of their own submissions, as far as the policies of assignments let them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from grader.checking.disclosure import EVERYTHING, Disclosure, disclose, disclosure
from grader.services.assignment import find_assignment, terms_of
from grader.services.history import ShownSummary
from grader.services.show import Shown
from grader.store import attempts


def disclosure_at(session: Session, assignment_id: int, user_id: int, now: datetime) -> Disclosure:
    """Return what a student is shown at an assignment."""
    assignment = find_assignment(session, assignment_id)
    used = sum(not row.failed for row in attempts.of_assignments(session, [assignment_id], [user_id]))
    return disclosure(terms_of(session, assignment, user_id), used, now)


def disclosed(session: Session, shown: Shown, now: datetime) -> Shown:
    """Return a submission as the student who sent it sees it now."""
    if shown.assignment_id is None or shown.user_id is None:
        return shown
    allowed = disclosure_at(session, shown.assignment_id, shown.user_id, now)
    return replace(shown, report=disclose(shown.report, allowed), disclosure=allowed)


def disclosed_lines(session: Session, lines: Sequence[ShownSummary], now: datetime) -> tuple[ShownSummary, ...]:
    """Return lines of a list as the students who sent them see them now: without scores that are kept back."""
    allowed = _each(session, ((line.assignment_id, line.user_id) for line in lines), now)
    return tuple(
        line if allowed[line.assignment_id, line.user_id].marks else replace(line, score=None) for line in lines
    )


def _each(
    session: Session, places: Iterable[tuple[int | None, int | None]], now: datetime
) -> Mapping[tuple[int | None, int | None], Disclosure]:
    """Each place once; practice is shown entirely."""
    return {
        (assignment_id, user_id): disclosure_at(session, assignment_id, user_id, now)
        if assignment_id is not None and user_id is not None
        else EVERYTHING
        for assignment_id, user_id in set(places)
    }
