"""Few do it at once, few wait, and who has tried least comes first."""

from threading import Thread

import pytest

from grader.services.accounts.passwords import NoTurn, Turns
from tests.fixtures.patience import PATIENCE, wait_until


class Visitors:
    """Threads that come for a turn one after the other; each has it as soon as it gets it, and leaves."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.served: list[str] = []
        self.refused: list[str] = []
        self._threads: list[Thread] = []

    def come(self, name: str, tries: int) -> None:
        """Start a caller, and return once it waits or is refused."""
        before = self.turns.waiting + len(self.refused)
        thread = Thread(target=self._visit, args=(name, tries))
        thread.start()
        self._threads.append(thread)
        wait_until(lambda: self.turns.waiting + len(self.refused) > before)

    def _visit(self, name: str, tries: int) -> None:
        try:
            with self.turns.turn(tries):
                self.served.append(name)
        except NoTurn:
            self.refused.append(name)

    def leave(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)


def test_who_has_tried_least_is_next_and_who_has_tried_most_makes_room() -> None:
    turns = Turns(1, 3, PATIENCE)
    visitors = Visitors(turns)
    with turns.turn():
        for name, tries in (
            ("guesser", 5),
            ("another", 3),
            ("early", 0),
            ("late", 0),
            ("guesser again", 6),
            ("third", 3),
        ):
            visitors.come(name, tries)
        assert turns.waiting == 3
    visitors.leave()
    assert visitors.served == ["early", "late", "another"]
    assert visitors.refused == ["guesser", "guesser again", "third"]


def test_whoever_mistyped_once_is_not_kept_out_by_a_flood_of_newcomers() -> None:
    turns = Turns(1, 20, PATIENCE)
    visitors = Visitors(turns)
    with turns.turn():
        visitors.come("mistyped", 1)
        visitors.come("guesser", 100)
        for number in range(10):
            visitors.come(f"new {number}", 0)
    visitors.leave()
    assert visitors.served.index("mistyped") == 2  # behind those who came as the next, not behind all
    assert visitors.served[-1] == "guesser"


def test_without_places_to_wait_a_free_turn_is_had_and_a_taken_one_refused() -> None:
    turns = Turns(2, 0, PATIENCE)
    with turns.turn(), turns.turn(), pytest.raises(NoTurn), turns.turn():
        pytest.fail("three at once")
    with turns.turn():
        assert turns.waiting == 0


def test_a_turn_that_does_not_come_is_given_up() -> None:
    turns = Turns(1, 1, 0.01)
    with turns.turn(), pytest.raises(NoTurn), turns.turn():
        pytest.fail("two at once")
    assert turns.waiting == 0


def test_a_turn_is_given_on_whatever_happened_in_it() -> None:
    turns = Turns(1, 1, PATIENCE)

    def fail() -> None:
        with turns.turn():
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()
    with turns.turn():
        assert turns.waiting == 0
