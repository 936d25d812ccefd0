"""A process of its own in which one submission is judged, within limits of time and memory."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from threading import Timer, current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import IO, Any, cast

from grader.judging.report import Report


class TooSlowError(Exception):
    """Something took longer than it may."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End the block with an exception when it takes longer.

    Only the main thread of a process can be interrupted, which is where a worker judges; in others nothing happens. A
    timer that runs already goes on afterwards.

    Raises:
        TooSlowError: the time is up.
    """
    if current_thread() is not main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlowError(f"judging took longer than {seconds:g} seconds")

    began, former = monotonic(), signal.signal(signal.SIGALRM, interrupt)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (monotonic() - began), 0.001), interval)


STARTING_SECONDS = 30.0
GRACE_SECONDS = 1.0
"""The child keeps its own time; this much later it is killed, should it not have done so."""

_PROGRAM = "grader.services.grading.sandbox_main"


class SandboxFailedError(Exception):
    """A submission could not be judged in a child process; the text says why."""


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """What the child is asked: one submission, all that its exercise is built from, and files by hash, as base64.

    `overrides` is what its assignment judges otherwise.
    """

    slug: str
    revision: str
    source: Mapping[str, str]
    answers: Mapping[str, Any]
    givens: Mapping[str, float] | None = None
    contents: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)


class SandboxProcess:
    """A process that judges one submission after the other; when one of them ends it, it is over."""

    def __init__(self, seconds: float, mebibytes: int) -> None:
        """Start it and wait until it is ready.

        Raises:
            ChildFailedError: it does not start.
        """
        self._seconds = seconds
        self._process = subprocess.Popen(  # noqa: S603 - our own program, with two numbers
            [sys.executable, "-m", _PROGRAM, str(seconds), str(mebibytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._exchange("", STARTING_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.returncode is None

    def judge(self, request: SandboxRequest) -> Report:
        """Return the report of one submission.

        Raises:
            ChildFailedError: judging it raised, took too long or too much memory, or ended the process.
        """
        reply = self._exchange(json.dumps(asdict(request)) + "\n", self._seconds + GRACE_SECONDS)
        if "error" in reply:
            raise SandboxFailedError(reply["error"])
        return Report.from_json(reply["report"])

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _exchange(self, line: str, patience: float) -> dict[str, Any]:
        """Say a line and return the answer; a process that gives none in time is killed."""
        timer = Timer(patience, self._process.kill)
        timer.start()
        try:
            cast("IO[str]", self._process.stdin).write(line)
            cast("IO[str]", self._process.stdin).flush()
            reply = cast("IO[str]", self._process.stdout).readline()
        except BrokenPipeError:
            reply = ""
        finally:
            timer.cancel()
        if not reply.endswith("\n"):
            self.close()
            raise SandboxFailedError(self._cause_of_death())
        return cast("dict[str, Any]", json.loads(reply))

    def _cause_of_death(self) -> str:
        match -self._process.returncode:
            case signal.SIGALRM:
                return f"judging took longer than {self._seconds:g} seconds"
            case number if number > 0:
                return f"judging was ended by {signal.Signals(number).name}"
            case _:
                return f"judging ended its process with status {self._process.returncode}"
