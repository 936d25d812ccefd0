from dataclasses import replace

import pytest

from grader.catalog.load import Catalog
from grader.judging.judge import judge
from grader.services.grading.context import GradeLimits, GradingContext, Revisions
from grader.services.grading.drain import drain_context
from grader.store.database import Sessions
from tests.fixtures.course import Clock, Send
from tests.fixtures.round_trips import round_trips

CLAIM, LOOK_FOR_UNUSUAL = 1, 1
STORE = 8
"""BEGIN, the queue, the gradings, four statements for the sums that are kept, COMMIT."""


@pytest.fixture
def context(sessions: Sessions, catalog: Catalog, clock: Clock, limits: GradeLimits) -> GradingContext:
    return GradingContext(sessions, Revisions(catalog, sessions), clock, limits, judge)


def test_a_wake_up_for_one_submission_asks_the_database_ten_times(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    send()
    with round_trips(sessions) as trips:
        assert drain_context(context).graded == 1
        assert len(trips) == CLAIM + STORE + LOOK_FOR_UNUSUAL


def test_a_batch_is_stored_with_as_many_round_trips_as_one_submission(
    sessions: Sessions, send: Send, context: GradingContext
) -> None:
    send(20)
    with round_trips(sessions) as trips:
        assert drain_context(replace(context, limits=replace(context.limits, batch_size=50))).graded == 20
        assert len(trips) == 2 * CLAIM + STORE + LOOK_FOR_UNUSUAL


def test_a_wake_up_for_nothing_asks_the_database_twice(sessions: Sessions, context: GradingContext) -> None:
    with round_trips(sessions) as trips:
        drain_context(context)
        assert len(trips) == CLAIM + LOOK_FOR_UNUSUAL
