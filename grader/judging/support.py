"""Which values of a student's can carry later ones.

Follow-through asks whether a value follows from earlier ones of the student's own. Constants follow from constants, so
a value carries others only where something speaks for it. It is supported where it is right, follows from supported
values, is explained by a mistake, or looks computed: enough digits, not the same as elsewhere, not far too large or too
small. A value that itself shows three digits or more of what it should be, and stands nowhere else on the sheet, was
computed by somebody, whatever it follows from.
"""

from dataclasses import dataclass

import numpy as np

from grader.engine.activations import ACTIVATIONS
from grader.engine.names import Array
from grader.engine.notation import Kind, Quantity
from grader.engine.rules import Activate, Same
from grader.judging.agreement import Agreement
from grader.judging.exercise import Exercise
from grader.judging.follow_through import Mask, shortest

DIGITS = 3.0
"""Significant digits that a computed value shows, trailing zeros aside."""

SHORT = 4.0
"""Where the right value needs no more digits than this, a value with one digit less looks computed too."""

FURTHEST = 1e4
"""How many times larger or smaller than the right values of its kind a value may be and look computed."""

NEAR = 1e-3
"""What shows three digits is this near to what is expected, as a share of it."""

MOST_SLIPS = 3
"""So few values are slips too, where a third of the sheet or less."""

SLIPS = 0.2
"""Where no more than this share of a sheet is neither right nor follows, those are slips."""

VARIED = 2 / 3
"""This share of several short values has to differ."""

SEVERAL = 3
"""So many values show whether they differ."""

CROWD = 0.2
"""Where more than this share of a sheet is nearly one number, that is a constant with other last digits …"""

CROWD_OF_KIND = 0.5
"""… and so it is where more than this share of the fields of one kind is, three of them at least."""

APART = 0.1
"""Right values that differ by more than this share of the larger are not near each other."""


@dataclass(frozen=True)
class FieldSupport:
    """What is known of each value; masks of shape (n, fields).

    Attributes:
        right: right, or right but for the digits typed.
        explained: what a mistake gives.
        following: what agrees with the student's own earlier values, and is not refused.
    """

    right: Mask
    explained: Mask
    following: Mask


@dataclass(frozen=True)
class Grounds:
    """What each value rests on; masks of shape (n, fields).

    Attributes:
        stands: it is supported whatever it follows from.
        chained: it is supported where its parents are.
        void: nothing follows from it, not even what shows digits.
    """

    stands: Mask
    chained: Mask
    void: Mask


@dataclass(frozen=True)
class Support:
    """Per submission and field; arrays of shape (n, fields).

    Attributes:
        follows: which of the consistent fields follow from supported values.
        carries: which of the entered values are supported.
    """

    follows: Mask
    carries: Mask


def support(exercise: Exercise, agreement: Agreement, standing: FieldSupport) -> Support:
    """Decide what follows, in the order of the computation.

    Args:
        exercise: what was asked.
        agreement: how the sheets agree with what is expected.
        standing: what is known of each value so far.
    """
    sheet, own = agreement.sheet, agreement.precision.own
    entered = ~np.isnan(sheet.values)
    shows = (standing.following & _is_near(agreement)) | standing.explained
    crowded = _crowded(exercise, sheet.values)
    evident = shows & (own >= DIGITS) & ~_repeated(exercise, sheet.values) & ~crowded
    originals = entered & ~standing.right & ~standing.following
    is_state = _is_state(exercise, sheet.values)
    between = originals & ~is_state & _has_states(exercise)  # 0.5 is nothing that a step can give
    plausible = originals & ~between & ~crowded & _looks_computed(exercise, agreement, originals)
    plausible |= originals & (_outweighed(standing.right, evident, own, originals) | _are_few(entered, originals))
    chained = standing.following | standing.explained | (originals & is_state)
    stands = standing.right | evident | plausible
    return _carry(exercise, entered, Grounds(stands, chained, between & ~plausible), standing.following)


def _carry(exercise: Exercise, entered: Mask, grounds: Grounds, following: Mask) -> Support:
    """Pass support on through the graph: a blank carries what its parents carry."""
    n = len(entered)
    place = {name: k for k, name in enumerate(exercise.computed_order)}
    supported: dict[str, Mask] = dict.fromkeys(exercise.graph.given, np.ones(n, dtype=bool))
    void: dict[str, Mask] = dict.fromkeys(exercise.graph.given, np.zeros(n, dtype=bool))
    follows = np.zeros(entered.shape, dtype=bool)
    carries = np.zeros(entered.shape, dtype=bool)
    for quantity in exercise.graph.computed:
        below, is_void = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
        for parent in quantity.parents:
            below = below & supported[parent]
            is_void = is_void | void[parent]
        k = place.get(quantity.name)
        if k is not None:
            stands = grounds.stands[:, k]
            follows[:, k] = following[:, k] & (below | (stands & ~is_void))
            carries[:, k] = np.where(following[:, k], follows[:, k], stands | (grounds.chained[:, k] & below))
            below = np.where(entered[:, k], carries[:, k], below)
            is_void = np.where(entered[:, k], grounds.void[:, k], is_void)
        supported[quantity.name], void[quantity.name] = below, is_void
    return Support(follows, carries)


def _is_near(agreement: Agreement) -> Mask:
    """Where three digits agree with what is expected, or all that were typed."""
    off = np.abs(agreement.sheet.values - agreement.right)
    return np.asarray(off <= np.maximum(NEAR * np.abs(agreement.right), agreement.sheet.half_units) + agreement.slack)


def _repeated(exercise: Exercise, values: Array) -> Mask:
    """Where the same number stands in another field too, although the right values of the two differ."""
    same: Mask = np.abs(values[:, :, None]) == np.abs(values[:, None, :])
    return np.asarray((same & ~_alike(exercise)).any(axis=2))


def _crowded(exercise: Exercise, values: Array) -> Mask:
    """Where many fields hold nearly the same number, although their right values are far apart."""
    size, right = np.abs(values), np.abs(exercise.references)
    larger = np.maximum(size[:, :, None], size[:, None, :])
    near = np.abs(size[:, :, None] - size[:, None, :]) <= NEAR * larger
    far = np.abs(right[:, None] - right[None, :]) > APART * np.maximum(right[:, None], right[None, :])
    near &= far
    entered = ~np.isnan(values)
    of_kind = _same_kind(exercise)
    most = np.maximum(SEVERAL, CROWD * entered.sum(axis=1))[:, None]
    most_of_kind = np.maximum(SEVERAL - 1, CROWD_OF_KIND * (entered.astype(float) @ of_kind))
    return np.asarray((near.sum(axis=2) >= most) | ((near & of_kind).sum(axis=2) >= most_of_kind))


def _same_kind(exercise: Exercise) -> Mask:
    """Pairs of fields of one kind; (fields, fields)."""
    kinds = np.array([exercise.graph[name].kind.value for name in exercise.computed_order])
    return np.asarray(kinds[:, None] == kinds[None, :])


def _alike(exercise: Exercise) -> Mask:
    """Pairs of fields that have the same right value, or of which one is a copy of the other; (fields, fields)."""
    right = np.abs(exercise.references)
    alike: Mask = np.abs(right[:, None] - right[None, :]) <= 1e-9 * right[None, :]
    place = {name: k for k, name in enumerate(exercise.computed_order)}
    for name, k in place.items():
        quantity = exercise.graph[name]
        if isinstance(quantity.rule, Same) and quantity.parents[0] in place:
            other = place[quantity.parents[0]]
            alike[k, other] = alike[other, k] = True
    return alike


def _looks_computed(exercise: Exercise, agreement: Agreement, originals: Mask) -> Mask:
    """Where a value that follows from nothing may still be the outcome of a computation."""
    values, precision = agreement.sheet.values, agreement.precision
    needed = shortest(exercise.references)
    enough = (precision.own >= DIGITS) | (precision.fine & (precision.digits >= 1))
    enough |= (needed <= SHORT) & (precision.own >= np.maximum(needed - 1.0, 1.0))
    least, most = _sizes(exercise)
    size = np.abs(values)
    return np.asarray(enough & (size >= least) & (size <= most) & _is_varied(values, precision.own, originals))


def _is_varied(values: Array, own: Array, originals: Mask) -> Mask:
    """Where an original value is the only one of its size, or a short one among many that differ."""
    size = np.where(originals, np.abs(values), np.nan)
    same = size[:, :, None] == size[:, None, :]
    counts = same.sum(axis=2)
    distinct = np.where(originals, 1.0 / np.maximum(counts, 1), 0.0).sum(axis=1)
    number = originals.sum(axis=1)
    varied = (number >= SEVERAL) & (distinct >= VARIED * number)
    return np.asarray((counts <= 1) | ((own < DIGITS) & varied[:, None]))


def _are_few(entered: Mask, originals: Mask) -> Mask:
    """Whether nearly all of a sheet is right or follows, shape (n, 1): then the rest are slips, however short."""
    number = entered.sum(axis=1)
    most = np.maximum(SLIPS * number, np.minimum(MOST_SLIPS, number // SEVERAL))
    return np.asarray(originals.sum(axis=1) <= most)[:, None]


def _outweighed(right: Mask, evident: Mask, own: Array, originals: Mask) -> Mask:
    """Whether at least as many values show digits of what they should be as come from nowhere, shape (n, 1)."""
    shown = ((right & (own >= DIGITS)) | evident).sum(axis=1)
    return np.asarray((shown > 0) & (shown >= originals.sum(axis=1)))[:, None]


def _sizes(exercise: Exercise) -> tuple[Array, Array]:
    """The smallest and the largest size that looks computed, per field."""
    sizes: dict[Kind, list[float]] = {}
    for name, right in zip(exercise.computed_order, np.abs(exercise.references).tolist(), strict=True):
        if right > 0 and np.isfinite(right):
            sizes.setdefault(exercise.graph[name].kind, []).append(right)
    kinds = [exercise.graph[name].kind for name in exercise.computed_order]
    least = np.array([min(sizes.get(kind, [1.0])) / FURTHEST for kind in kinds])
    most = np.array([max(sizes.get(kind, [1.0])) * FURTHEST for kind in kinds])
    return least, most


def _is_state(exercise: Exercise, values: Array) -> Mask:
    """Where one of the two values stands that the output of a step or sign can have; shape (n, fields)."""
    states = [_two_values(exercise.graph[name]) for name in exercise.computed_order]
    return np.asarray((values[:, :, None] == np.array(states)).any(axis=2))


def _has_states(exercise: Exercise) -> Mask:
    """The fields that have two values alone, shape (fields,)."""
    return np.array([np.isfinite(_two_values(exercise.graph[name])[0]) for name in exercise.computed_order])


def _two_values(quantity: Quantity) -> tuple[float, float]:
    rule = quantity.rule
    if isinstance(rule, Activate) and ACTIVATIONS[rule.activation].df is None:
        row = ACTIVATIONS[rule.activation]
        return row.low, row.high
    return np.nan, np.nan
