"""Students made of a few letters."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from grader.analytics.records import StudentWork
from grader.judging.policy import Attempt, Policy, Terms, mark

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)

Student = Callable[..., StudentWork]
"""Takes the points of each attempt (None: not graded, "failed": could not be), and verdicts and mistakes where they matter."""


@pytest.fixture
def student() -> Student:
    made: list[StudentWork] = []

    def make(
        *points: float | str | None,
        verdicts: Sequence[str] = (),
        mistakes: Sequence[Mapping[str, str]] = (),
        policy: Policy | None = None,
    ) -> StudentWork:
        number = len(made) + 1
        attempts = tuple(
            Attempt(
                UUID(int=1000 * number + k),
                BEGIN + timedelta(hours=k),
                float(given) if isinstance(given, int | float) else None,
                10.0 if isinstance(given, int | float) else None,
                given == "failed",
            )
            for k, given in enumerate(points)
        )
        terms = Terms(policy or Policy())
        work = StudentWork(
            number,
            terms,
            attempts,
            mark(terms, attempts, 10.0),
            list(verdicts) or [""] * len(attempts),
            list(mistakes) or [{}] * len(attempts),
        )
        made.append(work)
        return work

    return make
