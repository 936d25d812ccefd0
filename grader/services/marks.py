"""Marks from stored gradings: for one student or a whole class, always through `checking.policy.mark`."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from grader.checking.policy import Attempt, Mark, Terms, Worth, mark, worth
from grader.services.assignment import Assignment, all_terms
from grader.store import attempts


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one student is with one assignment; `attempts` in the order in which they were sent."""

    terms: Terms
    attempts: tuple[Attempt, ...]
    mark: Mark

    @property
    def worths(self) -> Mapping[UUID, Worth]:
        """What each graded attempt is worth by itself."""
        top = self.mark.of  # what the assignment is worth already has the policy's points in it
        made = {one.submission_id: worth(self.terms, one, top) for one in self.attempts}
        return {submission_id: one for submission_id, one in made.items() if one is not None}


def marks_of(
    session: Session, assignment: Assignment, max_points: float, user_ids: Collection[int]
) -> Mapping[int, Standing]:
    """Return the standing of each of these students, by user; also of those who have sent nothing.

    Three queries, however many students there are.
    """
    sent: defaultdict[int, list[Attempt]] = defaultdict(list)
    wanted = None if len(user_ids) > 1 else user_ids  # of a class all are wanted: naming them costs more
    for row in attempts.of_assignments(session, [assignment.id], wanted):
        sent[row.user_id].append(Attempt(row.id, row.submitted_at, row.given, row.max, row.failed, row.unusable))
    terms = all_terms(session, assignment, list(user_ids))
    return {
        user_id: Standing(terms[user_id], tuple(sent[user_id]), mark(terms[user_id], sent[user_id], max_points))
        for user_id in user_ids
    }


def mark_of(session: Session, assignment: Assignment, max_points: float, user_id: int) -> Standing:
    """Return the standing of one student."""
    return marks_of(session, assignment, max_points, [user_id])[user_id]
