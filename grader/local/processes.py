"""Child processes that never outlive us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.local import lifeline
from grader.local.account import OURSELVES, Account
from grader.local.errors import LocalError
from grader.local.interrupt import Interrupt, Interrupted
from grader.local.last_words import reason_in

_PAUSE, _LONGEST_PAUSE = 0.02, 0.2


@dataclass(frozen=True, slots=True)
class Service:
    """How to start one of the servers, again and again, and how to ask it to stop."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    account: Account = OURSELVES
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Child:
    """A running service: the leader of a session and process group of its own; its words begin at `offset` of the log."""

    service: Service
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    offset: int = 0

    @property
    def is_running(self) -> bool:
        """Whether its first process is there; those that it started itself may outlive it until `Processes.clear`."""
        return self.process.poll() is None

    def said(self) -> str:
        """Return what it has written into its log since it was started."""
        with self.service.log.open("rb") as log:
            log.seek(self.offset)
            return log.read().decode("utf-8", errors="replace")

    def obituary(self) -> str:
        """Return how and why it stopped, and where its log is, in one line for people."""
        killed = self.process.returncode == -signal.SIGKILL  # without a last word: what it wrote before is no reason
        reason = "" if killed else reason_in(self.said())
        told = f": {reason.rstrip('.')}" if reason else ""
        return f"({_how(self.process.returncode)}){told}. Its log is {self.service.log}."


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed by signal 9, perhaps because memory ran out"
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


class Processes:
    """Starts and stops services, and tells the lifeline about each, which ends them should we be killed."""

    def __init__(
        self, interrupt: Interrupt | None = None, lock: int | None = None, announcements: Sequence[Path] = ()
    ) -> None:
        """Begin without children.

        Args:
            interrupt: what breaks off waiting.
            lock: descriptor of a lock that is to be held until the last child is gone, even when we are killed.
            announcements: files that say that we are running; they are removed when we are not.
        """
        self._interrupt = interrupt or Interrupt()
        self._lock, self._announcements = lock, tuple(announcements)
        self._children: list[Child] = []
        self._lifeline = self._start_lifeline()

    @property
    def has_children(self) -> bool:
        """Whether anything is there to be stopped."""
        return bool(self._children)

    def start(self, service: Service) -> Child:
        """Start a service in a session of its own, so that Ctrl-C reaches us alone; its output goes to its log."""
        account = service.account
        with service.log.open("ab") as log:
            offset = log.seek(0, os.SEEK_END)
            try:
                process = subprocess.Popen(  # noqa: S603 - the command is ours
                    service.command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd="/" if account.is_another else None,
                    env=dict(service.environment),
                    start_new_session=True,
                    user=account.uid,
                    group=account.gid,
                    extra_groups=account.groups,
                )
            except OSError as error:
                raise LocalError(
                    f"{service.name} cannot be started: {error.strerror} ({service.command[0]})."
                ) from error
        child = Child(service, process, offset=offset)
        self._children.append(child)
        self._tell(_started(child))
        return child

    def stop(self, child: Child, patience: float = 10.0) -> None:
        """Ask a service to stop, and end it when it does not."""
        if child.is_running:
            child.process.send_signal(child.service.stop_signal)
        deadline = time.monotonic() + patience
        while child.is_running and time.monotonic() < deadline and not self._interrupt.is_urgent:
            time.sleep(_PAUSE)
        self.clear(child)

    def clear(self, child: Child) -> None:
        """End what is left of a service's group and forget it."""
        lifeline.end_group(child.process.pid)
        child.process.wait()
        if child in self._children:
            self._children.remove(child)
            self._tell(f"- {child.process.pid}\n")

    def wait_until(self, is_ready: Callable[[], bool], child: Child) -> None:
        """Wait for a service to become ready, as long as it lives: how long a start takes depends on the machine.

        Raises:
            LocalError: it ended; with the end of its log.
            Interrupted: we are to stop.
        """
        pause = _PAUSE
        while child.is_running:
            if self._interrupt.is_requested:
                raise Interrupted
            if is_ready():
                return
            time.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_PAUSE)  # asking often would slow the start down on a busy machine
        raise LocalError(f"{child.service.name} stopped at its start {child.obituary()}")

    def keep_lifeline(self) -> None:
        """Replace a lifeline that somebody killed."""
        if self._lifeline.poll() is not None:
            self._renew_lifeline()

    def stop_all(self, patience: float = 10.0) -> None:
        """Stop everything, the last started first, and let the lifeline go."""
        for child in reversed(list(self._children)):
            self.stop(child, patience)
        self._close_lifeline()

    def _tell(self, line: str) -> None:
        """Tell the lifeline what changed, or a new one everything where the last one was killed."""
        try:
            self._write(line)
        except BrokenPipeError:
            self._renew_lifeline()

    def _renew_lifeline(self) -> None:
        self._close_lifeline()
        self._lifeline = self._start_lifeline()
        for child in self._children:
            self._write(_started(child))

    def _write(self, line: str) -> None:
        if self._lifeline.stdin is not None:
            self._lifeline.stdin.write(line.encode())

    def _close_lifeline(self) -> None:
        if self._lifeline.stdin is not None:
            self._lifeline.stdin.close()
        self._lifeline.wait()

    def _start_lifeline(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-I", "-S", lifeline.__file__, *map(str, self._announcements)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
            pass_fds=() if self._lock is None else (self._lock,),
        )


def _started(child: Child) -> str:
    return f"+ {child.process.pid} {int(child.service.stop_signal)}\n"
