"""The two servers that hold the data: those that the settings name, or our own."""

from collections.abc import Callable
from dataclasses import dataclass

import redis
from sqlalchemy import NullPool, create_engine

from grader.addresses import sqlalchemy_url
from grader.local.account import server_account
from grader.local.binaries import find_binaries
from grader.local.errors import LocalError
from grader.local.faults import STARTED_HERE, readable_faults
from grader.local.postgres import Postgres
from grader.local.processes import Child, Processes
from grader.local.state import open_state
from grader.local.telling import telling
from grader.local.valkey import start_valkey
from grader.local.var import Var
from grader.settings import LocalSettings

DATABASE = "grader"


@dataclass(frozen=True, slots=True)
class Backends:
    """Where the servers are, and those of them that are ours to look after."""

    database_url: str
    redis_url: str
    children: tuple[Child, ...]


def start_backends(settings: LocalSettings, var: Var, processes: Processes, say: Callable[[str], None]) -> Backends:
    """Start what the settings do not name; raises LocalError where it cannot be started or reached."""
    database_url, redis_url, children = settings.database_url, settings.redis_url, list[Child]()
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
