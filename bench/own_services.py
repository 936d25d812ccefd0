"""Services on a PostgreSQL of the measurement's own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from grader.devserver.binaries import find_binaries
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes
from grader.devserver.state import server_account, temporary_state
from grader.settings import Settings
from grader.store.migrate import upgrade
from grader.web.dependencies import WebServices, wire


@contextmanager
def own_services(exercises: Path) -> Iterator[WebServices]:
    """Yield services on an empty database with today's schema; server and data are gone at the end."""
    state, processes = temporary_state(server_account()), Processes()
    try:
        postgres = Postgres.prepare(state, find_binaries(state.account), durable=False)
        postgres.start(processes, state.root / "postgres.log")
        url = postgres.url("postgres").replace("postgresql://", "postgresql+psycopg://")
        upgrade(url)
        secret = SecretStr("a secret of the measurement alone")
        yield wire(
            Settings(database_url=url, redis_url="redis://127.0.0.1:1/0", secret_key=secret, exercises_dir=exercises)
        )
    finally:
        processes.stop_all()
        shutil.rmtree(state.root)
