"""Ends our servers when we are gone, for whatever reason: even kill -9 leaves nothing running.

Started as a separate script in its own session. Its standard input tells it which process groups exist (`+ pid signal`,
`- pid`). When that input ends, because the process at the other end is gone, it removes the files named on its command
line, which say that we are running, asks every process to stop and, after a while, kills all that is left of its group.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 5.0
_PAUSE = 0.05


def listen(lines: Iterable[str]) -> dict[int, int]:
    """Track started and stopped processes until the input ends; return the signal for each one still there."""
    alive: dict[int, int] = {}
    for line in lines:
        match line.split():
            case ["+", pid, stop_signal]:
                alive[int(pid)] = int(stop_signal)
            case ["-", pid]:
                alive.pop(int(pid), None)
            case _:
                continue
    return alive


def end(alive: dict[int, int], patience: float = PATIENCE) -> None:
    """Ask each process to stop, wait, and kill what is left of its group."""
    for pid, stop_signal in alive.items():
        send(pid, stop_signal)
    deadline = time.monotonic() + patience
    while any(exists(pid) for pid in alive) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    for pid in alive:
        end_group(pid)


def send(pid: int, stop_signal: int) -> None:
    """Send a signal to a process that may already be gone."""
    try:
        os.kill(pid, stop_signal)
    except ProcessLookupError:
        return


def exists(pid: int) -> bool:
    """Return whether there is such a process, of any user."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_group(group: int) -> None:
    """Kill every process of a group, if any."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    alive = listen(sys.stdin)
    for file in map(Path, sys.argv[1:]):
        file.unlink(missing_ok=True)
    end(alive)
