"""A real worker counts in all processes of its pool, and shows the sums on its port."""

from dataclasses import replace
from http import HTTPStatus

from grader.devserver.ports import free_port
from tests.fixtures.machine import fetch
from tests.fixtures.patience import wait_until
from tests.flow.conftest import Grader

TOKEN = "a token for the metrics"


def test_a_worker_shows_what_it_has_judged_to_callers_with_the_token(grader: Grader) -> None:
    port = free_port()
    observed = {"GRADER_WORKER_METRICS_PORT": str(port), "GRADER_METRICS_TOKEN": TOKEN}
    worker = replace(grader, environment=grader.environment | observed).start_worker()
    grader.send_many(20)
    grader.until(lambda count: count.graded == 20)
    address = f"http://127.0.0.1:{port}/metrics"
    judged = 'nn_grader_submissions_judged_total{outcome="graded"} 20.0'
    # A task counts when it ends, a moment after it has stored what it judged.
    wait_until(lambda: judged in fetch(address, TOKEN)[1], lambda: f"{fetch(address, TOKEN)}\n{worker.said()}")
    assert fetch(address, "another")[0] == HTTPStatus.UNAUTHORIZED
