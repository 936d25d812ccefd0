"""The document is held against a running server by a program that tries to break it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Thread

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from werkzeug.serving import WSGIRequestHandler, make_server

from grader.web.api.blueprint import OPERATIONS
from grader.web.app import create_app
from grader.web.dependencies import WebServices

pytestmark = pytest.mark.long

CASES = 20

# Which fields there are, and that a text is a number, is the exercise's matter and not the document's; so 422 may be
# the answer to what the document allows, but never 400, 405, 413 or 415.
ACCEPTED = ["2xx", "401", "403", "404", "409", "422", "429"]


class Silent(WSGIRequestHandler):
    """Does not log every request."""

    def log(self, *_: object) -> None: ...


@pytest.fixture
def address(services: WebServices, grade_all: Callable[[], None]) -> Iterator[str]:
    """Where an application listens that grades at once."""
    app = create_app(replace(services, wake=grade_all))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def failures(event: events.ScenarioFinished) -> Iterator[str]:
    """Say what failed: the check, the request, the reply."""
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.status is Status.FAILURE and check.failure_info is not None:
                reply = event.recorder.find_response(case_id=case_id)
                told = "" if reply is None else f"{reply.status_code} {reply.text[:300]}"
                yield f"{check.name}: {check.failure_info.failure.message}\n{check.failure_info.code_sample}\n{told}"


def attack(address: str, token: dict[str, str]) -> tuple[Counter[str], list[str]]:
    """Send what the document allows and what it forbids; give the number of requests by operation, and the failures."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": token,
            "checks": {"positive_data_acceptance": {"expected-statuses": ACCEPTED}},
            "generation": {"max-examples": CASES, "database": "none", "deterministic": True},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json", config=config)
    sent: Counter[str] = Counter()
    failed: list[str] = []
    for event in from_schema(schema).execute():
        match event:
            case events.NonFatalError():
                failed.append(f"{event.label}: {event.value!r}")
            case events.FatalError():
                failed.append(repr(event.exception))
            case events.ScenarioFinished():
                sent[str(event.label)] += len(event.recorder.interactions)
                failed += failures(event)
            case _:
                pass
    return sent, failed


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # the long texts are meant to be long
def test_every_reply_is_as_the_document_says(address: str, token: dict[str, str]) -> None:
    sent, failed = attack(address, token)
    assert not failed, "\n\n".join(failed)
    assert len(sent) == len(OPERATIONS)
    assert sum(sent.values()) >= len(OPERATIONS) * CASES
