"""Access to submissions, and how much of a report is shown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import Attempt, ReportVisibility, Terms, attempt_value, redact_report, visibility
from grader.judging.report import Score
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.assignments.assignments import find_assignment, find_assignments, terms_at_assignments, terms_of
from grader.services.courses.membership import Membership
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import SubmissionDetail, SubmissionOverview
from grader.store import submission_queries


def may_see_submission(
    who: Principal | SignedIn, shown: SubmissionDetail | SubmissionOverview, membership: Membership | None = None
) -> bool:
    """Return whether an identity may see a submission.

    Students see their own. Submissions to an assignment are visible to the staff of its course (`membership` is of that
    course), practice to all instructors. Tokens see what their client submitted, and a student's own token only what
    that student did. Scopes are checked elsewhere.
    """
    match who:
        case SignedIn() if shown.user_id == who.id:
            return True
        case SignedIn() if shown.assignment_id is not None:
            return membership is not None and membership.is_staff
        case SignedIn():
            return who.is_instructor
        case Principal(user_id=None):
            return shown.client_id == who.client_id
        case Principal():
            return shown.user_id == who.user_id


def may_submit_for(who: Principal, learner: LearnerKey) -> bool:
    """Return whether a token may submit for a learner: any of its client's, or only the one it is bound to."""
    return learner.client_id == who.client_id and who.learner_ref in {None, learner.ref}


def may_see_solution(who: SignedIn, best: Score | None) -> bool:
    """Return whether an identity may see the worked solution of an exercise.

    Instructors always may; students once one of their submissions has full marks.
    """
    return who.is_instructor or (best is not None and best.given == best.max)


@dataclass(frozen=True, slots=True)
class _Place:
    """A student's terms at an assignment, and how much is shown now."""

    terms: Terms
    shown: ReportVisibility


def visibility_at(session: Session, assignment_id: int, user_id: int, now: datetime) -> ReportVisibility:
    """Return how much a student sees at an assignment."""
    assignment = find_assignment(session, assignment_id)
    used = sum(not row.failed for row in submission_queries.attempts_at(session, [assignment_id], [user_id]))
    return visibility(terms_of(session, assignment, user_id), used, now)


def visible_report(session: Session, shown: SubmissionDetail, now: datetime) -> SubmissionDetail:
    """Return a submission as its student sees it now."""
    if shown.assignment_id is None or shown.user_id is None:
        return shown
    allowed = visibility_at(session, shown.assignment_id, shown.user_id, now)
    return replace(shown, report=redact_report(shown.report, allowed), disclosure=allowed)


def visible_lines(
    session: Session, lines: Sequence[SubmissionOverview], now: datetime
) -> tuple[SubmissionOverview, ...]:
    """Return lines of a list as their students see them now: without withheld scores."""
    places = _each(session, ((line.assignment_id, line.user_id) for line in lines), now)
    return tuple(_disclosed_line(line, places.get((line.assignment_id, line.user_id))) for line in lines)


def _disclosed_line(line: SubmissionOverview, place: _Place | None) -> SubmissionOverview:
    if place is None or line.score is None:  # practice hides nothing
        return line
    if not place.shown.marks:
        return replace(line, score=None)
    attempt = Attempt(line.id, line.submitted_at, line.score.given, line.score.max)
    return replace(line, worth=attempt_value(place.terms, attempt, line.score.max))


def _each(
    session: Session, places: Iterable[tuple[int | None, int | None]], now: datetime
) -> Mapping[tuple[int | None, int | None], _Place]:
    """Return terms and visibility at each assignment, in a few queries for each student; practice is left out."""
    asked: defaultdict[int, set[int]] = defaultdict(set)
    for assignment_id, user_id in places:
        if assignment_id is not None and user_id is not None:
            asked[user_id].add(assignment_id)
    found: dict[tuple[int | None, int | None], _Place] = {}
    for user_id, ids in asked.items():
        assignments = find_assignments(session, ids)
        terms = terms_at_assignments(session, assignments, user_id)
        sent = submission_queries.attempts_at(session, ids, [user_id])
        used = Counter(row.assignment_id for row in sent if not row.failed)
        found |= {
            (one.id, user_id): _Place(terms[one.id], visibility(terms[one.id], used[one.id], now))
            for one in assignments
        }
    return found
