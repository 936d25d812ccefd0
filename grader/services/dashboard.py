from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from grader.checking.verdict import Verdict
from grader.services.standing import Standing, standings_of
from grader.store import tallies
from grader.store.outcomes import Whose

MOST_SET_ASIDE = 20


@dataclass(frozen=True, slots=True)
class Counts:
    """How many submissions of an exercise there are, of how many learners, and how far they are."""

    submissions: int = 0
    learners: int = 0
    graded: int = 0
    failed: int = 0
    unusable: int = 0

    @property
    def pending(self) -> int:
        """Those that wait to be judged."""
        return self.submissions - self.graded - self.failed - self.unusable


@dataclass(frozen=True, slots=True)
class SetAside:
    """A submission that could not be judged, with the reason that only instructors are told."""

    id: UUID
    submitted_at: datetime
    learner_ref: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What an instructor sees of what was sent to practise an exercise, besides the submissions themselves (`history`).

    Attributes:
        standings: by learner.
        verdicts: how often each verdict was given, by field; over the best submission of each learner.
        set_aside: the newest of what could not be judged.
    """

    counts: Counts
    standings: tuple[Standing, ...]
    verdicts: Mapping[str, Mapping[Verdict, int]]
    set_aside: tuple[SetAside, ...]


def of_course(session: Session) -> Mapping[str, Counts]:
    """Return the counts of every exercise that was answered, by slug."""
    return {row.slug: _counts(row) for row in tallies.per_exercise(session)}


def of_exercise(session: Session, slug: str) -> Dashboard:
    """Return the dashboard of an exercise; one that nobody has answered has zeros."""
    counts = [_counts(row) for row in tallies.per_exercise(session, slug)]
    verdicts: dict[str, dict[Verdict, int]] = {}
    for row in tallies.verdicts(session, slug):
        verdicts.setdefault(row.field, {})[Verdict(row.verdict)] = row.times
    stuck = (
        SetAside(row.id, row.submitted_at, row.learner_ref, row.reason)
        for row in tallies.set_aside(session, slug, MOST_SET_ASIDE)
    )
    return Dashboard(
        counts=counts[0] if counts else Counts(),
        standings=standings_of(session, Whose(slug=slug, practice=True)),
        verdicts=verdicts,
        set_aside=tuple(stuck),
    )


def _counts(row: Row[str, int, int, int, int, int]) -> Counts:
    return Counts(row.submissions, row.learners, row.graded, row.failed, row.unusable)
