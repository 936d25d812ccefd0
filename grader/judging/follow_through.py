"""Follow-through: the value of each field if everything typed before it is taken as given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.engine.activations import ACTIVATIONS, SOFTMAX
from grader.engine.epoch import PerceptronStep
from grader.engine.graph import Graph
from grader.engine.names import Array
from grader.engine.notation import Kind, Quantity
from grader.engine.rules import Activate, Descend, Mean, Product, Same, Share, SlopeOfNet, Sum, WeightedSum
from grader.judging.answer_matrix import AnswerMatrix

Mask: TypeAlias = NDArray[np.bool_]

NOWHERE: Mapping[str, Mask] = MappingProxyType({})

FLAT = 1e-6
"""A derivative below this, where the reference's is not, makes every later step vanish."""


@dataclass(frozen=True)
class Guards:
    """Reasons why nothing may follow from an earlier value, masks of shape (n,).

    Attributes:
        range: it is not finite, or its node cannot produce it.
        flat: it makes the later steps vanish.
    """

    range: Mask
    flat: Mask

    @property
    def any(self) -> Mask:
        """Where there is any reason."""
        return np.asarray(self.range | self.flat)


@dataclass(frozen=True)
class Followed:
    """The pass: for each quantity an array with one entry per submission.

    Attributes:
        expected: the rule applied to the student's own earlier values.
        own: the entry, or the expected value if blank.
        refused: where an earlier value is so degenerate that nothing may follow from it, and why.
        outside: where the entry is outside the range of its node, or not finite.
    """

    expected: Mapping[str, Array]
    own: Mapping[str, Array]
    refused: Mapping[str, Guards]
    outside: Mapping[str, Mask]

    def take(self, rows: NDArray[np.intp]) -> "Followed":
        """Return the pass of some of the submissions."""
        return Followed(
            {name: values[rows] for name, values in self.expected.items()},
            {name: values[rows] for name, values in self.own.items()},
            {name: Guards(one.range[rows], one.flat[rows]) for name, one in self.refused.items()},
            {name: values[rows] for name, values in self.outside.items()},
        )


def follow(
    graph: Graph,
    reference: Mapping[str, Array],
    entered: Mapping[str, Array],
    right: Mapping[str, Mask] = NOWHERE,
    impossible: Mapping[str, Mask] = NOWHERE,
) -> Followed:
    """Evaluate the graph on the student's own values.

    Args:
        graph: all quantities.
        reference: every quantity for the given values, shape ().
        entered: for each asked quantity the entries, shape (n,), nan where blank.
        right: for each asked quantity where the entry may be the rounded correct value, shape (n,).
        impossible: for each asked quantity where an out-of-range entry is known to come from a mistake, shape (n,).

    Returns:
        The pass; never a warning, undefined values are nan.
    """
    n = len(next(iter(entered.values())))
    nothing, everywhere = np.zeros(n, dtype=bool), np.ones(n, dtype=bool)
    expected: dict[str, Array] = {}
    own: dict[str, Array] = {name: np.full(n, reference[name]) for name in graph.given}
    refused: dict[str, Guards] = {}
    spoilt: dict[str, Guards] = {}
    outside: dict[str, Mask] = {}
    legal: dict[str, Mask] = {name: nothing | (reference[name] == 0) for name in graph.given}
    with np.errstate(all="ignore"):
        for quantity in graph.computed:
            name, parents = quantity.name, [own[parent] for parent in quantity.parents]
            value = np.asarray(quantity.rule(*parents)) if quantity.rule else np.full(n, np.nan)
            typed = entered.get(name)
            blank = np.isnan(typed) if typed is not None else everywhere
            expected[name] = value
            own[name] = value if typed is None else np.where(blank, value, typed)
            # Nothing may follow where the parents forbid it, or where the rule gives 0 without a legitimate reason.
            below = _from_parents(quantity, spoilt, nothing)
            legal[name] = _legal_zero(quantity, value, own, legal)
            collapsed = _unless_legal(_collapsed(quantity, value, reference), legal[name], nothing)
            refused[name] = Guards(below.range, _either(below.flat, collapsed, nothing))
            # What this value forbids to its children: if out of range or flat, unless it is correct or explained …
            outside[name] = _somewhere(_outside(quantity, own[name]), nothing)
            beyond = outside[name] & ~impossible[name] if name in impossible else outside[name]
            flat = _unless_legal(_flat(quantity, own[name], reference), legal[name], nothing)
            flat = flat & ~right[name] if name in right else flat
            # … and a blank passes on what its parents forbid.
            spoilt[name] = Guards(
                _either(_both(blank, below.range, nothing), beyond, nothing),
                _either(_both(blank, below.flat, nothing), flat, nothing),
            )
    return Followed(expected, own, refused, outside)


def _somewhere(mask: Mask, nothing: Mask) -> Mask:
    """Return the mask, or `nothing` itself if it is empty: most are, and identity with `nothing` saves arithmetic."""
    return mask if mask.any() else nothing


def _unless_legal(mask: Mask | None, legal: Mask, nothing: Mask) -> Mask:
    return nothing if mask is None or not mask.any() else _somewhere(mask & ~legal, nothing)


def _either(one: Mask, other: Mask, nothing: Mask) -> Mask:
    if one is nothing or other is nothing:
        return other if one is nothing else one
    return one | other


def _both(one: Mask, other: Mask, nothing: Mask) -> Mask:
    return nothing if other is nothing else one & other


def _from_parents(quantity: Quantity, spoilt: Mapping[str, Guards], nothing: Mask) -> Guards:
    """Return why nothing may follow from the parents: a product vanishes with any factor, a sum with all its terms.

    Given values have no guards and are not counted as terms.
    """
    range_, is_flat = nothing, False
    for parent in quantity.parents:
        guards = spoilt.get(parent)
        if guards is not None:
            range_ = _either(range_, guards.range, nothing)
            is_flat = is_flat or guards.flat is not nothing
    return Guards(range_, _vanishes(quantity, spoilt) if is_flat else nothing)


def _vanishes(quantity: Quantity, spoilt: Mapping[str, Guards]) -> Mask:
    terms = [_any_flat(term, spoilt) for term in _terms(quantity)]
    return np.asarray(np.logical_and.reduce([term for term in terms if term is not None]))


def _terms(quantity: Quantity) -> list[tuple[str, ...]]:
    """Return the parents by the terms of a sum, each of one or two factors; a single group if it is not a sum."""
    match quantity.rule:
        case WeightedSum(terms=terms):
            pairs = [quantity.parents[2 * k : 2 * k + 2] for k in range(terms)]
            return [*pairs, *((parent,) for parent in quantity.parents[2 * terms :])]
        case Sum() | Mean():
            return [(parent,) for parent in quantity.parents]
        case _:
            return [quantity.parents]


def _any_flat(parents: tuple[str, ...], spoilt: Mapping[str, Guards]) -> Mask | None:
    """Return where any of some parents is flat; None if all are given values."""
    flat = [spoilt[parent].flat for parent in parents if parent in spoilt]
    return _any(flat) if flat else None


def _outside(quantity: Quantity, own: Array) -> Mask:
    """Return where a value is not finite, or cannot be produced by its node."""
    bad: Mask = ~np.isfinite(own)
    return bad | _out_of_range(quantity, own) if quantity.kind is Kind.ACTIVATION else bad


def _flat(quantity: Quantity, own: Array, reference: Mapping[str, Array]) -> Mask | None:
    """Return where a value makes every later step vanish: a slope near 0, or a weight that was not updated at all."""
    if quantity.kind is Kind.SLOPE:
        return np.asarray((np.abs(own) < FLAT) & (np.abs(reference[quantity.name]) >= FLAT))
    if quantity.kind is Kind.UPDATE:
        return _unchanged(quantity, own, reference)
    return None


def _unchanged(quantity: Quantity, value: Array, reference: Mapping[str, Array]) -> Mask:
    """Return where an updated weight has hardly changed although it should."""
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
    """Return whether 0 is an ordinary value: outputs and slopes of step, relu and the like, which are flat at 0."""
    match quantity.rule:
        case Activate(activation=name) | SlopeOfNet(activation=name):
            return name != SOFTMAX and ACTIVATIONS[name].low == 0 and not ACTIVATIONS[name].open
        case _:
            return False


def _legal_zero(quantity: Quantity, value: Array, own: Mapping[str, Array], legal: Mapping[str, Mask]) -> Mask:
    """Return where a value is rightly 0 (a weight unchanged): a step or relu is 0 before it, or terms cancel."""
    zero = np.asarray(own[quantity.name] == 0)
    if _has_legal_zeros(quantity) or not (zero.any() or quantity.kind is Kind.UPDATE):
        return zero
    match quantity.rule:
        case Product() | Same():
            return zero & _any(legal[parent] for parent in quantity.parents)
        case Descend():
            return legal[quantity.parents[-1]]
        case PerceptronStep():  # a row that is classified correctly changes nothing
            return np.ones(len(zero), dtype=bool)
        case WeightedSum(terms=terms):
            pairs = [quantity.parents[2 * k : 2 * k + 2] for k in range(terms)]
            # Either some term is not 0, so that terms cancel, or every term has a factor that is rightly 0.
            cancels = _any(own[one] * own[other] != 0 for one, other in pairs)
            vanishing = [cancels | _any(legal[parent] & (own[parent] == 0) for parent in pair) for pair in pairs]
        case _:
            vanishing = [legal[parent] & (own[parent] == 0) for parent in quantity.parents]
    return np.asarray(zero & (value == 0) & ~_any(~term for term in vanishing))


def _any(masks: Iterable[Mask]) -> Mask:
    return np.asarray(np.logical_or.reduce(list(masks)))


def _collapsed(quantity: Quantity, value: Array, reference: Mapping[str, Array]) -> Mask | None:
    """Return where the expected value has collapsed to 0 (for an update: to no change) while the reference has not."""
    if quantity.kind is Kind.UPDATE:
        return _unchanged(quantity, value, reference)
    return None if reference[quantity.name] == 0 else np.asarray(value == 0)


PLENTY = 17.0
"""Digits of values without a last digit, such as fractions."""

LAST_DECIMAL = 1.001e-4
"""The largest unit of the last digit with four decimals or more."""


@dataclass(frozen=True)
class Precision:
    """Digits of every entry; arrays of shape (n, fields), 0 where blank.

    Attributes:
        digits: typed significant digits, including trailing zeros; 0 for a zero.
        own: significant digits without trailing zeros: 1 for 0.5000.
        fine: whether four decimals or more were typed.
    """

    digits: Array
    own: Array
    fine: Mask

    @classmethod
    def of(cls, sheet: AnswerMatrix) -> Self:
        """Count the digits of every entry."""
        units = 2.0 * sheet.half_units
        with np.errstate(all="ignore"):
            whole = np.rint(np.abs(sheet.values) / units)  # the entry as an integer, in units of its last digit
            typed = np.where(whole > 0, np.floor(np.log10(whole)) + 1.0, 0.0)
            own = typed - _trailing_zeros(whole)
        plenty = units == 0
        blank = np.isnan(sheet.values)
        return cls(
            np.where(blank, 0.0, np.where(plenty, PLENTY, typed)),
            np.where(blank, 0.0, np.where(plenty, PLENTY, own)),
            ~blank & (units <= LAST_DECIMAL),
        )


def shortest(values: Array) -> Array:
    """Return the significant digits needed to write values exactly, up to twelve; 1 for 0."""
    return np.array(
        [float(len(f"{abs(value):.11e}".partition("e")[0].replace(".", "").rstrip("0")) or 1) for value in values.flat]
    )


def _trailing_zeros(whole: Array) -> Array:
    """Count the trailing zeros of positive integers by halving: eight at once, then four, two, one."""
    count, rest = np.zeros(whole.shape), np.where(np.isfinite(whole), whole, 0.0)
    for power in (8, 4, 2, 1):
        ends = (rest > 0) & (np.mod(rest, 10.0**power) == 0)
        count += np.where(ends, float(power), 0.0)
        rest = np.where(ends, rest / 10.0**power, rest)
    return count
