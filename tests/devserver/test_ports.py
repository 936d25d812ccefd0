import socket

import pytest

from grader.devserver.errors import LocalError
from grader.devserver.ports import check_port, free_port


def test_a_free_port_can_be_listened_on() -> None:
    check_port("127.0.0.1", free_port())


def test_a_taken_port_comes_with_one_that_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalError, match=rf"Port {port} is taken: .*PORT=(\d+)`"):
            check_port("127.0.0.1", port)


def test_a_port_that_is_taken_everywhere_is_taken_here() -> None:
    with socket.create_server(("", 0)) as taken, pytest.raises(LocalError, match="is taken"):
        check_port("127.0.0.1", taken.getsockname()[1])


def test_a_port_for_root_alone_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_address: object, **_options: object) -> socket.socket:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refused)
    with pytest.raises(LocalError, match="Port 80 is not for ordinary users"):
        check_port("127.0.0.1", 80)


def test_an_address_of_another_machine_is_said() -> None:
    with pytest.raises(LocalError, match=r"192\.0\.2\.1 is no address of this machine: see GRADER_HOST"):
        check_port("192.0.2.1", 8000)
