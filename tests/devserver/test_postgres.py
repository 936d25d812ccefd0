from pathlib import Path

import psycopg
import pytest

from grader.devserver.binaries import Binaries
from grader.devserver.errors import LocalError
from grader.devserver.postgres import Postgres
from grader.devserver.processes import Processes
from grader.devserver.state import State


@pytest.fixture
def postgres(state: State, binaries: Binaries) -> Postgres:
    return Postgres.prepare(state, binaries, durable=False)


def test_data_outlives_the_server_even_one_that_was_killed(
    state: State, binaries: Binaries, processes: Processes, log: Path
) -> None:
    postgres = Postgres.prepare(state, binaries)
    child = postgres.start(processes, log)
    with psycopg.connect(postgres.create_database("class")) as connection:
        connection.execute("CREATE TABLE marks AS SELECT 7 AS mark")
    child.process.kill()
    child.process.wait()
    processes.clear(child)

    again = Postgres.prepare(state, binaries)
    again.start(processes, log)
    with psycopg.connect(again.create_database("class")) as connection:
        assert connection.execute("SELECT mark FROM marks").fetchone() == (7,)


def test_nobody_gets_in_without_the_password(postgres: Postgres, processes: Processes, log: Path) -> None:
    postgres.start(processes, log)
    password = postgres.state.secret("postgres-password")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.url("postgres").replace(password, "guess"))


def test_it_listens_on_no_network(postgres: Postgres, processes: Processes, log: Path) -> None:
    postgres.start(processes, log)
    with psycopg.connect(postgres.url("postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.mark.process
def test_a_start_that_broke_off_leaves_no_half_cluster(state: State, binaries: Binaries) -> None:
    draft = state.directory("postgres-draft")
    (draft / "half").write_text("of something")
    Postgres.prepare(state, binaries, durable=False)
    assert (state.root / "postgres" / "PG_VERSION").exists()
    assert not draft.exists()
    assert not list(state.root.glob("*.password"))


@pytest.mark.process
def test_data_of_another_version_is_refused_with_what_to_do(postgres: Postgres) -> None:
    (postgres.state.root / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(LocalError, match=r"is of PostgreSQL 12, this is PostgreSQL \d+: dump it"):
        Postgres.prepare(postgres.state, postgres.binaries)
