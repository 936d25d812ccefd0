import socket
from pathlib import Path

import pytest
import redis

from grader.devserver import valkey as devserver_valkey
from grader.devserver.binaries import Binaries
from grader.devserver.errors import LocalError
from grader.devserver.ports import free_port
from grader.devserver.processes import Processes
from grader.devserver.state import State
from grader.devserver.valkey import start_valkey


def test_what_was_queued_outlives_a_server_that_was_killed(
    state: State, binaries: Binaries, processes: Processes, log: Path
) -> None:
    valkey, child = start_valkey(state, binaries, processes, log)
    with redis.Redis.from_url(valkey.url()) as client:
        client.rpush("queue", "work")
        client.execute_command("WAITAOF", 1, 0, 5000)  # it writes to disk once a second
    child.process.kill()
    processes.clear(child)

    again, _ = start_valkey(state, binaries, processes, log)
    with redis.Redis.from_url(again.url()) as client:
        assert client.lrange("queue", 0, -1) == [b"work"]


def test_nobody_gets_in_without_the_password(state: State, binaries: Binaries, processes: Processes, log: Path) -> None:
    valkey, _ = start_valkey(state, binaries, processes, log)
    with (
        redis.Redis.from_url(f"redis://127.0.0.1:{valkey.port}/0") as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_the_list_of_processes_does_not_show_the_password(state: State, binaries: Binaries, log: Path) -> None:
    service = devserver_valkey.Valkey(state, binaries, 1).service(log)
    assert not any(state.secret("valkey-password") in word for word in service.command)


def test_a_port_that_somebody_took_in_between_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch, state: State, binaries: Binaries, processes: Processes, log: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free, port = free_port(), taken.getsockname()[1]
        ports = iter([port, free])
        monkeypatch.setattr(devserver_valkey, "free_port", lambda: next(ports))
        valkey, _ = start_valkey(state, binaries, processes, log)
    assert valkey.port == free


def test_a_server_that_never_starts_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, state: State, binaries: Binaries, processes: Processes, log: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # it does not listen, so that who asks there is refused at once
        port = taken.getsockname()[1]
        monkeypatch.setattr(devserver_valkey, "free_port", lambda: port)
        with pytest.raises(LocalError, match=r"^Valkey stopped while starting .*in use.*$"):
            start_valkey(state, binaries, processes, log)
