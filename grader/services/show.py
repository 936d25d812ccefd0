from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grader.checking.answers import Entry, entries_from_json
from grader.checking.disclosure import EVERYTHING, Disclosure
from grader.checking.report import Report
from grader.sayings.saying import Saying, from_json
from grader.services.errors import UnknownSubmission
from grader.services.status import Status
from grader.store import outcomes, waiting


@dataclass(frozen=True, slots=True)
class Shown:
    """One submission with all that is known of it.

    Attributes:
        user_id: the user behind the learner, if there is one.
        givens: the learner's own given values, where some are drawn.
        report: None unless the status is graded.
        failure_reason: why it was set aside, in English, for instructors; None unless it was.
        unusable_file: why the file in it cannot be used; None unless the status is unusable.
        disclosure: what of the report is in it (`disclose.disclosed`).
    """

    id: UUID
    status: Status
    slug: str
    title: str
    revision: str
    learner_ref: str
    client_id: int
    client_ref: str | None
    assignment_id: int | None
    user_id: int | None
    submitted_at: datetime
    graded_at: datetime | None
    entries: Mapping[str, Entry]
    givens: Mapping[str, float] | None
    report: Report | None
    failure_reason: str | None
    unusable_file: str | None
    disclosure: Disclosure = EVERYTHING


def show(session: Session, submission_id: UUID) -> Shown:
    """Return a submission; who may see it is the caller's question (`authorise`).

    Raises:
        UnknownSubmission: there is none.
    """
    row = outcomes.find(session, submission_id)
    if row is None:
        raise UnknownSubmission(Saying("refused.unknown-submission", id=str(submission_id)))
    return Shown(
        id=row.id,
        status=Status(row.status),
        slug=row.slug,
        title=row.title,
        revision=row.revision,
        learner_ref=row.learner_ref,
        client_id=row.client_id,
        client_ref=row.client_ref,
        assignment_id=row.assignment_id,
        user_id=row.user_id,
        submitted_at=row.submitted_at,
        graded_at=row.graded_at,
        entries=entries_from_json(row.answers),
        givens=row.givens,
        report=None if row.report is None else Report.from_json(row.report),
        failure_reason=row.failure_reason,
        unusable_file=None if row.unusable_file is None else from_json(row.unusable_file),
    )


def is_pending(session: Session, submission_id: UUID) -> bool:
    """Tell whether a submission still waits to be judged; costs a fraction of `show`."""
    return waiting.holds(session, submission_id)
