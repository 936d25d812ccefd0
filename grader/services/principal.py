from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a bearer token may be used for."""

    SUBMIT = "submit"
    READ = "read"
    CHECK = "check"
    RESULTS = "results"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a bearer token speaks for.

    Attributes:
        user_id: set where it is a student's own token.
        learner_ref: set where the token reaches only this learner of the client.
    """

    token_id: int
    client_id: int
    user_id: int | None
    learner_ref: str | None
    scopes: frozenset[str]
