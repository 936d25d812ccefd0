"""Variants: given values drawn for one learner that keep what the printed ones exercise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.names import Array
from grader.engine.notation import Kind, Quantity
from grader.engine.rules import Activate
from grader.judging.errors import GraderError
from grader.judging.exercise import Exercise, Part, Range, Vary
from grader.judging.separation import Gap, separate
from grader.judging.weights.task import WeightsTask

TRIES = 500
"""Draws before it is said that the conditions leave nothing."""

EVERY = 10_000
"""As many variants are looked at by the check: all of them, or as many seeded ones."""


class NoVariant(GraderError):
    """No given values that were drawn meet the conditions."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"{slug}: no variant in {TRIES} draws meets the conditions of [vary]; widen the ranges.")


@dataclass(frozen=True, slots=True)
class VariantSurvey:
    """What the check found of an exercise's variants.

    Attributes:
        looked_at: how many.
        all: whether these were all that there are.
        unfit: how many break a condition (near a threshold, saturated, not finite).
        idle: how many of the others have a derivative or an update of 0 where the printed values have none.
        narrow: how many of the rest bring a mistake within four tolerances of a right value.
        worst: the mistake that does so in most of them, and the field.
    """

    looked_at: int
    all: bool
    unfit: int
    idle: int
    narrow: int
    worst: Gap | None = None

    @property
    def usable(self) -> int:
        """How many may be drawn."""
        return self.looked_at - self.unfit - self.idle - self.narrow


def draw(exercise: Exercise, seed: int) -> dict[str, float]:
    """The given values of one variant; the same for the same seed.

    Args:
        exercise: with `vary`; without it the printed values come back.
        seed: not negative.

    Raises:
        NoVariant: the conditions leave nothing.
    """
    printed = {given.name: given.value for given in exercise.givens}
    if exercise.vary is None:
        return printed
    generator = np.random.default_rng(seed)
    for _ in range(TRIES):
        drawn = {name: _pick(generator, span) for name, span in sorted(exercise.vary.ranges.items())}
        varied = printed | drawn
        columns = {name: np.array([value]) for name, value in varied.items()}
        if _usable(exercise, exercise.vary, columns):
            return varied
    raise NoVariant(exercise.slug)


def variant(exercise: Exercise, values: Mapping[str, float] | None) -> Exercise:
    """The exercise with a learner's given values; as printed where there are none.

    The values may have been drawn from another revision of the exercise: what this one does not draw is as it prints
    it, and so is what the values do not name.
    """
    if values is None:
        return exercise
    drawn = values.keys() if exercise.vary is None else exercise.vary.ranges.keys() & values.keys()
    own = {given.name: values[given.name] if given.name in drawn else given.value for given in exercise.givens}
    givens = tuple(replace(given, value=own[given.name]) for given in exercise.givens)
    return replace(exercise, givens=givens, parts=tuple(_with_fixed(part, own) for part in exercise.parts))


def _with_fixed(part: Part, values: Mapping[str, float]) -> Part:
    """A part whose trained weights are tried together with these values of the others."""
    if not isinstance(part.task, WeightsTask):
        return part
    return replace(part, task=replace(part.task, fixed={name: values[name] for name in part.task.fixed}))


def survey(exercise: Exercise, vary: Vary) -> VariantSurvey:
    """Look at all variants, or at EVERY seeded ones where there are more."""
    rows = list(islice(_all(vary), EVERY + 1))
    complete = len(rows) <= EVERY
    if not complete:
        generator = np.random.default_rng(0)
        rows = [tuple(_pick(generator, span) for span in vary.ranges.values()) for _ in range(EVERY)]
    columns = dict(zip(vary.ranges, np.array(rows).T, strict=True))
    given = {given.name: np.full(len(rows), given.value) for given in exercise.givens} | columns
    if not exercise.asked:  # weights that are to be found have no values to look at
        return VariantSurvey(len(rows), complete, unfit=0, idle=0, narrow=0)
    values = exercise.graph.evaluate(given)
    fits = fit(exercise, vary, values, len(rows))
    good = fits & lively(exercise, values, len(rows))
    unfit, idle = int((~fits).sum()), int((fits & ~good).sum())
    if not good.any():
        return VariantSurvey(len(rows), complete, unfit, idle, narrow=0)
    found = separate(exercise, {name: value[good] for name, value in given.items()})
    worst = max(found.narrow, key=lambda gap: gap.variants, default=None)
    return VariantSurvey(len(rows), complete, unfit, idle, found.crowded, worst)


def fit(exercise: Exercise, vary: Vary, values: Mapping[str, Array], n: int) -> NDArray[np.bool_]:
    """Where everything is finite, no net lies near a threshold and no unit is saturated; shape (n,)."""
    good = np.ones(n, dtype=bool)
    for quantity in exercise.graph.computed:
        good &= np.isfinite(values[quantity.name])
        if quantity.kind is Kind.ACTIVATION:
            good &= _is_clear(quantity, vary, values)
    return good


def _usable(exercise: Exercise, vary: Vary, given: Mapping[str, Array]) -> bool:
    """Whether one draw may be given to a learner."""
    if not exercise.asked:
        return True
    values = exercise.graph.evaluate(given)
    good = fit(exercise, vary, values, 1) & lively(exercise, values, 1)
    return bool(good[0]) and not separate(exercise, given).crowded


def _is_clear(quantity: Quantity, vary: Vary, values: Mapping[str, Array]) -> Array:
    """Whether a unit is decided but not saturated."""
    out, net = values[quantity.name], values[quantity.parents[0]]
    rule = quantity.rule
    if not isinstance(rule, Activate) or rule.activation == SOFTMAX:
        return np.asarray((out > vary.saturation) & (out < 1.0 - vary.saturation))
    row = ACTIVATIONS[rule.activation]
    if row.df is None:
        return np.asarray(np.abs(net) >= vary.margin)
    if row.open:
        room = vary.saturation * (row.high - row.low)
        return np.asarray((out > row.low + room) & (out < row.high - room))
    return np.ones(len(out), dtype=bool)


def _pick(generator: np.random.Generator, span: Range) -> float:
    return span.at(int(generator.integers(span.count)))


def _all(vary: Vary) -> Iterator[tuple[float, ...]]:
    return product(*([span.at(k) for k in range(span.count)] for span in vary.ranges.values()))


DERIVATIVES = frozenset({Kind.ERROR_SLOPE, Kind.SLOPE, Kind.DELTA, Kind.GRADIENT, Kind.UPDATE})

NOISE = 1e-9
"""Smaller than this share of the printed derivative or change, a value is 0 but for rounding."""


def lively(exercise: Exercise, values: Mapping[str, Array], n: int) -> NDArray[np.bool_]:
    """Return where no derivative or update is 0 that is not 0 with the printed values.

    Only what the asked fields depend on counts. The weight of an epoch is updated row after row: there one row that
    changes it is enough, whichever it is.

    Args:
        exercise: with its printed values.
        values: every quantity of the graph, shape () or (n,).
        n: the number of variants.

    Returns:
        Shape (n,).
    """
    printed: dict[tuple[Kind, str], float] = {}
    found: dict[tuple[Kind, str], Array] = {}
    for quantity in exercise.graph.needed_for(exercise.asked).computed:
        if quantity.kind in DERIVATIVES:
            key = (quantity.kind, quantity.at)
            printed[key] = max(printed.get(key, 0.0), float(_size(quantity, exercise.reference)))
            found[key] = np.maximum(found.get(key, np.zeros(n)), _size(quantity, values))
    good = np.ones(n, dtype=bool)
    for key, size in printed.items():
        good &= (found[key] > NOISE * size) | (size == 0.0)
    return good


def _size(quantity: Quantity, values: Mapping[str, Array]) -> Array:
    """How large a derivative is, or how far an update moves its weight."""
    before = values[quantity.parents[0]] if quantity.kind is Kind.UPDATE else 0.0
    return np.abs(values[quantity.name] - before)
