"""Submissions in REST: create, list, and read them with their reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID, uuid5

from flask import request, url_for
from pydantic import BeforeValidator, Field

from grader.judging.errors import GraderError
from grader.messages.message import Message
from grader.services.accounts.authentication import Principal, Scope
from grader.services.errors import OtherExercise, UnknownSubmission
from grader.services.submissions.learners import LearnerKey, as_known
from grader.services.submissions.queries import (
    Status,
    SubmissionDetail,
    SubmissionOverview,
    history,
    is_pending,
    submission_detail,
)
from grader.services.submissions.submit import Submit, Submitted, submit, submit_many
from grader.services.submissions.visibility import may_see_submission, visible_lines, visible_report
from grader.vocabulary import SubmissionFilter
from grader.web.api import inputs
from grader.web.api.requests import AssignmentSent, Ref, Slug, granted_wait, link_next, wait_while, whole_number_text
from grader.web.api.routing import Reply, operation
from grader.web.api.schemas import ProblemOut, ReportOut, RequestBody, RequestQuery, ResponseBody, ScoreOut
from grader.web.dependencies import web_services
from grader.web.errors import problem_of
from grader.web.problem import ProblemError
from grader.web.upload import Upload, contents_of

STATUS = (
    "pending until graded; failed if grading failed on our side; unusable if the file cannot be used. "
    "Neither failed nor unusable counts as zero or uses an attempt."
)


class SubmissionIn(RequestBody):
    """Answers to be graded."""

    exercise: Slug = Field(description="The slug of an exercise.", examples=["backprop-2-2-2"])
    learner_ref: Ref | None = Field(
        default=None,
        examples=["student-7"],
        description="Your ID of the learner. Optional with a student's own token.",
    )
    assignment: AssignmentSent | None = Field(
        default=None,
        description="The assignment that is answered, with the same exercise; without it the submission is practice.",
    )
    answers: inputs.Answers
    seed: inputs.SeedSent | None = Field(default=None, description=inputs.SEED_DESCRIPTION)
    client_ref: Ref | None = Field(
        default=None,
        description="Your unique ID of this submission; if sent twice, the same submission is returned.",
    )


class SubmissionAccepted(ResponseBody):
    """A stored submission; the header Location has its URL."""

    id: UUID
    status: Status = Field(description=STATUS)


class SubmissionsIn(RequestBody):
    """Several answers to be graded."""

    items: Annotated[list[SubmissionIn], Field(min_length=1, max_length=100)]


class SubmissionOutcome(ResponseBody):
    """What became of one item: a stored submission, or the problem for which it was refused."""

    id: UUID | None = Field(description="Null if it was refused.")
    status: Status | None = Field(description=f"Null if it was refused; otherwise {STATUS}")
    problem: ProblemOut | None = Field(description="Why it was refused; null if it was stored.")


class SubmissionsAccepted(ResponseBody):
    """The outcome of each item, in the order of the request."""

    items: list[SubmissionOutcome]


class SubmissionSummary(ResponseBody):
    """One submission in a list."""

    id: UUID
    status: Status = Field(description=STATUS)
    exercise: str
    title: str
    revision: str
    learner_ref: str
    submitted_at: datetime
    graded_at: datetime | None
    score: ScoreOut | None

    @classmethod
    def of(cls, shown: SubmissionOverview) -> Self:
        """Convert one line of a learner's history."""
        return cls(
            id=shown.id,
            status=shown.status,
            exercise=shown.slug,
            title=shown.title,
            revision=shown.revision,
            learner_ref=shown.learner_ref,
            submitted_at=shown.submitted_at,
            graded_at=shown.graded_at,
            score=None if shown.score is None else ScoreOut.model_validate(shown.score),
        )


class SubmissionPage(ResponseBody):
    """One page of submissions, newest first; `next` is the cursor of the next page."""

    items: list[SubmissionSummary]
    next: str | None


class SubmissionOut(ReportOut):
    """A submission with its report, once it is graded."""

    id: UUID
    status: Status = Field(description=STATUS)
    exercise: str
    title: str
    assignment: int | None
    revision: str
    learner_ref: str
    client_ref: str | None
    givens: dict[str, float] | None = Field(description="The learner's own given values; null if none are drawn.")
    submitted_at: datetime
    graded_at: datetime | None
    failure: str | None = Field(description="Why grading failed or the file cannot be used.")

    @classmethod
    def told(cls, shown: SubmissionDetail) -> Self:
        """Convert one submission."""
        return cls.of(
            shown.report,
            shown.entries,
            id=shown.id,
            status=shown.status,
            exercise=shown.slug,
            title=shown.title,
            assignment=shown.assignment_id,
            revision=shown.revision,
            learner_ref=shown.learner_ref,
            client_ref=shown.client_ref,
            givens=None if shown.givens is None else dict(shown.givens),
            submitted_at=shown.submitted_at,
            graded_at=shown.graded_at,
            failure=shown.failure_reason,
        )


class SubmissionsAsked(RequestQuery):
    """Selects submissions."""

    exercise: Slug | None = None
    learner_ref: Ref | None = None
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(whole_number_text)] = 50
    cursor: str | None = Field(default=None, max_length=500, description="Cursor from the previous page.")


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
    """Submit answers to be graded.

    They are stored once 202 is returned; follow Location for the report. Absent and blank fields count as missing. If
    anything cannot be read, all such fields are reported and nothing is stored.

    For a part that accepts a file (`upload` of the exercise), send a form: the keys of the body as its fields, with
    `answers` as JSON, and the file in the field of that name, at most 16 MiB.
    """
    services = web_services()
    command = _command(caller, body, files, reservation)
    try:
        submitted = submit(services.submission_context, caller, command)
    except OtherExercise as other:
        raise inputs.other_exercise(other, pointer="/exercise") from other
    services.wake()
    place = url_for("api.show_submission", submission_id=submitted.id)
    accepted = SubmissionAccepted(id=submitted.id, status=Status(submitted.status))
    return Reply(accepted, {"Location": place} | SOON)


@operation(
    "POST",
    "/submissions/bulk",
    scope=Scope.SUBMIT,
    status=202,
    sends=("Retry-After",),
    is_idempotent=True,
)
def create_many(caller: Principal, body: SubmissionsIn, reservation: UUID | None) -> Reply[SubmissionsAccepted]:
    """Submit up to 100 answers at once, each as if it were submitted alone, in a fraction of the time.

    The outcomes are in the order of the request: an accepted submission is stored, a refused one has the problem that
    it would have been answered with, whose pointers start at the item. Files are submitted one at a time.
    """
    services = web_services()
    ids = [None if reservation is None else uuid5(reservation, str(k)) for k in range(len(body.items))]
    asked = [_command_or_problem(caller, item, id_) for item, id_ in zip(body.items, ids, strict=True)]
    commands = [command for command in asked if isinstance(command, Submit)]
    outcomes = iter(submit_many(services.submission_context, caller, commands))
    services.wake()
    items = [_outcome(next(outcomes)) if isinstance(one, Submit) else one for one in asked]
    return Reply(SubmissionsAccepted(items=items), SOON)


def _command(caller: Principal, sent: SubmissionIn, files: Mapping[str, Upload], id_: UUID | None) -> Submit:
    published = web_services().catalog.find(sent.exercise)
    entries = inputs.entries_of(published.exercise, sent.answers) | {name: file.entry for name, file in files.items()}
    return Submit(
        slug=published.slug,
        assignment_id=sent.assignment,
        learner_ref=inputs.learner_of(caller, sent.learner_ref).ref,
        entries=entries,
        contents=contents_of(files.values()),
        client_ref=sent.client_ref,
        seed=sent.seed,
        id=id_,
    )


def _command_or_problem(caller: Principal, sent: SubmissionIn, id_: UUID | None) -> Submit | SubmissionOutcome:
    try:
        return _command(caller, sent, {}, id_)
    except (GraderError, ProblemError) as refused:
        return _refused(refused)


def _outcome(of: Submitted | GraderError) -> SubmissionOutcome:
    if isinstance(of, OtherExercise):
        return _refused(inputs.other_exercise(of, pointer="/exercise"))
    if isinstance(of, GraderError):
        return _refused(of)
    return SubmissionOutcome(id=of.id, status=Status(of.status), problem=None)


def _refused(error: GraderError | ProblemError) -> SubmissionOutcome:
    return SubmissionOutcome(id=None, status=None, problem=ProblemOut.model_validate(problem_of(error).to_json()))


@operation(
    "GET",
    "/submissions/<uuid:submission_id>",
    scope=Scope.READ,
    reads=("Prefer",),
    sends=("Retry-After", "Preference-Applied"),
)
def show_submission(caller: Principal, submission_id: UUID) -> Reply[SubmissionOut]:
    """Return a submission and, once it is graded, its report.

    With `Prefer: wait=10` the response is sent when the submission is graded, or after that many seconds (at most 30).
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
    """List submissions, newest first: those of your client, or of the one learner that the token can access."""
    asked = inputs.own_ref(caller, query.learner_ref)
    if caller.learner_ref is not None and asked not in {None, caller.learner_ref}:
        raise inputs.refuse_other_learner()
    with web_services().sessions() as session:
        if asked is not None and caller.learner_ref is None:
            asked = as_known(session, LearnerKey(caller.client_id, asked)).ref
        whose = SubmissionFilter(caller.client_id, asked or caller.learner_ref, slug=query.exercise)
        page = history(session, whose, query.limit, query.cursor)
        lines = page.items
        if caller.user_id is not None:
            lines = visible_lines(session, lines, web_services().clock())
    items = [SubmissionSummary.of(line) for line in lines]
    return Reply(SubmissionPage(items=items, next=page.next), link_next(request, page.next))


def _look(caller: Principal, submission_id: UUID) -> SubmissionDetail:
    with web_services().reading() as session:
        shown = submission_detail(session, submission_id)
        if may_see_submission(caller, shown):
            return shown if caller.user_id is None else visible_report(session, shown, web_services().clock())
    if shown.client_id == caller.client_id:
        raise inputs.refuse_other_learner()
    raise UnknownSubmission(Message("refused.unknown-submission", id=str(submission_id)))


def _still_waits(submission_id: UUID) -> bool:
    with web_services().reading() as session:
        return is_pending(session, submission_id)


def _is_done(shown: SubmissionDetail) -> bool:
    return shown.status is not Status.PENDING
