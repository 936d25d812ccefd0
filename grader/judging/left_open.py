"""The precision of typed digits: how far later values may lie from their expected values.

A student who writes 0.5933 may have continued with 0.593269992. Both values are known: the typed one, and the result of
the step before it was rounded. Later steps may differ by exactly this difference, and no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.notation import Kind, Quantity
from grader.judging.follow_through import Followed, Mask
from grader.judging.tolerance import BORDER

SLIP = 0.05
"""An entry that is not rounded from anything known leaves open its last digit, up to this share of itself."""

ROOM = 0.01
"""The last typed digits widen a tolerance by at most this share of the expected value …"""

ROOM_OF_CHANGE = 0.05
"""… and for an updated weight of its expected change."""

MOST = 0.25
"""Effects added up over many rounded values widen a later one by at most this share of it (of its change)."""

READINGS = 3
EXACTLY, BY_DIGITS, ON_PAPER = range(READINGS)
"""Three measures of what an entry leaves open: its distance from the value it is rounded from; half a unit of its last
digit; and the first one, with values that were not submitted rounded like those that were.
"""

MOST_OF_VALUE = np.array([[MOST], [ROOM], [MOST]])
MOST_OF_CHANGE = np.array([[MOST], [ROOM_OF_CHANGE], [MOST]])


@dataclass(frozen=True)
class LeftOpen:
    """How far each expected value may move; for each quantity that was examined, shape (n,).

    Attributes:
        moved: how far the value expected from the entries may be off, at most.
        unrounded: the value expected from all earlier entries before they were rounded.
        by_digits: how far the last typed digits of earlier entries may move it, whatever they are rounded from: the
            limit for a value that is itself rounded.
        on_paper: `moved`, if values that were not submitted were rounded as well, on scratch paper.
    """

    moved: dict[str, Array]
    unrounded: dict[str, Array]
    by_digits: dict[str, Array]
    on_paper: dict[str, Array]

    def note(self, name: str, moved: Array, unrounded: Array) -> None:
        """Record the results of one quantity; `moved` has the three measures, shape (3, n)."""
        self.moved[name], self.by_digits[name], self.on_paper[name] = moved
        self.unrounded[name] = unrounded


@dataclass(frozen=True)
class UsualRounding:
    """How a student rounds: values on scratch paper are assumed to be rounded like the submitted ones.

    Attributes:
        share: half a unit of the last digit relative to the value, median of the sheet; shape (n,).
        least: the smallest half unit of the sheet: constant if the student counts decimals; shape (n,).
    """

    share: Array
    least: Array

    @classmethod
    def of(cls, followed: Followed, half_units: Mapping[str, Array]) -> Self:
        """Estimate it from the entries."""
        halves = np.stack(list(half_units.values()), axis=1)
        typed = np.stack([followed.own[name] for name in half_units], axis=1)
        shown = np.isfinite(halves) & (typed != 0) & np.isfinite(typed)
        with np.errstate(all="ignore"):
            shares = np.sort(np.where(shown, halves / np.abs(typed), np.inf), axis=1)  # unused cells sort to the end
        middle = shares[np.arange(len(shares)), np.maximum(shown.sum(axis=1) - 1, 0) // 2]
        least = np.min(halves, axis=1, where=shown, initial=np.inf)
        return cls(*(np.where(np.isfinite(one), one, 0.0) for one in (middle, least)))

    def of_value(self, value: Array) -> Array:
        """Return what a value on scratch paper leaves open; shape (n,)."""
        return np.maximum(self.share * np.abs(value), self.least)


def left_open(graph: Graph, followed: Followed, half_units: Mapping[str, Array], wanted: Iterable[str]) -> LeftOpen:
    """Compute what earlier typed digits leave open for some quantities.

    Args:
        graph: all quantities.
        followed: the follow-through pass.
        half_units: for each asked quantity half a unit of the last typed digit, shape (n,), nan where blank.
        wanted: names of the quantities of interest.
    """
    n = len(next(iter(half_units.values())))
    opened: dict[str, Array] = {}
    unrounded: dict[str, Array] = {name: followed.own[name] for name in graph.given}
    found = LeftOpen({}, {}, {}, {})
    usual = UsualRounding.of(followed, half_units)
    with np.errstate(all="ignore"):
        for quantity in graph.needed_for(wanted).computed:
            name = quantity.name
            # What the parents leave open moves this value, up to a limit; an entry has its own precision instead.
            moved = np.minimum(_movement(quantity, followed, opened), _caps(quantity, followed))
            before = _before_rounding(quantity, unrounded, n)
            found.note(name, moved, before)
            left, unrounded[name] = np.broadcast_to(moved, (READINGS, n)).copy(), before
            left[ON_PAPER] += usual.of_value(followed.expected[name])
            if name in half_units:
                left, unrounded[name] = _entered(RoundingStep(followed, name, before), half_units[name], left)
            opened[name] = left
    return found


def by_last_digits(
    graph: Graph, followed: Followed, half_units: Mapping[str, Array], wanted: Iterable[str]
) -> dict[str, Array]:
    """Return how far half a unit of the last typed digits moves some quantities; shape (n,).

    This suffices for values that are not rounded from the expected one: only the nearest entries matter.

    Args:
        graph: all quantities.
        followed: the follow-through pass.
        half_units: for each asked quantity half a unit of the last typed digit, shape (n,), nan where blank.
        wanted: names of the quantities of interest.
    """
    complete = {name: half for name, half in half_units.items() if not np.isnan(half).any()}
    opened = {name: np.where(followed.own[name] == 0, 0.0, half) for name, half in complete.items()}
    found: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for quantity in graph.needed_for(wanted, complete).computed:
            name = quantity.name
            found[name] = np.minimum(_movement(quantity, followed, opened), _caps(quantity, followed)[BY_DIGITS])
            if name in half_units and name not in complete:
                half = half_units[name]
                typed = np.where(followed.own[name] == 0, 0.0, half)
                opened[name] = np.where(np.isnan(half), found[name], typed)
            elif name not in complete:
                opened[name] = found[name]
    return found


def _movement(quantity: Quantity, followed: Followed, opened: Mapping[str, Array]) -> Array:
    """Add up how far each parent may move the value; shape (n,), or (3, n) if parents have three measures."""
    expected = followed.expected[quantity.name]
    values = [followed.own[parent] for parent in quantity.parents]
    total = np.zeros(len(expected))
    if quantity.rule is None:
        return total
    for k, parent in enumerate(quantity.parents):
        if parent in opened:  # given values leave nothing open
            nudged = [*values[:k], values[k] + opened[parent], *values[k + 1 :]]
            total = total + np.abs(quantity.rule(*nudged) - expected)
    return np.where(np.isfinite(total), total, 0.0)


def _caps(quantity: Quantity, followed: Followed) -> Array:
    """Return the most by which each measure widens, shape (3, n): shares of the expected value or change."""
    expected = followed.expected[quantity.name]
    if quantity.kind is Kind.UPDATE:
        return MOST_OF_CHANGE * np.abs(expected - followed.own[quantity.parents[0]])
    return MOST_OF_VALUE * np.abs(expected)


def _before_rounding(quantity: Quantity, unrounded: Mapping[str, Array], n: int) -> Array:
    if quantity.rule is None:
        return np.full(n, np.nan)
    return np.broadcast_to(np.asarray(quantity.rule(*(unrounded[parent] for parent in quantity.parents))), (n,))


@dataclass(frozen=True)
class RoundingStep:
    """One entered quantity: the pass, its name, and its value before any rounding."""

    followed: Followed
    name: str
    before: Array


def _entered(step: RoundingStep, half: Array, left: Array) -> tuple[Array, Array]:
    """Return what an entry leaves open in each measure, and its value before it was rounded.

    Args:
        step: the quantity.
        half: half a unit of the last digit, nan where blank.
        left: what a blank leaves open, shape (3, n).
    """
    own, expected, before = step.followed.own[step.name], step.followed.expected[step.name], step.before
    # Is the entry rounded from the exact value, or from the value expected from the entries? Then the distance is known.
    is_before, is_expected = (_came_from(exact, own, half, left[EXACTLY]) for exact in (before, expected))
    from_before = np.where(is_before, np.abs(own - before), 0.0)
    from_expected = np.where(is_expected, np.abs(own - expected), 0.0)
    known = np.maximum(from_before, from_expected)
    # Otherwise only its last digit is open.
    exactly = np.where(is_before | is_expected, known, np.minimum(half, SLIP * np.abs(own)))
    by_digits = np.where(own == 0, left[BY_DIGITS], half)
    blank = np.isnan(half)
    value = np.where(blank | is_before, before, np.where(is_expected, expected, own))
    return np.where(blank, left, np.stack([exactly, by_digits, exactly])), value


def _came_from(exact: Array, own: Array, half: Array, movement: Array) -> Mask:
    """Return whether an entry is a value rounded or truncated at its last digit; the value itself may move a little."""
    off = np.abs(own - exact)
    is_cut = (np.abs(exact) >= np.abs(own)) & (own * exact > 0) & (off < 2.0 * half)
    return np.asarray((off <= BORDER * half + movement) | is_cut)
