"""Keeps services running: one that dies is started again, later each time that it dies soon."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.local.errors import LocalError
from grader.local.processes import Child, Processes

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SETTLED = 30.0
"""Who has lived this long, in seconds, has recovered: its next death is a first one again."""

TOLD_EACH_TIME, TOLD_SELDOM = 8, 20
"""What dies again and again is tried for ever, since a full disk may be emptied, but said only now and then."""


@dataclass(slots=True)
class _Watched:
    child: Child
    deaths: int = 0
    restart_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Watches children; call `tend` often."""

    processes: Processes
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    _watched: list[_Watched] = field(default_factory=list)

    def watch(self, child: Child) -> None:
        """Keep this child's service running from now on."""
        self._watched.append(_Watched(child))

    def tend(self) -> None:
        """Look after every child once, and after what ends them should we be killed."""
        self.processes.keep_lifeline()
        for watched in self._watched:
            if watched.restart_at is not None:
                self._restart_in_time(watched)
            elif not watched.child.is_running:
                self._mourn(watched)

    def _mourn(self, watched: _Watched) -> None:
        """End what a dead child left behind, and decide when to start its service again."""
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
