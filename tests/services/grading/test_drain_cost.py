from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from grader.catalog.load import Catalog
from grader.judging.judge import judge
from grader.services.grading.context import GradeLimits, GradingContext, Revisions
from grader.services.grading.drain import drain_context
from grader.store.database import Sessions, connect
from grader.store.submission_tables import Waiting
from tests.fixtures.course import Clock, Send
from tests.fixtures.round_trips import round_trips

CLAIM, LOOK_FOR_UNUSUAL = 1, 1
READ_SOURCE = 1

STORE = 8
"""BEGIN, the queue, the gradings, four statements for the sums that are kept, COMMIT."""


@pytest.fixture
def fresh(sessions: Sessions, database_url: str) -> Iterator[Sessions]:  # noqa: ARG001 - emptied
    """Connections of the test's own: on the sixth use of a statement, a connection takes another trip to prepare it."""
    own = connect(database_url)
    yield own
    own.kw["bind"].dispose()


@pytest.fixture
def context(fresh: Sessions, catalog: Catalog, clock: Clock, limits: GradeLimits) -> GradingContext:
    return GradingContext(fresh, Revisions(catalog, fresh), clock, limits, judge)


def test_a_wake_up_for_one_submission_asks_the_database_ten_times(send: Send, context: GradingContext) -> None:
    send()
    with round_trips(context.sessions) as trips:
        assert drain_context(context).graded == 1
        assert len(trips) == CLAIM + STORE + LOOK_FOR_UNUSUAL


def test_a_batch_is_stored_with_as_many_round_trips_as_one_submission(send: Send, context: GradingContext) -> None:
    send(20)
    with round_trips(context.sessions) as trips:
        assert drain_context(replace(context, limits=replace(context.limits, batch_size=50))).graded == 20
        assert len(trips) == 2 * CLAIM + STORE + LOOK_FOR_UNUSUAL


@pytest.mark.process
def test_one_that_is_judged_alone_asks_little_more(sessions: Sessions, send: Send, context: GradingContext) -> None:
    send()
    with sessions.begin() as session:
        session.execute(update(Waiting).values(alone=True))
    with round_trips(context.sessions) as trips:
        assert drain_context(context).graded == 1
        assert len(trips) == 2 * (CLAIM + LOOK_FOR_UNUSUAL) + CLAIM + READ_SOURCE + STORE


def test_a_wake_up_for_nothing_asks_the_database_twice(context: GradingContext) -> None:
    with round_trips(context.sessions) as trips:
        drain_context(context)
        assert len(trips) == CLAIM + LOOK_FOR_UNUSUAL
