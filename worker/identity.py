"""Which worker a claim belongs to, and whether that worker still runs, as far as this machine can tell."""

import os
import secrets
import socket
from pathlib import Path

_PID_NAMESPACE = Path("/proc/self/ns/pid")
_TOKEN = secrets.token_hex(4)
"""Tells us from an earlier process that had our number, as the first process of a container always has."""


def _machine() -> str:
    """Return this machine's name, and the container's where process numbers mean something else in each."""
    namespace = _PID_NAMESPACE.stat().st_ino if _PID_NAMESPACE.exists() else 0
    return f"{socket.gethostname()}-{namespace}"


_MACHINE, _PID = _machine(), os.getpid()
"""Of the worker's main process: those of its pool are forked after this was read."""


def holder(task_id: str) -> str:
    """Return the name under which a task of this worker claims."""
    return f"{_MACHINE}/{_PID}/{_TOKEN}/{task_id}"


def is_gone(name: str) -> bool:
    """Tell whether a claim's worker is known to run no more; False for those of other machines."""
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
    except PermissionError:  # somebody else's
        return True
    return True
