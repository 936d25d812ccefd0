from enum import StrEnum


class Status(StrEnum):
    """How far a submission is. Failed means that we could not judge it: no score, no attempt, never a zero."""

    PENDING = "pending"
    GRADED = "graded"
    FAILED = "failed"
