"""A person's submissions: the list, and the page of one with its report."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import make_response, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from grader.catalog.load import LoadedExercise
from grader.judging.policy import Attempt, AttemptValue, Terms, attempt_value
from grader.judging.report import Score
from grader.judging.solution import worked_solution
from grader.messages.message import Message
from grader.services.accounts.authentication import SignedIn
from grader.services.assignments.assignments import CourseAssignment, find_assignment, terms_of
from grader.services.assignments.marks import max_points_of, progress_of_learners
from grader.services.courses.membership import Membership, at_assignment
from grader.services.errors import UnknownAssignment, UnknownSubmission
from grader.services.grading.context import Revisions
from grader.services.student.todo import AssignmentStatus, assignment_status
from grader.services.submissions.queries import (
    AttemptDetail,
    AttemptRegraded,
    Status,
    SubmissionDetail,
    attempts_of,
    submission_detail,
)
from grader.services.submissions.queries import history as submissions_of
from grader.services.submissions.visibility import may_see_solution, may_see_submission, visible_lines, visible_report
from grader.vocabulary import SubmissionFilter
from grader.web.auth import person
from grader.web.dependencies import web_services
from grader.web.pages.formatting import titled
from grader.web.pages.student.report import submission_view_of


def visible_submission(submission_id: UUID) -> SubmissionDetail:
    """Return a submission that the person may see; the person's own as far as its assignment shows it.

    Raises:
        UnknownSubmission: it does not exist, or is another student's; callers cannot tell which.
    """
    services = web_services()
    with services.sessions() as session:
        shown = submission_detail(session, submission_id)
        if is_own(person(), shown):
            return visible_report(session, shown, services.clock())
        if may_see_submission(person(), shown, _membership(session, shown)):
            return shown
    raise UnknownSubmission(Message("refused.unknown-submission", id=str(submission_id)))


def _membership(session: Session, shown: SubmissionDetail) -> Membership | None:
    if shown.assignment_id is None:
        return None
    try:
        return at_assignment(session, person(), shown.assignment_id)
    except UnknownAssignment:
        return None


def is_own(who: SignedIn, shown: SubmissionDetail) -> bool:
    """Return whether the person submitted it, rather than viewing it as an instructor."""
    return shown.user_id == who.id


def exercise_as_answered(shown: SubmissionDetail) -> LoadedExercise:
    """Return the exercise as it was answered, from its folder or from PostgreSQL.

    Its given values are those by which the answers are judged.
    """
    services = web_services()
    return Revisions(services.catalog, services.sessions).find(shown.slug, shown.revision).with_values(shown.givens)


@dataclass(frozen=True, slots=True)
class ReportSurroundings:
    """What surrounds a report.

    Attributes:
        assignment: of the submission; None for practice.
        situation: the student's status at it; None for practice, and for other viewers.
        tries: the student's attempts; empty for other viewers, and while the newest is waiting.
        again: where to continue from these answers; None if nothing more can be submitted.
        others: where the other submissions are.
        shows_solution: whether the worked solution is shown.
        regraded: the earlier judgement, if it was judged again.
        worth: the attempt's points at its assignment with lateness deducted; None for practice and until it is graded.
    """

    assignment: CourseAssignment | None
    situation: AssignmentStatus | None
    tries: tuple[AttemptDetail, ...]
    again: str | None
    others: str
    shows_solution: bool
    regraded: AttemptRegraded | None = None
    worth: AttemptValue | None = None


def submission(submission_id: UUID) -> Response:
    """Show a submission; while it is waiting, the page polls and is answered from its ETag."""
    shown = visible_submission(submission_id)
    published = exercise_as_answered(shown)
    own = is_own(person(), shown)
    with web_services().sessions() as session:
        around = _own_surroundings(session, shown, published) if own else _surroundings_for_others(session, shown)
    around = replace(around, regraded=next((one.regraded for one in around.tries if one.id == shown.id), None))
    body = render_template(
        "student/submission.html",
        published=published,
        view=submission_view_of(shown, published.exercise, own=own, worth=around.worth),
        around=around,
        labels=_labels(published),
        solution=worked_solution(published.exercise) if around.shows_solution else (),
    )
    response = make_response(body)
    response.add_etag()
    return response.make_conditional(request)


def _own_surroundings(session: Session, shown: SubmissionDetail, published: LoadedExercise) -> ReportSurroundings:
    """Return what surrounds a student's own report."""
    if shown.assignment_id is None:
        practice = SubmissionFilter(user_id=person().id, slug=shown.slug, practice=True)
        return ReportSurroundings(
            assignment=None,
            situation=None,
            tries=_attempts_shown(session, practice, shown, published),
            again=f"{url_for('pages.answer', slug=shown.slug)}?from={shown.id}",
            others=url_for("pages.history", exercise=shown.slug),
            shows_solution=may_see_solution(person(), _best(session, practice)),
        )
    set_ = find_assignment(session, shown.assignment_id)
    max_points = max_points_of(session, web_services().catalog, set_)
    now = assignment_status(session, set_, max_points, person().id, web_services().clock())
    terms = now.standing.terms
    place = url_for("pages.assignment", assignment_id=set_.id)
    return ReportSurroundings(
        assignment=set_,
        situation=now,
        tries=_attempts_shown(
            session, SubmissionFilter(user_id=person().id, assignment_id=set_.id), shown, published, terms
        ),
        again=f"{place}?from={shown.id}" if now.state.takes_attempts else None,
        others=place,
        shows_solution=shown.disclosure.solution,
        worth=_worth_of_attempt(terms, shown, max_points),
    )


def _surroundings_for_others(session: Session, shown: SubmissionDetail) -> ReportSurroundings:
    """Return what surrounds a student's report for staff."""
    if shown.assignment_id is None:
        others = url_for("pages.dashboard", slug=shown.slug)
        return ReportSurroundings(None, None, (), None, others, shows_solution=True)
    set_ = find_assignment(session, shown.assignment_id)
    if shown.user_id is None:
        others = url_for("pages.assignment_dashboard", assignment_id=set_.id)
        return ReportSurroundings(set_, None, (), None, others, shows_solution=True)
    others = url_for("pages.assignment_student", assignment_id=set_.id, user_id=shown.user_id)
    max_points = max_points_of(session, web_services().catalog, set_)
    made = _worth_of_attempt(terms_of(session, set_, shown.user_id), shown, max_points)
    return ReportSurroundings(set_, None, (), None, others, shows_solution=True, worth=made)


def _worth_of_attempt(terms: Terms, shown: SubmissionDetail, max_points: float) -> AttemptValue | None:
    """Return the attempt's points, if its report is shown."""
    if shown.report is None:
        return None
    attempt = Attempt(shown.id, shown.submitted_at, shown.report.score.given, shown.report.score.max)
    return attempt_value(terms, attempt, max_points)


def _attempts_shown(
    session: Session,
    whose: SubmissionFilter,
    shown: SubmissionDetail,
    published: LoadedExercise,
    terms: Terms | None = None,
) -> tuple[AttemptDetail, ...]:
    """Return the attempts only once the submission is judged, since the page polls while it is waiting."""
    if shown.status is Status.PENDING:
        return ()
    return attempts_of(session, whose, published.exercise.field_names, shown.disclosure, terms)


def _best(session: Session, whose: SubmissionFilter) -> Score | None:
    """Return the person's best score."""
    standings = progress_of_learners(session, whose)
    return standings[0].best if standings else None


def _labels(published: LoadedExercise) -> Mapping[str, str]:
    return {one.name: one.label for one in published.exercise.fields}


PAGE = 50


def history() -> str:
    """Show the person's own submissions, newest first, of all exercises or of one (`?exercise=`)."""
    services = web_services()
    slug = request.args.get("exercise")
    published = services.catalog.find(slug) if slug else None
    before = request.args.get("before")
    with services.sessions() as session:
        shown = submissions_of(session, SubmissionFilter(user_id=person().id, slug=slug), PAGE, before)
        lines = visible_lines(session, shown.items, services.clock())
    return render_template(
        "student/history.html",
        published=published,
        lines=lines,
        titles={exercise.slug: titled(exercise) for exercise in services.catalog},
        older=url_for("pages.history", exercise=slug, before=shown.next) if shown.next else None,
        newest=url_for("pages.history", exercise=slug) if before else None,
    )
