"""Rows of data made by seeded code, keyed by the name that appears in exercise files.

The same seed gives the same rows on every machine and with every NumPy: what is drawn are the raw bits of PCG64,
which NumPy promises never to change; uniform and normal numbers are made of them here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.random import PCG64

from grader.engine.names import Array

UNUSED_BITS = 11
"""A double holds 53 of the 64 bits that are drawn."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe for data.

    Attributes:
        seed: of the random bits.
        count: the number of rows.
        noise: standard deviation of the noise added to each input.
    """

    seed: int
    count: int
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Generator:
    """One kind of data: two inputs, and a target of 0 or 1.

    Attributes:
        points: from positions along the two shapes, in [0, 1), and the classes to inputs of shape (count, 2).
        told: a description.
    """

    points: Callable[[Array, Array], Array]
    told: str


def two_moons(place: Array, which: Array) -> Array:
    """Two half circles of radius 1 that reach into each other."""
    angle = np.pi * place
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.where(which[:, None] == 0, upper, lower)


def circles(place: Array, which: Array) -> Array:
    """A circle of radius 0.5 (class 1) within one of radius 1 (class 0)."""
    angle = 2.0 * np.pi * place
    radius = np.where(which == 0, 1.0, 0.5)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def exclusive_or(place: Array, which: Array) -> Array:
    """The corners of a square of side 1; class 1 where the two inputs differ."""
    first = np.where(place < 0.5, 0.0, 1.0)  # noqa: PLR2004 - half of the positions each
    return np.stack([first, np.abs(which - first)], axis=1)


GENERATORS: Mapping[str, Generator] = MappingProxyType(
    {
        "two-moons": Generator(two_moons, "two half circles that reach into each other"),
        "circles": Generator(circles, "a circle within a circle"),
        "exclusive-or": Generator(exclusive_or, "the four corners of a square"),
    }
)


def make_rows(name: str, recipe: Recipe) -> tuple[Array, Array]:
    """Return inputs of shape (count, 2) and targets of shape (count,), with alternating classes."""
    bits = PCG64(recipe.seed)
    which = (np.arange(recipe.count) % 2).astype(np.float64)
    points = GENERATORS[name].points(uniform(bits, recipe.count), which)
    noise = np.stack([normal(bits, recipe.count), normal(bits, recipe.count)], axis=1)
    return points + recipe.noise * noise, which


def uniform(bits: PCG64, count: int) -> Array:
    """Return numbers in [0, 1), shape (count,)."""
    raw = np.asarray(bits.random_raw(count), dtype=np.uint64)
    return (raw >> np.uint64(UNUSED_BITS)).astype(np.float64) / 2.0**53


def normal(bits: PCG64, count: int) -> Array:
    """Return standard normal numbers, shape (count,), by the Box-Muller method."""
    radius = np.sqrt(-2.0 * np.log1p(-uniform(bits, count)))
    return np.asarray(radius * np.cos(2.0 * np.pi * uniform(bits, count)))
