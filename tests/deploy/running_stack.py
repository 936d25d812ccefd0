"""What `docker compose up` starts serves a class: `make test-compose`.

It needs a Docker engine with Compose v2, which `make test` must do without; so pytest finds this file only by its name,
and nothing is skipped. COMPOSE_FILE may name further Compose files, such as one for an engine without a network.
"""

import json
import os
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest

from grader.devserver.ports import free_port
from tests.deploy.compose_file import CHECKOUT, waited_for_to_end
from tests.deploy.rest import Rest
from tests.deploy.stack import Stack


def is_typed(sample: Path) -> bool:
    """Whether nothing of a sample comes from a file, which takes a form rather than JSON."""
    return all(isinstance(answer, str) for answer in tomllib.loads(sample.read_text(encoding="utf-8")).values())


CORRECT = [path for path in sorted((CHECKOUT / "exercises").glob("*/answers/correct/*.toml")) if is_typed(path)]
MANY = int(os.environ.get("GRADER_TEST_SUBMISSIONS", "400"))
SCALED = ("--scale", "web=3", "--scale", "worker=3")
POOLED = {"DATABASE_URL": "postgresql://grader@pgbouncer:6432/grader", "DATABASE_POOLED": "true"}

pytestmark = [pytest.mark.process, pytest.mark.timeout(900)]  # the first start builds the image


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The stack with PgBouncer and three of what can be scaled; it is removed afterwards with its volumes."""
    ours = Stack("nn-grader-test", free_port(), ("tests/deploy/pgbouncer.yml",), POOLED)
    ours.compose("down", "--volumes")  # what an interrupted run left
    try:
        ours.compose("up", "--detach", "--wait", "--build", *SCALED)
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


def say(line: str) -> None:
    """Print a figure beside the test's name."""
    sys.stderr.write(f"\n{line}\n")


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


def send_through(rest: Rest, faults: Mapping[int, Callable[[], object]]) -> list[str]:
    """Submit many while things happen, each beside what is sent then; return the submissions."""
    happening: list[Future[object]] = []

    def send(number: int) -> str:
        if number in faults:
            happening.append(others.submit(faults[number]))
        return submit_sample(rest, f"learner-{number}", number)

    with ThreadPoolExecutor(8) as senders, ThreadPoolExecutor(len(faults)) as others:
        submissions = list(senders.map(send, range(MANY)))
        for each in happening:
            each.result()
    return submissions


def lost_and_wrong(rest: Rest, submissions: list[str]) -> tuple[int, int]:
    """Return how many submissions are missing or not graded, and how many have less than their full score."""
    with ThreadPoolExecutor(8) as readers:
        outcomes = list(readers.map(rest.outcome, submissions))
    lost = MANY - len(set(submissions)) + sum(outcome["status"] != "graded" for outcome in outcomes)
    return lost, sum(not is_graded_in_full(outcome) for outcome in outcomes)


def stored(stack: Stack) -> tuple[int, int]:
    """Return the numbers of submissions and of gradings that count, over all time."""
    query = "SELECT (SELECT count(*) FROM submissions), (SELECT count(*) FROM gradings WHERE counts)"
    psql = 'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -h 127.0.0.1 -U grader -At -F " " -c '
    submissions, gradings = stack.compose("exec", "-T", "postgres", "sh", "-c", psql + shlex.quote(query)).split()
    return int(submissions), int(gradings)


def test_one_web_server_and_one_worker_may_die_and_every_submission_is_graded_once(stack: Stack, rest: Rest) -> None:
    web, worker, another = stack.containers("web")[0], *stack.containers("worker")[:2]
    before, _ = stored(stack)
    faults = {
        MANY // 4: lambda: stack.kill(worker),
        MANY // 2: lambda: stack.kill(web),
        3 * MANY // 4: lambda: stack.crash(another),
    }
    submissions = send_through(rest, faults)
    assert lost_and_wrong(rest, submissions) == (0, 0)
    assert stored(stack) == (before + MANY, before + MANY)
    dead = {container.id for container in stack.containers() if container.state == "exited"}
    assert {web.id, worker.id} <= dead
    assert stack.restarts(another) == 1
    say(f"{MANY} submissions, a web server and two workers killed: lost 0, sent again {len(rest.repeated)}")


def test_an_upgrade_turns_nobody_away(stack: Stack, rest: Rest) -> None:
    stack.compose("up", "--detach", "--wait", *SCALED)
    rest.repeated.clear()
    old = {container.id for container in stack.containers("web")}
    before, _ = stored(stack)
    submissions = send_through(rest, {MANY // 8: lambda: stack.script("deploy/compose/rolling-upgrade.sh")})
    assert lost_and_wrong(rest, submissions) == (0, 0)
    assert stored(stack) == (before + MANY, before + MANY)
    new = {container.id for container in stack.containers("web")}
    assert (len(new), new & old) == (3, set())
    say(f"{MANY} submissions during an upgrade: lost 0, sent again {len(rest.repeated)}: {rest.repeated[:5]}")
    assert rest.repeated == []


SHOW = """
from grader.cli.db import database
from sqlalchemy import text
with database() as sessions, sessions() as session:
    for name in ("timezone", "idle_in_transaction_session_timeout", "work_mem"):
        print(session.scalar(text(f"SHOW {name}")))
    print(session.connection().connection.dbapi_connection.info.port)
"""


def test_a_pooler_is_in_between_and_sessions_have_our_options(stack: Stack) -> None:
    stack.compose("restart", "pgbouncer")  # a connection that it keeps has the options of its time
    shown = stack.compose("exec", "-T", "web", "python", "-c", SHOW).split()
    assert shown == ["UTC", "1min", "16MB", "6432"]


def test_the_proxy_shows_no_metrics_and_passes_ids_on(stack: Stack) -> None:
    given = Request(f"{stack.address}/healthz", headers={"X-Request-Id": "from-a-client"})  # noqa: S310 - ours
    with urlopen(given) as answer:  # noqa: S310 - the same
        assert answer.headers["X-Request-Id"] == "from-a-client"
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{stack.address}/metrics")  # noqa: S310 - the same
    assert refused.value.code == 404
    refused.value.close()
    lines = stack.compose("logs", "--no-log-prefix", "--tail", "50", "proxy").splitlines()
    assert any(json.loads(line)["request_id"] == "from-a-client" for line in lines if line.startswith("{"))


def test_metrics_are_shown_within_to_callers_with_the_token(stack: Stack) -> None:
    ask = "import urllib.request as r; t=open('/secrets/metrics_token').read(); print(r.urlopen(r.Request('{}', headers={{'Authorization': 'Bearer '+t}})).read().decode())"
    for service, address, metric in (
        ("web", "http://127.0.0.1:8000/metrics", "nn_grader_submissions_waiting 0.0"),
        ("worker", "http://127.0.0.1:9464/metrics", "nn_grader_tasks_total"),
    ):
        assert metric in stack.compose("exec", "-T", service, "python", "-c", ask.format(address))


def test_a_new_start_finds_data_and_tokens_again(stack: Stack, rest: Rest) -> None:
    submission = submit_sample(rest, "returning", 0)
    report = rest.outcome(submission)
    stack.compose("down")
    stack.compose("up", "--detach", "--wait")  # one of each
    assert rest.outcome(submission) == report
    assert is_graded_in_full(rest.outcome(submit_sample(rest, "returning", 1)))
