"""A part of `make faults`: the whole takes a quarter of an hour."""

from pathlib import Path

import pytest

from bench.faults.blows import FAULTS
from bench.faults.ground import standing
from bench.faults.running import suffer
from bench.faults.verdicts import Damage
from grader.store.database import Sessions

pytestmark = pytest.mark.machine

SOME = 30


def test_what_is_killed_while_answers_arrive_costs_none_of_them(
    sessions: Sessions,  # noqa: ARG001 - emptied
    database_url: str,
    redis_url: str,
    tmp_path: Path,
) -> None:
    with standing(database_url, redis_url, tmp_path) as ground:
        worker = ground.parts("celery", " worker ")[0]
        for name in ("every backend ended ten times", "worker killed"):
            outcome = suffer(ground, name, FAULTS[name], SOME)
            assert outcome.damage == Damage(), name
        assert ground.parts("celery", " worker ")[0] != worker
        assert "The worker stopped (killed by signal 9" in ground.said()
