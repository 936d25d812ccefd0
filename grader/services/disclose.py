"""What students see of their own submissions, as far as the policies of assignments let them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from grader.checking.disclosure import EVERYTHING, Disclosure, disclose, disclosure
from grader.services.agenda import terms_at
from grader.services.assignment import find_assignment, find_assignments, terms_of
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
        line if allowed.get((line.assignment_id, line.user_id), EVERYTHING).marks else replace(line, score=None)
        for line in lines
    )


def _each(
    session: Session, places: Iterable[tuple[int | None, int | None]], now: datetime
) -> Mapping[tuple[int | None, int | None], Disclosure]:
    """What is shown at each assignment: a few queries for each student; practice, which is shown entirely, is not there."""
    asked: defaultdict[int, set[int]] = defaultdict(set)
    for assignment_id, user_id in places:
        if assignment_id is not None and user_id is not None:
            asked[user_id].add(assignment_id)
    found: dict[tuple[int | None, int | None], Disclosure] = {}
    for user_id, ids in asked.items():
        assignments = find_assignments(session, ids)
        terms = terms_at(session, assignments, user_id)
        sent = attempts.of_assignments(session, ids, [user_id])
        used = Counter(row.assignment_id for row in sent if not row.failed)
        found |= {(one.id, user_id): disclosure(terms[one.id], used[one.id], now) for one in assignments}
    return found
