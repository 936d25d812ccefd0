from enum import StrEnum


class Status(StrEnum):
    """How far a submission is.

    Failed means that we could not judge it, unusable that the file in it cannot be used. Both have no score, are no
    attempt, and never a zero.
    """

    PENDING = "pending"
    GRADED = "graded"
    FAILED = "failed"
    UNUSABLE = "unusable"
