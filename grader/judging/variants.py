"""Variants: given values drawn for one learner that exercise the same steps as the printed ones."""

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
"""Draws before the conditions are considered impossible."""

EVERY = 10_000
"""The check examines this many variants: all of them, or as many seeded ones."""


class NoVariant(GraderError):
    """No draw satisfies the exercise's conditions."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"{slug}: no variant in {TRIES} draws meets the conditions of [vary]; widen the ranges.")


@dataclass(frozen=True, slots=True)
class VariantSurvey:
    """The check's findings about an exercise's variants.

    Attributes:
        looked_at: their number.
        all: whether these are all variants.
        unfit: how many violate a condition (near a threshold, saturated, not finite).
        idle: how many of the others have a derivative or an update of 0 that the printed values do not have.
        narrow: how many of the rest bring a mistake within four tolerances of a correct value.
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
        """The number of usable variants."""
        return self.looked_at - self.unfit - self.idle - self.narrow


def draw(exercise: Exercise, seed: int) -> dict[str, float]:
    """Return the given values of one variant; the same for the same seed.

    Args:
        exercise: with `vary`; without it the printed values are returned.
        seed: not negative.

    Raises:
        NoVariant: no draw satisfies the conditions.
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
    """Return the exercise with a learner's given values; as printed without any.

    The values may have been drawn from another revision of the exercise: values that this one does not draw, or that
    are missing, are as printed.
    """
    if values is None:
        return exercise
    drawn = values.keys() if exercise.vary is None else exercise.vary.ranges.keys() & values.keys()
    own = {given.name: values[given.name] if given.name in drawn else given.value for given in exercise.givens}
    givens = tuple(replace(given, value=own[given.name]) for given in exercise.givens)
    return replace(exercise, givens=givens, parts=tuple(_with_fixed(part, own) for part in exercise.parts))


def _with_fixed(part: Part, values: Mapping[str, float]) -> Part:
    """Return a part whose trained weights are evaluated together with these values of the others."""
    if not isinstance(part.task, WeightsTask):
        return part
    return replace(part, task=replace(part.task, fixed={name: values[name] for name in part.task.fixed}))


def survey(exercise: Exercise, vary: Vary) -> VariantSurvey:
    """Examine all variants, or EVERY seeded ones if there are more."""
    rows = list(islice(_all(vary), EVERY + 1))
    complete = len(rows) <= EVERY
    if not complete:
        generator = np.random.default_rng(0)
        rows = [tuple(_pick(generator, span) for span in vary.ranges.values()) for _ in range(EVERY)]
    columns = dict(zip(vary.ranges, np.array(rows).T, strict=True))
    given = {given.name: np.full(len(rows), given.value) for given in exercise.givens} | columns
    if not exercise.asked:  # weights to be trained have no values to examine
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
    """Return where everything is finite, no net is near a threshold and no unit is saturated; shape (n,)."""
    good = np.ones(n, dtype=bool)
    for quantity in exercise.graph.computed:
        good &= np.isfinite(values[quantity.name])
        if quantity.kind is Kind.ACTIVATION:
            good &= _is_clear(quantity, vary, values)
    return good


def _usable(exercise: Exercise, vary: Vary, given: Mapping[str, Array]) -> bool:
    """Return whether one draw may be given to a learner."""
    if not exercise.asked:
        return True
    values = exercise.graph.evaluate(given)
    good = fit(exercise, vary, values, 1) & lively(exercise, values, 1)
    return bool(good[0]) and not separate(exercise, given).crowded


def _is_clear(quantity: Quantity, vary: Vary, values: Mapping[str, Array]) -> Array:
    """Return whether a unit is decided but not saturated."""
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
"""A derivative or change below this share of the printed one is 0 except for rounding."""


def lively(exercise: Exercise, values: Mapping[str, Array], n: int) -> NDArray[np.bool_]:
    """Return where no derivative or update is 0 that is not 0 with the printed values.

    Only quantities that the asked fields depend on matter. The weight of an epoch is updated row by row: one row that
    changes it is enough.

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
    """Return the size of a derivative, or of the change by an update."""
    before = values[quantity.parents[0]] if quantity.kind is Kind.UPDATE else 0.0
    return np.abs(values[quantity.name] - before)
