"""Submissions as they come and go."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BeforeValidator, Field

from grader.services.history import ShownSummary
from grader.services.show import Shown
from grader.services.status import Status
from grader.web.api.answers import Answers
from grader.web.api.numbers import AssignmentSent, whole_text
from grader.web.api.report_schema import ReportOut, ScoreOut
from grader.web.api.schema import Asked, Incoming, Outgoing
from grader.web.api.seed import WORDS, SeedSent
from grader.web.api.text import Ref, Slug

STATUS = (
    "pending until it is judged; failed means that we could not judge it, unusable that the file in it cannot be used: "
    "neither is ever a zero, and neither costs an attempt."
)


class SubmissionIn(Incoming):
    """Answers to be graded."""

    exercise: Slug = Field(description="The slug of an exercise.", examples=["backprop-2-2-2"])
    learner_ref: Ref | None = Field(
        default=None,
        examples=["student-7"],
        description="Your name for the learner. A student's own token may leave it out.",
    )
    assignment: AssignmentSent | None = Field(
        default=None, description="The assignment that is answered, of the same exercise; without it this is practice."
    )
    answers: Answers
    seed: SeedSent | None = Field(default=None, description=WORDS)
    client_ref: Ref | None = Field(
        default=None,
        description="Your name for this submission, among the learner's; sent twice, the same one is answered.",
    )


class SubmissionAccepted(Outgoing):
    """A submission that is stored; its place is in the header Location."""

    id: UUID
    status: Status = Field(description=STATUS)


class SubmissionSummary(Outgoing):
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
    def of(cls, shown: ShownSummary) -> Self:
        """Tell one line of a learner's history."""
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


class SubmissionPage(Outgoing):
    """Some submissions, newest first; `next` is the cursor of the following page."""

    items: list[SubmissionSummary]
    next: str | None


class SubmissionOut(ReportOut):
    """A submission with its report, once there is one."""

    id: UUID
    status: Status = Field(description=STATUS)
    exercise: str
    title: str
    assignment: int | None
    revision: str
    learner_ref: str
    client_ref: str | None
    givens: dict[str, float] | None = Field(description="The learner's own given values; null where none are drawn.")
    submitted_at: datetime
    graded_at: datetime | None
    failure: str | None = Field(description="Why it could not be judged, or its file not be used.")

    @classmethod
    def told(cls, shown: Shown) -> Self:
        """Tell one submission."""
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


class SubmissionsAsked(Asked):
    """Which submissions to list."""

    exercise: Slug | None = None
    learner_ref: Ref | None = None
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(whole_text)] = 50
    cursor: str | None = Field(default=None, max_length=500, description="From the page before.")
