"""What `docker compose up` starts serves a class: `make test-compose`.

It needs a Docker engine with Compose v2, which `make test` must do without; so pytest finds this file only by its name,
and nothing is skipped. COMPOSE_FILE may name further Compose files, such as one for an engine without a network.
"""

import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from grader.devserver.ports import free_port
from tests.deploy.compose_file import CHECKOUT, waited_for_to_end
from tests.deploy.rest import Rest
from tests.deploy.stack import Stack


def is_typed(sample: Path) -> bool:
    """Whether nothing of a sample comes from a file, which takes a form rather than JSON."""
    return all(isinstance(answer, str) for answer in tomllib.loads(sample.read_text(encoding="utf-8")).values())


CORRECT = [path for path in sorted((CHECKOUT / "exercises").glob("*/answers/correct/*.toml")) if is_typed(path)]
MANY = 300

pytestmark = [pytest.mark.process, pytest.mark.timeout(900)]  # the first start builds the image


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The stack, up and healthy; it is removed afterwards with its volumes."""
    ours = Stack("nn-grader-test", free_port())
    ours.compose("down", "--volumes")  # what an interrupted run left
    try:
        ours.compose("up", "--detach", "--wait", "--build")
        yield ours
    finally:
        ours.compose("down", "--volumes")


@pytest.fixture(scope="module")
def rest(stack: Stack) -> Rest:
    """REST with the token of an LMS."""
    scopes = ("--scope", "submit", "--scope", "read")
    made = stack.typed("docker compose exec web grader tokens create lms --client campus " + " ".join(scopes))
    return Rest(stack.address, made.strip())


def submit_sample(rest: Rest, learner: str, number: int) -> str:
    sample = CORRECT[number % len(CORRECT)]
    return rest.submit(sample.parents[2].name, learner, tomllib.loads(sample.read_text(encoding="utf-8")))


def is_graded_in_full(outcome: dict[str, Any]) -> bool:
    return bool(outcome["status"] == "graded" and outcome["score"]["given"] == outcome["score"]["max"])


def test_compose_accepts_the_file(stack: Stack) -> None:
    stack.compose("config", "--quiet")


def test_everything_is_healthy_or_has_done_its_work(stack: Stack) -> None:
    once = waited_for_to_end()
    for container in stack.containers():
        found = (container.state, container.health, container.exit_code)
        assert found == (("exited", "", 0) if container.service in once else ("running", "healthy", 0)), container


def test_the_log_tells_how_to_make_the_first_administrator_who_then_signs_in(stack: Stack) -> None:
    told = stack.compose("logs", "--no-log-prefix", "migrate").splitlines()
    (command,) = [line.strip() for line in told if "--role administrator" in line]
    link = stack.typed(command).strip()
    assert link.startswith(f"{stack.address}/sign-in/link/")
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with browser.open(Request(link, method="POST")) as page:  # noqa: S310 - an http address of our own
        assert "you@example.org" in page.read().decode()
    with browser.open(f"{stack.address}/exercises") as page:
        assert page.status == 200
        assert "backprop-2-2-2" in page.read().decode()


def test_the_lecture_s_own_answers_get_full_score(rest: Rest) -> None:
    assert {path.parents[2].name for path in CORRECT} >= {"and-gate", "step-network-forward", "backprop-2-2-2"}
    submissions = [submit_sample(rest, "reader", number) for number in range(len(CORRECT))]
    assert all(is_graded_in_full(rest.outcome(submission)) for submission in submissions)


def test_workers_may_die_in_the_middle_and_every_submission_is_graded(stack: Stack, rest: Rest) -> None:
    stack.compose("up", "--detach", "--wait", "--scale", "worker=2")
    first, second = stack.containers("worker")
    faults = {MANY // 3: lambda: stack.kill(first), 2 * MANY // 3: lambda: stack.crash(second)}

    def send(number: int) -> str:
        if number in faults:
            faults[number]()
        return submit_sample(rest, f"learner-{number}", number)

    with ThreadPoolExecutor(8) as senders:
        submissions = list(senders.map(send, range(MANY)))
    assert len(set(submissions)) == MANY
    outcomes = [rest.outcome(submission) for submission in submissions]
    assert [outcome["status"] for outcome in outcomes] == ["graded"] * MANY
    assert all(is_graded_in_full(outcome) for outcome in outcomes)
    assert [container.state for container in stack.containers("worker") if container.id == first.id] == ["exited"]
    assert stack.restarts(second) == 1


def test_a_new_start_finds_data_and_tokens_again(stack: Stack, rest: Rest) -> None:
    submission = submit_sample(rest, "returning", 0)
    report = rest.outcome(submission)
    stack.compose("down")
    stack.compose("up", "--detach", "--wait")
    assert rest.outcome(submission) == report
    assert is_graded_in_full(rest.outcome(submit_sample(rest, "returning", 1)))
