"""The identity of workers in claims, and whether a worker still runs, as far as this machine can tell."""

import os
import secrets
import socket
from pathlib import Path

_PID_NAMESPACE = Path("/proc/self/ns/pid")
_TOKEN = secrets.token_hex(4)
"""Distinguishes us from an earlier process with the same pid, which the first process of a container always has."""


def _machine() -> str:
    """Return this machine's name, and the container's if pids are separate there."""
    namespace = _PID_NAMESPACE.stat().st_ino if _PID_NAMESPACE.exists() else 0
    return f"{socket.gethostname()}-{namespace}"


_MACHINE, _PID = _machine(), os.getpid()
"""The pid of the worker's main process: its pool is forked after this was read."""


def holder(task_id: str) -> str:
    """Return the name under which a task of this worker claims."""
    return f"{_MACHINE}/{_PID}/{_TOKEN}/{task_id}"


def is_gone(name: str) -> bool:
    """Return whether a claim's worker is known to be dead; False for those of other machines."""
    match name.split("/"):
        case [machine, pid, token, _] if machine == _MACHINE and pid.isascii() and pid.isdigit():
            return token != _TOKEN if int(pid) == _PID else not _runs(int(pid))
        case _:
            return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # another user's
        return True
    return True
