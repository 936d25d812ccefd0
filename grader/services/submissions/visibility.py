"""Who may see a submission, and how much of its report."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from grader.judging.policy import Attempt, ReportVisibility, Terms, attempt_value, redact_report, visibility
from grader.judging.report import Score
from grader.services.accounts.authentication import Principal, SignedIn
from grader.services.assignments.assignments import find_assignment, find_assignments, terms_at_assignments, terms_of
from grader.services.courses.members import Membership
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.queries import SubmissionDetail, SubmissionOverview
from grader.store import submission_queries


def may_see_submission(
    who: Principal | SignedIn, shown: SubmissionDetail | SubmissionOverview, membership: Membership | None = None
) -> bool:
    """Tell whether somebody may see a submission.

    A student sees what is the student's own; what was sent for an assignment those see who teach its course
    (`membership` is of that course), what was sent for practice all instructors. A token sees what its client sent,
    and a student's own token only what is that student's. Scopes are another question.
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
    """Tell whether a token may send answers for a learner: its client's, or only the one that it reaches."""
    return learner.client_id == who.client_id and who.learner_ref in {None, learner.ref}


def may_see_solution(who: SignedIn, best: Score | None) -> bool:
    """Tell whether somebody may see how an exercise is worked out.

    Instructors always; a student once a submission of the student's own has full marks.
    """
    return who.is_instructor or (best is not None and best.given == best.max)


@dataclass(frozen=True, slots=True)
class _Place:
    """What holds for a student at an assignment, and what is shown of it now."""

    terms: Terms
    shown: ReportVisibility


def visibility_at(session: Session, assignment_id: int, user_id: int, now: datetime) -> ReportVisibility:
    """Return what a student is shown at an assignment."""
    assignment = find_assignment(session, assignment_id)
    used = sum(not row.failed for row in submission_queries.attempts_at(session, [assignment_id], [user_id]))
    return visibility(terms_of(session, assignment, user_id), used, now)


def visible_report(session: Session, shown: SubmissionDetail, now: datetime) -> SubmissionDetail:
    """Return a submission as the student who sent it sees it now."""
    if shown.assignment_id is None or shown.user_id is None:
        return shown
    allowed = visibility_at(session, shown.assignment_id, shown.user_id, now)
    return replace(shown, report=redact_report(shown.report, allowed), disclosure=allowed)


def visible_lines(
    session: Session, lines: Sequence[SubmissionOverview], now: datetime
) -> tuple[SubmissionOverview, ...]:
    """Return lines of a list as the students who sent them see them now: without scores that are kept back."""
    places = _each(session, ((line.assignment_id, line.user_id) for line in lines), now)
    return tuple(_disclosed_line(line, places.get((line.assignment_id, line.user_id))) for line in lines)


def _disclosed_line(line: SubmissionOverview, place: _Place | None) -> SubmissionOverview:
    if place is None or line.score is None:  # practice, which is shown entirely
        return line
    if not place.shown.marks:
        return replace(line, score=None)
    attempt = Attempt(line.id, line.submitted_at, line.score.given, line.score.max)
    return replace(line, worth=attempt_value(place.terms, attempt, line.score.max))


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
        terms = terms_at_assignments(session, assignments, user_id)
        sent = submission_queries.attempts_at(session, ids, [user_id])
        used = Counter(row.assignment_id for row in sent if not row.failed)
        found |= {
            (one.id, user_id): _Place(terms[one.id], visibility(terms[one.id], used[one.id], now))
            for one in assignments
        }
    return found
