"""Whether tolerances separate correct values from every recognised mistake."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.engine.names import Array
from grader.judging.exercise import Exercise


@dataclass(frozen=True, slots=True)
class Changed:
    """One field that a mistake changes.

    Attributes:
        field: name.
        right: the reference.
        wrong: the mistake's value.
        tolerances: their distance, in units of the field's tolerance.
    """

    field: str
    right: float
    wrong: float
    tolerances: float


@dataclass(frozen=True, slots=True)
class MistakeEffect:
    """One variant of one mistake, made throughout.

    Attributes:
        mistake: id.
        changed: the asked fields that it changes, in order of computation; empty if it is invisible.
    """

    mistake: str
    changed: tuple[Changed, ...]

    @property
    def nearest(self) -> Changed | None:
        """The field in which it is hardest to distinguish from the correct value."""
        return min(self.changed, key=lambda one: one.tolerances, default=None)

    @property
    def is_narrow(self) -> bool:
        """Whether it comes so near to a correct value that the tolerance does not separate them."""
        return self.nearest is not None and self.nearest.tolerances < ENOUGH


def mistake_effects(exercise: Exercise) -> tuple[MistakeEffect, ...]:
    """Return every possible single mistake in an exercise with its effect; empty if nothing is computed."""
    if not exercise.asked or not exercise.single_mistakes.ways:
        return ()
    given = {name: exercise.reference[name] for name in exercise.graph.given}
    ensemble = exercise.single_mistakes
    wrong = ensemble.follow(given, {}, 1, exercise.computed_order)
    return tuple(
        MistakeEffect(way.id, tuple(_changed(exercise, {name: float(wrong[name][k, 0]) for name in exercise.asked})))
        for k, way in enumerate(ensemble.ways)
    )


def _changed(exercise: Exercise, wrong: dict[str, float]) -> list[Changed]:
    found = []
    for name, value in wrong.items():
        right = float(exercise.reference[name])
        distance = abs(value - right)
        if not distance <= SAME * max(1.0, abs(right)):  # undefined values count as changed
            found.append(Changed(name, right, value, distance / float(np.maximum(exercise.width(name), 1e-300))))
    return found


ACCEPTED = 1.0
"""A mistake's value within this many tolerances of the correct one is accepted as correct."""


@dataclass(frozen=True, slots=True)
class AcceptedMistake:
    """A mistake that comes too near to the correct value of a field.

    Attributes:
        field: its name.
        mistake: id.
        tolerances: the distance in units of the tolerance; up to 1 the mistake's value passes as correct.
    """

    field: str
    mistake: str
    tolerances: float

    @property
    def passes(self) -> bool:
        """Whether the mistake gets full marks."""
        return self.tolerances <= ACCEPTED


def accepted_mistakes(exercise: Exercise, variants: Sequence[Mapping[str, float]] = ()) -> tuple[AcceptedMistake, ...]:
    """Return the mistakes that come within four tolerances of a correct value, nearest first.

    Args:
        exercise: with the planned tolerances.
        variants: given values of learners, examined in addition to the printed ones.
    """
    if not exercise.asked:
        return ()
    given = {
        one.name: np.array([one.value, *(values.get(one.name, one.value) for values in variants)])
        for one in exercise.givens
    }
    return tuple(AcceptedMistake(gap.field, gap.mistake, gap.tolerances) for gap in separate(exercise, given).narrow)


ENOUGH = 4.0
"""A mistake's value must lie at least this many tolerances from the correct one."""

FINEST = 1e-9
"""The finest share that people can be asked to resolve."""

SAME = 1e-12
"""A difference below this share of the value is no change."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """How near one mistake comes to the correct value of one field.

    Attributes:
        tolerances: the distance in units of the field's tolerance.
        field: its name.
        mistake: id.
        variants: the number of variants in which it comes nearer than ENOUGH.
    """

    tolerances: float
    field: str
    mistake: str
    variants: int = 0


@dataclass(frozen=True, slots=True)
class Separation:
    """The result for one set of given values, or the worst case over many.

    Attributes:
        gaps: for each field the nearest mistake that changes it, narrowest first.
        narrow: all gaps under ENOUGH.
        crowded: the number of variants with a gap under ENOUGH.
        unseen: mistakes that change no asked field.
        alike: groups of mistakes that give the same in every field.
    """

    gaps: tuple[Gap, ...]
    narrow: tuple[Gap, ...]
    crowded: int
    unseen: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]


def separate(exercise: Exercise, given: Mapping[str, Array] | None = None) -> Separation:
    """Measure the distances.

    Args:
        exercise: the exercise.
        given: given values, shape () or (n,) for n variants; by default the printed ones.

    Returns:
        The narrowest gaps over all variants.
    """
    given = given or {name: exercise.reference[name] for name in exercise.graph.given}
    n = max((np.size(value) for value in given.values()), default=1)
    # Correct values have shape (n,), those of mistakes (ways, n).
    right = exercise.graph.evaluate(given)
    wrong = (
        exercise.single_mistakes.follow(given, {}, n, exercise.computed_order) if exercise.single_mistakes.ways else {}
    )
    ids = [way.id for way in exercise.single_mistakes.ways]
    ratios = {name: _ratios(exercise, name, right, wrong) for name in exercise.asked} if ids else {}
    gaps = [gap for name, ratio in ratios.items() for gap in _gaps(name, ratio, ids)]
    nearest = {name: min((gap for gap in gaps if gap.field == name), default=None) for name in exercise.asked}
    seen = {gap.mistake for gap in gaps}
    return Separation(
        gaps=tuple(sorted(gap for gap in nearest.values() if gap)),
        narrow=tuple(sorted(gap for gap in gaps if gap.tolerances < ENOUGH)),
        crowded=int(np.any([(ratio < ENOUGH).any(axis=0) for ratio in ratios.values()], axis=0).sum()) if ids else 0,
        unseen=tuple(dict.fromkeys(mistake for mistake in ids if mistake not in seen)),
        alike=tuple(_alike(exercise, wrong, ids)),
    )


def would_do(exercise: Exercise, gap: Gap) -> str | None:
    """Return a tolerance that keeps a mistake away, in the author's notation; None if no sensible one does."""
    tolerance = exercise.asked[gap.field].tolerance
    # Shrink the part of the tolerance that applies (the larger one) until the gap is ENOUGH tolerances wide.
    share = gap.tolerances / ENOUGH
    right = abs(float(exercise.reference[gap.field]))
    if not tolerance.of_change and tolerance.absolute > tolerance.relative * right:
        key, value, finest = "absolute", tolerance.absolute * share, FINEST * right
    else:
        key, value, finest = "of_change" if tolerance.of_change else "relative", tolerance.relative * share, FINEST
    if not value > finest:
        return None
    # Round down to one significant digit, which is how authors write tolerances.
    unit = 10.0 ** np.floor(np.log10(value))
    return f"{key} = {np.floor(value / unit) * unit:.0e}"


def _ratios(exercise: Exercise, name: str, right: Mapping[str, Array], wrong: Mapping[str, Array]) -> Array:
    """Return distances of one field in units of its tolerance, inf where a mistake changes nothing; shape (ways, n)."""
    expected = right[name]
    weight = exercise.before(name)
    width = exercise.asked[name].tolerance.width(expected, right[weight] if weight else 0.0)
    with np.errstate(all="ignore"):
        # Equal up to rounding is no change, and an undefined value is infinitely far away.
        distance = np.abs(wrong[name] - expected)
        ratio = np.where(distance <= SAME * np.maximum(1.0, np.abs(expected)), np.inf, distance / width)
    return np.nan_to_num(ratio, nan=np.inf, posinf=np.inf)


def _gaps(name: str, ratio: Array, ids: list[str]) -> Iterator[Gap]:
    """Yield the narrowest gap to each mistake that changes the field at all."""
    for mistake in dict.fromkeys(ids):
        # The nearest of a mistake's variants, for each set of given values.
        distances = ratio[[k for k, other in enumerate(ids) if other == mistake]].min(axis=0)
        nearest = float(distances.min())
        if np.isfinite(nearest):
            yield Gap(nearest, name, mistake, int((distances < ENOUGH).sum()))


def _alike(exercise: Exercise, wrong: Mapping[str, Array], ids: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield groups of mistakes whose values agree in every asked field, to the last bits."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for k, mistake in enumerate(ids):
        values = tuple(np.array2string(wrong[name][k], precision=11) for name in exercise.asked)
        groups.setdefault(values, []).append(mistake)
    for group in groups.values():
        distinct = tuple(dict.fromkeys(group))
        if len(distinct) > 1:
            yield distinct
