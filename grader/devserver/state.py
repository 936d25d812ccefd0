"""The checkout's var/: logs, secrets, the servers' data and their account, and the lock against a second `grader up`."""

import fcntl
import os
import pwd
import secrets
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from grader.devserver import reaper
from grader.devserver.errors import LocalError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group to switch to before a server starts; both None mean our own."""

    uid: int | None = None
    gid: int | None = None

    @property
    def is_another(self) -> bool:
        """Whether the servers run as a different user."""
        return self.uid is not None

    @property
    def groups(self) -> list[int] | None:
        """The supplementary groups to keep: none of root's."""
        return [] if self.is_another else None

    def own(self, path: Path) -> None:
        """Transfer a path of ours to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


OURSELVES = Account()


def server_account() -> Account:
    """Return the account for servers: for root an existing unprivileged one (PostgreSQL refuses root), else our own."""
    if os.geteuid() != 0:
        return OURSELVES
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise LocalError(
            f"PostgreSQL does not run as root, and this machine has no account {UNPRIVILEGED!r} to run it as: "
            "start as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error
    return Account(entry.pw_uid, entry.pw_gid)


ROOTS_STATE = Path("/var/lib/nn-grader")
_OWNER = "checkout"
_LONGEST_SOCKET = 100  # sockets with paths over 107 bytes (103 on macOS) cannot be bound


@dataclass(frozen=True, slots=True)
class State:
    """The root directory of the servers' data, and the account that they run as."""

    root: Path
    account: Account

    def directory(self, name: str) -> Path:
        """Return a directory of the servers below the root, closed to other users."""
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.account.own(path)
        return path

    def secret(self, name: str) -> str:
        """Return a random secret kept in a file that only we can read."""
        path = self.root / name
        if not path.exists():
            path.touch(mode=0o600)
        kept = path.read_text(encoding="ascii")
        if not kept:
            kept = secrets.token_urlsafe(32)
            path.write_text(kept, encoding="ascii")
        return kept


def open_state(var: Path, account: Account, home: Path = ROOTS_STATE) -> State:
    """Return the state of a checkout's var/, created at the first start.

    For our own account it is in var/state. Another account may be unable to reach a checkout, so its state is below
    `home` and var/state points there; a copied checkout gets a new state, a moved one keeps its own.
    """
    link = var.resolve() / "state"
    if not account.is_another:
        if link.is_symlink():
            raise LocalError(f"{link} belongs to a run as root: start as root again, or remove {link}.")
        link.mkdir(mode=0o700, exist_ok=True)
        return State(link, account)
    root = link.resolve()
    if not (link.is_symlink() and root.is_dir() and _is_ours(root, link)):
        root = _new_root(link, home)
    (root / _OWNER).write_text(str(link), encoding="utf-8")
    return State(root, account)


def _is_ours(root: Path, link: Path) -> bool:
    """Return whether no other checkout uses this state: a copied checkout points to the state of the original."""
    owner = root / _OWNER
    if not owner.exists():
        return False
    recorded = Path(owner.read_text(encoding="utf-8"))
    return recorded == link or not recorded.is_symlink() or recorded.resolve() != root


def _new_root(link: Path, home: Path) -> Path:
    if link.is_dir() and not link.is_symlink():
        raise LocalError(f"{link} belongs to a run as an ordinary user: start as that user, or remove {link}.")
    make_passable(home)
    root = Path(tempfile.mkdtemp(prefix="state-", dir=home))
    root.chmod(0o711)
    link.unlink(missing_ok=True)
    link.symlink_to(root, target_is_directory=True)
    return root


def temporary_state(account: Account) -> State:
    """Return a new state for one run of the tests, which the caller removes."""
    root = Path(tempfile.mkdtemp(prefix="nn-grader-"))
    root.chmod(0o711)
    return State(root, account)


def make_passable(directory: Path) -> None:
    """Create a directory of ours that every account may pass through, whatever the umask."""
    if not directory.exists():
        directory.mkdir(parents=True)
        directory.chmod(0o755)


def socket_directory(state: State, name: str) -> Path:
    """Return a private directory with a path short enough for a socket: below the state, or a temporary one."""
    near = state.directory(name)
    if len(bytes(near)) + len("/.s.PGSQL.5432") <= _LONGEST_SOCKET:
        return near
    pointer = state.root / f"{name}-is-at"
    if pointer.exists():
        shutil.rmtree(pointer.read_text(encoding="utf-8"), ignore_errors=True)
    far = Path(tempfile.mkdtemp(prefix="nn-grader-", dir="/tmp"))  # TMPDIR itself may be long
    state.account.own(far)
    pointer.write_text(str(far), encoding="utf-8")
    return far


_LARGE_LOG = 10_000_000
_LOG_MODE, _LOGS_MODE = 0o640, 0o750
"""For us and our group: other accounts on the machine must not read logs."""
_REMAINS_LAST = 120.0
"""Seconds to wait for the remains of a killed run, which take some seconds to end, longer on a busy machine."""
_PAUSE = 0.1


class Var:
    """The directory, ours until it is released.

    Attributes:
        path: of the directory, absolute.
        lock: descriptor of the lock file.
    """

    def __init__(self, path: Path) -> None:
        """Create the directory if it is missing.

        Raises:
            LocalError: it cannot be written, or another `grader up` uses it.
        """
        self.path = path.absolute()
        try:
            logs = self.path / "log"
            logs.mkdir(parents=True, exist_ok=True)
            logs.chmod(_LOGS_MODE)
            for log in logs.glob("*.log*"):
                log.chmod(_LOG_MODE)  # including those of earlier versions
            self.lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise LocalError(f"{self.path} cannot be written: {error.strerror}.") from error
        self._take_lock()
        os.ftruncate(self.lock, 0)
        os.write(self.lock, f"{os.getpid()}\n".encode())

    def _take_lock(self) -> None:
        """Wait for the lock while only the remains of a killed run hold it."""
        deadline = time.monotonic() + _REMAINS_LAST
        while not _locks(self.lock):
            holder = os.pread(self.lock, 20, 0).decode(errors="replace").strip()
            if time.monotonic() > deadline or (holder.isdigit() and reaper.exists(int(holder))):
                raise LocalError(f"nn-grader is already running in {self.path} (process {holder}): stop it first.")
            time.sleep(_PAUSE)

    def log(self, name: str) -> Path:
        """Return the path of a child's log; a large log is rotated once."""
        path = self.path / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > _LARGE_LOG:
            path.replace(path.with_suffix(".log.1"))
        path.touch(mode=_LOG_MODE)
        path.chmod(_LOG_MODE)  # regardless of the umask
        return path

    def secret_key_file(self) -> Path:
        """Return the file of the secret key, created at the first start."""
        path = self.path / "secret-key"
        if not path.exists():
            self.write_private("secret-key", secrets.token_urlsafe(32) + "\n")
        return path

    def write_private(self, name: str, text: str) -> Path:
        """Write a file that only we can read, atomically."""
        draft, path = self.path / f".{name}.draft", self.path / name
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
        return path

    def forget(self, name: str) -> None:
        """Remove a file, if it exists."""
        (self.path / name).unlink(missing_ok=True)

    def release(self) -> None:
        """Release the lock."""
        os.close(self.lock)


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
