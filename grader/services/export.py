from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grader.checking.answers import Entries, entries_from_json
from grader.checking.report import Report
from grader.services.status import Status
from grader.store import exports


@dataclass(frozen=True, slots=True)
class Exported:
    """One submission with all that a table of them says."""

    id: UUID
    submitted_at: datetime
    revision: str
    learner_ref: str
    client: str
    status: Status
    entries: Entries
    report: Report | None


def export(session: Session, slug: str) -> Iterator[Exported]:
    """Give all that was sent to practise an exercise, oldest first, one by one; what was sent to assignments is their courses'."""
    for row in exports.submissions_of(session, slug):
        report = None if row.report is None else Report.from_json(row.report)
        failed = Status.UNUSABLE if row.unusable else Status.FAILED
        ungraded = Status.PENDING if row.failure_reason is None else failed
        yield Exported(
            id=row.id,
            submitted_at=row.submitted_at,
            revision=row.revision,
            learner_ref=row.learner_ref,
            client=row.client,
            status=ungraded if report is None else Status.GRADED,
            entries=entries_from_json(row.answers),
            report=report,
        )
