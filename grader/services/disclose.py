"""What students see of their own submissions, as far as the policies of assignments let them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from grader.checking.disclosure import Disclosure, disclose, disclosure
from grader.checking.policy import Attempt, Terms, worth
from grader.services.agenda import terms_at
from grader.services.assignment import find_assignment, find_assignments, terms_of
from grader.services.history import ShownSummary
from grader.services.show import Shown
from grader.store import attempts


@dataclass(frozen=True, slots=True)
class _Place:
    """What holds for a student at an assignment, and what is shown of it now."""

    terms: Terms
    shown: Disclosure


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
    places = _each(session, ((line.assignment_id, line.user_id) for line in lines), now)
    return tuple(_disclosed_line(line, places.get((line.assignment_id, line.user_id))) for line in lines)


def _disclosed_line(line: ShownSummary, place: _Place | None) -> ShownSummary:
    if place is None or line.score is None:  # practice, which is shown entirely
        return line
    if not place.shown.marks:
        return replace(line, score=None)
    attempt = Attempt(line.id, line.submitted_at, line.score.given, line.score.max)
    return replace(line, worth=worth(place.terms, attempt, line.score.max))


def _each(
    session: Session, places: Iterable[tuple[int | None, int | None]], now: datetime
) -> Mapping[tuple[int | None, int | None], _Place]:
    """What holds and is shown at each assignment, in a few queries for each student; practice is not there."""
    asked: defaultdict[int, set[int]] = defaultdict(set)
    for assignment_id, user_id in places:
        if assignment_id is not None and user_id is not None:
            asked[user_id].add(assignment_id)
    found: dict[tuple[int | None, int | None], _Place] = {}
    for user_id, ids in asked.items():
        assignments = find_assignments(session, ids)
        terms = terms_at(session, assignments, user_id)
        sent = attempts.of_assignments(session, ids, [user_id])
        used = Counter(row.assignment_id for row in sent if not row.failed)
        found |= {
            (one.id, user_id): _Place(terms[one.id], disclosure(terms[one.id], used[one.id], now))
            for one in assignments
        }
    return found
