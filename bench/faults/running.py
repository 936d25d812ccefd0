"""One fault after the other: what it damaged, and how long until what waited then was graded."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from bench.faults.blows import Fault
from bench.faults.clients import Clients
from bench.faults.ground import Ground, wait_until
from bench.faults.verdicts import Damage, damage
from grader.store.database import DATABASE_AWAY

HOLDING_SECONDS = 5.0
"""So long a moment is waited for at which workers hold claims: without load there may be none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one fault.

    Attributes:
        held: submissions that workers held when it struck, some of which they may still have graded.
        held_again: seconds from its end until these were graded; None if none were held.
        caught_up: seconds from its end until all was graded that waited then.
        repeated: requests that clients had to send again.
    """

    name: str
    submissions: int
    damage: Damage
    held: int
    held_again: float | None
    caught_up: float
    repeated: int

    def __str__(self) -> str:
        """One line for people."""
        again = "     -" if self.held_again is None else f"{self.held_again:6.1f}"
        told = f"lost {self.damage.lost}, doubled {self.damage.doubled}, changed {self.damage.changed}"
        return f"{self.name:36} held {self.held:4}: {again} s   all: {self.caught_up:6.1f} s   repeated {self.repeated:5}   {told}"


def suffer(ground: Ground, name: str, fault: Fault, submissions: int) -> Outcome:
    """Send submissions, strike meanwhile, and compare what is stored in the end with what was accepted."""
    if fault.prepare is not None:
        fault.prepare(ground)
    wait_until(ground.is_well, "the web server to answer")
    prefix = f"{name} {time.time():.0f} "
    clients = Clients(ground.port, ground.token, prefix, submissions)
    sending = clients.begin()
    try:
        clients.wait_for_first(sending.is_alive)
        clients.go_on()
        held = _held(ground, fault)
        watch = _Watch(ground, held)
        fault.strike(ground)
        watch.begin()
    finally:
        clients.release()
    sending.join()
    clients.conclude()
    watch.join()
    _wait_until_graded(ground)
    ground.send_visitors_away()
    done = damage(ground.sessions, prefix, clients.accepted)
    return Outcome(name, submissions, done, len(held), watch.held_again, watch.caught_up, clients.repeated)


def _held(ground: Ground, fault: Fault) -> set[str]:
    """Return what is claimed now; if the fault wants it, wait for a moment at which anything is."""
    until = time.monotonic() + HOLDING_SECONDS
    held = ground.held()
    while fault.holds and not held and time.monotonic() < until:
        held = ground.held()
    return held


def _wait_until_graded(ground: Ground) -> None:
    def is_done() -> bool:
        try:
            return ground.count_waiting() == 0
        except DATABASE_AWAY:
            return False

    wait_until(is_done, "all submissions to have an outcome")


@dataclass(slots=True)
class _Watch:
    """Looks when what was held, and all that waited, has an outcome."""

    ground: Ground
    held: set[str]
    held_again: float | None = None
    caught_up: float = 0.0
    _thread: Thread | None = None
    _done: Event = field(default_factory=Event)

    def begin(self) -> None:
        """Begin to look; time counts from now."""
        self._thread = Thread(target=self._look, args=(time.monotonic(),))
        self._thread.start()

    def join(self) -> None:
        """Wait for the end."""
        if self._thread is not None:
            self._thread.join()

    def _look(self, began: float) -> None:
        waiting = self._all()
        if still := self.held & waiting:
            self.held_again = self._until(still, began)
        self.caught_up = self._until(waiting, began)

    def _all(self) -> set[str]:
        """Return what waits, as soon as the database tells."""
        found: list[set[str]] = []

        def is_told() -> bool:
            try:
                found.append(self.ground.waiting())
            except DATABASE_AWAY:
                return False
            return True

        wait_until(is_told, "the database to answer")
        return found[-1]

    def _until(self, submissions: set[str], began: float) -> float:
        wait_until(lambda: self.ground.settles(submissions), "submissions to have an outcome")
        return time.monotonic() - began


Tell = Callable[[str], None]
