"""Turns at something that few may do at once: who has tried least comes first, nobody waits for ever, and few wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Condition
from typing import Final

BEHIND: Final = 4
"""So many who come later go first for each former try: not all of them, or a flood would keep others out for ever."""

MOST_BEHIND: Final = 20


class NoTurn(Exception):
    """Too many wait who have tried no more often, or the turn did not come in time."""


@dataclass(order=True, slots=True)
class _Ticket:
    """A place among those who wait; the one with the lowest rank is next."""

    rank: int
    number: int
    tries: int = field(compare=False)
    is_refused: bool = field(default=False, compare=False)


class Turns:
    """Lets some threads in at once and some more wait, for so long.

    Whoever comes while all places are taken gets the place of whoever has tried most, if that is more often: a flood of
    guesses crowds out itself, and not somebody who comes for the first time.
    """

    def __init__(self, at_once: int, most_waiting: int, patience: float) -> None:
        self._at_once, self._most_waiting, self._patience = at_once, most_waiting, patience
        self._changed = Condition()
        self._numbers = count()
        self._running = 0
        self._waiting: list[_Ticket] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def turn(self, tries: int = 0) -> Iterator[None]:
        """Wait for a turn and have it; `tries` is how often the same caller came lately.

        Raises:
            NoTurn: there is none.
        """
        with self._changed:
            number = next(self._numbers)
            self._wait(_Ticket(number + min(BEHIND * tries, MOST_BEHIND), number, tries))
            self._running += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def _wait(self, ticket: _Ticket) -> None:
        self._make_room_for(ticket)
        self._waiting.append(ticket)
        is_next = self._changed.wait_for(lambda: ticket.is_refused or self._is_next(ticket), self._patience)
        if ticket.is_refused:
            raise NoTurn
        self._waiting.remove(ticket)
        if not is_next:
            raise NoTurn

    def _is_next(self, ticket: _Ticket) -> bool:
        return self._running < self._at_once and min(self._waiting) is ticket

    def _make_room_for(self, ticket: _Ticket) -> None:
        is_free = self._running < self._at_once and not self._waiting
        if is_free or len(self._waiting) < self._most_waiting:
            return
        last = max(self._waiting, default=ticket, key=lambda one: (one.tries, one.number))
        if last.tries <= ticket.tries:
            raise NoTurn
        last.is_refused = True
        self._waiting.remove(last)
        self._changed.notify_all()
