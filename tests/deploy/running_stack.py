"""What `docker compose up` starts serves a class: `make test-compose`.

It needs a Docker engine with Compose v2, which `make test` must do without; so pytest finds this file only by its name,
and nothing is skipped. COMPOSE_FILE may name further Compose files, such as one for an engine without a network.
"""

import http.client
import json
import os
import shlex
import socket
import ssl
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.cookiejar import CookieJar
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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
    ours = Stack("nn-grader-test", free_port(), ("tests/deploy/with_pgbouncer.yml",), POOLED)
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


@contextmanager
def asked_for_readiness(stack: Stack) -> Iterator[list[str]]:
    """Ask again and again whether a web server is ready; yields the answers."""
    answers: list[str] = []
    done = Event()

    def ask() -> None:
        while not done.wait(0.1):
            try:
                with urlopen(f"{stack.address}/readyz") as answer:  # noqa: S310 - an http address of our own
                    answers.append(json.load(answer)["database"])
            except HTTPError as error:
                answers.append(f"{error.code} {error.read().decode()}")
                error.close()

    with ThreadPoolExecutor(1) as one:
        asking = one.submit(ask)
        yield answers
        done.set()
        asking.result()


def test_an_upgrade_with_a_migration_turns_nobody_away(stack: Stack, rest: Rest) -> None:
    stack.compose("up", "--detach", "--wait", *SCALED)
    rest.repeated.clear()
    old = {container.id for container in stack.containers("web")}
    before, _ = stored(stack)
    upgrade = partial(stack.script, "deploy/compose/rolling-upgrade.sh", "tests/deploy/to_next_version.yml")
    with asked_for_readiness(stack) as answers:
        submissions = send_through(rest, {MANY // 8: upgrade})
    assert lost_and_wrong(rest, submissions) == (0, 0)
    assert stored(stack) == (before + MANY, before + MANY)
    new = {container.id for container in stack.containers("web")}
    assert (len(new), new & old) == (3, set())
    say(f"{MANY} submissions during an upgrade: lost 0, sent again {len(rest.repeated)}: {rest.repeated[:5]}")
    # A web server that is stopping may cut off what has just reached it; the client sends that again.
    assert {reason.rpartition(" ")[2] for reason in rest.repeated} <= {"503", "409"}
    assert list(dict.fromkeys(answers)) == ["ok", "newer"]  # then the new web servers say "ok" again
    assert answers[-1] == "ok"


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


def slow_upload(stack: Stack) -> socket.socket:
    """Announce a body and send the first byte of it."""
    slow = socket.create_connection(("127.0.0.1", stack.port), timeout=60)
    head = f"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:{stack.port}\r\nContent-Length: 60000\r\n"
    slow.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\ne".encode())
    return slow


def test_bodies_that_take_their_time_reach_no_web_server_before_they_are_complete(stack: Stack, rest: Rest) -> None:
    number = 200
    with ExitStack() as uploads:
        for _ in range(number):
            uploads.enter_context(slow_upload(stack))
        assert is_graded_in_full(rest.outcome(submit_sample(rest, "beside-slow-ones", 0)))
        connections = "import pathlib; print(pathlib.Path('/proc/net/tcp').read_text().count(':1F40 '))"  # port 8000
        seen = [int(stack.run_in(container, "python", "-c", connections)) for container in stack.containers("web")]
    assert sum(seen) < number // 2


def test_a_new_start_finds_data_and_tokens_again(stack: Stack, rest: Rest) -> None:
    submission = submit_sample(rest, "returning", 0)
    report = rest.outcome(submission)
    stack.compose("down")
    stack.compose("up", "--detach", "--wait")  # one of each
    assert rest.outcome(submission) == report
    assert is_graded_in_full(rest.outcome(submit_sample(rest, "returning", 1)))


def self_signed() -> tuple[str, str]:
    """Return a certificate for this machine and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return made.public_bytes(Encoding.PEM).decode(), private.decode()


def test_the_proxy_speaks_https_by_setting_and_says_what_is_missing(stack: Stack) -> None:
    # The last test: from now on there is no HTTP.
    secure = replace(stack, environment={**stack.environment, "PROXY_TLS": "true"})
    refused = secure.compose("run", "--rm", "--no-deps", "-T", "proxy", may_fail=True)
    assert "PROXY_TLS is true, but /secrets/tls_certificate cannot be read" in refused
    certificate, key = self_signed()
    for name, content in (("tls_certificate", certificate), ("tls_key", key)):
        store = f"umask 077; cat > /secrets/{name}"
        secure.compose("run", "--rm", "--no-deps", "-T", "secrets", "sh", "-c", store, typed=content)
    secure.compose("up", "--detach", "--wait", "--no-deps", "proxy")
    trusting = ssl.create_default_context(cadata=certificate)
    with urlopen(f"https://127.0.0.1:{stack.port}/healthz", context=trusting) as answer:
        assert answer.headers["Strict-Transport-Security"]
    plain = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
    plain.request("GET", "/sign-in")
    answered = plain.getresponse()
    assert (answered.status, answered.headers["Location"]) == (301, f"https://127.0.0.1:{stack.port}/sign-in")
    plain.close()
