"""Follow-through: every quantity judged by the student's own earlier values, in one pass.

    expected[q] = rule(own[parents]);  own[q] = entered[q] where something was entered, else expected[q]

Guards keep a degenerate early value from making the later steps trivial.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.arrays import Array
from grader.engine.epoch import PerceptronStep
from grader.engine.graph import Graph
from grader.engine.quantities import Kind, Quantity
from grader.engine.rules import Activate, Descend, Product, Same, Share, SlopeOfNet, WeightedSum

Mask: TypeAlias = NDArray[np.bool_]

FLAT = 1e-6
"""A derivative below this, where the reference's is not, makes every later step vanish."""

LAST_BITS = 1e-12
"""Nearer than this share, what was typed is what is expected, and no rounding of it."""

ROOM = 0.01
"""Rounded earlier values widen a tolerance by no more than this share of what is expected."""

ROOM_OF_CHANGE = 0.05
"""The same for an updated weight, of its expected change."""


@dataclass(frozen=True)
class Followed:
    """The pass: per quantity an array with one entry per submission.

    Attributes:
        expected: what the rule gives for the student's own earlier values.
        own: what the student entered, else what is expected.
        refused: where an earlier value is so degenerate that nothing may follow from it.
    """

    expected: Mapping[str, Array]
    own: Mapping[str, Array]
    refused: Mapping[str, Mask]


def follow(graph: Graph, reference: Mapping[str, Array], entered: Mapping[str, Array]) -> Followed:
    """Evaluate the graph on the student's own values.

    Args:
        graph: all quantities.
        reference: every quantity on the given values.
        entered: per asked quantity shape (n,), nan where nothing was entered.

    Returns:
        The pass; nothing warns, what has no value is nan.
    """
    n = len(next(iter(entered.values())))
    nothing: Mask = np.zeros(n, dtype=bool)
    expected: dict[str, Array] = {}
    own: dict[str, Array] = {name: reference[name] for name in graph.given}
    refused: dict[str, Mask] = dict.fromkeys(graph.given, nothing)
    spoilt: dict[str, Mask] = dict.fromkeys(graph.given, nothing)
    legal: dict[str, Mask] = {name: nothing | (reference[name] == 0) for name in graph.given}
    with np.errstate(all="ignore"):
        for quantity in graph.computed:
            name, parents = quantity.name, [own[parent] for parent in quantity.parents]
            value = np.broadcast_to(np.asarray(quantity.rule(*parents)) if quantity.rule else np.nan, (n,))
            typed = entered.get(name)
            blank = np.isnan(typed) if typed is not None else ~nothing
            expected[name] = value
            own[name] = value if typed is None else np.where(blank, value, typed)
            below = nothing
            for parent in quantity.parents:
                below = below | spoilt[parent]
            legal[name] = _legal_zero(quantity, value, own, legal)
            refused[name] = below | (_collapsed(quantity, value, reference) & ~legal[name])
            spoilt[name] = (blank & below) | (_degenerate(quantity, own[name], reference) & ~legal[name])
    return Followed(expected, own, refused)


def spread(graph: Graph, followed: Followed, typed: Mapping[str, Array], wanted: Iterable[str]) -> dict[str, Array]:
    """How far each expected value may move within what the digits typed before it leave open.

    Args:
        graph: all quantities.
        followed: the pass.
        typed: per asked quantity half a unit of the last digit typed, nan where nothing was entered.
        wanted: the quantities whose movement matters.

    Returns:
        Per quantity that was looked at the sum of the movements that each parent's uncertainty causes, shape (n,).
    """
    n = len(next(iter(typed.values())))
    as_expected = {name: _is_as_expected(followed, name) for name in typed}
    complete = {name: digits for name, digits in typed.items() if not (np.isnan(digits) | as_expected[name]).any()}
    open_: dict[str, Array] = dict.fromkeys(graph.given, np.zeros(n)) | complete
    moved: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for quantity in graph.needed_for(wanted, complete).computed:
            name = quantity.name
            moved[name] = _movement(quantity, followed, open_)
            if name not in complete:
                open_[name] = _left_open(typed[name], moved[name], as_expected[name]) if name in typed else moved[name]
    return moved


def room(quantity: Quantity, followed: Followed) -> Array:
    """The most by which rounding may widen the tolerance of a quantity."""
    expected = followed.expected[quantity.name]
    if quantity.kind is Kind.UPDATE:
        return ROOM_OF_CHANGE * np.abs(expected - followed.own[quantity.parents[0]])
    return ROOM * np.abs(expected)


def _is_as_expected(followed: Followed, name: str) -> Mask:
    """Where what was typed is what is expected, to the last bit."""
    expected = followed.expected[name]
    return np.asarray(np.abs(followed.own[name] - expected) <= LAST_BITS * np.abs(expected))


def _left_open(half_units: Array, moved: Array, as_expected: Mask) -> Array:
    """What an entry leaves open: a slope of 1 that follows from no rounded value is 1, and not 0.5 to 1.5."""
    return np.where(np.isnan(half_units), moved, np.where(as_expected, np.minimum(half_units, moved), half_units))


def _movement(quantity: Quantity, followed: Followed, open_: Mapping[str, Array]) -> Array:
    values = [followed.own[parent] for parent in quantity.parents]
    total = np.zeros(len(followed.expected[quantity.name]))
    if quantity.rule is None:
        return total
    for k, parent in enumerate(quantity.parents):
        if np.any(open_[parent] > 0):
            nudged = [*values[:k], values[k] + open_[parent], *values[k + 1 :]]
            total = total + np.abs(quantity.rule(*nudged) - followed.expected[quantity.name])
    return np.nan_to_num(total, nan=0.0, posinf=0.0)


def _degenerate(quantity: Quantity, own: Array, reference: Mapping[str, Array]) -> Mask:
    """Where a value is one from which nothing may follow: not finite, out of range, flat, or not updated at all."""
    bad: Mask = ~np.isfinite(own)
    true = reference[quantity.name]
    if quantity.kind is Kind.ACTIVATION:
        bad = bad | _out_of_range(quantity, own)
    if quantity.kind is Kind.SLOPE:
        bad = bad | ((np.abs(own) < FLAT) & (np.abs(true) >= FLAT))
    if quantity.kind is Kind.UPDATE:
        bad = bad | _unchanged(quantity, own, reference)
    return bad


def _unchanged(quantity: Quantity, value: Array, reference: Mapping[str, Array]) -> Mask:
    """Where an updated weight has hardly changed although it should."""
    before = reference[quantity.parents[0]]
    return np.asarray(np.abs(value - before) < FLAT * np.abs(reference[quantity.name] - before))


def _out_of_range(quantity: Quantity, own: Array) -> Mask:
    match quantity.rule:
        case Share():
            low, high, is_open = 0.0, 1.0, True
        case Activate(activation=name):
            row = ACTIVATIONS[name]
            low, high, is_open = row.low, row.high, row.open
        case _:
            return np.zeros(len(own), dtype=bool)
    if is_open:
        return np.asarray((own <= low) | (own >= high))
    return np.asarray((own < low) | (own > high))


def _has_legal_zeros(quantity: Quantity) -> bool:
    """Whether 0 is an everyday value: outputs and slopes of step, relu and their like, which are flat at 0."""
    match quantity.rule:
        case Activate(activation=name) | SlopeOfNet(activation=name):
            return name != SOFTMAX and ACTIVATIONS[name].low == 0 and not ACTIVATIONS[name].open
        case _:
            return False


def _legal_zero(quantity: Quantity, value: Array, own: Mapping[str, Array], legal: Mapping[str, Mask]) -> Mask:
    """Where a value is 0 (a weight unchanged) because a step or relu is 0 before it, or the terms of a sum cancel."""
    zero = np.asarray(own[quantity.name] == 0)
    if _has_legal_zeros(quantity) or not (zero.any() or quantity.kind is Kind.UPDATE):
        return zero
    match quantity.rule:
        case Product() | Same():
            return zero & _any(legal[parent] for parent in quantity.parents)
        case Descend():
            return legal[quantity.parents[-1]]
        case PerceptronStep():  # a row that is answered rightly changes nothing
            return np.ones(len(zero), dtype=bool)
        case WeightedSum(terms=terms):
            pairs = [quantity.parents[2 * k : 2 * k + 2] for k in range(terms)]
            cancels = _any(own[one] * own[other] != 0 for one, other in pairs)
            vanishing = [cancels | _any(legal[parent] & (own[parent] == 0) for parent in pair) for pair in pairs]
        case _:
            vanishing = [legal[parent] & (own[parent] == 0) for parent in quantity.parents]
    return np.asarray(zero & (value == 0) & ~_any(~term for term in vanishing))


def _any(masks: Iterable[Mask]) -> Mask:
    return np.asarray(np.logical_or.reduce(list(masks)))


def _collapsed(quantity: Quantity, value: Array, reference: Mapping[str, Array]) -> Mask:
    """Where what is expected has collapsed to 0 (for an update: to no change) while the reference has not."""
    if quantity.kind is Kind.UPDATE:
        return _unchanged(quantity, value, reference)
    return np.asarray((value == 0) & (reference[quantity.name] != 0))
