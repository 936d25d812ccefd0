"""The server processes: start, supervise, restart, stop; and why one ended, according to its log."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

from grader.devserver import reaper
from grader.devserver.errors import LocalError
from grader.devserver.state import OURSELVES, Account
from grader.logs import READY


class Interrupted(Exception):
    """A stop was requested while waiting."""


class Interrupt:
    """Records that a stop was requested, without interrupting anything.

    Attributes:
        parent: the process whose end also means ours; None if we may outlive it.
    """

    def __init__(self, parent: int | None = None) -> None:
        self.parent = parent
        self._signals = 0

    def listen(self) -> None:
        """Handle Ctrl-C, SIGTERM, and a closed terminal, unless nohup asks us to ignore the latter."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)  # shells make background processes ignore SIGINT
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._note)

    @property
    def is_requested(self) -> bool:
        """Whether we are to stop."""
        return self._signals > 0 or (self.parent is not None and os.getppid() != self.parent)

    @property
    def is_urgent(self) -> bool:
        """Whether we were asked more than once: then we do not wait for an orderly end."""
        return self._signals > 1

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1


LONGEST: Final = 300

_OURS: Final = re.compile(r"nn-grader cannot start: (?P<reason>.+)")
_PYTHON: Final = re.compile(r"(?:[\w.]+\.)?(?P<reason>\w*(?:Error|Exception|Exit|Interrupt|Warning)\b:? ?.*)")
_COMPLAINT: Final = re.compile(
    r".*(?:FATAL|PANIC|ERROR|[Ff]ail(?:ed|ure)|[Cc](?:ould not|annot|an't)|denied|in use|No space|[Nn]o memory|Killed).*"
)
_HINTS: Final = (
    (re.compile(r"SemLock|semaphore"), "its processes share memory, for which /dev/shm must be writable and have room"),
    (re.compile(r"No space left on device"), "the disk is full"),
    (re.compile(r"Read-only file system"), "what it writes to is mounted read-only"),
    (re.compile(r"MemoryError|Cannot allocate memory"), "this machine has no memory left"),
)
_OF_NO_MATTER: Final = re.compile(r".*the database system is (?:starting up|shutting down)")
"""An error for the client, not for the server."""

_UNREMARKABLE: Final = {"debug", "info"}
_SAID_BY_A_PARENT: Final = re.compile(
    r"\[(?:INFO|ERROR)\] (?:Unexpected exit|Shutting down|Stopp|Granian|Spawning|Start|Listening)"
)


def reason_in(text: str) -> str:
    """Return the line of a log that best explains why it ends there; empty if nothing was written."""
    lines = [line for line in map(_readable, text.splitlines()) if line and not _is_noise(line)]
    reason = _ours(lines) or _last(_PYTHON, lines) or _first(_COMPLAINT, lines) or (lines[-1] if lines else "")
    return _shortened(reason + _hint(text))


def _is_noise(line: str) -> bool:
    return bool(_SAID_BY_A_PARENT.match(line) or _OF_NO_MATTER.fullmatch(line))


def _readable(line: str) -> str:
    """Return a line as people read it: for a JSON line the exception, or the event."""
    told: Any = None
    if line == READY:
        return ""
    if line.startswith("{"):
        try:
            told = json.loads(line)
        except ValueError:
            return line.strip()
    if not isinstance(told, dict):
        return "" if line.startswith(" ") else line.strip()
    exception = str(told.get("exception", "")).strip()
    if exception:
        return exception.splitlines()[-1]
    return "" if told.get("level") in _UNREMARKABLE else str(told.get("event", ""))


def _ours(lines: list[str]) -> str:
    found = [match["reason"] for match in map(_OURS.search, lines) if match]
    return found[-1] if found else ""


def _last(pattern: re.Pattern[str], lines: list[str]) -> str:
    found = [match["reason"] for match in map(pattern.fullmatch, lines) if match]
    return found[-1] if found else ""


def _first(pattern: re.Pattern[str], lines: list[str]) -> str:
    return next((line for line in lines if pattern.fullmatch(line)), "")


def _hint(text: str) -> str:
    found = next((hint for pattern, hint in _HINTS if pattern.search(text)), None)
    return f" ({found})" if found else ""


def _shortened(reason: str) -> str:
    return reason if len(reason) <= LONGEST else f"{reason[: LONGEST - 1]}…"


_PAUSE, _LONGEST_PAUSE = 0.02, 0.2


@dataclass(frozen=True, slots=True)
class Service:
    """How to start one of the servers, repeatedly, and how to ask it to stop."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    account: Account = OURSELVES
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class ServerProcess:
    """A running service, which leads its own session and process group; its output begins at `offset` of the log."""

    service: Service
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    offset: int = 0

    @property
    def is_running(self) -> bool:
        """Whether its first process is alive; processes started by it may outlive it until `Processes.clear`."""
        return self.process.poll() is None

    def said(self) -> str:
        """Return what it has written to its log since it was started."""
        with self.service.log.open("rb") as log:
            log.seek(self.offset)
            return log.read().decode("utf-8", errors="replace")

    def obituary(self) -> str:
        """Return how and why it stopped, and the path of its log, in one line for people."""
        killed = self.process.returncode == -signal.SIGKILL  # earlier output gives no reason
        reason = "" if killed else reason_in(self.said())
        told = f": {reason.rstrip('.')}" if reason else ""
        return f"({_how(self.process.returncode)}){told}. Its log is {self.service.log}."


def _how(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed by signal 9, perhaps because memory ran out"
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


class Processes:
    """Starts and stops services, and reports each to the reaper, which ends them if we are killed."""

    def __init__(
        self, interrupt: Interrupt | None = None, lock: int | None = None, announcements: Sequence[Path] = ()
    ) -> None:
        """Begin without children.

        Args:
            interrupt: stops waiting.
            lock: descriptor of a lock to be held until the last child is gone, even if we are killed.
            announcements: files that say that we are running; removed when we are not.
        """
        self._interrupt = interrupt or Interrupt()
        self._lock, self._announcements = lock, tuple(announcements)
        self._children: list[ServerProcess] = []
        self._lifeline = self._start_lifeline()

    @property
    def has_children(self) -> bool:
        """Whether there is anything to stop."""
        return bool(self._children)

    def start(self, service: Service) -> ServerProcess:
        """Start a service in its own session, so that Ctrl-C reaches only us; its output goes to its log."""
        account = service.account
        with service.log.open("ab") as log:
            offset = log.seek(0, os.SEEK_END)
            try:
                process = subprocess.Popen(  # noqa: S603 - our own command
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
        child = ServerProcess(service, process, offset=offset)
        self._children.append(child)
        self._tell(_started(child))
        return child

    def stop(self, child: ServerProcess, patience: float = 10.0) -> None:
        """Ask a service to stop, and kill it if it does not."""
        if child.is_running:
            child.process.send_signal(child.service.stop_signal)
        deadline = time.monotonic() + patience
        while child.is_running and time.monotonic() < deadline and not self._interrupt.is_urgent:
            time.sleep(_PAUSE)
        self.clear(child)

    def clear(self, child: ServerProcess) -> None:
        """Kill what is left of a service's process group and forget it."""
        reaper.end_group(child.process.pid)
        child.process.wait()
        if child in self._children:
            self._children.remove(child)
            self._tell(f"- {child.process.pid}\n")

    def wait_until(self, is_ready: Callable[[], bool], child: ServerProcess) -> None:
        """Wait for a service to become ready, for as long as it lives: the duration of a start depends on the machine.

        Raises:
            LocalError: it ended; includes the end of its log.
            Interrupted: a stop was requested.
        """
        pause = _PAUSE
        while child.is_running:
            if self._interrupt.is_requested:
                raise Interrupted
            if is_ready():
                return
            time.sleep(pause)
            pause = min(pause * 1.2, _LONGEST_PAUSE)  # frequent checks would slow down the start on a busy machine
        raise LocalError(f"{child.service.name} stopped while starting {child.obituary()}")

    def keep_lifeline(self) -> None:
        """Replace the reaper if it was killed."""
        if self._lifeline.poll() is not None:
            self._renew_lifeline()

    def stop_all(self, patience: float = 10.0) -> None:
        """Stop everything in reverse order of start, then the reaper."""
        for child in reversed(list(self._children)):
            self.stop(child, patience)
        self._close_lifeline()

    def _tell(self, line: str) -> None:
        """Report a change to the reaper, or everything to a new one if the last one was killed."""
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
            [sys.executable, "-I", "-S", reaper.__file__, *map(str, self._announcements)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            bufsize=0,
            pass_fds=() if self._lock is None else (self._lock,),
        )


def _started(child: ServerProcess) -> str:
    return f"+ {child.process.pid} {int(child.service.stop_signal)}\n"


FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SETTLED = 30.0
"""A service that has lived for this many seconds has recovered: its next death counts as the first."""

TOLD_EACH_TIME, TOLD_SELDOM = 8, 20
"""A service that keeps dying is restarted forever, since a full disk may be emptied, but reported only now and then."""


@dataclass(slots=True)
class _Watched:
    child: ServerProcess
    deaths: int = 0
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Supervises children; call `tend` frequently."""

    processes: Processes
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _watched: list[_Watched] = field(default_factory=list)

    def watch(self, child: ServerProcess) -> None:
        """Keep this child's service running from now on."""
        self._watched.append(_Watched(child))

    def tend(self) -> None:
        """Check every child once, and the reaper."""
        self.processes.keep_lifeline()
        for watched in self._watched:
            if watched.restart_at is not None:
                self._restart_in_time(watched)
            elif not watched.child.is_running:
                self._mourn(watched)

    def _mourn(self, watched: _Watched) -> None:
        """Kill what a dead child left behind, and schedule the restart of its service."""
        child = watched.child
        self.processes.clear(child)
        now = self.clock()
        watched.deaths = 1 if now - child.started > SETTLED else watched.deaths + 1
        pause = min(FIRST_PAUSE * 2 ** (watched.deaths - 1), LONGEST_PAUSE)
        watched.restart_at = now + pause
        if watched.deaths <= TOLD_EACH_TIME or watched.deaths % TOLD_SELDOM == 0:
            times = f", the {watched.deaths}th time in a row" if watched.deaths >= TOLD_EACH_TIME else ""
            self.say(f"{child.service.name} stopped {child.obituary()} It is started again in {pause:g} s{times}.")

    def _restart_in_time(self, watched: _Watched) -> None:
        if watched.restart_at is None or self.clock() < watched.restart_at:
            return
        try:
            watched.child = self.processes.start(watched.child.service)
        except LocalError as error:
            watched.restart_at = self.clock() + LONGEST_PAUSE
            self.say(error.detail)
        else:
            watched.restart_at = None
