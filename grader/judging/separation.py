"""Whether a tolerance separates right values from every recognised mistake."""

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
        wrong: what the mistake gives.
        tolerances: how far apart they are, in units of the field's tolerance.
    """

    field: str
    right: float
    wrong: float
    tolerances: float


@dataclass(frozen=True, slots=True)
class MistakeEffect:
    """One way of one mistake, made all the way through.

    Attributes:
        mistake: id.
        changed: the asked fields that come out otherwise, in the order of the computation; none where it cannot be seen.
    """

    mistake: str
    changed: tuple[Changed, ...]

    @property
    def nearest(self) -> Changed | None:
        """Where it is hardest to tell from right."""
        return min(self.changed, key=lambda one: one.tolerances, default=None)

    @property
    def is_narrow(self) -> bool:
        """Whether it comes so near to a right value somewhere that the tolerance does not keep it away."""
        return self.nearest is not None and self.nearest.tolerances < ENOUGH


def mistake_effects(exercise: Exercise) -> tuple[MistakeEffect, ...]:
    """Make every single mistake that can happen in an exercise, once each; none where nothing is computed."""
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
        if not distance <= SAME * max(1.0, abs(right)):  # what has no value is changed too
            found.append(Changed(name, right, value, distance / float(np.maximum(exercise.width(name), 1e-300))))
    return found


ACCEPTED = 1.0
"""A mistake's value that lies this many tolerances from the right one, or fewer, is taken for it."""


@dataclass(frozen=True, slots=True)
class AcceptedMistake:
    """A mistake that comes too near to the right value of a field.

    Attributes:
        field: its name.
        mistake: id.
        tolerances: the distance in units of the tolerance; under 1 the mistake's value passes as right.
    """

    field: str
    mistake: str
    tolerances: float

    @property
    def passes(self) -> bool:
        """Whether who makes the mistake gets full marks for it."""
        return self.tolerances <= ACCEPTED


def accepted_mistakes(exercise: Exercise, variants: Sequence[Mapping[str, float]] = ()) -> tuple[AcceptedMistake, ...]:
    """The mistakes that come within four tolerances of a right value, the nearest first.

    Args:
        exercise: with the tolerances that are thought of.
        variants: given values of learners that are looked at beside the printed ones.
    """
    if not exercise.asked:
        return ()
    given = {
        one.name: np.array([one.value, *(values.get(one.name, one.value) for values in variants)])
        for one in exercise.givens
    }
    return tuple(AcceptedMistake(gap.field, gap.mistake, gap.tolerances) for gap in separate(exercise, given).narrow)


ENOUGH = 4.0
"""A mistake's value must lie at least this many tolerances from the right one."""

FINEST = 1e-9
"""No person is asked for more digits than this share shows."""

SAME = 1e-12
"""Nearer than this share of the value, a mistake changes nothing."""


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """How near one mistake comes to the right value of one field.

    Attributes:
        tolerances: the distance in units of the field's tolerance.
        field: name of the field.
        mistake: id.
        variants: in how many of the variants it comes nearer than ENOUGH.
    """

    tolerances: float
    field: str
    mistake: str
    variants: int = 0


@dataclass(frozen=True, slots=True)
class Separation:
    """What was found for one set of given values, or the worst over many.

    Attributes:
        gaps: per field the nearest mistake that changes it, the narrowest first.
        narrow: all gaps under ENOUGH.
        crowded: in how many of the variants some gap is under ENOUGH.
        unseen: mistakes that change no field that is asked.
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
        exercise: what is asked.
        given: given values, shape () or (n,) for n variants; the printed ones where left out.

    Returns:
        The narrowest gaps over all variants.
    """
    given = given or {name: exercise.reference[name] for name in exercise.graph.given}
    n = max((np.size(value) for value in given.values()), default=1)
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
    """The tolerance of a field that keeps a mistake away, as an author writes it; None where no sensible one would."""
    tolerance = exercise.asked[gap.field].tolerance
    share = gap.tolerances / ENOUGH
    right = abs(float(exercise.reference[gap.field]))
    if not tolerance.of_change and tolerance.absolute > tolerance.relative * right:
        key, value, finest = "absolute", tolerance.absolute * share, FINEST * right
    else:
        key, value, finest = "of_change" if tolerance.of_change else "relative", tolerance.relative * share, FINEST
    if not value > finest:
        return None
    unit = 10.0 ** np.floor(np.log10(value))
    return f"{key} = {np.floor(value / unit) * unit:.0e}"


def _ratios(exercise: Exercise, name: str, right: Mapping[str, Array], wrong: Mapping[str, Array]) -> Array:
    """Distances of one field in units of its tolerance, inf where a mistake changes nothing; shape (ways, n)."""
    expected = right[name]
    weight = exercise.before(name)
    width = exercise.asked[name].tolerance.width(expected, right[weight] if weight else 0.0)
    with np.errstate(all="ignore"):
        distance = np.abs(wrong[name] - expected)
        ratio = np.where(distance <= SAME * np.maximum(1.0, np.abs(expected)), np.inf, distance / width)
    return np.nan_to_num(ratio, nan=np.inf, posinf=np.inf)


def _gaps(name: str, ratio: Array, ids: list[str]) -> Iterator[Gap]:
    """The narrowest gap to each mistake that changes the field at all."""
    for mistake in dict.fromkeys(ids):
        distances = ratio[[k for k, other in enumerate(ids) if other == mistake]].min(axis=0)
        nearest = float(distances.min())
        if np.isfinite(nearest):
            yield Gap(nearest, name, mistake, int((distances < ENOUGH).sum()))


def _alike(exercise: Exercise, wrong: Mapping[str, Array], ids: list[str]) -> Iterator[tuple[str, ...]]:
    """Mistakes whose values agree in every asked field, to the last bits."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for k, mistake in enumerate(ids):
        values = tuple(np.array2string(wrong[name][k], precision=11) for name in exercise.asked)
        groups.setdefault(values, []).append(mistake)
    for group in groups.values():
        distinct = tuple(dict.fromkeys(group))
        if len(distinct) > 1:
            yield distinct
