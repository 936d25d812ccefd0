"""Which of a student's values can carry later ones.

Follow-through asks whether a value follows from the student's own earlier ones. Constants follow from constants, so a
value carries others only on evidence. It has support if it is correct, follows from values with support, is explained
by a mistake, or looks computed: enough digits, not equal to others, not far too large or small. Any other value has
support if the sheet was evidently worked on: each correct value of two digits, and each value that agrees with its
expected value in three and appears nowhere else, vouches for three others. So does a sheet of which nearly all is
correct or follows.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from grader.engine.activations import ACTIVATIONS
from grader.engine.graph import Graph
from grader.engine.names import AFTER_STEP, Array
from grader.engine.notation import Kind, Quantity
from grader.engine.rules import Activate, Same, WeightedSum
from grader.judging.agreement import FEW, Agreement
from grader.judging.exercise import Exercise
from grader.judging.follow_through import Mask, shortest

DIGITS = 3.0
"""Significant digits of a computed value, without trailing zeros."""

SHORT = 4.0
"""If the correct value needs no more digits than this, a value with one digit less looks computed too."""

FURTHEST = 1e4
"""A value may be this many times larger or smaller than the correct values of its kind and still look computed."""

FARTHEST_NET = 3.0
"""A net input may be this many times larger than the sum of its terms' sizes and still look computed."""

NEAR = 1e-3
"""Values that agree in three digits are this near to the expected value, as a share of it."""

ROUND = 1e-4
"""A value this near to a number of one digit, as a share of it, shows no more than one."""

MOST_SLIPS = 3
"""This few values are slips too, if they are a third of the sheet or less."""

SLIPS = 0.2
"""If no more than this share of a sheet is neither correct nor follows, those are slips."""

VARIED = 2 / 3
"""The share of several short values that has to be distinct."""

SEVERAL = 3
"""The least number of values that show whether they differ, and how many one value vouches for."""

CROWD = 0.2
"""If more than this share of a sheet is nearly one number, that is a constant with varied last digits …"""

CROWD_OF_KIND = 0.5
"""… and likewise if more than this share of the fields of one kind is, at least three of them."""

APART = 0.1
"""Correct values that differ by more than this share of the larger one are not near each other."""


@dataclass(frozen=True)
class FieldSupport:
    """What is known of each value; masks of shape (n, fields).

    Attributes:
        right: correct, or correct except for the number of digits.
        explained: given by a mistake.
        following: agrees with the student's own earlier values, and is not refused.
    """

    right: Mask
    explained: Mask
    following: Mask


@dataclass(frozen=True)
class Grounds:
    """The basis of each value; masks of shape (n, fields).

    Attributes:
        stands: supported whatever it follows from.
        chained: supported if its parents are.
        void: nothing follows from it, not even values that show digits.
    """

    stands: Mask
    chained: Mask
    void: Mask


@dataclass(frozen=True)
class Support:
    """The result for each submission and field; arrays of shape (n, fields).

    Attributes:
        follows: consistent fields that follow from values with support.
        carries: entries with support.
    """

    follows: Mask
    carries: Mask


def support(exercise: Exercise, agreement: Agreement, standing: FieldSupport) -> Support:
    """Decide what follows, in order of computation.

    Args:
        exercise: the exercise.
        agreement: agreement of the sheets with expected values.
        standing: what is known of each value so far.
    """
    sheet, own = agreement.sheet, agreement.precision.own
    entered = ~np.isnan(sheet.values)
    shows = (standing.following & _is_near(agreement)) | standing.explained
    crowded = _crowded(exercise, sheet.values)
    evident = shows & (own >= DIGITS) & _has_digits(agreement.right)
    evident &= ~_repeats(exercise, sheet.values).any(axis=2) & ~crowded
    originals = entered & ~standing.right & ~standing.following
    is_state = _is_state(exercise, sheet.values)
    between = originals & ~is_state & _has_states(exercise)  # a step cannot produce 0.5
    shown = standing.right & ~agreement.unmoved & (own >= FEW) & _has_digits(exercise.references)
    within = np.abs(sheet.values) <= _reach(exercise, agreement)
    slips = _are_few(entered, originals) & (within | _are_most(standing.right, entered))
    is_bias = _is_bias(exercise, agreement)
    derived = shown | evident | (standing.following & (own >= DIGITS) & ~_copies(sheet.values, is_bias))
    copied = is_bias & _are_most(is_bias, entered & _is_net(exercise)) & ~derived.any(axis=1, keepdims=True)
    plausible = originals & ~between & ~crowded & within & ~copied
    plausible &= _looks_computed(exercise, agreement, originals)
    plausible |= originals & (_vouched_for(shown, evident, originals) | slips)
    chained = standing.following | standing.explained | (originals & (is_state | (is_bias & ~copied)))
    stands = standing.right | evident | plausible
    return _carry(exercise, entered, Grounds(stands, chained, between & ~plausible), standing.following)


def _carry(exercise: Exercise, entered: Mask, grounds: Grounds, following: Mask) -> Support:
    """Propagate support through the graph: a blank has the support of its parents."""
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
    """Return where three digits, or all typed ones, agree with the expected value."""
    off = np.abs(agreement.sheet.values - agreement.right)
    return np.asarray(off <= np.maximum(NEAR * np.abs(agreement.right), agreement.sheet.half_units) + agreement.slack)


def _repeats(exercise: Exercise, values: Array) -> Mask:
    """Return pairs of fields with the same number whose correct values differ; shape (n, fields, fields)."""
    same: Mask = np.abs(values[:, :, None]) == np.abs(values[:, None, :])
    return np.asarray(same & ~_alike(exercise))


def _crowded(exercise: Exercise, values: Array) -> Mask:
    """Return where many fields hold nearly the same number, although their correct values are far apart."""
    size, right = np.abs(values), np.abs(exercise.references)
    # near[row, i, j]: entries i and j are nearly equal, while their correct values are not
    larger = np.maximum(size[:, :, None], size[:, None, :])
    near = np.abs(size[:, :, None] - size[:, None, :]) <= NEAR * larger
    far = np.abs(right[:, None] - right[None, :]) > APART * np.maximum(right[:, None], right[None, :])
    near &= far
    # Crowded: near a share of all entries, or of those of the same kind.
    entered = ~np.isnan(values)
    of_kind = _same_kind(exercise)
    most = np.maximum(SEVERAL, CROWD * entered.sum(axis=1))[:, None]
    most_of_kind = np.maximum(SEVERAL - 1, CROWD_OF_KIND * (entered.astype(float) @ of_kind))
    return np.asarray((near.sum(axis=2) >= most) | ((near & of_kind).sum(axis=2) >= most_of_kind))


def _same_kind(exercise: Exercise) -> Mask:
    """Return pairs of fields of one kind; shape (fields, fields)."""
    kinds = np.array([exercise.graph[name].kind.value for name in exercise.computed_order])
    return np.asarray(kinds[:, None] == kinds[None, :])


@lru_cache(maxsize=64)
def _alike(exercise: Exercise) -> Mask:
    """Return pairs of fields with equal correct values, or with one source; shape (fields, fields)."""
    right = np.abs(exercise.references)
    alike: Mask = np.abs(right[:, None] - right[None, :]) <= 1e-9 * right[None, :]
    sources = np.array([_source(exercise.graph, name) for name in exercise.computed_order])
    return np.asarray(alike | (sources[:, None] == sources[None, :]))


def _source(graph: Graph, name: str) -> str:
    """Return what a quantity is a copy of, or its name before the step, which may have changed nothing there."""
    quantity = graph[name]
    if isinstance(quantity.rule, Same):
        return _source(graph, quantity.parents[0])
    return _source(graph, name.removesuffix(AFTER_STEP)) if quantity.after_step else name


def _looks_computed(exercise: Exercise, agreement: Agreement, originals: Mask) -> Mask:
    """Return where a value that follows from nothing may still be the result of a computation."""
    values, precision = agreement.sheet.values, agreement.precision
    needed = shortest(exercise.references)
    alone, differing = _variety(_repeats(exercise, values), originals)
    enough = (precision.own >= DIGITS) | (precision.fine & (precision.digits >= 1))
    enough |= (needed <= SHORT) & (precision.own >= np.maximum(needed - 1.0, 1.0))
    varied = alone | ((precision.own < DIGITS) & differing)
    least, most = _sizes(exercise)
    size = np.abs(values)
    return np.asarray(enough & varied & (size >= least) & (size <= most))


def _variety(repeats: Mask, originals: Mask) -> tuple[Mask, Mask]:
    """Return where an unexplained value is the only one of its size, and whether most of several differ, (n, 1)."""
    counts = 1 + (repeats & originals[:, None, :]).sum(axis=2)
    distinct = np.where(originals, 1.0 / counts, 0.0).sum(axis=1)
    number = originals.sum(axis=1)
    differing = (number >= SEVERAL) & (distinct >= VARIED * number)
    return np.asarray(counts <= 1), differing[:, None]


def _are_few(entered: Mask, originals: Mask) -> Mask:
    """Return whether nearly all of a sheet is correct or follows, shape (n, 1): the rest are then slips."""
    number = entered.sum(axis=1)
    most = np.maximum(SLIPS * number, np.minimum(MOST_SLIPS, number // SEVERAL))
    return np.asarray(originals.sum(axis=1) <= most)[:, None]


def _vouched_for(shown: Mask, evident: Mask, originals: Mask) -> Mask:
    """Return whether values that show digits vouch for all unexplained ones, shape (n, 1).

    Each of them does for several; if none is correct and they are not several, each for one.
    """
    number, unexplained = (shown | evident).sum(axis=1), originals.sum(axis=1)
    is_worked_on = shown.any(axis=1) | (number >= SEVERAL)
    least = np.where(is_worked_on, unexplained / SEVERAL, np.maximum(unexplained, 1))
    return np.asarray(number >= least)[:, None]


def _has_digits(values: Array) -> Mask:
    """Return where a value says more than a number of one digit: not for 0.99999 or 0.5."""
    with np.errstate(all="ignore"):
        one = 10.0 ** np.floor(np.log10(np.abs(values)))
        off = np.abs(values - one * np.rint(values / one))
    return np.asarray(off > ROUND * np.abs(values))


def _sizes(exercise: Exercise) -> tuple[Array, Array]:
    """Return the smallest and the largest size that looks computed, for each field."""
    sizes: dict[Kind, list[float]] = {}
    for name, right in zip(exercise.computed_order, np.abs(exercise.references).tolist(), strict=True):
        if right > 0 and np.isfinite(right):
            sizes.setdefault(exercise.graph[name].kind, []).append(right)
    kinds = [exercise.graph[name].kind for name in exercise.computed_order]
    least = np.array([min(sizes.get(kind, [1.0])) / FURTHEST for kind in kinds])
    most = np.array([max(sizes.get(kind, [1.0])) * FURTHEST for kind in kinds])
    return least, most


def _reach(exercise: Exercise, agreement: Agreement) -> Array:
    """Return the largest plausible size of a net input, whatever went wrong with its terms; shape (n, fields)."""
    reach = np.full(agreement.sheet.values.shape, np.inf)
    for k, name in enumerate(exercise.computed_order):
        quantity = exercise.graph[name]
        if quantity.kind is Kind.NET and isinstance(quantity.rule, WeightedSum):
            known = (agreement.followed.own, exercise.reference)
            own, right = (quantity.rule(*(np.abs(values[p]) for p in quantity.parents)) for values in known)
            reach[:, k] = FARTHEST_NET * np.fmax(own, right)
    return reach


def _is_bias(exercise: Exercise, agreement: Agreement) -> Mask:
    """Return where a net input is its bias, as if there were no products; shape (n, fields)."""
    is_bias = np.zeros(agreement.sheet.values.shape, dtype=bool)
    for k, name in enumerate(exercise.computed_order):
        quantity = exercise.graph[name]
        if quantity.kind is Kind.NET and isinstance(quantity.rule, WeightedSum):
            for bias in quantity.parents[2 * quantity.rule.terms :]:
                own = agreement.followed.own[bias]
                is_bias[:, k] = (agreement.sheet.values[:, k] == own) & (own != 0)
    return is_bias


def _is_net(exercise: Exercise) -> Mask:
    """Return the net inputs, shape (fields,)."""
    return np.array([exercise.graph[name].kind is Kind.NET for name in exercise.computed_order])


def _are_most(some: Mask, of: Mask) -> Mask:
    """Return whether these are more than half of those, shape (n, 1)."""
    return np.asarray(2 * some.sum(axis=1) > of.sum(axis=1))[:, None]


def _copies(values: Array, originals: Mask) -> Mask:
    """Return where a value is one of these; shape (n, fields)."""
    return np.asarray(((values[:, :, None] == values[:, None, :]) & originals[:, None, :]).any(axis=2))


def _is_state(exercise: Exercise, values: Array) -> Mask:
    """Return where an entry is one of the two possible outputs of a step or sign; shape (n, fields)."""
    states = [_two_values(exercise.graph[name]) for name in exercise.computed_order]
    return np.asarray((values[:, :, None] == np.array(states)).any(axis=2))


def _has_states(exercise: Exercise) -> Mask:
    """Return the fields with only two possible values, shape (fields,)."""
    return np.array([np.isfinite(_two_values(exercise.graph[name])[0]) for name in exercise.computed_order])


def _two_values(quantity: Quantity) -> tuple[float, float]:
    rule = quantity.rule
    if isinstance(rule, Activate) and ACTIVATIONS[rule.activation].df is None:
        row = ACTIVATIONS[rule.activation]
        return row.low, row.high
    return np.nan, np.nan
