from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from grader.checking.report import Score
from grader.store import standings
from grader.store.outcomes import Whose


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a learner is with an exercise.

    Attributes:
        client: who sent it: our own pages ("web") or an LMS; two of them may know two people by one name.
        attempts: without those that we could not judge.
        best: None while nothing is graded.
        submission_id: the submission that has the best score.
    """

    slug: str
    learner_ref: str
    client: str
    attempts: int
    best: Score | None
    submission_id: UUID


def standings_of(session: Session, whose: Whose) -> tuple[Standing, ...]:
    """Return one for each learner and exercise that was tried, by learner and exercise."""
    return tuple(
        Standing(
            slug=row.slug,
            learner_ref=row.learner_ref,
            client=row.client,
            attempts=row.attempts,
            best=None if row.given is None else Score(row.given, row.max),
            submission_id=row.id,
        )
        for row in standings.best(session, whose)
    )
