"""How a submission ended: graded, failed through a fault of ours, with an unusable file, or not yet.

A grading outweighs a failure, since a submission may be judged after it was set aside. Of several gradings, the one
that counts is meant: the others are of earlier judging, or proposed by a regrade.
"""

from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_

from grader.store.submission_tables import Failure, Grading, Submission

Columns = TypeVarTuple("Columns")


def counts_for_submission(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that a grading is the one that counts, of the submission in the query."""
    return and_(grading.submission_id == Submission.id, grading.counts)


def with_outcome(wanted: Select[*Columns]) -> Select[*Columns]:
    """Join to submissions the grading that counts and the failure; their columns are NULL where there is none."""
    graded = wanted.outerjoin(Grading, counts_for_submission())
    return graded.outerjoin(Failure, Failure.submission_id == Submission.id)


def has_failed(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that a submission could not be judged, whatever the reason.

    Args:
        grading: where the query has joined the grading that counts, if not as `Grading`.
    """
    return and_(Failure.submission_id.is_not(None), grading.id.is_(None))


def has_unusable_file(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that it could not be judged because its file cannot be used."""
    return and_(Failure.unusable_file.is_not(None), grading.id.is_(None))


def has_failed_here(grading: Any = Grading) -> ColumnElement[bool]:
    """Return the condition that it could not be judged through a fault of ours."""
    return and_(has_failed(grading), Failure.unusable_file.is_(None))
