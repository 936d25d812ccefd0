"""The checkout's var/: data, logs, secrets, and the lock that prevents two `grader up` at a time."""

import fcntl
import os
import secrets
import time
from pathlib import Path

from grader.devserver import reaper
from grader.devserver.errors import LocalError

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
