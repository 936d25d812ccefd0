from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from bench.faults.verdicts import Damage, damage, expected
from bench.pipelines.sheets import SLUG, sheet
from grader.catalog.load import Catalog
from grader.judging.answers import entries_from_json
from grader.services.grading.context import GradeLimits
from grader.services.grading.drain import drain
from grader.services.submissions.learners import LearnerKey
from grader.store.database import Sessions
from grader.store.submission_tables import Grading
from tests.fixtures.course import Clock
from tests.fixtures.submitting import submit_for

PREFIX = "fault 1 "


@pytest.fixture
def accepted(sessions: Sessions, catalog: Catalog, web: int, clock: Clock) -> dict[int, str]:
    """Three sheets that were sent, and are graded; the third is wrong."""
    sent = {number: str(send(sessions, catalog, web, clock, number)) for number in range(3)}
    drain(sessions, catalog, clock, GradeLimits())
    return sent


def send(sessions: Sessions, catalog: Catalog, web: int, clock: Clock, number: int) -> UUID:
    entries = entries_from_json(sheet(number))
    return submit_for(sessions, catalog.find(SLUG), LearnerKey(web, f"{PREFIX}{number}"), entries, clock()).id


def test_what_is_graded_once_and_as_known_is_whole(sessions: Sessions, accepted: dict[int, str]) -> None:
    assert damage(sessions, PREFIX, accepted) == Damage()
    assert expected(wrong=True) != expected(wrong=False)


def test_what_was_accepted_and_is_not_graded_is_lost(sessions: Sessions, accepted: dict[int, str]) -> None:
    with sessions.begin() as session:
        session.execute(delete(Grading).where(Grading.submission_id == accepted[0]))
    accepted[3] = "00000000-0000-7000-8000-000000000000"
    assert damage(sessions, PREFIX, accepted) == Damage(lost=2)


def test_what_is_stored_a_second_time_is_doubled(
    sessions: Sessions, catalog: Catalog, web: int, clock: Clock, accepted: dict[int, str]
) -> None:
    send(sessions, catalog, web, clock, 0)
    assert damage(sessions, PREFIX, accepted) == Damage(doubled=1)


def test_what_is_judged_otherwise_is_changed(sessions: Sessions, accepted: dict[int, str]) -> None:
    with sessions.begin() as session:
        wrong = session.scalars(select(Grading.verdicts).where(Grading.submission_id == accepted[2])).one()
        session.execute(update(Grading).where(Grading.submission_id == accepted[0]).values(verdicts=wrong))
    assert damage(sessions, PREFIX, accepted) == Damage(changed=1)
    assert Damage(1, 2, 3) + replace(Damage(), lost=4) == Damage(5, 2, 3)
