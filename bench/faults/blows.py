"""The faults: each strikes while submissions arrive, and returns when it is over."""

import base64
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from bench.faults.ground import Ground, descendants, wait_until

Strike = Callable[[Ground], None]

HOUR = 3600.0
STOPPED_SECONDS = 20.0
"""Longer than any timeout of a client, of the web or of a worker."""

CROWD = 40
SLOW_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        prepare: what must run beforehand, such as a worker with a wrong clock.
        holds: strike while workers hold claims.
    """

    strike: Strike
    prepare: Strike | None = None
    holds: bool = False


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def kill_worker(ground: Ground) -> None:
    """Kill a worker as a whole."""
    for pid in ground.parts("celery", " worker ")[:1]:
        _kill_group(pid)


def kill_pool(ground: Ground) -> None:
    """Kill the processes that judge; the one that started them lives."""
    for pid in ground.parts("celery", " worker ")[1:]:
        _kill(pid)


def kill_web(ground: Ground) -> None:
    """Kill the web server as a whole."""
    for pid in ground.parts("granian")[:1]:
        _kill_group(pid)


def kill_web_child(ground: Ground) -> None:
    """Kill the process of the web server that answers."""
    for pid in ground.parts("granian")[1:]:
        _kill(pid)


def kill_clock(ground: Ground) -> None:
    """Kill what starts the sweeps."""
    for pid in ground.parts("celery", " beat "):
        _kill_group(pid)


def kill_postgres(ground: Ground) -> None:
    """Kill PostgreSQL as a whole."""
    _kill_group(ground.server("postgres", " -D "))


def kill_valkey(ground: Ground) -> None:
    """Kill the broker."""
    _kill_group(ground.server("valkey"))


def kill_all(ground: Ground) -> None:
    """Kill web, worker, clock, PostgreSQL and Valkey at once."""
    for kill in (kill_web, kill_worker, kill_clock, kill_postgres, kill_valkey):
        kill(ground)


def kill_visitors(ground: Ground) -> None:
    """Kill the other workers as a whole."""
    for visitor in ground.visitors:
        _kill_group(visitor.process.pid)


def repeated(strike: Strike, times: int, pause: float) -> Strike:
    """Return a fault that strikes several times."""

    def again(ground: Ground) -> None:
        for number in range(times):
            time.sleep(pause if number else 0)
            with suppress(redis.RedisError, psycopg.Error):
                strike(ground)

    return again


def end_backends(ground: Ground) -> None:
    """End every connection to the database."""
    ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    with psycopg.connect(ground.database_url, autocommit=True) as connection:
        connection.execute(ours)


def flush(ground: Ground) -> None:
    """Make the broker forget everything."""
    with ground.broker() as broker:
        broker.flushall()


def stopped(find: Callable[[Ground], int]) -> Strike:
    """Return a fault that stops a server, so that it keeps its connections and answers nothing."""

    def stop(ground: Ground) -> None:
        group = list({*descendants(find(ground)), find(ground)})
        for pid in group:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(STOPPED_SECONDS)
        for pid in group:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    return stop


def _restarted(number: signal.Signals) -> Strike:
    def again(ground: Ground) -> None:
        ground.end(number)
        ground.start()

    return again


def use_up_connections(ground: Ground) -> None:
    """Take every connection that PostgreSQL has, those of our programs too, and keep them for ten seconds."""
    ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'nn-grader'"
    closing = "ALTER DATABASE faults ALLOW_CONNECTIONS {}"  # while they are taken, or our programs are faster
    with ExitStack() as taken:
        first = taken.enter_context(psycopg.connect(ground.database_url, dbname="postgres", autocommit=True))
        first.execute(closing.format("false"))
        try:
            first.execute(ours)
            with suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(psycopg.connect(ground.database_url, dbname="postgres", autocommit=True))
        finally:
            first.execute(closing.format("true"))
        time.sleep(0.5 * STOPPED_SECONDS)


def fill_disk(ground: Ground) -> None:
    """Let PostgreSQL extend no file for five seconds: it then fails, or stops, as on a full disk."""
    _limit_files(ground, "8192")
    time.sleep(5.0)
    wait_until(lambda: _limit_files(ground, "unlimited"), "PostgreSQL to run")


def _limit_files(ground: Ground, size: str) -> bool:
    """Limit how large the files of PostgreSQL may become, as its own account; return False if it does not run."""
    postmasters = ground.servers("postgres", " -D ")
    for pid in (other for postmaster in postmasters[:1] for other in (postmaster, *descendants(postmaster))):
        with suppress(FileNotFoundError):  # it ended just now
            its = Path(f"/proc/{pid}").stat()
            command = ("prlimit", "--pid", str(pid), f"--fsize={size}:")
            subprocess.run(command, check=False, capture_output=True, user=its.st_uid, group=its.st_gid)  # noqa: S603 - of util-linux
    return bool(postmasters)


def visited(**pretending: str) -> Strike:
    """Return a preparation: another worker beside those of `make run`."""

    def prepare(ground: Ground) -> None:
        ground.visit(**pretending)

    return prepare


def _nothing(_: Ground) -> None:
    """What is wrong was so from the beginning."""


@contextmanager
def _connection(ground: Ground) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", ground.port, timeout=2 * SLOW_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


def _post(ground: Ground, path: str, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
    with suppress(OSError, http.client.HTTPException), _connection(ground) as connection:
        connection.request("POST", path, body, {"Content-Type": kind, **(headers or {})})
        connection.getresponse().read()


FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def send_slowly(ground: Ground) -> None:
    """Send forty bodies a byte at a time."""

    def drip(_: int) -> None:
        with suppress(OSError, http.client.HTTPException), _connection(ground) as connection:
            connection.putrequest("POST", "/api/v1/submissions")
            connection.putheader("Content-Length", "1000")
            connection.putheader("Authorization", f"Bearer {ground.token}")
            connection.endheaders()
            until = time.monotonic() + SLOW_SECONDS
            while time.monotonic() < until:
                connection.send(b" ")
                time.sleep(0.2)

    _crowd(drip, CROWD)


def guess_passwords(ground: Ground) -> None:
    """Sign in from 64 clients with wrong passwords."""
    body = b"email=faults%40example.org&password=not+this+one+"
    _crowd(lambda number: _post(ground, "/sign-in", body + str(number).encode(), FORM), 64)


def send_long_emails(ground: Ground) -> None:
    """Sign in with e-mails of a million characters, each another one."""
    long = b"a" * 1_000_000
    _crowd(lambda number: _post(ground, "/sign-in", b"email=%d" % number + long + b"%40b.de&password=x", FORM), 20)


def flood_unknown(ground: Ground) -> None:
    """Ask for 300 passwords that nobody has."""
    body = "email=nobody{}%40example.org"
    _crowd(lambda number: _post(ground, "/forgot", body.format(number).encode(), FORM), 300)


def send_large_files(ground: Ground) -> None:
    """Have one student send 25 files of 5 MB, which are no weights."""
    content = base64.b64encode(b"PK\x03\x04" + os.urandom(5_000_000)).decode()
    answers = f'{{"learner_ref": "large", "exercise": "and-gate-training", "answers": {{"weights": "{content}"}}}}'
    told = {"Authorization": f"Bearer {ground.token}"}
    _crowd(lambda _: _post(ground, "/api/v1/submissions", answers.encode(), JSON, told), 25)


def _crowd(send: Callable[[int], None], times: int) -> None:
    with ThreadPoolExecutor(min(times, CROWD)) as pool:
        list(pool.map(send, range(times)))


AHEAD, BEHIND = {"NN_GRADER_FAULTS_AHEAD": str(HOUR)}, {"NN_GRADER_FAULTS_AHEAD": str(-HOUR)}

FAULTS: Mapping[str, Fault] = {
    "worker killed": Fault(kill_worker, holds=True),
    "its pool killed": Fault(kill_pool, holds=True),
    "worker killed five times": Fault(repeated(kill_worker, 5, 2.0), holds=True),
    "its pool killed five times": Fault(repeated(kill_pool, 5, 1.0), holds=True),
    "web killed": Fault(kill_web),
    "its child killed": Fault(kill_web_child),
    "web killed four times": Fault(repeated(kill_web, 4, 2.0)),
    "clock killed": Fault(kill_clock),
    "PostgreSQL killed": Fault(kill_postgres),
    "every backend ended ten times": Fault(repeated(end_backends, 10, 0.3)),
    "Valkey killed": Fault(kill_valkey),
    "FLUSHALL twenty times": Fault(repeated(flush, 20, 0.1)),
    "PostgreSQL stopped for 20 s": Fault(stopped(lambda ground: ground.server("postgres", " -D "))),
    "Valkey stopped for 20 s": Fault(stopped(lambda ground: ground.server("valkey"))),
    "all five killed at once": Fault(kill_all),
    "SIGTERM of make run": Fault(_restarted(signal.SIGTERM)),
    "kill -9 of make run": Fault(_restarted(signal.SIGKILL)),
    "connections used up": Fault(use_up_connections),
    "disk full": Fault(fill_disk),
    "a worker's clock an hour ahead": Fault(_nothing, visited(**AHEAD)),
    "a worker's clock an hour behind": Fault(_nothing, visited(**BEHIND)),
    "a worker with a wrong clock killed": Fault(kill_visitors, visited(**AHEAD), holds=True),
    "a worker on another machine killed": Fault(kill_visitors, visited(), holds=True),
    "40 bodies sent a byte at a time": Fault(send_slowly),
    "64 wrong passwords": Fault(guess_passwords),
    "e-mails of a million characters": Fault(send_long_emails),
    "300 unknown e-mails": Fault(flood_unknown),
    "25 large files by one student": Fault(send_large_files),
}
