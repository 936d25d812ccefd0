from collections.abc import Mapping
from uuid import UUID

from flask import request, url_for

from grader.catalog.load import Published
from grader.sayings.saying import Saying
from grader.services.assignment import Assignment
from grader.services.authorise import may_see_submission
from grader.services.disclose import disclosed, disclosed_lines
from grader.services.errors import UnknownSubmission
from grader.services.history import history
from grader.services.known_learner import as_known
from grader.services.learner_key import LearnerKey
from grader.services.practise import refuse_assigned
from grader.services.principal import Principal, Scope
from grader.services.show import Shown, is_pending, show
from grader.services.status import Status
from grader.services.submit import SubmitOptions, submit
from grader.services.vary import OwnValues
from grader.store.outcomes import Whose
from grader.web.api.answers import entries_of
from grader.web.api.assigned import assignment_of, student_of
from grader.web.api.learner import learner_of, own_ref, refuse_other_learner
from grader.web.api.operation import Reply, operation
from grader.web.api.paging import link_next
from grader.web.api.prefer import granted_wait, wait_while
from grader.web.api.seed import chosen
from grader.web.api.submission_schema import (
    SubmissionAccepted,
    SubmissionIn,
    SubmissionOut,
    SubmissionPage,
    SubmissionsAsked,
    SubmissionSummary,
)
from grader.web.own_values import values_at, values_of
from grader.web.upload import Upload, contents_of
from grader.web.wiring import web_services

SOON = {"Retry-After": "1"}


@operation(
    "POST",
    "/submissions",
    scope=Scope.SUBMIT,
    status=202,
    refuses=frozenset({404}),
    sends=("Location", "Retry-After"),
    is_idempotent=True,
)
def create(
    caller: Principal, body: SubmissionIn, files: Mapping[str, Upload], reservation: UUID | None
) -> Reply[SubmissionAccepted]:
    """Hand in answers to be graded.

    They are safe once 202 is answered; follow Location for the report. Fields that are left out or blank count as
    missing. If anything cannot be read, every such field is named and nothing is stored.

    A part that takes a file (`upload` of the exercise) takes it from a form: the keys of the body as its fields, with
    `answers` as JSON, and the file under the name of its place, at most 16 MiB.
    """
    services = web_services()
    published = services.catalog.find(body.exercise)
    learner = learner_of(caller, body.learner_ref)
    entries = entries_of(published.exercise, body.answers) | {name: file.entry for name, file in files.items()}
    assignment = (
        None if body.assignment is None else assignment_of(caller, body.assignment, published.slug, pointer="/exercise")
    )
    if assignment is not None:
        learner = student_of(assignment, learner)
    elif caller.user_id is not None:
        _refuse_assigned(caller.user_id, published.slug)
    options = SubmitOptions(
        client_ref=body.client_ref,
        submitted_by=caller.user_id,
        values=chosen(caller, published, body.seed)
        if body.seed is not None
        else _values(published, learner, assignment),
        assignment_id=body.assignment,
        id=reservation,
        contents=contents_of(files.values()),
    )
    submitted = submit(services.sessions, published, learner, entries, services.clock(), options=options)
    services.wake()
    place = url_for("api.show_submission", submission_id=submitted.id)
    accepted = SubmissionAccepted(id=submitted.id, status=Status(submitted.status))
    return Reply(accepted, {"Location": place} | SOON)


@operation(
    "GET",
    "/submissions/<uuid:submission_id>",
    scope=Scope.READ,
    reads=("Prefer",),
    sends=("Retry-After", "Preference-Applied"),
)
def show_submission(caller: Principal, submission_id: UUID) -> Reply[SubmissionOut]:
    """Give a submission and, once it is graded, its report.

    With `Prefer: wait=10` the reply comes when the submission is graded, or after that many seconds (at most 30).
    """
    with granted_wait(web_services().waiting_places) as seconds:
        shown = _look(caller, submission_id)
        if seconds and not _is_done(shown):
            wait_while(lambda: _still_waits(submission_id), seconds)
            shown = _look(caller, submission_id)
    headers = {} if _is_done(shown) else dict(SOON)
    if seconds is not None:
        headers["Preference-Applied"] = f"wait={seconds}"
    return Reply(SubmissionOut.told(shown), headers)


@operation("GET", "/submissions", scope=Scope.READ, refuses=frozenset({409}), sends=("Link",))
def list_submissions(caller: Principal, query: SubmissionsAsked) -> Reply[SubmissionPage]:
    """List submissions, newest first: those of your client, or of the one learner that the token reaches."""
    asked = own_ref(caller, query.learner_ref)
    if caller.learner_ref is not None and asked not in {None, caller.learner_ref}:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        if asked is not None and caller.learner_ref is None:
            asked = as_known(session, LearnerKey(caller.client_id, asked)).ref
        whose = Whose(caller.client_id, asked or caller.learner_ref, slug=query.exercise)
        page = history(session, whose, query.limit, query.cursor)
        lines = page.items
        if caller.user_id is not None:
            lines = disclosed_lines(session, lines, web_services().clock())
    items = [SubmissionSummary.of(line) for line in lines]
    return Reply(SubmissionPage(items=items, next=page.next), link_next(request, page.next))


def _refuse_assigned(user_id: int, slug: str) -> None:
    """A student's own token is no way round an assignment."""
    with web_services().sessions() as session:
        refuse_assigned(session, user_id, slug, web_services().clock())


def _values(published: Published, learner: LearnerKey, assignment: Assignment | None) -> OwnValues | None:
    return values_of(published, learner) if assignment is None else values_at(published, learner, assignment)


def _look(caller: Principal, submission_id: UUID) -> Shown:
    with web_services().sessions() as session:
        shown = show(session, submission_id)
        if may_see_submission(caller, shown):
            return shown if caller.user_id is None else disclosed(session, shown, web_services().clock())
    if shown.client_id == caller.client_id:
        raise refuse_other_learner()
    raise UnknownSubmission(Saying("refused.unknown-submission", id=str(submission_id)))


def _still_waits(submission_id: UUID) -> bool:
    with web_services().sessions() as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})  # one round trip instead of three
        return is_pending(session, submission_id)


def _is_done(shown: Shown) -> bool:
    return shown.status is not Status.PENDING
