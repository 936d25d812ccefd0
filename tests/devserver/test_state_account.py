import os
import pwd

import pytest

from grader.devserver.errors import LocalError
from grader.devserver.state import OURSELVES, server_account


def test_an_ordinary_user_runs_the_servers_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert server_account() == OURSELVES


def test_root_runs_the_servers_as_an_account_that_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    account = server_account()
    assert account.uid == pwd.getpwnam("nobody").pw_uid
    assert account.groups == []


def test_root_without_such_an_account_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> pwd.struct_passwd:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", unknown)
    with pytest.raises(LocalError, match="start as an ordinary user, or set DATABASE_URL and REDIS_URL"):
        server_account()
