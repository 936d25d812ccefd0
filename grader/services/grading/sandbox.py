"""A child process in which single submissions are judged, with limits on time and memory."""

import fcntl
import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from tempfile import TemporaryFile
from threading import Timer, current_thread, main_thread
from time import monotonic
from types import FrameType
from typing import IO, Any, cast

from grader.judging.report import Report


class TooSlowError(Exception):
    """Something exceeded its time limit."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block with an exception after some seconds.

    Only the main thread of a process can be interrupted, which is where a worker judges; in other threads there is no
    limit. A timer that is already running continues afterwards.

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
"""The child enforces its own time limit; if it fails to, it is killed after this additional time."""

_PROGRAM = "grader.services.grading.sandbox_main"


class SandboxFailedError(Exception):
    """A submission could not be judged in a child process; the text says why."""


@dataclass(frozen=True, slots=True)
class SandboxRequest:
    """A request to the child: submissions, the source of their exercise, and files by hash, base64-encoded.

    All are judged together, by the same values. `overrides` are the deviations of their assignment from the exercise.
    """

    slug: str
    revision: str
    source: Mapping[str, str]
    answers: Sequence[Mapping[str, Any]]
    givens: Mapping[str, float] | None = None
    contents: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)


class SandboxPlaces:
    """How many of a worker's processes may judge in a sandbox at once: the others stay free for what is quick.

    Create it before the processes fork. A place is the lock on a byte of a file without a name, which the operating
    system releases when its process ends, however it ends.
    """

    def __init__(self) -> None:
        self._places = 1
        self._file = TemporaryFile()  # noqa: SIM115 - open until `close`

    def keep_one_free(self, processes: int) -> None:
        """Allow all of the worker's processes but one to judge in a sandbox at once."""
        self._places = max(1, processes - 1)

    @contextmanager
    def place(self) -> Iterator[bool]:
        """Take a place for the duration of the block; gives False if all are taken."""
        taken = next(filter(self._take, range(self._places)), None)
        try:
            yield taken is not None
        finally:
            if taken is not None:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, taken)

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _take(self, place: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except (BlockingIOError, PermissionError):  # either may tell that another process has it
            return False
        return True


class SandboxProcess:
    """A process that judges one request after the other; if one of them ends the process, it cannot be used again."""

    def __init__(self, seconds: float, mebibytes: int) -> None:
        """Start the process and wait until it is ready.

        Raises:
            SandboxFailedError: it does not start.
        """
        self._seconds = seconds
        self._process = subprocess.Popen(  # noqa: S603 - our own program with two numbers
            [sys.executable, "-m", _PROGRAM, str(seconds), str(mebibytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._exchange("", STARTING_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it accepts requests."""
        return self._process.returncode is None

    def judge(self, request: SandboxRequest) -> list[Report]:
        """Return the reports of the submissions.

        Raises:
            SandboxFailedError: judging raised, exceeded the limits on time or memory, or ended the process.
        """
        reply = self._exchange(json.dumps(asdict(request)) + "\n", self._seconds + GRACE_SECONDS)
        if "error" in reply:
            raise SandboxFailedError(reply["error"])
        return [Report.from_json(report) for report in reply["reports"]]

    def close(self) -> None:
        """Stop the process."""
        self._process.kill()
        self._process.communicate()

    def _exchange(self, line: str, patience: float) -> dict[str, Any]:
        """Send a line and return the response; a process that does not respond in time is killed."""
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
