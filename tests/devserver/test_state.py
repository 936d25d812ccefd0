import os
import shutil
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from grader.devserver.errors import LocalError
from grader.devserver.state import OURSELVES, Account, State, open_state, socket_directory

ANOTHER = Account(os.getuid(), os.getgid())
"""Told apart from ourselves by being named: nobody but root could give files to anybody else."""


@pytest.fixture
def var(tmp_path: Path) -> Path:
    made = tmp_path / "checkout" / "var"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_our_own_state_lies_in_var(var: Path) -> None:
    assert open_state(var, OURSELVES).root == var / "state"


def test_another_accounts_state_lies_elsewhere_and_var_points_there(var: Path, home: Path) -> None:
    state = open_state(var, ANOTHER, home)
    assert state.root.parent == home
    assert (var / "state").resolve() == state.root
    assert stat.S_IMODE(state.root.stat().st_mode) == 0o711


def test_a_second_start_finds_the_same_state(var: Path, home: Path) -> None:
    assert open_state(var, ANOTHER, home) == open_state(var, ANOTHER, home)


def test_a_moved_checkout_keeps_its_state(var: Path, home: Path) -> None:
    before = open_state(var, ANOTHER, home)
    moved = var.parent.rename(var.parent.with_name("moved")) / "var"
    assert open_state(moved, ANOTHER, home) == before


def test_a_copied_checkout_gets_a_state_of_its_own(var: Path, home: Path) -> None:
    original = open_state(var, ANOTHER, home)
    copy = var.parent.with_name("copy")
    shutil.copytree(var.parent, copy, symlinks=True)
    assert open_state(copy / "var", ANOTHER, home) != original
    assert open_state(var, ANOTHER, home) == original


def test_a_link_to_what_is_gone_is_replaced(var: Path, home: Path) -> None:
    shutil.rmtree(open_state(var, ANOTHER, home).root)
    assert open_state(var, ANOTHER, home).root.is_dir()


def test_an_ordinary_user_does_not_touch_what_root_left(var: Path, home: Path) -> None:
    open_state(var, ANOTHER, home)
    with pytest.raises(LocalError, match="belongs to a run as root"):
        open_state(var, OURSELVES)


def test_root_does_not_touch_what_an_ordinary_user_left(var: Path, home: Path) -> None:
    open_state(var, OURSELVES)
    with pytest.raises(LocalError, match="belongs to a run as an ordinary user"):
        open_state(var, ANOTHER, home)


def test_a_secret_is_made_once_and_only_we_can_read_it(tmp_path: Path) -> None:
    state = State(tmp_path, OURSELVES)
    assert state.secret("word") == state.secret("word")
    assert len(state.secret("word")) > 40
    assert stat.S_IMODE((tmp_path / "word").stat().st_mode) == 0o600


def test_sockets_lie_in_the_state_where_the_path_is_short() -> None:
    with TemporaryDirectory(dir="/tmp") as short:
        assert socket_directory(State(Path(short), OURSELVES), "s").parent == Path(short)


def test_sockets_of_a_deep_checkout_lie_elsewhere_and_the_last_place_is_cleared(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    first = socket_directory(State(deep, OURSELVES), "s")
    second = socket_directory(State(deep, OURSELVES), "s")
    try:
        assert len(bytes(second)) < 80
        assert stat.S_IMODE(second.stat().st_mode) == 0o700
        assert not first.exists()
    finally:
        shutil.rmtree(second)
