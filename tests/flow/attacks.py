"""Under attack, another student's answers are graded while the attack goes on (`-s` prints how fast)."""

import hashlib
import http.client
import io
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import perf_counter
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest
from sqlalchemy import func, select

from grader.adapters.queue import make_notifier
from grader.catalog.load import Catalog
from grader.devserver import up
from grader.devserver.processes import Processes
from grader.judging.answers import Entry
from grader.services.accounts.authentication import Scope
from grader.services.accounts.tokens import TokenRequest, create_token
from grader.services.submissions.learners import LearnerKey
from grader.store.accounts import ensure_client
from grader.store.submission_tables import Waiting
from grader.vocabulary import WEB_CLIENT
from tests.fixtures.patience import PATIENCE
from tests.fixtures.servers import end
from tests.fixtures.site import Ground, Site
from tests.fixtures.submitting import submit_for
from tests.fixtures.worker import environment_for, wait_until_ready
from tests.flow.test_slow_callers import FORM, slow_callers

ANSWERS = 5
"""Sent by the other student during each attack, one after the other."""

FILES = 25
RIGHT = {"w0": "-1.5", "w1": "1", "w2": "1"}

Attack = Callable[["Target"], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Target:
    """A site with its broker and exercises."""

    site: Site
    ground: Ground
    catalog: Catalog

    def post(self, path: str, body: str, headers: dict[str, str]) -> bytes:
        """Send a form or JSON and return the body of the response."""
        return self._ask("POST", path, body, headers)

    def grade(self, body: str, headers: dict[str, str]) -> float:
        """Submit answers, wait until they are graded, and return the seconds that both took."""
        began, state = perf_counter(), ""
        submitted = json.loads(self.post("/api/v1/submissions", body, headers))["id"]
        while state != "graded":
            state = json.loads(self._ask("GET", f"/api/v1/submissions/{submitted}", None, headers))["status"]
            assert state in {"graded", "pending"}
        return perf_counter() - began

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        parts = urlsplit(self.site.address)
        with closing(http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, headers)
            return connection.getresponse().read()


@pytest.fixture
def target(site: Site, ground: Ground, catalog: Catalog) -> Iterator[Target]:
    """The site with one more worker, of two processes, as on one machine."""
    processes = Processes()
    worker = processes.start(
        up.worker_service(environment_for(ground.database.url, ground.redis_url), ground.logs / "second")
    )
    wait_until_ready(processes, worker)
    yield Target(site, ground, catalog)
    end(processes)


@contextmanager
def slow_bodies(target: Target) -> Iterator[None]:
    with slow_callers(target.site, 40, "POST /sign-in HTTP/1.1"):
        yield


@contextmanager
def again_and_again(count: int, do: Callable[[int], object]) -> Iterator[None]:
    """Have as many threads do something without a pause until the block ends."""
    ended = Event()

    def repeat(number: int) -> None:
        while not ended.is_set():
            do(number)

    with ThreadPoolExecutor(count) as threads:
        repeated = [threads.submit(repeat, number) for number in range(count)]
        try:
            yield
        finally:
            ended.set()
    assert [one.exception() for one in repeated] == [None] * count


@contextmanager
def wrong_passwords(target: Target) -> Iterator[None]:
    target.site.register("an@example.org")
    form = urlencode({"email": "an@example.org", "password": "not this one"})
    with again_and_again(64, lambda _: target.post("/sign-in", form, FORM)):
        yield


@contextmanager
def unknown_addresses(target: Target) -> Iterator[None]:
    def guess(number: int) -> None:
        target.post("/sign-in", urlencode({"email": f"{perf_counter()}@{number}.org", "password": "?"}), FORM)

    with again_and_again(32, guess):
        yield


@contextmanager
def large_files(target: Target) -> Iterator[None]:
    """25 files of 7 MiB by one student; most are still waiting when the other's answers have been graded."""
    wake = make_notifier(target.ground.redis_url)
    with target.site.sessions.begin() as session:
        learner = LearnerKey(ensure_client(session, WEB_CLIENT), "flood@example.org")
    for number in range(FILES):
        archive = io.BytesIO()
        np.savez(archive, w=np.random.default_rng(number).random(7 << 17))
        content = archive.getvalue()
        sha256 = hashlib.sha256(content).hexdigest()
        entries, published = {"weights": Entry("big", file=sha256)}, target.catalog.find("dense-two-moons")
        submit_for(target.site.sessions, published, learner, entries, target.site.now(), contents={sha256: content})
        wake()
    yield


@contextmanager
def many_answers(target: Target) -> Iterator[None]:
    """500 answers of one student."""
    wake, published = make_notifier(target.ground.redis_url), target.catalog.find("and-gate")
    with target.site.sessions.begin() as session:
        learner = LearnerKey(ensure_client(session, WEB_CLIENT), "flood@example.org")
    entries = {name: Entry(text) for name, text in RIGHT.items()}
    for _ in range(500):
        submit_for(target.site.sessions, published, learner, entries, target.site.now())
        wake()
    yield


@pytest.mark.parametrize("attack", [slow_bodies, wrong_passwords, unknown_addresses, large_files, many_answers])
def test_under_attack_another_students_answers_are_graded(attack: Attack, target: Target) -> None:
    request = TokenRequest("test", "lms", tuple(Scope), timedelta(hours=1), None)
    token = create_token(target.site.sessions, request, target.site.now()).plain
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Prefer": "wait=30"}
    body = json.dumps({"exercise": "and-gate", "learner_ref": "binh", "answers": RIGHT})
    target.grade(body, headers)  # once without an attack, so that everything is loaded
    with ExitStack() as attacking:
        attacking.enter_context(attack(target))
        seconds = [target.grade(body, headers) for _ in range(ANSWERS)]
        with target.site.sessions() as session:
            left = session.scalar(select(func.count()).select_from(Waiting)) or 0
    sys.stdout.write(f"\n{attack.__name__}: graded after at most {max(seconds):.2f} s, {left} others still waiting\n")
