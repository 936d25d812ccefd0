"""What can go wrong on one machine, said to the person who started it."""

from grader.checking.errors import GraderError


class LocalError(GraderError):
    """The machine lacks something that the local services need; the detail says what to do."""
