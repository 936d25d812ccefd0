from collections.abc import Iterator

import pytest

from grader.adapters.queue import GRADING, MAILING, REGRADING, SWEEPING, make_notifier
from grader.catalog.load import Catalog
from grader.services.grading.context import GradeLimits, GradingStats
from grader.services.grading.heartbeat import Heartbeat
from grader.services.grading.sandbox import SandboxPlaces
from grader.store import grading_queue
from grader.store.database import Sessions
from grader.store.grading_queue import Hold
from tests.fixtures.course import Send
from worker import tasks
from worker.wiring import WorkerServices

pytestmark = pytest.mark.process


@pytest.fixture
def ours(
    sessions: Sessions, catalog: Catalog, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WorkerServices]:
    """What the tasks of this process work with."""
    wake, *others = [make_notifier(redis_url, one) for one in (GRADING, SWEEPING, REGRADING, MAILING)]
    made = WorkerServices(
        sessions, catalog, GradeLimits(), Heartbeat(sessions, 20), wake, others[0], others[1], others[2], post=None
    )
    monkeypatch.setattr(tasks, "services", lambda: made)
    yield made
    for one in (wake, *others):
        one.redis.close()
        one.celery.close()


@pytest.mark.usefixtures("ours")
def test_what_is_judged_alone_waits_for_a_place_of_the_worker(
    sessions: Sessions, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    with sessions.begin() as session:
        grading_queue.claim_fresh(session, Hold(-1))  # by a worker that is dead: it is judged alone from now on
    places = SandboxPlaces()
    monkeypatch.setattr(tasks, "sandbox_places", lambda: places)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(places, "_take", lambda _: False)  # other processes of the worker have them
        assert tasks.grade() == GradingStats()
    assert tasks.grade() == GradingStats(graded=1)
    places.close()
