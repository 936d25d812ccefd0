"""The database and broker, and progress messages while they start: a slow machine must not look like a hanging one."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from sqlalchemy import NullPool, create_engine

from grader.addresses import sqlalchemy_url
from grader.devserver.binaries import find_binaries
from grader.devserver.errors import STARTED_HERE, LocalError, readable_faults
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes, ServerProcess
from grader.devserver.state import Var, open_state, server_account
from grader.devserver.valkey import start_valkey
from grader.settings import LocalSettings

FIRST, EVERY = 5.0, 10.0
"""Seconds until the first message, and between the later ones."""


@contextmanager
def telling(say: Callable[[str], None], what: str) -> Iterator[None]:
    """Print `what` with the elapsed seconds, every few seconds until the block ends."""
    ended, began = threading.Event(), time.monotonic()

    def tell() -> None:
        pause = FIRST
        while not ended.wait(pause):
            say(f"{what} ... {time.monotonic() - began:.0f} s")
            pause = EVERY

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


DATABASE = "grader"


@dataclass(frozen=True, slots=True)
class Backends:
    """The URLs of the servers, and those of them that we run ourselves."""

    database_url: str
    redis_url: str
    children: tuple[ServerProcess, ...]


def start_backends(settings: LocalSettings, var: Var, processes: Processes, say: Callable[[str], None]) -> Backends:
    """Start the servers that the settings do not name; raises LocalError if one cannot be started or reached."""
    database_url, redis_url, children = settings.database_url, settings.redis_url, list[ServerProcess]()
    if database_url is not None:
        _check_database(database_url)
    if redis_url is not None:
        _check_redis(redis_url)
    if database_url is None or redis_url is None:
        account = server_account()
        binaries, state = find_binaries(account), open_state(var.path, account)
        if database_url is None:
            say("Starting PostgreSQL ...")
            with telling(say, "PostgreSQL is starting"), readable_faults(STARTED_HERE):
                postgres = Postgres.prepare(state, binaries)
                children.append(postgres.start(processes, var.log("postgres")))
                database_url = sqlalchemy_url(postgres.create_database(DATABASE))
        if redis_url is None:
            say("Starting Valkey ...")
            with telling(say, "Valkey is starting"):
                valkey, child = start_valkey(state, binaries, processes, var.log("valkey"))
            children.append(child)
            redis_url = valkey.url()
    return Backends(database_url, redis_url, tuple(children))


def _check_database(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    with readable_faults(), engine.connect():
        return


def _check_redis(url: str) -> None:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise LocalError(f"The server that REDIS_URL names does not answer: {error}") from error
