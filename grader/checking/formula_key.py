"""What one asked formula is compared with: the right values, those of every mistake, those of the other sign."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.checking.exercise import Exercise
from grader.checking.follow import Mask
from grader.checking.formula_task import computed_at
from grader.engine.arrays import Array
from grader.engine.cut import following, loose_end
from grader.engine.mistakes import Way
from grader.engine.notation import label
from grader.engine.quantities import Kind

CLOSE = 1e-9
"""Two formulas agree at a point within this share of the value …"""

NOISE = 1e-12
"""… and what the order of operations may lose, as a share of the largest value."""

SOUND = 0.5
"""The share of the points at which a formula has to have a value to be compared with."""


@dataclass(frozen=True)
class Wrong:
    """What mistakes make of a formula.

    Attributes:
        mistakes: ids, one tuple per row.
        values: shape (rows, POINTS).
    """

    mistakes: tuple[tuple[str, ...], ...]
    values: Array

    def explaining(self, found: Array) -> tuple[tuple[str, ...], ...]:
        """The mistakes that give just these values, in the order of the table."""
        return tuple(self.mistakes[k] for k in np.flatnonzero(agree(found, self.values)).tolist())


@dataclass(frozen=True, eq=False)
class FormulaKey:
    """One asked formula.

    Attributes:
        exercise: of which it is.
        name: the field, and the quantity.
        points: its variables with the values that they take, shape (POINTS,).
    """

    exercise: Exercise
    name: str
    points: Mapping[str, Array]

    @cached_property
    def given(self) -> Mapping[str, Array]:
        """The given values that may stand in it as numbers."""
        return {given.name: np.asarray(given.value) for given in self.exercise.givens}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """LaTeX of its variables."""
        return {name: label(self.exercise.network, self.exercise.graph[name]) for name in self.points}

    @cached_property
    def kind(self) -> Kind:
        """What the quantity is."""
        return self.exercise.graph[self.name].kind

    @cached_property
    def free(self) -> Mapping[str, Array]:
        """The variables that don't follow from the others: a mistake changes what does."""
        bound = following(self.exercise.graph, self.points)
        return {name: values for name, values in self.points.items() if name not in bound}

    @cached_property
    def right(self) -> Array:
        """What it should give, shape (POINTS,)."""
        return computed_at(self.exercise.graph, self.name, self.free, self.given)

    @cached_property
    def turned(self) -> Array:
        """What it gives where node deltas are written with the opposite sign: in it, and as it."""
        graph = self.exercise.graph
        points = {n: -value if graph[n].kind is Kind.DELTA else value for n, value in self.points.items()}
        values = computed_at(graph, self.name, points, self.given)
        return -values if self.kind is Kind.DELTA else values

    @cached_property
    def depends_on_sign(self) -> bool:
        """Whether the sign of node deltas makes a difference."""
        return not agree(self.turned, self.right)

    @cached_property
    def takes_either_sign(self) -> bool:
        """Whether it can be written with a node delta, or with what that delta follows from."""
        return any(self.exercise.graph[name].kind is Kind.DELTA for name in self.points.keys() - self.free.keys())

    @cached_property
    def mirrored(self) -> Array:
        """The right values with the sign of the gradient lost: negated, or stepped in the other direction."""
        if self.kind is not Kind.UPDATE:
            return -self.right
        before = self.exercise.graph[self.name].parents[0]
        return 2.0 * {**self.given, **self.points}[before] - self.right

    @cached_property
    def singles(self) -> Wrong:
        """What each mistake gives."""
        return self._wrong(self.exercise.single_mistakes.ways)

    @cached_property
    def pairs(self) -> Wrong:
        """What every two mistakes give."""
        return self._wrong(self.exercise.mistake_pairs.ways)

    def _wrong(self, ways: Iterable[Way]) -> Wrong:
        rows = [
            (way.mistakes, computed_at(way.graph, self.name, self.free, self.given))
            for way in ways
            if loose_end(way.graph, self.name, self.free, self.given) is None
        ]
        rows = [(mistakes, values) for mistakes, values in rows if not agree(values, self.right)]
        values = np.array([values for _, values in rows]).reshape(len(rows), len(self.right))
        return Wrong(tuple(mistakes for mistakes, _ in rows), values)


def agree(found: Array, wanted: Array) -> Mask:
    """Whether formulas are the same, by their values along the last axis, wherever the wanted one has any."""
    sound = np.isfinite(wanted)
    return np.asarray((apart(found, wanted) == 0).all(axis=-1) & (sound.mean(axis=-1) >= SOUND))


def apart(found: Array, wanted: Array) -> Mask:
    """At which points the wanted formula has a value and the found one none, or another."""
    sound = np.isfinite(wanted)
    with np.errstate(all="ignore"):
        largest = np.max(np.abs(wanted), axis=-1, keepdims=True, where=sound, initial=0.0)
        near = np.abs(found - wanted) <= CLOSE * np.abs(wanted) + NOISE * largest
    return np.asarray(sound & ~near)
